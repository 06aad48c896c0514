"""What a code looks like and which codes fit: RFC 6238 as every app does it (SHA-1, six digits, 30 seconds)."""

import hmac
import secrets
from datetime import datetime

import pyotp

from kunnskap.actor import Actor

ISSUER = "Kunnskap"
STEP = 30
SKEW = (0, -1, 1)
"""Time steps a clock may be wrong by, in the order they are tried."""
DIGITS = 6
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""What recovery codes are made of: nothing that looks like something else."""
GROUPS, IN_GROUP = 5, 5
HOW_MANY = 10
LONGEST_CODE = 60


def new_secret() -> str:
    """Make what the app and the site share: 160 random bits, written in base32."""
    return pyotp.random_base32(32)


def app_address(secret: str, email: str) -> str:
    """Give the address an app reads out of the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def normal(typed: str) -> str:
    """Write a code the way it is compared: without spaces and hyphens, in lower case."""
    return "".join(character for character in typed.lower() if not character.isspace() and character not in "-–")


def is_from_app(code: str) -> bool:
    """Whether a normal code is one an app shows."""
    return len(code) == DIGITS and code.isascii() and code.isdecimal()


def fitting_step(secret: str, code: str, moment: datetime) -> int | None:
    """Give the time step whose code this is, for a clock that may be one step wrong; None when it fits none."""
    if not is_from_app(code):
        return None
    now = int(moment.timestamp()) // STEP
    codes = pyotp.TOTP(secret)
    fits = [now + skew for skew in SKEW if hmac.compare_digest(codes.generate_otp(now + skew), code)]
    return fits[0] if fits else None


def new_recovery_codes() -> list[str]:
    """Make a set of codes, each of more than 120 random bits, written in groups that can be copied by hand."""
    return [
        "-".join("".join(secrets.choice(LETTERS) for _ in range(IN_GROUP)) for _ in range(GROUPS))
        for _ in range(HOW_MANY)
    ]


def may_turn_off(role: str, *, required: bool) -> bool:
    """Whether somebody may do without: not one whose powers ask for it on this site."""
    return not (required and Actor(role=role).is_moderator)
