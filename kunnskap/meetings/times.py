"""The clock on the wall: reading when a meeting is, writing it, and when people are to be reminded. Pure.

Summer time begins the last Sunday of March, when an hour is left out, and ends the last Sunday of October, when an hour
comes twice. A time that is left out is refused; of one that comes twice the first, in summer time, is meant.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from babel.dates import format_date

from kunnskap import clock, working_days
from kunnskap.errors import Invalid
from kunnskap.i18n import Message, mark, say

T = TypeVar("T")
Problems = dict[str, str | Message]
LONGEST = timedelta(days=14)
FIRST_YEAR, YEARS_AHEAD = 2000, 5
MORNING = 7
"""The hour, by the clock on the wall, from which reminders are sent."""
HOMEWORK_DAYS = 3
"""How many working days before it is due those it concerns are reminded."""
TIME = re.compile(r"(?:kl\.? ?)?(\d{1,2})(?:[:.]?(\d{2}))?", re.ASCII | re.IGNORECASE)
DAY = re.compile(r"(\d{1,2})\. ?(\d{1,2})\.? ?(\d{4})", re.ASCII)
NO_DAY = mark("Skriv en dato, for eksempel 24.11.2026.")
NO_TIME = mark("Skriv et klokkeslett, for eksempel 09.30.")
LEFT_OUT = mark("Dette klokkeslettet finnes ikke: Klokka stilles fram til sommertid denne natten. Velg et annet.")
TWICE = mark("Dette klokkeslettet kommer to ganger denne natten. Vi bruker det første, i sommertid.")


@dataclass(frozen=True)
class Written:
    """When a meeting is, as somebody wrote it; without `until_day` it ends the day it begins."""

    day: str
    starts: str
    ends: str
    until_day: str = ""


@dataclass(frozen=True)
class Span:
    """From one moment to another; `is_twice` when one of them was written as a time that comes twice that night."""

    starts_at: datetime
    ends_at: datetime
    is_twice: bool = False


@dataclass(frozen=True)
class Moment:
    """A moment (UTC); `is_twice` when its time by the clock comes twice that night."""

    at: datetime
    is_twice: bool


def read(written: Written) -> Span:
    """Read when a meeting is; raises Invalid with the fields that are wrong."""
    problems: Problems = {}
    day = _taken(problems, "day", read_day, written.day)
    last = _taken(problems, "until_day", read_day, written.until_day) if written.until_day else day
    starts = _at(problems, "starts", day, written.starts)
    ends = _at(problems, "ends", last, written.ends)
    if starts and ends:
        problems |= _of_length(starts.at, ends.at)
    if problems or starts is None or ends is None:
        raise Invalid(**problems)
    return Span(starts.at, ends.at, starts.is_twice or ends.is_twice)


def _taken(problems: Problems, name: str, reader: Callable[[str], T], words: str) -> T | None:
    try:
        return reader(words)
    except ValueError as wrong:
        problems[name] = str(wrong)
        return None


def _at(problems: Problems, name: str, day: date | None, words: str) -> Moment | None:
    read = _taken(problems, name, read_time, words)
    return _taken(problems, name, lambda _words: moment(day, read), words) if day and read is not None else None


def _of_length(starts_at: datetime, ends_at: datetime) -> Problems:
    if ends_at <= starts_at:
        return {"ends": mark("Møtet må slutte etter at det begynner.")}
    if ends_at - starts_at > LONGEST:
        return {"ends": say("Et møte kan vare høyst %(days)s dager.", days=LONGEST.days)}
    return {}


def read_day(words: str) -> date:
    """Read a day as browsers send it or as people write it; raises ValueError with what to say."""
    found = DAY.fullmatch(words.strip())
    spelled = f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}" if found else words.strip()
    try:
        day = datetime.strptime(spelled, "%Y-%m-%d").date()  # noqa: DTZ007 -- a day has no zone
    except ValueError:
        raise ValueError(NO_DAY) from None
    if not FIRST_YEAR <= day.year <= clock.today().year + YEARS_AHEAD:
        raise ValueError(mark("Se over årstallet. Møtet kan være høyst fem år fram i tid."))
    return day


def read_time(words: str) -> time:
    """Read a time of the day ("9", "09.30", "kl. 9:30", "0930"); raises ValueError with what to say."""
    found = TIME.fullmatch(words.strip())
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise ValueError(NO_TIME)
    return time(int(found[1]), int(found[2] or 0))


def moment(day: date, at: time) -> Moment:
    """Give the moment it is this time in Norway; raises ValueError for a time that is left out that night."""
    found = clock.moment_of(datetime.combine(day, at))
    if found is None:
        raise ValueError(LEFT_OUT)
    return Moment(found, is_twice=clock.comes_twice(found))


def form_values(starts_at: datetime, ends_at: datetime) -> dict[str, str]:
    """What the form shows of when a meeting is, named as in `Written`."""
    first, last = starts_at.astimezone(clock.HERE), ends_at.astimezone(clock.HERE)
    until = last.date().isoformat() if last.date() != first.date() else ""
    return {"day": first.date().isoformat(), "starts": f"{first:%H:%M}", "ends": f"{last:%H:%M}", "until_day": until}


def written(starts_at: datetime, ends_at: datetime, language: str = "nb") -> str:
    """Write when a meeting is, by the clock in Norway: "tirsdag 24. november 2026 kl. 09.00–11.00"."""
    first, last = starts_at.astimezone(clock.HERE), ends_at.astimezone(clock.HERE)
    if first.date() == last.date():
        return f"{written_day(first, language, weekday=True)}{_at_clock(first, language)}–{_clock(last, language)}"
    both = (f"{written_day(one, language, weekday=True)}{_at_clock(one, language)}" for one in (first, last))
    return " – ".join(both)


def written_day(moment: datetime, language: str = "nb", *, weekday: bool = False) -> str:
    """Write the day it is in Norway: "24. november 2026", with "tirsdag" before it if asked."""
    shape = "d MMMM y" if language == "en" else "d. MMMM y"
    return format_date(moment.astimezone(clock.HERE).date(), f"EEEE {shape}" if weekday else shape, locale=language)


def _at_clock(moment: datetime, language: str) -> str:
    return f"{', ' if language == 'en' else ' kl. '}{_clock(moment, language)}"


def _clock(moment: datetime, language: str) -> str:
    return f"{moment:%H:%M}" if language == "en" else f"{moment:%H.%M}"


def reminds_at(starts_at: datetime) -> datetime:
    """Say when those who come are reminded: in the morning of the working day before."""
    day = starts_at.astimezone(clock.HERE).date() - timedelta(days=1)
    while not working_days.is_working_day(day):
        day -= timedelta(days=1)
    return datetime.combine(day, time(MORNING), clock.HERE).astimezone(UTC)


def homework_reminds(due_on: date, today: date) -> bool:
    """Whether it is time to remind of homework: so few working days are left, and it is not late yet."""
    return today <= due_on and working_days.between(today, due_on) <= HOMEWORK_DAYS


def written_date(day: date, language: str = "nb") -> str:
    """Write a day: "24. november 2026"."""
    return format_date(day, "d MMMM y" if language == "en" else "d. MMMM y", locale=language)
