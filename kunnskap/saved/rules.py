"""What a saved search may be, when its owner is told, and the link that stops it. Pure: no database, no request."""

from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from itsdangerous import BadData, URLSafeSerializer

from kunnskap.saved.models import DAILY, WEEKLY
from kunnskap.search import addresses
from kunnskap.search.results import Wanted

MOST = 50
"""Saved searches one person may have."""
LONGEST_NAME, LONGEST_QUERY = 100, 4_000
MORNING = 5
"""The hour (UTC) from which mail about new hits may be written."""
_SALT = "lagrede-sok"


def kept(address: str) -> str:
    """Give what is kept of a search page's address: what has a meaning there, from the first page, as we write it."""
    if len(address) > LONGEST_QUERY:
        return ""
    return addresses.address(wanted(address.partition("?")[2]).on_page(1)).partition("?")[2]


def wanted(query: str) -> Wanted:
    """Read what a saved search looks for."""
    return addresses.wanted(parse_qsl(query))


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
