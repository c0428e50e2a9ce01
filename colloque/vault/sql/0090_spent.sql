-- A row here is written again at each opening of the same record by the same person. With no index over what changes, and room on its page, it stays
-- where it is, and the key is not written anew. Who asks by person alone is answered by the key.
DROP INDEX spent_at;
ALTER TABLE spent SET (fillfactor = 70);
