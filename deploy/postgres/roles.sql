-- Two databases that know nothing of each other. Run as the server's owner: psql -f roles.sql
-- Set the passwords with \password colloque and \password colloque_vault; they never stand in a file of SQL.
CREATE ROLE colloque LOGIN;
CREATE ROLE colloque_vault LOGIN;
CREATE DATABASE colloque OWNER colloque TEMPLATE template0;
CREATE DATABASE colloque_vault OWNER colloque_vault TEMPLATE template0;
REVOKE ALL ON DATABASE colloque FROM PUBLIC;
REVOKE ALL ON DATABASE colloque_vault FROM PUBLIC;
