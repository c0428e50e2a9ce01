"""Noticing: Sigma rules over lines of the ledger, in sliding windows. Pure: it takes lines and gives hits."""
