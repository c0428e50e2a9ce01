-- The newest checkpoint that enough witnesses cosigned, with their signatures: what a vault that starts goes on from, and
-- what anyone is shown. Nobody needs to believe this row: each signature in it is checked by whoever reads it.
CREATE TABLE ledger_witnessed (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    size bigint NOT NULL,
    note text NOT NULL
);
