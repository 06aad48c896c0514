"""Signing in with what the device keeps: passkeys (WebAuthn)."""
