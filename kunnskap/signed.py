"""Links that do one thing without signing in: what they stand for, signed with the site's secret."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from itsdangerous import BadData, URLSafeTimedSerializer
from itsdangerous.timed import TimestampSigner

from kunnskap import clock

Facts = dict[str, int | str]


class _Signer(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


def mark(secret: str, purpose: str, facts: Mapping[str, int | str]) -> str:
    """Make the end of a link that stands for these facts; one `purpose` never opens another's."""
    return str(_serializer(secret, purpose).dumps(dict(facts)))


def facts(secret: str, purpose: str, mark: str, lasts: timedelta | None = None) -> Facts | None:
    """Read what a link stands for; None when we never made it for this purpose, or longer ago than it lasts."""
    seconds = int(lasts.total_seconds()) if lasts else None
    try:
        found = _serializer(secret, purpose).loads(mark, max_age=seconds)
    except BadData:
        return None
    return found if isinstance(found, dict) else None


def made_at(secret: str, purpose: str, mark: str) -> datetime | None:
    """Say when a link was made; None when we never made it for this purpose."""
    try:
        _facts, moment = _serializer(secret, purpose).loads(mark, return_timestamp=True)
    except BadData:
        return None
    return moment if isinstance(moment, datetime) else None


def _serializer(secret: str, purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt=purpose, signer=_Signer)
