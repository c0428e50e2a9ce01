-- What each name of a practice stands for (docs/spec/ledger.md, "Names"): a row is written with the first line that has it.
-- Whoever reads this table knows what lines do not say; the database says as much of each record.
CREATE TABLE pseudonym (
    pseudonym uuid PRIMARY KEY,
    practice  uuid NOT NULL,
    value     text COLLATE "C" NOT NULL
);
REVOKE UPDATE ON pseudonym FROM PUBLIC, CURRENT_USER;
