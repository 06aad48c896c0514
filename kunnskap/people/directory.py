"""The directory: a page of those who stand in it, and for each filter what choosing it would leave."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, func, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from kunnskap.db import session
from kunnskap.paging import Page
from kunnskap.people.models import HELPING, LEVELS, WORKPLACES, Person, PersonTheme
from kunnskap.people.queries import CARD
from kunnskap.places import comparing
from kunnskap.places.models import Place, PlaceSuccession
from kunnskap.places.rules import SIZES, size_class
from kunnskap.remembering import remembered
from kunnskap.themes import queries as themes
from kunnskap.themes.models import Theme

Columns = TypeVarTuple("Columns")
SIZE = 24
MOST_WORDS, LONGEST_WORDS = 6, 100
_county = aliased(Place)


@dataclass(frozen=True)
class Wanted:
    """What the directory is narrowed to.

    `words` are of name, role or workplace, `role` of the role alone; `county` and `place` are numbers, `theme` a slug,
    `kind` a kind of workplace, `size` a class of municipalities and `level` one of HELPING.
    """

    words: str = ""
    county: str = ""
    theme: str = ""
    kind: str = ""
    role: str = ""
    size: str = ""
    level: str = ""
    place: str = ""


CALLED = {
    "q": "words",
    "fylke": "county",
    "tema": "theme",
    "sted": "kind",
    "rolle": "role",
    "storrelse": "size",
    "niva": "level",
    "kommune": "place",
}
"""What addresses call each of these."""


def wanted_in(address: Mapping[str, str]) -> Wanted:
    """Read what an address narrows the directory to; signs that cannot be asked for are left out."""
    said = {ours: address.get(called, "")[:LONGEST_WORDS] for called, ours in CALLED.items()}
    cleaned = {
        name: "".join(sign if sign.isprintable() else " " for sign in value).strip() for name, value in said.items()
    }
    return Wanted(**cleaned)


def chosen(wanted: Wanted) -> dict[str, str]:
    """Give what it is narrowed to by what addresses call it."""
    return {called: getattr(wanted, ours) for called, ours in CALLED.items()}


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


@dataclass(frozen=True)
class Spot:
    """Where a place that is or was lies today: its number and name, its county's, and its class by size."""

    id: int
    number: str
    name: str
    county: str
    county_name: str
    size: str | None


def directory(wanted: Wanted, number: int = 1, like: int | None = None) -> Directory:
    """Give one page of those who stand in the directory, by name, with counts for the filters; three statements.

    Those whose municipality is most alike `like`, one of today's, come first where that is given.
    """
    counted = remembered(("directory", wanted), lambda: _counted(wanted))
    counts = {(row.number, row.word): row.count for row in counted if row.what == "place"}
    spread = spread_of(counts, wanted)
    return Directory(_page(wanted, number, spread.total, like), spread, _themes(counted), _levels(counted))


def _page(wanted: Wanted, number: int, total: int, like: int | None) -> Page[Person]:
    rows = _narrowed(select(Person), wanted).options(*CARD)
    if like is not None:
        near = comparing.near(like)
        rows = rows.outerjoin(near, near.c.place_id == Person.place_id)
        rows = rows.order_by(func.coalesce(near.c.score, 0.0).desc())
    rows = rows.order_by(Person.name, Person.id).limit(SIZE).offset((number - 1) * SIZE)
    return Page(list(session.scalars(rows)), number, SIZE, total)


def _counted(wanted: Wanted) -> list[Any]:
    """Count by place and kind, by theme, and by level: each without its own filter; one statement."""
    everywhere = replace(wanted, county="", kind="", size="", place="")
    spread = select(
        literal("place").label("what"), Person.place_id.label("number"), _word(), func.count().label("count")
    )
    spread = _narrowed(spread, everywhere).group_by(Person.place_id, Person.workplace_kind)
    some = func.count(PersonTheme.person_id.distinct())
    top = func.coalesce(Theme.parent_id, Theme.id)
    by_theme = _helping(select(literal("theme"), PersonTheme.theme_id, literal(""), some), replace(wanted, theme=""))
    by_top = _helping(select(literal("theme"), top, literal(""), some), replace(wanted, theme=""))
    by_top = by_top.join(Theme, Theme.id == PersonTheme.theme_id)
    by_level = _helping(select(literal("level"), null(), PersonTheme.level, some), replace(wanted, level=""))
    lower = select(Theme.id).where(Theme.parent_id.is_not(None))
    return list(
        session.execute(
            union_all(
                spread,
                by_theme.where(PersonTheme.theme_id.in_(lower)).group_by(PersonTheme.theme_id),
                by_top.group_by(top),
                by_level.group_by(PersonTheme.level),
            )
        ).all()
    )


def _word() -> Any:
    return Person.workplace_kind.label("word")


def _helping(rows: Select[*Columns], wanted: Wanted) -> Select[*Columns]:
    """Count what people can help with, among those who pass all filters but themes and levels, which narrow the rows."""
    rows = _narrowed(
        rows.select_from(PersonTheme).join(Person, Person.id == PersonTheme.person_id),
        replace(wanted, theme="", level=""),
    )
    rows = rows.where(PersonTheme.level.in_([wanted.level] if wanted.level else HELPING))
    return rows.where(PersonTheme.theme_id.in_(_family(wanted.theme))) if wanted.theme else rows


def _narrowed(rows: Select[*Columns], wanted: Wanted) -> Select[*Columns]:
    if wanted.words:
        rows = rows.outerjoin(Place, Place.id == Person.place_id).outerjoin(_county, _county.id == Place.county_id)
    words = [_says(word, *_TEXTS) for word in wanted.words.split()[:MOST_WORDS]]
    return rows.where(listed(), *words, *in_role(wanted.role), *_chosen(wanted))


def listed() -> ColumnElement[bool]:
    """The condition on those who stand in the directory."""
    return and_(Person.listed, Person.name != "", Person.left_at.is_(None))


def in_role(words: str) -> list[ColumnElement[bool]]:
    """The conditions on those whose role says all of these words."""
    return [_says(word, Person.role) for word in words.split()[:MOST_WORDS]]


def _chosen(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.county or wanted.size or wanted.place:
        inside = [number for number, spot in spots().items() if _is_inside(spot, wanted)]
        conditions.append(Person.place_id.in_(inside))
    if wanted.kind:
        conditions.append(Person.workplace_kind == wanted.kind)
    if wanted.theme or wanted.level:
        helping = select(PersonTheme.person_id)
        helping = helping.where(PersonTheme.level.in_([wanted.level] if wanted.level else HELPING))
        if wanted.theme:
            helping = helping.where(PersonTheme.theme_id.in_(_family(wanted.theme)))
        conditions.append(Person.id.in_(helping))
    return conditions


def _family(slug: str) -> list[int]:
    return list(themes.family_ids(themes.tree(), slug))


_TEXTS = (Person.name, Person.role, Person.organisation, Place.name, _county.name)


def _says(word: str, *columns: Any) -> ColumnElement[bool]:
    # SQLite tells capitals from small letters outside a–z, so the likely spellings are asked for.
    spellings = {word, word.lower(), word.capitalize(), word.upper()}
    return or_(*(column.icontains(one, autoescape=True) for column in columns for one in sorted(spellings)))


def _themes(counted: Iterable[Any]) -> list[Option]:
    counts = {row.number: row.count for row in counted if row.what == "theme"}
    return [Option(theme.slug, theme, counts[theme.id]) for theme in themes.every() if theme.id in counts]


def _levels(counted: Iterable[Any]) -> list[Option]:
    counts = {row.word: row.count for row in counted if row.what == "level"}
    return [Option(level, LEVELS[level], counts[level]) for level in HELPING if level in counts]


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
        _counties(row for row in rows if _passes(row, replace(wanted, county="", place=""))),
        _kinds(row for row in rows if _passes(row, replace(wanted, kind=""))),
        _sizes(row for row in rows if _passes(row, replace(wanted, size=""))),
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
    return spot is not None and _is_inside(spot, wanted)


def _is_inside(spot: Spot, wanted: Wanted) -> bool:
    return wanted.county in {"", spot.county} and wanted.size in {"", spot.size} and wanted.place in {"", spot.number}


def _summed(rows: Iterable[tuple[str | None, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for key, count in rows:
        if key:
            found[key] = found.get(key, 0) + count
    return found


def _counties(rows: Iterable[Row]) -> list[Option]:
    counts = _summed((spot.county if spot else None, count) for spot, _kind, count in rows)
    names = {spot.county: spot.county_name for spot in spots().values()}
    return sorted((Option(key, names[key], count) for key, count in counts.items()), key=lambda one: one.value)


def _kinds(rows: Iterable[Row]) -> list[Option]:
    counts = _summed((kind, count) for _spot, kind, count in rows)
    return [Option(kind, words, counts[kind]) for kind, words in WORKPLACES.items() if kind in counts]


def _sizes(rows: Iterable[Row]) -> list[Option]:
    counts = _summed((spot.size if spot else None, count) for spot, _kind, count in rows)
    return [Option(size, words, counts[size]) for size, words in SIZES.items() if size in counts]


def spots() -> Mapping[int, Spot]:
    """Tell where every place that is or was lies today, by its id; none of these statements while nothing changes."""
    return remembered("spots of the directory", _read_spots, reference=True)


def _read_spots() -> Mapping[int, Spot]:
    rows = select(Place, PlaceSuccession.new_id)
    rows = rows.outerjoin(PlaceSuccession, PlaceSuccession.old_id == Place.id)
    every: dict[int, Place] = {}
    leads: defaultdict[int, list[int]] = defaultdict(list)
    for place, heir in session.execute(rows):
        every[place.id] = place
        if heir is not None:
            leads[place.id].append(heir)
    return {number: _spot(every[_today(number, leads)], every) for number in every}


def _today(number: int, leads: Mapping[int, list[int]]) -> int:
    """The place of today's that took over alone after this one; where several did, it stays what it was."""
    heirs = leads.get(number, [])
    return _today(heirs[0], leads) if len(heirs) == 1 else number


def _spot(place: Place, every: Mapping[int, Place]) -> Spot:
    county = every[place.county_id] if place.county_id else place
    size = None if place.is_county else size_class(place.population)
    return Spot(place.id, place.number, place.name, county.number, county.name, size)
