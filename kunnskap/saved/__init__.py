"""Saved searches: what somebody wants to look for again, and to be told about when something new fits."""
