"""The two-level list of themes."""
