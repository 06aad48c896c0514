"""Meetings of networks: agenda, sign-up, minutes, homework and what becomes of them."""
