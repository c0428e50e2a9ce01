-- Which names there are is said in colloque/vault/service.py, beside what each may do; a list here only repeated it.
ALTER TABLE service DROP CONSTRAINT IF EXISTS service_name_check;
ALTER TABLE service ADD CONSTRAINT service_name_check CHECK (name ~ '^[a-z]{2,20}$');
