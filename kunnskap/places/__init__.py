"""Municipalities and counties, dated: they merge and split."""
