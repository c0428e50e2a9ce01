"""A witness: it cosigns a log's checkpoints while they continue the one history it has seen (C2SP tlog-witness)."""
