-- Ids and public keys only: no name, no address, no word of care.
CREATE TABLE vault_key (
    name    text PRIMARY KEY,
    wrapped bytea NOT NULL,
    made_at timestamptz NOT NULL
);

CREATE TABLE person (
    id           uuid PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('patient', 'professional', 'service')),
    identity_key bytea NOT NULL,
    kem_key      bytea NOT NULL,
    seq          bigint NOT NULL
);
CREATE TABLE device (
    id         uuid PRIMARY KEY,
    person     uuid NOT NULL REFERENCES person,
    public_key bytea NOT NULL,
    seq        bigint NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX device_person ON device (person);
-- What a service person may do. Rows are made beside the database, never over HTTP.
CREATE TABLE service (
    person uuid PRIMARY KEY REFERENCES person,
    name   text NOT NULL UNIQUE CHECK (name IN ('web', 'mailer', 'operator'))
);

CREATE TABLE practice (
    id         uuid PRIMARY KEY,
    generation integer NOT NULL,
    seq        bigint NOT NULL
);
CREATE TABLE practice_generation (
    practice   uuid NOT NULL REFERENCES practice,
    generation integer NOT NULL,
    kem_key    bytea NOT NULL,
    seq        bigint NOT NULL,
    PRIMARY KEY (practice, generation)
);
CREATE TABLE membership (
    practice uuid NOT NULL REFERENCES practice,
    person   uuid NOT NULL REFERENCES person,
    roles    text[] NOT NULL,
    seq      bigint NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (practice, person)
);
CREATE INDEX membership_person ON membership (person);

CREATE TABLE record (
    id       uuid PRIMARY KEY,
    kind     text NOT NULL CHECK (kind IN ('person', 'file', 'consultation')),
    subject  uuid NOT NULL REFERENCES person,
    practice uuid REFERENCES practice,
    epoch    integer NOT NULL DEFAULT 0,
    secret   bytea NOT NULL,
    seq      bigint NOT NULL
);
CREATE TABLE consultation (
    record       uuid PRIMARY KEY REFERENCES record,
    file         uuid NOT NULL REFERENCES record,
    practice     uuid NOT NULL REFERENCES practice,
    state        text NOT NULL CHECK (state IN ('new', 'waiting', 'open', 'closed', 'refused', 'cancelled')),
    practitioner uuid REFERENCES person,
    assigned     uuid REFERENCES person,
    closed_at    timestamptz
);
CREATE INDEX consultation_file ON consultation (file);
CREATE TABLE taken (
    record uuid NOT NULL REFERENCES consultation,
    person uuid NOT NULL REFERENCES person,
    PRIMARY KEY (record, person)
);
CREATE TABLE granted (
    record     uuid NOT NULL REFERENCES record,
    person     uuid NOT NULL REFERENCES person,
    not_before timestamptz NOT NULL,
    PRIMARY KEY (record, person)
);
CREATE TABLE frozen (
    scope  text NOT NULL CHECK (scope IN ('device', 'person', 'practice')),
    target uuid NOT NULL,
    at     timestamptz NOT NULL,
    PRIMARY KEY (scope, target)
);

-- The last opening that each person made of each record, and what it counted.
CREATE TABLE spent (
    person uuid NOT NULL,
    record uuid NOT NULL,
    cost   integer NOT NULL,
    at     timestamptz NOT NULL,
    PRIMARY KEY (person, record)
);
CREATE INDEX spent_at ON spent (person, at);

CREATE TABLE factor (
    subject       uuid NOT NULL REFERENCES person,
    method        uuid NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('passphrase', 'recovery')),
    verifier      bytea NOT NULL,
    totp          bytea,
    last_step     bigint NOT NULL DEFAULT 0,
    share         bytea NOT NULL,
    PRIMARY KEY (subject, method)
);
CREATE TABLE unlock_failure (
    subject uuid NOT NULL,
    at      timestamptz NOT NULL
);
CREATE INDEX unlock_failure_at ON unlock_failure (subject, at);
CREATE TABLE lookup_count (
    network text NOT NULL,
    hour    timestamptz NOT NULL,
    count   integer NOT NULL,
    PRIMARY KEY (network, hour)
);
