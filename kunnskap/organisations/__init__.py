"""Signing in through the organisation one works for (OpenID Connect)."""
