-- A practice whose records its sheet opens beside the database: in force after a delay, cancelled by any manager or practitioner.
CREATE TABLE archive_opening (
    practice   uuid PRIMARY KEY REFERENCES practice,
    not_before timestamptz NOT NULL
);
