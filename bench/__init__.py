"""Measurements; nothing of the site imports them."""
