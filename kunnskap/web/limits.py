"""How often the same visitor may try the doors that could be forced or flooded."""

from flask import Flask, request
from flask_limiter import Limiter

from kunnskap.web.access import actor

SIGN_IN = "10 per minute;60 per hour"
MAIL = "5 per minute;20 per hour"
POSTING = "30 per minute;200 per hour"
CONTACT = "5 per minute;30 per hour"
ASKING = "120 per minute;2000 per hour"
"""Of other programs, whose users are many behind one address."""


def _visitor() -> str:
    who = actor()
    return f"person:{who.person_id}" if who.is_member else request.remote_addr or "unknown"


limiter = Limiter(key_func=_visitor, strategy="moving-window")


def init_app(app: Flask, *, enabled: bool, storage: str) -> None:
    """Count in `storage` (memory://, or redis://… when several processes serve)."""
    app.config.update(RATELIMIT_ENABLED=True, RATELIMIT_STORAGE_URI=storage, RATELIMIT_HEADERS_ENABLED=False)
    limiter.init_app(app)
    limiter.enabled = enabled  # set last, so that counting can be turned on and off while the site runs
