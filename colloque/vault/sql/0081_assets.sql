-- What releases were published: the hash of each asset manifest, by the line that says so. The newest is the current one.
CREATE TABLE asset_manifest (
    seq  bigint PRIMARY KEY,
    hash bytea NOT NULL
);
