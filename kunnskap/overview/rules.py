"""By which boundaries places are counted, and what a chart shows. Pure: no database, no request."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

from kunnskap.clock import HERE
from kunnskap.i18n import mark

TODAY, THEN = "i-dag", "da"
BOUNDARIES = {TODAY: mark("Dagens grenser"), THEN: mark("Grensene da det ble skrevet")}
"""By which boundaries counts are given: a merged municipality's with its successor's, or as it was."""
MONTHS = 24
"""How many months growth is shown for."""
Leads = Mapping[int, Sequence[int]]
"""For each former place the ids of those that came right after it; several when it was split."""


def ends(place_id: int, leads: Leads) -> frozenset[int]:
    """Give those of today's places that a place has become: itself when it is one of them."""
    found, waiting = set(), [place_id]
    while waiting:
        number = waiting.pop()
        following = leads.get(number, ())
        waiting += following
        if not following:
            found.add(number)
    return frozenset(found)


def home(place_id: int, leads: Leads, boundaries: str) -> int:
    """Say under which place something from a place is counted.

    By today's boundaries that is the one place that took over, through mergers and new numbers. Nobody knows which part
    of a municipality that was split something came from, so it stays where it was, as does all by the boundaries then.
    """
    if boundaries == THEN:
        return place_id
    todays = ends(place_id, leads)
    return next(iter(todays)) if len(todays) == 1 else place_id


def county(place_id: int, counties: Mapping[int, int | None], leads: Leads, boundaries: str) -> int | None:
    """Say in which county something from a place is counted; a county is its own.

    By today's boundaries that is the county its successors lie in, when they all lie in the same one; otherwise the
    county it lay in. None for a place in no county.
    """
    if boundaries == TODAY:
        todays = {counties.get(one) or one for one in ends(place_id, leads)}
        if len(todays) == 1:
            return next(iter(todays))
    return counties.get(place_id) or place_id


def counted(counts: Mapping[int, int], leads: Leads, boundaries: str) -> dict[int, int]:
    """Count by municipality within the boundaries asked for."""
    found: defaultdict[int, int] = defaultdict(int)
    for place_id, number in counts.items():
        found[home(place_id, leads, boundaries)] += number
    return dict(found)


def counted_by_county(
    counts: Mapping[int, int], counties: Mapping[int, int | None], leads: Leads, boundaries: str
) -> dict[int, int]:
    """Count by county within the boundaries asked for."""
    found: defaultdict[int, int] = defaultdict(int)
    for place_id, number in counts.items():
        inside = county(place_id, counties, leads, boundaries)
        if inside is not None:
            found[inside] += number
    return dict(found)


def months(today: date, count: int = MONTHS) -> list[date]:
    """Give the first day of each of the last months, this one last."""
    number = today.year * 12 + today.month - 1
    return [date(one // 12, one % 12 + 1, 1) for one in range(number - count + 1, number + 1)]


def starts(day: date) -> datetime:
    """Give the moment a day begins in Norway."""
    return datetime.combine(day, time(), tzinfo=HERE)


def typical(waits: Iterable[timedelta]) -> timedelta | None:
    """Give the time half of those who waited, waited at most; None when nobody did."""
    seconds = [wait.total_seconds() for wait in waits]
    return timedelta(seconds=median(seconds)) if seconds else None


@dataclass(frozen=True)
class Wait:
    """A time as people say it: `count` of `unit`, which is minutes, hours or days."""

    count: int
    unit: str


def spoken(wait: timedelta) -> Wait:
    """Say a time in the largest unit there are two of, rounded."""
    for unit, size in (("days", timedelta(days=1)), ("hours", timedelta(hours=1))):
        if wait >= 2 * size:
            return Wait(round(wait / size), unit)
    return Wait(round(wait / timedelta(minutes=1)), "minutes")


def share(part: int, whole: int) -> int | None:
    """Give a share in whole percent; None of nothing."""
    return round(100 * part / whole) if whole else None
