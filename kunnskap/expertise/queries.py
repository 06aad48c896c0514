"""Finding those who can help with something, in order, and what they have shown that they know."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, Select, case, func, literal, null, select, union_all
from sqlalchemy.orm import joinedload

from kunnskap import clock
from kunnskap.db import session
from kunnskap.expertise import rules
from kunnskap.expertise.models import TrackRecord
from kunnskap.expertise.rules import Known, Ranked
from kunnskap.people.asking import can_be_asked
from kunnskap.people.models import HELPING, Person, PersonTheme
from kunnskap.places import comparing
from kunnskap.themes import queries as themes

WEIGHED = 200
"""How many of the first are weighed by how often they were asked lately; nobody looks further."""
Loads = Callable[[Collection[int]], Mapping[int, int]]


def nobody_asked(_person_ids: Collection[int]) -> Mapping[int, int]:
    """Stand in for how often people were asked in the last week, where that is not to count."""
    return {}


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
    if not theme_ids:
        return []
    found = _known(frozenset(theme_ids), frozenset(without), narrowed)
    alike, now, today = comparing.scores(place_id), clock.now(), clock.today()
    ranked = rules.rank(found, alike, {}, now, today)
    first = [one.known for one in ranked[:WEIGHED]]
    if first and loads is not nobody_asked:
        asked = loads([one.person_id for one in first])
        ranked[:WEIGHED] = rules.rank(first, alike, asked, now, today)
    return ranked if limit is None else ranked[:limit]


def _known(theme_ids: frozenset[int], without: frozenset[int], narrowed: Sequence[ColumnElement[bool]]) -> list[Known]:
    facts = union_all(_shown(theme_ids), _said(theme_ids)).subquery()
    best = (
        select(
            facts.c.person_id,
            func.max(facts.c.said).label("said"),
            func.sum(facts.c.points).label("points"),
            func.max(facts.c.latest).label("latest"),
        )
        .group_by(facts.c.person_id)
        .subquery()
    )
    rows = select(
        Person.id, Person.place_id, best.c.said, best.c.points, best.c.latest,
        Person.asks_a_week, Person.away_from, Person.away_until,
    ).join(best, best.c.person_id == Person.id)  # fmt: skip
    rows = rows.where(can_be_asked(clock.now()), *narrowed)
    return [Known(*row) for row in session.execute(rows) if row[0] not in without]


def _said(theme_ids: frozenset[int]) -> Select[int, float, float, None]:
    worth = case(rules.SAID, value=PersonTheme.level, else_=0.0)
    near = case((PersonTheme.theme_id.in_(theme_ids), 1.0), else_=rules.NEARBY)
    said = select(PersonTheme.person_id, (worth * near).label("said"), literal(0.0).label("points"), null())
    return said.where(PersonTheme.level.in_(HELPING), PersonTheme.theme_id.in_(near_ids(theme_ids)))


def _shown(theme_ids: frozenset[int]) -> Select[int, float, float, None]:
    points = sum((getattr(TrackRecord, name) * worth for name, worth in rules.POINTS.items()), literal(0.0))
    near = case((TrackRecord.theme_id.in_(theme_ids), 1.0), else_=rules.NEARBY)
    shown = select(
        TrackRecord.person_id,
        literal(0.0).label("said"),
        (points * near).label("points"),
        TrackRecord.latest_at.label("latest"),
    )
    return shown.where(TrackRecord.theme_id.in_(near_ids(theme_ids)))


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
