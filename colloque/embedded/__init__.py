"""Everything on one machine, for trying out: PostgreSQL from its wheel, vault, web, worker, caught mail, demo people."""
