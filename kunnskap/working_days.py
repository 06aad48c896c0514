"""Norwegian working days: Monday to Friday without public holidays (the package holidays), and without the eves.

Most municipalities are shut on Christmas Eve and New Year's Eve, so nobody is expected to answer then.
"""

from collections.abc import Collection
from datetime import date, timedelta
from functools import lru_cache

import holidays

EVES = frozenset({(12, 24), (12, 31)})
WORK = frozenset({1, 2, 3, 4, 5})
"""ISO numbers of the days of the week."""


def is_working_day(day: date, week: Collection[int] = WORK) -> bool:
    """Whether people are at work that day; `week` is somebody's own days, by ISO number."""
    return day.isoweekday() in week and (day.month, day.day) not in EVES and day not in _holidays(day.year)


def after(day: date, count: int) -> date:
    """Give the day that is `count` working days after `day`, which need not be one itself."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def between(first: date, last: date) -> int:
    """Count the working days after `first` up to and with `last`; 0 when last is not after first."""
    return sum(is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


@lru_cache(maxsize=50)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("NO", years=year))
