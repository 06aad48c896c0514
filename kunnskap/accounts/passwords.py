"""Passwords: which are good enough, and how they are kept. The only module that knows argon2."""

import re
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kunnskap.errors import Invalid
from kunnskap.i18n import Message, mark, say

SHORTEST, LONGEST = 12, 200
FEWEST_CHARACTERS = 5
"""Different characters a password must have: "abababababab" is long, but guessed at once."""
FEWEST_OF_ONES_OWN = 6
"""Characters a password must have besides the words anybody would try first."""
OBVIOUS = (
    "kunnskap", "passord", "password", "velkommen", "kommune", "fylke", "klima", "miljø", "rådgiver", "norge", "norway",
)  # fmt: skip
"""What everybody here has in common: the name of the site, of the work, and of where it is done."""
COMMON = Path(__file__).with_name("common_passwords.txt")
_hasher = PasswordHasher()


def check(password: str, email: str) -> None:
    """Refuse a password that is too short or easily guessed; raises Invalid(password=…)."""
    found = problem(password, email)
    if found is not None:
        raise Invalid(password=found)


def problem(password: str, email: str) -> str | Message | None:
    """Say why a password is not good enough; None when it is."""
    if len(password) < SHORTEST:
        return say("Passordet må ha minst %(least)s tegn.", least=SHORTEST)
    if len(password) > LONGEST:
        return say("Passordet kan ha høyst %(most)s tegn.", most=LONGEST)
    if _is_guessed(password.casefold(), email.casefold()):
        return mark("Dette passordet er lett å gjette. Velg et annet, for eksempel fire tilfeldige ord.")
    return None


def _is_guessed(password: str, email: str) -> bool:
    if password in _common() or len(set(password)) < FEWEST_CHARACTERS:
        return True
    for word in _words_of(email):
        password = password.replace(word, "")
    return len(password) < FEWEST_OF_ONES_OWN


def _words_of(email: str) -> list[str]:
    """Give the words that would be tried first for whoever has this address: its own, its workplace's and OBVIOUS, long before short."""
    name, _at, domain = email.partition("@")
    own = {name, *re.split(r"[._+-]", name), *re.split(r"[.-]", domain)}
    return sorted((word for word in {*own, *OBVIOUS} if len(word) >= 3), key=len, reverse=True)


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(COMMON.read_text("utf-8").split("\n"))


def hashed(password: str) -> str:
    """Give what is kept of a password."""
    return _hasher.hash(password)


def fits(kept: str | None, password: str) -> bool:
    """Say whether it is the password. Takes as long when nothing is kept, so that time tells nothing."""
    try:
        return _hasher.verify(kept or _nobodys(), password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Say whether it was kept with weaker parameters than today's."""
    return _hasher.check_needs_rehash(kept)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")
