"""Whose data was reached: suppositions read, and answered from the ledger's lines (docs/spec/scope.md)."""
