"""What an address may look like, where one works by it, and where one may be led after signing in."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from kunnskap.errors import Invalid
from kunnskap.i18n import mark
from kunnskap.places.models import Place

LONGEST_EMAIL, LONGEST_PATH = 254, 2_000
EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)

PUBLIC_DOMAINS = frozenset(Path(__file__).with_name("public_domains.txt").read_text("utf-8").split())
"""Where anybody may get an address: mail providers and internet providers. It proves nothing of where one works."""


def is_public_domain(asked: str) -> bool:
    """Whether anybody may get an address at this domain, or at one that it lies below."""
    return any(asked == one or asked.endswith(f".{one}") for one in PUBLIC_DOMAINS)


def normal_email(typed: str) -> str:
    """Write an address the way it is kept: lower case, no space around."""
    return typed.strip().lower()


def checked_email(typed: str) -> str:
    """Give the address as it is kept; raises Invalid(email=…) for what mail could not be sent to."""
    email = normal_email(typed)
    if len(email) > LONGEST_EMAIL or not EMAIL.fullmatch(email) or ".." in email or email.startswith("."):
        raise Invalid(email=mark("Skriv en gyldig e-postadresse, for eksempel navn@kommunen.kommune.no."))
    return email


def domain(email: str) -> str:
    """Give what stands after the @."""
    return email.rpartition("@")[2]


def organisation(place: Place) -> str:
    """Name the municipality or county authority of a place, as in "Skien kommune"."""
    return f"{place.name} {'fylkeskommune' if place.is_county else 'kommune'}"


def local_path(asked: str | None) -> str:
    """Give the page of ours that somebody wants to be led to; the front page when it is not one of ours."""
    path = asked or "/"
    strange = any(character.isspace() or not character.isprintable() or character == "\\" for character in path)
    if strange or len(path) > LONGEST_PATH or not path.startswith("/") or path.startswith(("//", "/logg-")):
        return "/"
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc else path
