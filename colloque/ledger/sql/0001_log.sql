-- The log. `leaf` is the hash of `body`; record and subject are copied out of it for looking up.
CREATE TABLE ledger_line (
    seq     bigint PRIMARY KEY,
    leaf    bytea NOT NULL,
    body    text COLLATE "C" NOT NULL,
    record  uuid,
    subject uuid
);
CREATE INDEX ledger_line_subject ON ledger_line (subject, seq) WHERE subject IS NOT NULL;
CREATE INDEX ledger_line_record ON ledger_line (record, seq) WHERE record IS NOT NULL;

-- Complete subtrees above the leaves; they never change.
CREATE TABLE ledger_node (
    level smallint NOT NULL,
    index bigint NOT NULL,
    hash  bytea NOT NULL,
    PRIMARY KEY (level, index)
);

-- What was said: one row per request id, which is also what makes a retry harmless. `payload` is null
-- where the statement held a secret; `digest` is then keyed, so that nobody can test guesses with it.
CREATE TABLE ledger_statement (
    id           uuid PRIMARY KEY,
    digest       bytea NOT NULL,
    payload      bytea,
    payload_type text NOT NULL,
    signatures   text NOT NULL,
    first_seq    bigint NOT NULL,
    lines        integer NOT NULL
);

-- Facts that the web told, by their own id: told again, they add no line.
CREATE TABLE ledger_fact (
    id  uuid PRIMARY KEY,
    seq bigint NOT NULL
);

-- The one row that every writer locks: the order of the log, and of the budgets, is the order of these locks.
CREATE TABLE ledger_head (
    one   boolean PRIMARY KEY DEFAULT true CHECK (one),
    size  bigint NOT NULL,
    peaks bytea NOT NULL,
    at    timestamptz NOT NULL,
    note  text NOT NULL
);

-- Against accidents. Against attackers there are the tree and those who remember its checkpoints.
CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % on % is refused', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_line
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_node
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_statement
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
REVOKE UPDATE, DELETE, TRUNCATE ON ledger_line, ledger_node, ledger_statement FROM PUBLIC, CURRENT_USER;
