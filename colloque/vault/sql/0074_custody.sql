-- A practice that ends: who takes its records, and from when on; and the files that their patients keep out of it.
CREATE TABLE custody (
    practice   uuid PRIMARY KEY REFERENCES practice,
    successor  uuid NOT NULL REFERENCES practice,
    not_before timestamptz NOT NULL,
    CHECK (practice <> successor)
);
CREATE INDEX custody_successor ON custody (successor);
CREATE TABLE custody_refused (
    file uuid PRIMARY KEY REFERENCES record
);
CREATE INDEX record_practice ON record (practice, seq) WHERE kind = 'file';
