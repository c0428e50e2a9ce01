-- Keys that wrap the secrets of this database, themselves wrapped by a keeper: a key file, or OpenBao's transit engine. A generation wraps
-- from `used_from` on, so that every vault process has read it by then; `retired_at` says that nothing is wrapped by it any more.
CREATE TABLE data_key (
    generation integer PRIMARY KEY,
    keeper     text NOT NULL,
    wrapped    bytea NOT NULL,
    used_from  timestamptz NOT NULL,
    retired_at timestamptz
);
