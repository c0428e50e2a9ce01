-- When it was asked for, for whoever may say no; null for what was asked before.
ALTER TABLE archive_opening ADD COLUMN asked_at timestamptz;
