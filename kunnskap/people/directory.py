"""The directory: a page of those who stand in it, and for each filter what choosing it would leave."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, or_, select

from kunnskap.db import session
from kunnskap.paging import Page
from kunnskap.people.models import HELPING, LEVELS, WORKPLACES, Person
from kunnskap.people.queries import CARD
from kunnskap.people.roll import MOST_WORDS, Mask, Roll, everybody
from kunnskap.people.spots import Spot, Wanted, is_inside, spots
from kunnskap.places import comparing
from kunnskap.places.rules import SIZES
from kunnskap.themes import queries as themes
from kunnskap.themes.models import Theme

SIZE = 24


@dataclass(frozen=True)
class Option:
    """A choice in a filter and how many it leaves, where that is counted. `thing` is a Theme or what to read."""

    value: str
    thing: Theme | str
    count: int | None


@dataclass(frozen=True)
class Spread:
    """How people are spread over places and kinds of workplace: what each filter leaves when the others stand.

    `by_place` counts those that are left by the id of today's place (or of the one they name, where that was split).
    """

    total: int
    counties: list[Option]
    kinds: list[Option]
    sizes: list[Option]
    by_place: Mapping[int, int]


@dataclass(frozen=True)
class Directory:
    """A page of people, how they are spread, and how many choosing a theme or a level would leave."""

    page: Page[Person]
    spread: Spread
    themes: list[Option] = field(default_factory=list)
    levels: list[Option] = field(default_factory=list)


def directory(wanted: Wanted, number: int = 1, like: int | None = None) -> Directory:
    """Give one page of those who stand in the directory, by name, with counts for the filters.

    Those whose municipality is most alike `like`, one of today's, come first where that is given. Three statements; what
    is counted is counted in memory, from what is kept of everybody until somebody's profile changes.
    """
    roll = everybody()
    said, inside, helping = roll.saying(wanted), roll.inside(wanted), roll.helping(wanted.theme, wanted.level)
    left = said & inside & helping
    counts = roll.by_place_and_kind(said & helping)
    themes_left, levels_left = _themes(roll, said & inside, wanted.level), _levels(roll, said & inside, wanted.theme)
    order = roll.ids[left] if like is None else roll.ids[left][roll.by_likeness(left, comparing.scores(like))]
    ids = [int(one) for one in order[(number - 1) * SIZE : number * SIZE]]
    rows = session.scalars(select(Person).where(Person.id.in_(ids)).options(*CARD)) if ids else ()
    people = {person.id: person for person in rows}
    page = Page([people[one] for one in ids if one in people], number, SIZE, int(left.sum()))
    return Directory(page, spread_of(counts, wanted), themes_left, levels_left)


def _themes(roll: Roll, among: Mask, level: str) -> list[Option]:
    counts = np.count_nonzero(roll.helps_at(level)[among], axis=0)
    return [
        Option(one.slug, one, int(counts[one.id])) for one in themes.every() if one.id < len(counts) and counts[one.id]
    ]


def _levels(roll: Roll, among: Mask, theme: str) -> list[Option]:
    counts = {level: int((among & roll.helping(theme, level)).sum()) for level in HELPING}
    return [Option(level, LEVELS[level], count) for level, count in counts.items() if count]


def in_role(words: str) -> list[ColumnElement[bool]]:
    """The conditions on those whose role says all of these words."""
    return [_says(word, Person.role) for word in words.split()[:MOST_WORDS]]


def _says(word: str, *columns: Any) -> ColumnElement[bool]:
    # SQLite tells capitals from small letters outside a–z, so the likely spellings are asked for.
    spellings = {word, word.lower(), word.capitalize(), word.upper()}
    return or_(*(column.icontains(one, autoescape=True) for column in columns for one in sorted(spellings)))


def spread_of(counts: Mapping[tuple[int | None, str], int], wanted: Wanted) -> Spread:
    """Tell what people counted by the id of their place and their kind of workplace come to, by each filter."""
    known = spots()
    rows = [(known.get(place) if place else None, kind, count) for (place, kind), count in counts.items()]
    left = [row for row in rows if _passes(row, wanted)]
    by_place: dict[int, int] = {}
    for spot, _kind, count in left:
        if spot is not None:
            by_place[spot.id] = by_place.get(spot.id, 0) + count
    return Spread(
        sum(count for _spot, _kind, count in left),
        _counties((row for row in rows if _passes(row, replace(wanted, county="", place=""))), wanted.county),
        _kinds((row for row in rows if _passes(row, replace(wanted, kind=""))), wanted.kind),
        _sizes((row for row in rows if _passes(row, replace(wanted, size=""))), wanted.size),
        by_place,
    )


def passes(place_id: int | None, kind: str, wanted: Wanted) -> bool:
    """Whether somebody who works there, at such a workplace, is left by the filters on places and kinds."""
    return _passes((spots().get(place_id) if place_id else None, kind, 1), wanted)


Row = tuple[Spot | None, str, int]


def _passes(row: Row, wanted: Wanted) -> bool:
    spot, kind, _count = row
    if wanted.kind and kind != wanted.kind:
        return False
    if not (wanted.county or wanted.size or wanted.place):
        return True
    return spot is not None and is_inside(wanted, spot)


def _summed(rows: Iterable[tuple[str | None, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for key, count in rows:
        if key:
            found[key] = found.get(key, 0) + count
    return found


def _counties(rows: Iterable[Row], chosen: str) -> list[Option]:
    counts = {chosen: 0} | _summed((spot.county if spot else None, count) for spot, _kind, count in rows)
    names = {spot.county: spot.county_name for spot in spots().values()}
    return [Option(key, names[key], counts[key]) for key in sorted(counts) if key in names]


def _kinds(rows: Iterable[Row], chosen: str) -> list[Option]:
    counts = {chosen: 0} | _summed((kind, count) for _spot, kind, count in rows)
    return [Option(kind, words, counts[kind]) for kind, words in WORKPLACES.items() if kind in counts]


def _sizes(rows: Iterable[Row], chosen: str) -> list[Option]:
    counts = {chosen: 0} | _summed((spot.size if spot else None, count) for spot, _kind, count in rows)
    return [Option(size, words, counts[size]) for size, words in SIZES.items() if size in counts]
