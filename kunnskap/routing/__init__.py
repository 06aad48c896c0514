"""Offering questions to those who can answer, and what happens when nobody does."""
