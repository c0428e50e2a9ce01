-- What makes a care relation beside the queue. The patient's device signs an appointment and that she wrote; a manager's signs who is on
-- duty, who is away and who stands in.
ALTER TABLE consultation DROP CONSTRAINT IF EXISTS consultation_state_check;
ALTER TABLE consultation ADD CONSTRAINT consultation_state_check
    CHECK (state IN ('new', 'booked', 'waiting', 'open', 'closed', 'refused', 'cancelled'));
ALTER TABLE consultation
    ADD COLUMN starts_at  timestamptz,   -- of the appointment
    ADD COLUMN ends_at    timestamptz,
    ADD COLUMN written_at timestamptz,   -- the patient's last message
    ADD COLUMN read_at    timestamptz;   -- up to when a clinician has read

CREATE TABLE rota (
    id        uuid PRIMARY KEY,
    practice  uuid NOT NULL REFERENCES practice,
    person    uuid NOT NULL REFERENCES person,
    starts_at timestamptz NOT NULL,
    ends_at   timestamptz NOT NULL
);
CREATE INDEX rota_practice ON rota (practice, ends_at);
CREATE TABLE absence (
    id          uuid PRIMARY KEY,
    practice    uuid NOT NULL REFERENCES practice,
    person      uuid NOT NULL REFERENCES person,
    replacement uuid REFERENCES person,
    starts_at   timestamptz NOT NULL,
    ends_at     timestamptz NOT NULL
);
CREATE INDEX absence_person ON absence (person, ends_at);
CREATE INDEX absence_replacement ON absence (replacement, ends_at) WHERE replacement IS NOT NULL;
