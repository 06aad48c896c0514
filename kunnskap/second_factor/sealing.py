"""Sealing what is secret in the database: a copy of the database alone gives nobody's codes away.

Each sealed text has a key of its own, drawn with HKDF-SHA256 from the site's secret key and from what the text is
`about` (which account, for what). So a sealed text that is moved to another account, or used for something else, does
not open. Sealed with Fernet (AES-128-CBC and HMAC-SHA256), which also says when it was sealed.

When the site's secret key is changed, nothing sealed opens any more: people use a recovery code, and an operator takes
the second factor off with `reset-second-factor`.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kunnskap import clock

PURPOSE = "kunnskap second factor"


def seal(text: str, key: str, about: str) -> str:
    """Seal a text with the site's secret key; only the same key and the same `about` open it."""
    return _with(key, about).encrypt_at_time(text.encode(), _seconds()).decode()


def opened(sealed: str, key: str, about: str, good_for: int | None = None) -> str | None:
    """Give the text that was sealed, at most `good_for` seconds ago; None when it does not open."""
    box = _with(key, about)
    try:
        given = sealed.encode("ascii")
        return (box.decrypt(given) if good_for is None else box.decrypt_at_time(given, good_for, _seconds())).decode()
    except (InvalidToken, UnicodeError):
        return None


def _seconds() -> int:
    return int(clock.now().timestamp())


def _with(key: str, about: str) -> Fernet:
    drawn = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"{PURPOSE}: {about}".encode())
    return Fernet(base64.urlsafe_b64encode(drawn.derive(key.encode())))
