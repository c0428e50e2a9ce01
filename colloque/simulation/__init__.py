"""A made-up world, seeded: who works where, who falls ill when, what each does, and who breaks in. Real lines, no people."""
