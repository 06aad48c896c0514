"""Signs that something posted may be spam. Pure: texts and figures in, signs out; moderators decide."""

import hashlib
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from kunnskap.i18n import mark

YOUNG = timedelta(days=30)
"""How old an account is when its texts are held at once; those of older ones are only reported."""
NEW = timedelta(days=7)
"""How old an account is when it is looked at how fast it posts."""
MOST_AN_HOUR = 6
"""Posts and comments in an hour by a new account, above which it is a sign."""
FEWEST_LINKS, WORDS_A_LINK = 3, 15
"""So many different links, with fewer words than this for each, is a sign."""
SHORTEST = 60
"""Letters and figures of a text that is compared to others: short ones are alike by chance."""
REPORT_AT, HOLD_AT = 2, 4
"""Points from which moderators are asked to look, and from which the text of a young account waits until they have."""
SHORTENERS = {
    "bit.ly", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "is.gd", "buff.ly", "cutt.ly", "rb.gy", "t.ly", "shorturl.at",
    "rebrand.ly", "tiny.cc", "lnkd.in", "s.id", "v.gd", "bl.ink",
}  # fmt: skip
LINK = re.compile(r"https?://[^\s<>()\[\]\"']+", re.IGNORECASE)


@dataclass(frozen=True)
class Written:
    """Something posted, and what is known about who posted it. `own` and `others` are fingerprints of texts."""

    text: str
    account_age: timedelta
    posted_last_hour: int = 1
    own: Collection[str] = ()
    others: Collection[str] = ()


@dataclass(frozen=True)
class Sign:
    """Something that spam often does: how much it counts, what moderators read, and how it is seen."""

    points: int
    words: str
    is_seen: Callable[[Written], bool]


def links(text: str) -> set[str]:
    """Give the different web addresses in a text."""
    return {found.group().rstrip(".,;:!?").casefold() for found in LINK.finditer(text)}


def fingerprint(text: str) -> str:
    """Give the same short string for texts that say the same but for spaces, signs and capitals; "" for short ones."""
    bare = "".join(sign for sign in text.casefold() if sign.isalnum())
    return hashlib.sha256(bare.encode()).hexdigest() if len(bare) >= SHORTEST else ""


def _is_fast(written: Written) -> bool:
    return written.account_age < NEW and written.posted_last_hour > MOST_AN_HOUR


def _is_mostly_links(written: Written) -> bool:
    found = links(written.text)
    words = len(LINK.sub(" ", written.text).split())
    return len(found) >= FEWEST_LINKS and words < WORDS_A_LINK * len(found)


def _is_shortened(written: Written) -> bool:
    return any(_host(one) in SHORTENERS for one in links(written.text))


def _is_among(text: str, fingerprints: Collection[str]) -> bool:
    found = fingerprint(text)
    return found != "" and found in fingerprints


def _host(link: str) -> str:
    try:
        return (urlsplit(link).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


SIGNS = {
    "fast": Sign(2, mark("En ny konto legger ut mye på kort tid."), _is_fast),
    "links": Sign(2, mark("Teksten har mange lenker og få ord."), _is_mostly_links),
    "shortened": Sign(2, mark("En lenke skjuler hvor den fører."), _is_shortened),
    "own": Sign(2, mark("Den samme har lagt ut den samme teksten før."), lambda one: _is_among(one.text, one.own)),
    "others": Sign(3, mark("Andre har lagt ut den samme teksten det siste døgnet."), lambda one: _is_among(one.text, one.others)),
}  # fmt: skip
"""Every sign there is."""


def signs(written: Written) -> list[str]:
    """Give the signs (keys of SIGNS) that something posted shows."""
    return [name for name, sign in SIGNS.items() if sign.is_seen(written)]


def points(shown: Collection[str]) -> int:
    """Add up what signs count."""
    return sum(SIGNS[name].points for name in shown)


def is_to_wait(written: Written, shown: Collection[str]) -> bool:
    """Whether a moderator must look before others may read it."""
    return points(shown) >= HOLD_AT and written.account_age < YOUNG
