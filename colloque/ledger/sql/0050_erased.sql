-- A line may lose its body, and never its leaf: the hash stays, and with it every proof. Only what an erasure that is
-- itself a line of the log names may go, and nothing may come in its place.
CREATE TABLE ledger_erasure (
    seq   bigint PRIMARY KEY,   -- the line that says so
    first bigint NOT NULL,
    last  bigint NOT NULL CHECK (first <= last AND last < seq)
);
ALTER TABLE ledger_line ALTER COLUMN body DROP NOT NULL;

CREATE FUNCTION ledger_line_keeps_its_leaf() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.body IS NOT NULL AND NEW.body IS NULL AND NEW.record IS NULL AND NEW.subject IS NULL
        AND NEW.seq = OLD.seq AND NEW.leaf = OLD.leaf
        AND EXISTS (SELECT FROM ledger_erasure e WHERE OLD.seq BETWEEN e.first AND e.last)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the ledger is append-only: % on % is refused', TG_OP, TG_TABLE_NAME;
END $$;

-- What was said goes when no line of it is left.
CREATE FUNCTION ledger_statement_keeps_its_digest() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.payload IS NOT NULL AND NEW.payload IS NULL
        AND (NEW.id, NEW.digest, NEW.payload_type, NEW.signatures, NEW.first_seq, NEW.lines)
            = (OLD.id, OLD.digest, OLD.payload_type, OLD.signatures, OLD.first_seq, OLD.lines)
        AND OLD.lines > 0 AND NOT EXISTS (
            SELECT FROM ledger_line l
            WHERE l.seq >= OLD.first_seq AND l.seq < OLD.first_seq + OLD.lines AND l.body IS NOT NULL
        )
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the ledger is append-only: % on % is refused', TG_OP, TG_TABLE_NAME;
END $$;

CREATE INDEX ledger_statement_first ON ledger_statement USING brin (first_seq);

DROP TRIGGER append_only ON ledger_line;
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON ledger_line
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER keeps_its_leaf BEFORE UPDATE ON ledger_line
    FOR EACH ROW EXECUTE FUNCTION ledger_line_keeps_its_leaf();
DROP TRIGGER append_only ON ledger_statement;
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON ledger_statement
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER keeps_its_digest BEFORE UPDATE ON ledger_statement
    FOR EACH ROW EXECUTE FUNCTION ledger_statement_keeps_its_digest();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_erasure
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
REVOKE UPDATE, DELETE, TRUNCATE ON ledger_erasure FROM PUBLIC, CURRENT_USER;
GRANT UPDATE (body, record, subject) ON ledger_line TO CURRENT_USER;
GRANT UPDATE (payload) ON ledger_statement TO CURRENT_USER;
