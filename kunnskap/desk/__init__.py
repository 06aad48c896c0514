"""The coordinator's desk: what a network needs today, letters to its members, and reports on it."""
