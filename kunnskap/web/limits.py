"""How often the same visitor may try the doors that could be forced or flooded.

Those who are not signed in are told apart by their network address, and a whole municipality may sit behind one: what
everybody does is limited generously. What could be guessed at is limited once more by what is typed.
"""

import math
import time
from ipaddress import IPv6Address, ip_address, ip_network

from flask import Flask, request
from flask_limiter import Limiter

from kunnskap.web.access import actor

SIGN_IN = "40 per minute;240 per hour"
GUESSES = "10 per minute;60 per hour"
"""Of one visitor, at one account."""
MAIL = "30 per minute;200 per hour"
"""Of one visitor, whoever the mail is to."""
MAIL_TO_ONE = "5 per minute;20 per hour"
"""To one address, whoever asks for it."""
POSTING = "30 per minute;200 per hour"
UPLOADS = "20 per minute;120 per hour"
CONTACT = "5 per minute;20 per hour"
TO_MANY = "6 per hour;20 per day"
"""Of what writes to everybody in a network."""
SEARCH = "300 per minute;6000 per hour"
PROPOSALS = "900 per minute;20000 per hour"
"""One for each letter that is typed."""
ASKING = "120 per minute;2000 per hour"
"""Of other programs, whose users are many behind one address."""
WRITES = "300 per minute;5000 per hour"
"""Of everything that changes something, counted together and beside the limits above."""
SAFE = {"GET", "HEAD", "OPTIONS"}


def visitor() -> str:
    """Who is counted: a person who is signed in, otherwise where they sit."""
    who = actor()
    return f"person:{who.person_id}" if who.is_member else _network(request.remote_addr or "")


def _network(address: str) -> str:
    """Give what one visitor has for themselves: an IPv4 address, but of IPv6 a whole network (/64)."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    return str(ip_network(f"{found}/64", strict=False)) if isinstance(found, IPv6Address) else address


limiter = Limiter(
    key_func=visitor,
    strategy="moving-window",
    application_limits=[WRITES],
    application_limits_exempt_when=lambda: request.method in SAFE,
)


def init_app(app: Flask, *, enabled: bool, storage: str) -> None:
    """Count in `storage` (memory://, or redis://… when several processes serve)."""
    app.config.update(RATELIMIT_ENABLED=True, RATELIMIT_STORAGE_URI=storage, RATELIMIT_HEADERS_ENABLED=False)
    limiter.init_app(app)
    limiter.enabled = enabled  # set last, so that counting can be turned on and off while the site runs


def seconds_to_wait() -> int:
    """Say when whoever was stopped may try again, in whole seconds from now."""
    limit = limiter.current_limit
    return max(1, math.ceil(limit.window.reset_time - time.time())) if limit else 60
