-- A practice's recovery sheets, as far as the vault must know them: which key the seed is sealed to, and the key that speaks for the sheet. The
-- newest counts; those before stay, for a reader must see that one let somebody in. Practices from before have no row: their sheet opens what
-- it was made for, until a manager prints another.
CREATE TABLE practice_sheet (
    practice    uuid NOT NULL REFERENCES practice,
    kem_key_id  text NOT NULL CHECK (kem_key_id ~ '^[0-9a-f]{32}$'),
    signing_key bytea NOT NULL CHECK (length(signing_key) = 32),
    seq         bigint NOT NULL,
    PRIMARY KEY (practice, seq)
);
