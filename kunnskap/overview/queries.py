"""How the site is used and where knowledge is missing, counted for everyone to see.

Totals count all that stands, since a number tells nothing of what is closed. Whatever is counted by place or theme is
open to everyone and bears its author's name, and people are those in the directory: there, small numbers tell no more
than a reader could find. All of it is remembered until something changes.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    and_,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from kunnskap import clock
from kunnskap.accounts.models import Account
from kunnskap.accounts.queries import opens
from kunnskap.db import Timestamp, session
from kunnskap.overview import rules
from kunnskap.people.asking import can_be_asked
from kunnskap.people.models import HELPING, Person, PersonTheme
from kunnskap.places.models import MUNICIPALITY, Place, PlaceSuccession
from kunnskap.posts.kinds import ANSWER, DOCUMENT, EXPERIENCE, QUESTION, UNANSWERED
from kunnskap.posts.models import Post
from kunnskap.posts.queries import stands
from kunnskap.remembering import detached, remembered
from kunnskap.themes.models import Theme

BOUNDARIES = rules.BOUNDARIES
PEOPLE, MEMBERS = "people", "members"
SHOWN = (QUESTION.key, ANSWER.key, EXPERIENCE.key, DOCUMENT.key)


@dataclass(frozen=True)
class Places:
    """Every place that is or was by id, the county of each, and what became of those that are no more."""

    by_id: Mapping[int, Place]
    counties: Mapping[int, int | None]
    leads: rules.Leads

    def todays(self) -> list[Place]:
        """Give today's municipalities by number."""
        living = [one for one in self.by_id.values() if one.kind == MUNICIPALITY and one.valid_to is None]
        return sorted(living, key=lambda place: place.number)


def places() -> Places:
    """Give the places, remembered until reference data change; two statements."""
    return remembered("places of the overview", _places, reference=True)


def _places() -> Places:
    rows = detached(session.scalars(select(Place)))
    leads: defaultdict[int, list[int]] = defaultdict(list)
    steps = select(PlaceSuccession.old_id, PlaceSuccession.new_id).order_by(PlaceSuccession.new_id)
    for old, new in session.execute(steps):
        leads[old].append(new)
    return Places({row.id: row for row in rows}, {row.id: row.county_id for row in rows}, dict(leads))


@dataclass(frozen=True)
class Questions:
    """How many questions stand, how many of them are answered, and how long half waited for somebody else's first answer."""

    asked: int
    answered: int
    wait: timedelta | None

    @property
    def share(self) -> int | None:
        """Which part is answered, in percent; None when nobody asked."""
        return rules.share(self.answered, self.asked)


def questions(
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    place_ids: Collection[int] | None = None,
    person_ids: Collection[int] | None = None,
) -> Questions:
    """Count questions asked from `since` until (not including) `until`, from these places or by these people; one statement.

    What was asked without a name counts for no place and no person.
    """
    answer = aliased(Post)
    by_others = and_(answer.parent_id == Post.id, stands(answer), answer.author_id != Post.author_id)
    first = select(func.min(answer.published_at)).where(by_others).correlate(Post).scalar_subquery()
    rows = select(Post.status, Post.published_at, first).where(stands(Post), Post.kind_key == QUESTION.key)
    rows = rows.where(*_within(since, until), *_of(place_ids, person_ids))
    found = session.execute(rows).all()
    waits = [max(first_at - asked_at, timedelta()) for _, asked_at, first_at in found if first_at is not None]
    return Questions(len(found), sum(status != UNANSWERED for status, *_ in found), rules.typical(waits))


def _within(since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if since is not None:
        found.append(Post.published_at >= since)
    if until is not None:
        found.append(Post.published_at < until)
    return found


def _of(place_ids: Collection[int] | None, person_ids: Collection[int] | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if place_ids is not None:
        found.append(Post.place_id.in_(place_ids))
    if person_ids is not None:
        found.append(Post.author_id.in_(person_ids))
    return [Post.hides_author.is_(False), *found] if found else []


@dataclass(frozen=True)
class Month:
    """How much there was of each kind at the end of a month: everything so far, and what was new in it."""

    first_day: date
    new: Mapping[str, int]
    total: Mapping[str, int]


def growth(count: int = rules.MONTHS) -> list[Month]:
    """Give members and posts month by month, the oldest first; one statement."""
    days = rules.months(clock.today(), count)
    edges = [rules.starts(day) for day in days]
    posts = select(Post.kind_key.label("kind"), _month_of(Post.published_at, edges).label("month")).where(stands(Post))
    joined = select(literal(MEMBERS), _month_of(Account.confirmed_at, edges)).select_from(Account).join(Account.person)
    both = union_all(posts, joined.where(*opens(), Person.left_at.is_(None))).subquery()
    rows = select(both.c.kind, both.c.month, func.count()).group_by(both.c.kind, both.c.month)
    counted: dict[str, list[int]] = {kind: [0] * (count + 1) for kind in (*SHOWN, MEMBERS)}
    for kind, month, found in session.execute(rows):
        counted[kind][month] += found
    return [
        Month(
            day,
            {kind: numbers[place + 1] for kind, numbers in counted.items()},
            {kind: sum(numbers[: place + 2]) for kind, numbers in counted.items()},
        )
        for place, day in enumerate(days)
    ]


def _month_of(moment: Any, edges: list[datetime]) -> ColumnElement[int]:
    """Say which month a moment is in: the number of months that had begun (0: before the first)."""
    begun = [cast(moment >= literal(edge, Timestamp()), Integer) for edge in edges]
    total: ColumnElement[int] = begun[0]
    for one in begun[1:]:
        total = total + one
    return total


def by_place() -> dict[str, dict[int, int]]:
    """Count people in the directory and open, named posts of each kind by the place they are recorded at; one statement.

    Who works at none is not among them. `MEMBERS` has the number of all members under 0.
    """
    return remembered("counts by place", _by_place)


def _by_place() -> dict[str, dict[int, int]]:
    people = select(literal(PEOPLE), Person.place_id, func.count()).where(_in_directory(), Person.place_id.is_not(None))
    members = select(literal(MEMBERS), cast(null(), Integer), func.count()).select_from(Account).join(Account.person)
    posts = select(Post.kind_key, Post.place_id, func.count()).where(_open_and_named(), Post.place_id.is_not(None))
    rows: CompoundSelect[Any] = union_all(
        people.group_by(Person.place_id),
        members.where(*opens(), Person.left_at.is_(None)),
        posts.group_by(Post.kind_key, Post.place_id),
    )
    found: dict[str, dict[int, int]] = {what: {} for what in (PEOPLE, MEMBERS, *SHOWN)}
    for what, place_id, number in session.execute(rows):
        found[what][place_id or 0] = number
    return found


def _in_directory() -> ColumnElement[bool]:
    return and_(Person.listed, Person.name != "", Person.left_at.is_(None))


def _open_and_named() -> ColumnElement[bool]:
    root = aliased(Post)
    roots = select(root.id).where(root.audience == "everyone", stands(root)).correlate(None)
    is_open = and_(stands(Post), Post.audience == "everyone", Post.hides_author.is_(False))
    return and_(is_open, Post.parent_id.is_(None) | Post.parent_id.in_(roots))


def helpers() -> dict[int, set[int]]:
    """Give for each theme the places where somebody can be asked and can help with it; one statement.

    0 stands for those who work at no municipality or county.
    """
    return remembered(("helpers", clock.today()), _helpers)


def _helpers() -> dict[int, set[int]]:
    rows = select(PersonTheme.theme_id, func.coalesce(Person.place_id, 0)).distinct()
    rows = rows.join(Person, PersonTheme.person_id == Person.id)
    rows = rows.where(can_be_asked(clock.now()), PersonTheme.level.in_(HELPING))
    found: defaultdict[int, set[int]] = defaultdict(set)
    for theme_id, place_id in session.execute(rows):
        found[theme_id].add(place_id)
    return dict(found)


def themes() -> list[Theme]:
    """Give every theme in order, remembered until something changes."""
    return remembered(
        "themes of the overview", lambda: detached(session.scalars(select(Theme).order_by(Theme.position)))
    )


@dataclass(frozen=True)
class Row:
    """A place in a table: people in the directory and open posts of each kind. `note` is why it is no place of today's."""

    place: Place
    counts: Mapping[str, int]
    is_split: bool = False

    @property
    def total(self) -> int:
        """All its posts."""
        return sum(self.counts.get(kind, 0) for kind in SHOWN)


def boundaries(asked: str) -> str:
    """Give the boundaries asked for; today's for anything else."""
    return asked if asked in BOUNDARIES else rules.TODAY


def by_county(boundaries: str) -> list[Row]:
    """Give counties with what was counted there, within today's boundaries or those then; by name."""
    known, counts = places(), by_place()
    inside = {
        what: rules.counted_by_county(counts[what], known.counties, known.leads, boundaries)
        for what in (PEOPLE, *SHOWN)
    }
    ids = set().union(*inside.values())
    if boundaries == rules.TODAY:
        ids |= {one.id for one in known.by_id.values() if one.is_county and one.valid_to is None}
    return _rows(ids, inside, known)


def inside(county_id: int) -> tuple[int, ...]:
    """Give the ids of a county of today's and of every place, today's and former, that counts with it."""
    known = places()
    mine = (number for number in known.by_id if _lies_in(known, number, rules.TODAY) == county_id)
    return tuple(sorted({county_id, *mine}))


def _lies_in(known: Places, number: int, boundaries: str) -> int | None:
    return rules.county(number, known.counties, known.leads, boundaries)


def by_municipality(boundaries: str, county_id: int) -> list[Row]:
    """Give municipalities of a county, and the county authority, with what was counted there; by name."""
    known, counts = places(), by_place()
    inside = {what: rules.counted(counts[what], known.leads, boundaries) for what in (PEOPLE, *SHOWN)}
    ids = {number for number in set().union(*inside.values()) if _lies_in(known, number, boundaries) == county_id}
    if boundaries == rules.TODAY:
        ids |= {one.id for one in known.todays() if one.county_id == county_id}
    return _rows(ids, inside, known)


def _rows(ids: Collection[int], inside: Mapping[str, Mapping[int, int]], known: Places) -> list[Row]:
    rows = [
        Row(
            known.by_id[number],
            {what: counts.get(number, 0) for what, counts in inside.items()},
            is_split=len(rules.ends(number, known.leads)) > 1,
        )
        for number in ids
        if number in known.by_id
    ]
    return sorted(rows, key=lambda row: (row.place.name, row.place.number))


@dataclass(frozen=True)
class Coverage:
    """Where there is somebody: people in the directory and helpers by municipality of today's, and what has nobody."""

    people: Mapping[int, int]
    helping: frozenset[int]
    municipalities: list[Place]
    alone: Mapping[int, list[Place]]
    themes: list[Theme]

    @property
    def covered(self) -> list[Place]:
        """The municipalities with somebody in the directory."""
        return [one for one in self.municipalities if one.id in self.people]


def coverage(county_id: int | None = None) -> Coverage:
    """Tell which municipalities and themes have nobody who can help; in one county, or in the whole country.

    `alone` holds by county the municipalities where nobody can help; `themes` those that nobody can help with. Whoever
    can help with a main theme covers it, and whoever can help with a part of it covers the main theme too.
    """
    known, helping_with = places(), helpers()
    people = rules.counted(by_place()[PEOPLE], known.leads, rules.TODAY)
    todays = known.todays()
    with_helpers = set().union(*helping_with.values()) - {0}
    helping = frozenset(rules.home(place_id, known.leads, rules.TODAY) for place_id in with_helpers)
    alone: defaultdict[int, list[Place]] = defaultdict(list)
    for one in todays:
        if one.id not in helping and one.county_id is not None:
            alone[one.county_id].append(one)
    living = {one.id for one in todays}
    return Coverage(
        {number: count for number, count in people.items() if number in living},
        helping,
        todays,
        {number: sorted(found, key=lambda place: place.name) for number, found in alone.items()},
        _themes_alone(helping_with, set(inside(county_id)) if county_id is not None else None),
    )


def _themes_alone(helping_with: Mapping[int, set[int]], where: set[int] | None) -> list[Theme]:
    every = themes()
    above = {theme.id: theme.parent_id for theme in every}
    inside = {theme_id for theme_id, found in helping_with.items() if where is None or found & where}
    covered = inside | {above[number] for number in inside if above.get(number)}
    return [theme for theme in every if theme.id not in covered and theme.parent_id not in inside]


@dataclass(frozen=True)
class Overview:
    """The page's figures."""

    members: int
    questions: Questions
    growth: list[Month]
    coverage: Coverage


def overview(county_id: int | None = None) -> Overview:
    """Give the figures for everyone; at most four statements after a change, none while nothing changes."""
    asked, months = remembered(("growth", clock.today()), lambda: (questions(), growth()))
    covered = remembered(("coverage", clock.today(), county_id), lambda: coverage(county_id))
    return Overview(by_place()[MEMBERS].get(0, 0), asked, months, covered)
