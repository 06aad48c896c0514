"""Showing who one is in two ways: codes from an app, recovery codes, and showing it anew."""
