-- What each device, person, practice and the platform has used, in buckets (colloque/vault/meter.py). One row is read and written for each
-- holder that a batch touches, however much was opened before.
CREATE TABLE meter (
    holder uuid PRIMARY KEY,   -- a device, a person, a practice; the platform has the nil id
    packed bytea NOT NULL
) WITH (fillfactor = 70);
-- Of openings made before there were four levels it is not known; they count for the person alone.
ALTER TABLE spent ADD COLUMN device uuid;

-- How old a record is decides what it costs to open it.
ALTER TABLE record ADD COLUMN made_at timestamptz;
UPDATE record r SET made_at = coalesce(
    (SELECT (l.body::json ->> 'time')::timestamptz FROM ledger_line l WHERE l.seq = r.seq),
    (SELECT h.at FROM ledger_head h));
ALTER TABLE record ALTER COLUMN made_at SET NOT NULL;
