"""Inviting colleagues: links and lists of addresses."""
