-- What two people of a practice decided about its budgets, and what one more use of a passkey bought.
CREATE TABLE capacity (
    practice uuid NOT NULL REFERENCES practice,
    role     text NOT NULL CHECK (role IN ('practitioner', 'secretary', 'manager', 'practice')),
    minute   integer NOT NULL,
    hour     integer NOT NULL,
    day      integer NOT NULL,
    month    integer NOT NULL,
    PRIMARY KEY (practice, role)
);
CREATE TABLE quota (
    id       uuid PRIMARY KEY,
    practice uuid NOT NULL REFERENCES practice,
    person   uuid NOT NULL REFERENCES person,
    purpose  text NOT NULL,
    records  integer NOT NULL,
    used     integer NOT NULL DEFAULT 0,
    ends_at  timestamptz NOT NULL
);
CREATE INDEX quota_person ON quota (person, ends_at);
CREATE TABLE quota_opened (
    quota  uuid NOT NULL REFERENCES quota,
    record uuid NOT NULL REFERENCES record,
    PRIMARY KEY (quota, record)
);
CREATE TABLE passkey (
    credential text PRIMARY KEY,
    person     uuid NOT NULL REFERENCES person,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL DEFAULT 0,
    usable_at  timestamptz NOT NULL
);
CREATE TABLE stepped (
    person uuid PRIMARY KEY REFERENCES person,
    at     timestamptz NOT NULL
);
