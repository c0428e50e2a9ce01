-- Who holds a practice's recovery sheet and asks to be its manager: in force after a delay, cancelled by any manager or practitioner.
CREATE TABLE reopening (
    practice   uuid NOT NULL REFERENCES practice,
    person     uuid NOT NULL REFERENCES person,
    not_before timestamptz NOT NULL,
    PRIMARY KEY (practice, person)
);
