"""Leaving one's work, and taking over after somebody."""
