"""The only place that asks what time it is."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Europe/Oslo")


def now() -> datetime:
    """Return this moment, aware and in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the day it is in Norway."""
    return now().astimezone(HERE).date()


def moment_of(local: datetime) -> datetime | None:
    """Give the moment (UTC) the clock in Norway shows this; None for what it skips when it is set forward.

    Of a time that comes twice, when the clock is set back, the first is meant.
    """
    found = local.replace(tzinfo=HERE, fold=0).astimezone(UTC)
    return found if found.astimezone(HERE).replace(tzinfo=None, fold=0) == local.replace(tzinfo=None) else None


def comes_twice(moment: datetime) -> bool:
    """Whether the clock in Norway shows this time twice that night, because it is set back."""
    local = moment.astimezone(HERE)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
