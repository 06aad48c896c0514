"""The register of places: reads the files, refuses what is wrong with them, and brings the database up to date.

Today's municipalities and counties stand in one file each. What was before them is told by `place_changes.csv` alone:
every number that a change ends becomes a place with dates, and leads to those that took over.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby, pairwise
from pathlib import Path

from sqlalchemy import select

from kunnskap.db import session
from kunnskap.places.models import COUNTY, MUNICIPALITY, Place, PlaceSuccession
from kunnskap.tables import DATA, Loaded, Row, expect, read_csv, refuse_repeats

MUNICIPALITIES, COUNTIES = 357, 15
REGISTER_STARTS = date(2016, 1, 1)
"""Where the register begins: what is older is said to be from this day."""
LANGUAGE_FORMS = {"bokmål", "nynorsk", "nøytral"}
CHANGES = {"merged", "split", "split_merged", "renumbered", "renumbered_renamed", "renamed", "part_moved"}
KINDS = {2: COUNTY, 4: MUNICIPALITY}

COUNTY_COLUMNS = (
    "number", "name", "parallel_names", "seat", "population", "municipalities", "language_form", "email_domains",
)  # fmt: skip
MUNICIPALITY_COLUMNS = (
    "number", "name", "parallel_names", "county", "population", "centrality", "kostra_group", "language_form",
    "latitude", "longitude", "email_domains",
)  # fmt: skip
CHANGE_COLUMNS = (
    "date", "change", "old_number", "old_name", "old_parallel_names", "new_number", "new_name", "new_parallel_names",
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A place as the files tell it; `facts` are the other columns of Place."""

    number: str
    name: str
    valid_from: date = REGISTER_STARTS
    valid_to: date | None = None
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Counties have two digits, municipalities four."""
        return KINDS[len(self.number)]

    @property
    def county(self) -> str | None:
        """The number of the county it lies in: a municipality's first two digits."""
        return None if self.kind == COUNTY else self.number[:2]


@dataclass(frozen=True)
class Change:
    """One row of `place_changes.csv`."""

    row: Row
    day: date
    change: str
    old: Entry
    new: Entry

    @property
    def is_succession(self) -> bool:
        """Whether one number gave way to another; a county that lost a municipality lives on."""
        return self.old.number != self.new.number and self.change != "part_moved"


@dataclass(frozen=True)
class Register:
    """Everything the files tell: every place that is or was, counties first, and what became of each."""

    places: list[Entry]
    changes: list[Change]


def read(folder: Path = DATA) -> Register:
    """Read and check the three files; raises BadFile on the first thing that is wrong."""
    county_rows = read_csv(folder / "counties.csv", COUNTY_COLUMNS)
    counties = read_counties(county_rows)
    rows = read_csv(folder / "municipalities.csv", MUNICIPALITY_COLUMNS)
    municipalities = read_municipalities(rows, {county.number for county in counties})
    _check_sums(county_rows, municipalities)
    changes = read_changes(read_csv(folder / "place_changes.csv", CHANGE_COLUMNS))
    places = with_lifetimes([*counties, *municipalities], changes)
    return Register(sorted(places, key=lambda place: (len(place.number), place.number)), changes)


def read_counties(rows: list[Row]) -> list[Entry]:
    """Turn the rows of `counties.csv` into places."""
    expect(rows, COUNTIES)
    refuse_repeats(rows, "number")
    return [
        Entry(row.matching("number", r"\d{2}"), row.text("name"), facts=_facts(row) | {"seat": row.text("seat")})
        for row in rows
    ]


def read_municipalities(rows: list[Row], counties: set[str]) -> list[Entry]:
    """Turn the rows of `municipalities.csv` into places."""
    expect(rows, MUNICIPALITIES)
    refuse_repeats(rows, "number")
    return [_municipality(row, counties) for row in rows]


def _municipality(row: Row, counties: set[str]) -> Entry:
    number = row.matching("number", r"\d{4}")
    if row.one_of("county", counties) != number[:2]:
        raise row.bad(f"municipality {number} cannot lie in county {row.text('county')}")
    facts = {
        "centrality": row.whole("centrality", 1, 6),
        "kostra_group": str(row.whole("kostra_group", 1, 17)),
        "latitude": row.decimal("latitude", 57.9, 71.2),
        "longitude": row.decimal("longitude", 4.4, 31.2),
    }
    return Entry(number, row.text("name"), facts=_facts(row) | facts)


def _facts(row: Row) -> dict[str, object]:
    return {
        "parallel_names": row.names("parallel_names"),
        "population": row.whole("population", 1, 2_000_000),
        "language_form": row.one_of("language_form", LANGUAGE_FORMS),
        "domains": _domains(row),
    }


def _domains(row: Row) -> list[str]:
    row.matching("email_domains", r"[a-z0-9.-]+\.[a-z]{2,}(;[a-z0-9.-]+\.[a-z]{2,})*")
    return row.parts("email_domains")


def _check_sums(counties: list[Row], municipalities: list[Entry]) -> None:
    for row in counties:
        inside = [place for place in municipalities if place.county == row.text("number")]
        if row.whole("municipalities", 1, MUNICIPALITIES) != len(inside):
            raise row.bad(f"municipalities is not {len(inside)}, as many as lie in the county")
        people = sum(int(str(place.facts["population"])) for place in inside)
        if row.whole("population", 1, 2_000_000) != people:
            raise row.bad(f"population is not {people}, the sum of the county's municipalities")


def read_changes(rows: list[Row]) -> list[Change]:
    """Turn the rows of `place_changes.csv` into changes, in the order they happened."""
    changes = [_change(row) for row in rows]
    for before, after in pairwise(changes):
        if after.day < before.day:
            raise after.row.bad("the changes do not stand in the order they happened")
    return changes


def _change(row: Row) -> Change:
    change = row.one_of("change", CHANGES)
    old, new = (
        Entry(
            row.matching(f"{which}_number", r"\d{2}|\d{4}"),
            row.text(f"{which}_name"),
            facts={"parallel_names": row.names(f"{which}_parallel_names")},
        )
        for which in ("old", "new")
    )
    if old.kind != new.kind:
        raise row.bad("a municipality cannot become a county, nor a county a municipality")
    if change == "renamed" and (old.number != new.number or old == new):
        raise row.bad("a new name is another name on the same number")
    return Change(row, row.day("date"), change, old, new)


def with_lifetimes(today: list[Entry], changes: list[Change]) -> list[Entry]:
    """Give today's places and all that were before them, each from its first day to its last; raises BadFile."""
    began: dict[str, date] = {}
    ended: dict[str, Change] = {}
    moving = [change for change in changes if change.change != "part_moved"]
    for _, one_day in groupby(moving, key=lambda change: change.day):
        _follow(list(one_day), began, ended)
    _check_ends(today, changes, ended)
    living = [_dated(place, began, None) for place in today]
    return living + [_dated(change.old, began, change.day - timedelta(days=1)) for change in ended.values()]


def _follow(one_day: list[Change], began: dict[str, date], ended: dict[str, Change]) -> None:
    before = {change.old.number for change in one_day}
    after = {change.new.number for change in one_day}
    for change in one_day:
        old, new = change.old.number, change.new.number
        if old in ended and ended[old].day != change.day:
            raise change.row.bad(f"{old} had already ended")
        if new in ended or (new not in before and began.get(new, change.day) != change.day):
            raise change.row.bad(f"{new} is used for the second time")
        if new not in before:
            began[new] = change.day
        if old not in after:
            ended.setdefault(old, change)


def _check_ends(today: list[Entry], changes: list[Change], ended: dict[str, Change]) -> None:
    numbers = {place.number for place in today}
    known = numbers | ended.keys()
    for change in changes:
        if change.new.number not in known:
            raise change.row.bad(f"{change.new.number} is not one of today's and nothing took over after it")
        if change.old.county and change.old.county not in known:
            raise change.row.bad(f"there was no county {change.old.county}")
    for number in numbers & ended.keys():
        raise ended[number].row.bad(f"{number} is one of today's and cannot have ended")


def _dated(place: Entry, began: dict[str, date], last: date | None) -> Entry:
    return Entry(place.number, place.name, began.get(place.number, REGISTER_STARTS), last, place.facts)


def load(folder: Path = DATA) -> Loaded:
    """Bring the database up to date with the files; raises BadFile before anything is touched.

    Loading again changes nothing. Places that are in use are never removed.
    """
    register = read(folder)
    known = {place.number: place for place in session.scalars(select(Place))}
    changed = sum(_keep(entry, known) for entry in register.places if entry.kind == COUNTY)
    session.flush()
    changed += sum(_keep(entry, known) for entry in register.places if entry.kind == MUNICIPALITY)
    session.flush()
    changed += _keep_successions(register.changes, known)
    session.flush()
    return Loaded(_counts(register), changed)


def _keep(entry: Entry, known: dict[str, Place]) -> bool:
    place = known.get(entry.number)
    if place is None:
        place = known[entry.number] = Place(kind=entry.kind, number=entry.number)
        session.add(place)
    county_id = known[entry.county].id if entry.county else None
    dates = {"name": entry.name, "valid_from": entry.valid_from, "valid_to": entry.valid_to, "county_id": county_id}
    return _update(place, dates | dict(entry.facts))


def _keep_successions(changes: list[Change], known: dict[str, Place]) -> int:
    there = {(row.old_id, row.new_id): row for row in session.scalars(select(PlaceSuccession))}
    changed = 0
    for change in filter(lambda change: change.is_succession, changes):
        key = known[change.old.number].id, known[change.new.number].id
        if key not in there:
            there[key] = PlaceSuccession(old_id=key[0], new_id=key[1])
            session.add(there[key])
        changed += _update(there[key], {"happened_on": change.day, "change": change.change})
    return changed


def _update(row: Place | PlaceSuccession, values: Mapping[str, object]) -> bool:
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)


def _counts(register: Register) -> dict[str, int]:
    def living(kind: str) -> Callable[[Entry], bool]:
        return lambda place: place.kind == kind and place.valid_to is None

    return {
        "counties": sum(map(living(COUNTY), register.places)),
        "municipalities": sum(map(living(MUNICIPALITY), register.places)),
        "former places": sum(place.valid_to is not None for place in register.places),
        "changes": len(register.changes),
    }
