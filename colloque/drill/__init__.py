"""The rehearsal: known intrusions against a running instance or in a replay, and the scope held against the truth."""
