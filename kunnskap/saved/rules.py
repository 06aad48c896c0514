"""What a saved search may be, when its owner is told, and the link that stops it. Pure: no database, no request."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from itsdangerous import BadData, URLSafeSerializer

from kunnskap.saved.models import DAILY, WEEKLY
from kunnskap.search.results import FINDABLE, Wanted

MOST = 50
"""Saved searches one person may have."""
LONGEST_NAME, LONGEST_QUERY = 100, 4_000
MOST_CHOICES = 30
NOT_KEPT = {"side"}
"""Parts of the search page's address that are not part of the search."""
MORNING = 5
"""The hour (UTC) from which mail about new hits may be written."""
_KINDS = {kind.path: key for key, kind in FINDABLE.items()}
_SALT = "lagrede-sok"


def kept(address: str) -> str:
    """Give what is kept of a search page's address: its pairs without page and empty ones, each once, as we write them."""
    sent = address.partition("?")[2]
    pairs = parse_qsl(sent) if len(sent) <= LONGEST_QUERY else []
    clean = ((name, " ".join(value.split())) for name, value in pairs if name not in NOT_KEPT)
    return urlencode(list(dict.fromkeys(pair for pair in clean if pair[1] and "".join(pair).isprintable())))


def wanted(query: str) -> Wanted:
    """Read what a saved search looks for."""
    sent: dict[str, list[str]] = {}
    for name, value in parse_qsl(query):
        sent.setdefault(name, []).append(value)
    kinds = tuple(_KINDS[one] for one in _some(sent, "type") if one in _KINDS)
    words = " ".join(sent.get("q", [])[:1])
    return Wanted(
        words, kinds=kinds, themes=_some(sent, "tema"), counties=_some(sent, "fylke"), statuses=_some(sent, "status")
    )


def _some(sent: Mapping[str, list[str]], name: str) -> tuple[str, ...]:
    return tuple(sent.get(name, [])[:MOST_CHOICES])


def next_time(notice: str, after: datetime) -> datetime | None:
    """Give when mail is to be written next: tomorrow morning, Monday morning, or never."""
    morning = after.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    if notice == DAILY:
        return morning if morning > after else morning + timedelta(days=1)
    if notice == WEEKLY:
        monday = morning - timedelta(days=after.weekday())
        return monday if monday > after else monday + timedelta(days=7)
    return None


def stop_mark(secret: str, person_id: int) -> str:
    """Make what a link ends in that stops all of somebody's notices, also for whoever is not signed in."""
    return str(URLSafeSerializer(secret, salt=_SALT).dumps(person_id))


def person_of(secret: str, mark: str) -> int | None:
    """Say whose notices a link stops; None when we never made it."""
    try:
        number = URLSafeSerializer(secret, salt=_SALT).loads(mark)
    except BadData:
        return None
    return number if isinstance(number, int) else None
