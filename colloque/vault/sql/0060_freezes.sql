-- A freeze of a practice's history, and of the whole platform, whose target is one fixed id (colloque/vault/ladder.py).
ALTER TABLE frozen DROP CONSTRAINT IF EXISTS frozen_scope_check;
ALTER TABLE frozen ADD CONSTRAINT frozen_scope_check
    CHECK (scope IN ('device', 'person', 'practice', 'history', 'read-only', 'consult-only', 'off'));
-- Whether an officer must be among those who lift it: always, but where the practice's own managers froze it.
ALTER TABLE frozen ADD COLUMN needs_officer boolean NOT NULL DEFAULT true;
CREATE INDEX frozen_target ON frozen (target);

-- Who may lift what is frozen above an account, two of them together. No role in any practice, no key of care.
CREATE TABLE officer (
    person   uuid PRIMARY KEY REFERENCES person,
    since    timestamptz NOT NULL,
    ended_at timestamptz
);
