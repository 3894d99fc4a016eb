"""HTTP in → jobs for the pool → HTTP out; nothing is computed here."""
