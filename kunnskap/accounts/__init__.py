"""Signing in: the keys to the house."""
