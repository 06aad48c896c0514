"""On which days events fall, when they are brought forward, and what an event may say. Pure."""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from kunnskap import personal_numbers
from kunnskap.i18n import Message, mark, say
from kunnskap.year_wheel.models import YearEvent

LONGEST_TITLE, LONGEST_ABOUT, LONGEST_ADDRESS = 120, 4_000, 500
MOST_WEEKS, MOST_THEMES, MOST_POSTS, MOST_DATES = 52, 10, 20, 40
FIRST_YEAR, YEARS_AHEAD = 2000, 12
MONTHS = {
    1: mark("januar"),
    2: mark("februar"),
    3: mark("mars"),
    4: mark("april"),
    5: mark("mai"),
    6: mark("juni"),
    7: mark("juli"),
    8: mark("august"),
    9: mark("september"),
    10: mark("oktober"),
    11: mark("november"),
    12: mark("desember"),
}
LEAP_YEAR = 2028
"""A year in which every day there is, is."""


@dataclass(frozen=True)
class Facts:
    """What editors say of an event. `themes` are slugs, `dates` the day by year, `posts` numbers in order."""

    title: str
    about: str = ""
    month: int = 0
    day: int = 0
    is_approximate: bool = False
    is_yearly: bool = True
    weeks_before: int = 6
    source_url: str = ""
    themes: Sequence[str] = ()
    dates: Mapping[int, date] = field(default_factory=dict)
    posts: Sequence[int] = ()


@dataclass(frozen=True)
class Occasion:
    """An event on a day; `is_approximate` when it may be some days earlier or later."""

    event: YearEvent
    day: date
    is_approximate: bool

    @property
    def begins(self) -> date:
        """The day from which it is brought forward."""
        return self.day - timedelta(weeks=self.event.weeks_before)

    def is_near(self, today: date) -> bool:
        """Whether it is brought forward today; its own day counts."""
        return self.begins <= today <= self.day

    def weeks_left(self, today: date) -> int:
        """Whole weeks until the day."""
        return (self.day - today).days // 7


def in_year(event: YearEvent, year: int) -> Occasion | None:
    """Say when an event falls in a year; 29 February is the 28th in ordinary years. Its `dates` must be loaded."""
    known = next((one.falls_on for one in event.dates if one.year == year), None)
    if known is not None:
        # What is only about right stays so when it does not come every year: each municipality has its own day.
        return Occasion(event, known, event.is_approximate and not event.is_yearly)
    if not event.is_yearly:
        return None
    return Occasion(
        event, date(year, event.month, min(event.day, monthrange(year, event.month)[1])), event.is_approximate
    )


def next_occasion(event: YearEvent, today: date) -> Occasion | None:
    """Say when an event comes next, today counted; None when no year to come is known."""
    years = range(today.year, today.year + YEARS_AHEAD + 1)
    found = (in_year(event, year) for year in years)
    return next((one for one in found if one is not None and one.day >= today), None)


def near(events: Iterable[YearEvent], today: date) -> list[Occasion]:
    """Give the events that are brought forward today, the nearest first."""
    found = (next_occasion(event, today) for event in events)
    coming = [one for one in found if one is not None and one.is_near(today)]
    return sorted(coming, key=lambda one: (one.day, one.event.slug))


def by_month(events: Iterable[YearEvent], today: date) -> list[tuple[date, list[Occasion]]]:
    """Give the next time of each event, by month (its first day), from this month on."""
    found = [one for event in events if (one := next_occasion(event, today)) is not None]
    months: dict[date, list[Occasion]] = {}
    for one in sorted(found, key=lambda one: (one.day, one.event.slug)):
        months.setdefault(one.day.replace(day=1), []).append(one)
    return list(months.items())


def problems(facts: Facts, today: date) -> dict[str, str | Message]:
    """Say what is missing or wrong, by field; nothing when the event may be kept."""
    found = _of_texts(facts) | _of_day(facts) | _of_dates(facts, today) | _of_choices(facts)
    return personal_numbers.problems({"title": facts.title, "about": facts.about}) | found


def _of_texts(facts: Facts) -> dict[str, str | Message]:
    found: dict[str, str | Message] = {}
    if not facts.title.strip():
        found["title"] = mark("Skriv hva det gjelder.")
    sizes = {"title": LONGEST_TITLE, "about": LONGEST_ABOUT, "source_url": LONGEST_ADDRESS}
    for name, most in sizes.items():
        if len(getattr(facts, name)) > most:
            found[name] = say("Teksten er for lang. Den kan ha høyst %(max)s tegn.", max=most)
    if facts.source_url and not facts.source_url.startswith(("https://", "http://")):
        found["source_url"] = mark("Skriv hele adressen, med https:// først.")
    return found


def _of_day(facts: Facts) -> dict[str, str | Message]:
    if facts.month not in MONTHS:
        return {"month": mark("Velg en måned.")}
    most = monthrange(LEAP_YEAR, facts.month)[1]
    if not 1 <= facts.day <= most:
        return {"day": say("Denne måneden har dagene 1 til %(most)s.", most=most)}
    return {}


def _of_dates(facts: Facts, today: date) -> dict[str, str | Message]:
    if any(day.year != year for year, day in facts.dates.items()):
        return {"dates": mark("Skriv én dato for hvert år.")}
    if any(not FIRST_YEAR <= year <= today.year + YEARS_AHEAD for year in facts.dates):
        return {"dates": say("Skriv år fra %(first)s til %(last)s.", first=FIRST_YEAR, last=today.year + YEARS_AHEAD)}
    if len(facts.dates) > MOST_DATES:
        return {"dates": say("Skriv høyst %(count)s datoer.", count=MOST_DATES)}
    if not facts.is_yearly and not facts.dates:
        return {"dates": mark("Skriv minst én dato når det ikke kommer hvert år.")}
    return {}


def _of_choices(facts: Facts) -> dict[str, str | Message]:
    found: dict[str, str | Message] = {}
    if not 1 <= facts.weeks_before <= MOST_WEEKS:
        found["weeks_before"] = say("Skriv et antall uker fra 1 til %(most)s.", most=MOST_WEEKS)
    if len(set(facts.themes)) > MOST_THEMES:
        found["themes"] = say("Velg høyst %(count)s temaer.", count=MOST_THEMES)
    if len(set(facts.posts)) > MOST_POSTS:
        found["posts"] = say("Velg høyst %(count)s innlegg.", count=MOST_POSTS)
    return found
