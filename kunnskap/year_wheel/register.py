"""The register of the year: reads the file, refuses what is wrong with it, and brings the database up to date."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

from kunnskap import clock
from kunnskap.db import session
from kunnskap.tables import DATA, Loaded, Row, read_csv, refuse_repeats
from kunnskap.themes.models import Theme
from kunnskap.year_wheel import rules
from kunnskap.year_wheel.models import YearEvent, YearEventDate, YearEventTheme
from kunnskap.year_wheel.rules import Facts

FILE = "year_wheel.csv"
COLUMNS = (
    "slug", "title", "about", "month", "day", "approximate", "yearly", "weeks_before", "themes", "dates", "source_url",
)  # fmt: skip
OWN = ("title", "about", "month", "day", "is_approximate", "is_yearly", "weeks_before", "source_url")


@dataclass(frozen=True)
class Entry:
    """An event as the file tells it."""

    slug: str
    facts: Facts


def read(folder: Path = DATA) -> list[Entry]:
    """Read and check `year_wheel.csv`; raises BadFile on the first thing that is wrong."""
    rows = read_csv(folder / FILE, COLUMNS)
    refuse_repeats(rows, "slug")
    return [_entry(row) for row in rows]


def _entry(row: Row) -> Entry:
    facts = Facts(
        title=row.text("title"),
        about=row.text("about"),
        month=row.whole("month", 1, 12),
        day=row.whole("day", 1, 31),
        is_approximate=row.one_of("approximate", ("yes", "no")) == "yes",
        is_yearly=row.one_of("yearly", ("yes", "no")) == "yes",
        weeks_before=row.whole("weeks_before", 1, rules.MOST_WEEKS),
        source_url=row.web_address("source_url"),
        themes=row.parts("themes"),
        dates=_dates(row),
    )
    problems = rules.problems(facts, clock.today())
    if problems:
        raise row.bad("; ".join(f"{name}: {problem}" for name, problem in problems.items()))
    return Entry(row.matching("slug", r"[a-z0-9]+(-[a-z0-9]+)*"), facts)


def _dates(row: Row) -> dict[int, date]:
    try:
        days = [date.fromisoformat(part) for part in row.parts("dates")]
    except ValueError:
        raise row.bad("dates holds what is no date") from None
    if len({day.year for day in days}) != len(days):
        raise row.bad("dates has two of one year")
    return {day.year: day for day in days}


def load(folder: Path = DATA) -> Loaded:
    """Bring the database up to date with the file; raises BadFile before anything is touched.

    Loading again changes nothing. What editors have changed or taken out is left as they want it.
    """
    entries = read(folder)
    themes = dict(session.execute(select(Theme.slug, Theme.id)).all())
    for entry in entries:
        missing = set(entry.facts.themes) - themes.keys()
        if missing:
            raise Row(FILE, 0, {}).bad(f"{entry.slug} names themes there are none of: {', '.join(sorted(missing))}")
    rows = select(YearEvent).options(selectinload(YearEvent.themes), selectinload(YearEvent.dates))
    known = {event.slug: event for event in session.scalars(rows)}
    changed = sum(_keep(entry, known.get(entry.slug), themes) for entry in entries)
    session.flush()
    return Loaded({"events of the year": len(entries)}, changed)


def _keep(entry: Entry, event: YearEvent | None, themes: dict[str, int]) -> bool:
    if event is not None and (event.edited_at is not None or _told(event) == _wanted(entry)):
        return False
    kept = event or YearEvent(slug=entry.slug)
    for name in OWN:
        setattr(kept, name, getattr(entry.facts, name))
    session.add(kept)
    session.flush()
    for table in (YearEventTheme, YearEventDate):
        session.execute(delete(table).where(table.event_id == kept.id))
    session.add_all(YearEventTheme(event_id=kept.id, theme_id=themes[slug]) for slug in entry.facts.themes)
    dates = entry.facts.dates.items()
    session.add_all(YearEventDate(event_id=kept.id, year=year, falls_on=day) for year, day in dates)
    session.flush()
    session.expire(kept, ["themes", "dates"])
    return True


def _told(event: YearEvent) -> tuple[object, ...]:
    dates = {one.year: one.falls_on for one in event.dates}
    return *(getattr(event, name) for name in OWN), {theme.slug for theme in event.themes}, dates


def _wanted(entry: Entry) -> tuple[object, ...]:
    return *(getattr(entry.facts, name) for name in OWN), set(entry.facts.themes), dict(entry.facts.dates)
