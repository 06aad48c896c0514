"""Finding those who can help with something, in order, and what they have shown that they know."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, func, literal, null, select, union_all
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from kunnskap import clock
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.expertise import rules
from kunnskap.expertise.models import TrackRecord
from kunnskap.expertise.rules import Known, Ranked
from kunnskap.people import rules as people_rules
from kunnskap.people.asking import can_be_asked, is_here
from kunnskap.people.models import HELPING, Person, PersonTheme
from kunnskap.people.queries import CARD
from kunnskap.places import comparing
from kunnskap.places.likeness import Alike
from kunnskap.places.models import Likeness
from kunnskap.themes import queries as themes
from kunnskap.themes.models import Theme

WEIGHED = 200
"""How many of the first are weighed by how often they were asked lately; nobody looks further."""
Loads = Callable[[Collection[int]], Mapping[int, int]]


def nobody_asked(_person_ids: Collection[int]) -> Mapping[int, int]:
    """Stand in for how often people were asked in the last week, where that is not to count."""
    return {}


@dataclass(frozen=True)
class Need:
    """What somebody needs help with: themes, by id, and how well what people wrote fits the words (0–1), by person.

    With `among`, only so many of those who say and have shown most, and work where it is most alike, are looked at.
    """

    theme_ids: frozenset[int] = frozenset()
    wrote: Mapping[int, float] = field(default_factory=dict)
    without: frozenset[int] = frozenset()
    among: int | None = None


def candidates(
    theme_ids: Collection[int],
    place_id: int | None,
    limit: int | None = None,
    without: Collection[int] = (),
    loads: Loads = nobody_asked,
    narrowed: Sequence[ColumnElement[bool]] = (),
) -> list[Ranked]:
    """Give those who can be asked about any of these themes, the best first; one statement and what `loads` asks.

    `place_id` is whose likeness counts, `without` are people left out, `loads` tells how often people were asked in the
    last week, and `narrowed` are more conditions on `Person`.
    """
    need = Need(frozenset(theme_ids), without=frozenset(without))
    return who_can_help(need, place_id, loads, narrowed)[:limit]


def who_can_help(
    need: Need, place_id: int | None, loads: Loads = nobody_asked, narrowed: Sequence[ColumnElement[bool]] = ()
) -> list[Ranked]:
    """Give all who can be asked and may help with what is needed, the best first (`candidates` tells of the rest)."""
    if not need.theme_ids and not need.wrote:
        return []
    alike, now, today = comparing.scores(place_id), clock.now(), clock.today()
    ranked = rules.rank(_known(need, comparing.todays(place_id), narrowed), alike, {}, now, today)
    first = [one.known for one in ranked[:WEIGHED]]
    if first and loads is not nobody_asked:
        asked = loads([one.person_id for one in first])
        ranked[:WEIGHED] = rules.rank(first, alike, asked, now, today)
    return ranked


def _summed(need: Need) -> CTE:
    """Sum up what is known of each person on what is needed."""
    facts = union_all(_shown(need.theme_ids), _said(need.theme_ids), _wrote(need.wrote)).subquery()
    told: Select[Any] = select(
        facts.c.person_id,
        func.max(facts.c.said).label("said"),
        func.sum(facts.c.points).label("points"),
        func.max(facts.c.latest).label("latest"),
        func.max(facts.c.guides).label("guides"),
        func.max(facts.c.has_done).label("has_done"),
    )
    return told.group_by(facts.c.person_id).cte("best")


def _known(need: Need, home: int | None, narrowed: Sequence[ColumnElement[bool]]) -> list[Known]:
    best = _summed(need)
    rows = select(
        Person.id, Person.place_id, best.c.said, best.c.points, best.c.latest, Person.asks_a_week, Person.away_from,
        Person.away_until, Person.workplace_kind, best.c.guides, best.c.has_done,
    ).join(best, best.c.person_id == Person.id)  # fmt: skip
    asked = can_be_asked(clock.now()) if need.among is None else Person.id.in_(_first(best, home, need.among))
    found: Iterable[Any] = session.execute(rows.where(asked, *narrowed))
    return [
        Known(
            person_id=one.id,
            place_id=one.place_id,
            said=one.said,
            points=one.points,
            latest=one.latest,
            asks_a_week=one.asks_a_week,
            away_from=one.away_from,
            away_until=one.away_until,
            workplace_kind=one.workplace_kind,
            guides=bool(one.guides),
            has_done=bool(one.has_done),
            wrote=need.wrote.get(one.id, 0.0),
        )
        for one in found
        if one.id not in need.without
    ]


def _first(best: CTE, home: int | None, count: int) -> Select[Any]:
    """Give the first of those who can be asked by what the database can weigh: all but how lately, and how hard to reach."""
    alike = and_(Likeness.place_id == home, Likeness.other_id == Person.place_id)
    likeness = case((Person.place_id == home, 1.0), else_=func.coalesce(Likeness.score, 0.0))
    score = rules.WEIGHTS["said"] * best.c.said + rules.WEIGHTS["alike"] * likeness
    score += rules.WEIGHTS["shown"] * best.c.points / (best.c.points + rules.HALF_WAY)
    rows: Select[Any] = select(best.c.person_id).join(Person, Person.id == best.c.person_id).outerjoin(Likeness, alike)
    return rows.where(can_be_asked(clock.now())).order_by(score.desc(), Person.id).limit(count)


def _shown(theme_ids: frozenset[int]) -> Select[Any]:
    points = sum((getattr(TrackRecord, name) * worth for name, worth in rules.POINTS.items()), literal(0.0))
    near = case((TrackRecord.theme_id.in_(theme_ids), 1.0), else_=rules.NEARBY)
    shown: Select[Any] = select(
        TrackRecord.person_id,
        literal(0.0).label("said"),
        (points * near).label("points"),
        TrackRecord.latest_at.label("latest"),
        literal(0).label("guides"),
        literal(0).label("has_done"),
    )
    return shown.where(TrackRecord.theme_id.in_(near_ids(theme_ids)))


def _said(theme_ids: frozenset[int]) -> Select[Any]:
    worth = case(rules.SAID, value=PersonTheme.level, else_=0.0)
    is_near = PersonTheme.theme_id.in_(theme_ids)
    near = case((is_near, 1.0), else_=rules.NEARBY)
    levels = [case(((PersonTheme.level == level) & is_near, 1), else_=0) for level in HELPING]
    said: Select[Any] = select(PersonTheme.person_id, worth * near, literal(0.0), null(), *levels)
    return said.where(PersonTheme.level.in_(HELPING), PersonTheme.theme_id.in_(near_ids(theme_ids)))


def _wrote(person_ids: Collection[int]) -> Select[Any]:
    nothing: Sequence[Any] = (literal(0.0), literal(0.0), null(), literal(0), literal(0))
    wrote: Select[Any] = select(Person.id, *nothing)
    return wrote.where(Person.id.in_(list(person_ids)))


def near_ids(theme_ids: Collection[int]) -> frozenset[int]:
    """Give the themes themselves, those above them and those below them."""
    every = themes.every()
    above = {one.parent_id for one in every if one.id in theme_ids and one.parent_id is not None}
    below = {one.id for one in every if one.parent_id in theme_ids}
    return frozenset(theme_ids) | above | below


def records_of(person_ids: Collection[int], theme_ids: Collection[int] = ()) -> dict[int, list[TrackRecord]]:
    """Give what people have shown, each on its theme, by person, most first; on these themes only where some are given."""
    rows = select(TrackRecord).where(TrackRecord.person_id.in_(list(person_ids)))
    if theme_ids:
        rows = rows.where(TrackRecord.theme_id.in_(list(theme_ids)))
    found: defaultdict[int, list[TrackRecord]] = defaultdict(list)
    for record in session.scalars(rows.options(joinedload(TrackRecord.theme))) if person_ids else ():
        found[record.person_id].append(record)
    for records in found.values():
        records.sort(key=lambda one: (-rules.points(one), one.theme.position))
    return dict(found)


@dataclass(frozen=True)
class Helper:
    """Somebody who may help, and why: what they say of the themes, what they have shown, and likeness.

    `stand_in` is whom to ask while they are away; `alike` is none for those whose municipality cannot be compared.
    """

    person: Person
    ranked: Ranked
    levels: Mapping[str, list[Theme]]
    records: Sequence[TrackRecord]
    alike: Alike | None
    is_near_home: bool
    is_away: bool
    stand_in: Person | None


def helpers(ranked: Sequence[Ranked], theme_ids: Collection[int], home: int | None) -> list[Helper]:
    """Give what is shown of those who may help, in their order; four statements. `home` is a municipality of today's."""
    ids = [one.person_id for one in ranked]
    rows = session.scalars(select(Person).where(Person.id.in_(ids)).options(*CARD, joinedload(Person.stand_in)))
    people = {person.id: person for person in rows} if ids else {}
    records = records_of(ids, theme_ids)
    return [
        _helper(people[one.person_id], one, records.get(one.person_id, []), theme_ids, home)
        for one in ranked
        if one.person_id in people
    ]


def _helper(
    person: Person, ranked: Ranked, records: list[TrackRecord], theme_ids: Collection[int], home: int | None
) -> Helper:
    here = comparing.todays(person.place_id)
    known = sorted(
        (topic for topic in person.topics if topic.theme_id in theme_ids), key=lambda one: one.theme.position
    )
    away = people_rules.is_away(person, clock.today())
    stand_in = person.stand_in if away and person.stand_in and people_rules.is_shown(person.stand_in) else None
    return Helper(
        person,
        ranked,
        {level: [topic.theme for topic in known if topic.level == level] for level in HELPING},
        records,
        comparing.between(home, here) if home is not None and here is not None and here != home else None,
        here is not None and here == home,
        away,
        stand_in,
    )


def of_person(person_id: int) -> list[TrackRecord]:
    """Give what somebody has shown, on every theme, most first; one statement."""
    return records_of([person_id]).get(person_id, [])


def put_forward(
    actor: Actor, theme_ids: Collection[int], limit: int = 4, options: Collection[ORMOption] = CARD
) -> list[Person]:
    """Give others to ask about any of these themes, the best first, in one statement and what `options` ask.

    It is for pages that many are shown alike: it ranks as `who_can_help` does, without likeness and load.
    """
    if not theme_ids:
        return []
    best = _summed(Need(frozenset(theme_ids)))
    shown = best.c.points / (best.c.points + rules.HALF_WAY)
    today = clock.today()
    reach = case((is_here(today), 1.0), else_=rules.AWAY) * case((Person.asks_a_week > 0, 1.0), else_=rules.UNASKED)
    score = (rules.WEIGHTS["said"] * best.c.said + rules.WEIGHTS["shown"] * shown) * reach
    rows = select(Person).join(best, best.c.person_id == Person.id)
    rows = rows.where(can_be_asked(clock.now()), Person.id != (actor.person_id or 0))
    rows = rows.order_by(score.desc(), Person.confirmed_at.desc(), Person.id).limit(limit)
    return list(session.scalars(rows.options(*options)))
