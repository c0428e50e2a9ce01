-- A record whose secret was destroyed stays as a row, so that who asks is told so, and no other record ever has its id.
ALTER TABLE record ADD COLUMN erased_at timestamptz;
ALTER TABLE record ADD CONSTRAINT record_erased CHECK ((erased_at IS NOT NULL) = (length(secret) = 0));
-- What is to be erased: wished by its subject, decided with a reason, in force after a delay, withdrawn until then.
CREATE TABLE erasing (
    record     uuid PRIMARY KEY REFERENCES record,
    wished_at  timestamptz,
    reason     text,
    not_before timestamptz,
    CHECK ((reason IS NULL) = (not_before IS NULL)),
    CHECK (wished_at IS NOT NULL OR not_before IS NOT NULL)
);
