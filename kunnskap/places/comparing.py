"""How alike today's municipalities are, as computed beforehand for every pair (`likeness` says how)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import CTE, delete, func, insert, literal, select
from sqlalchemy.orm import aliased

from kunnskap.db import session
from kunnskap.places import queries
from kunnskap.places.likeness import Alike, all_pairs, compare
from kunnskap.places.models import MUNICIPALITY, Likeness, Place, PlaceSuccession
from kunnskap.remembering import remembered
from kunnskap.tables import Loaded

NOBODY: Mapping[int, float] = MappingProxyType({})
ROWS_AT_ONCE = 10_000


@dataclass(frozen=True)
class Facts:
    """What is compared of one of today's municipalities (`likeness.Comparable`)."""

    id: int
    number: str
    population: int | None
    centrality: int | None
    kostra_group: str | None
    county_id: int | None
    latitude: float | None
    longitude: float | None
    is_coastal: bool | None
    language_form: str | None


def facts() -> Mapping[int, Facts]:
    """Give what is compared of every municipality of today's, by its id; one statement, none while nothing changes."""
    return remembered("facts of places", _read, reference=True)


def _read() -> Mapping[int, Facts]:
    columns = [getattr(Place, name) for name in Facts.__dataclass_fields__]
    rows = select(*columns).where(Place.kind == MUNICIPALITY, Place.valid_to.is_(None)).order_by(Place.id)
    return MappingProxyType({row.id: Facts(*row) for row in session.execute(rows)})


def scores(place_id: int | None) -> Mapping[int, float]:
    """Tell how alike every place that is or was is to a municipality, by id; nothing for counties and for no place.

    A former place is as alike as the only one that took over after it; one that was split is left out. One's own
    municipality, and what it was before, is 1.
    """
    home = todays(place_id)
    return NOBODY if home is None else remembered(("likeness", home), lambda: _scores(home), reference=True)


def todays(place_id: int | None) -> int | None:
    """Give the municipality of today's that a place is or has become; none for counties and what was split."""
    if place_id is None:
        return None
    today = _successors().get(place_id, place_id)
    return today if today in facts() else None


def _successors() -> Mapping[int, int]:
    return remembered("successors of places", queries.sole_successors, reference=True)


def _scores(home: int) -> Mapping[int, float]:
    rows = select(Likeness.other_id, Likeness.score).where(Likeness.place_id == home)
    found = dict(session.execute(rows).all()) | {home: 1.0}
    before = {old: found[new] for old, new in _successors().items() if new in found}
    return MappingProxyType(before | found)


def near(home: int) -> CTE:
    """Put `scores` in a statement: `place_id` and `score` of every place that is as alike as anybody can tell."""
    step, further = aliased(PlaceSuccession), aliased(PlaceSuccession)
    heirs = select(step.old_id, step.new_id).cte("heirs", recursive=True)
    heirs = heirs.union(select(heirs.c.old_id, further.new_id).join(further, further.old_id == heirs.c.new_id))
    ends = select(heirs).where(heirs.c.new_id.not_in(select(PlaceSuccession.old_id))).subquery()
    sole = select(ends.c.old_id, func.min(ends.c.new_id).label("new_id")).group_by(ends.c.old_id)
    before = sole.having(func.count() == 1).subquery()
    others = select(Likeness.other_id.label("place_id"), Likeness.score).where(Likeness.place_id == home)
    todays = others.union_all(select(literal(home), literal(1.0))).subquery()
    formers = select(before.c.old_id, todays.c.score).join(todays, todays.c.place_id == before.c.new_id)
    return select(todays.c.place_id, todays.c.score).union_all(formers).cte("near")


def number_of(place_id: int | None) -> str | None:
    """Give the number of the municipality of today's that a place is or has become; none for counties."""
    home = todays(place_id)
    return None if home is None else facts()[home].number


def numbers_alike(place_id: int | None, size: int) -> Sequence[str]:
    """Give the numbers of the municipalities most alike one, best first, without its own; none for counties."""
    home = todays(place_id)
    return () if home is None else remembered(("alike", home, size), lambda: _numbers(home, size), reference=True)


def _numbers(home: int, size: int) -> Sequence[str]:
    known, found = facts(), scores(home)
    others = sorted((-found[other], other) for other in found if other in known and other != home)
    return tuple(known[other].number for _, other in others[:size])


@dataclass(frozen=True)
class Compared:
    """Another municipality, with its county, and how alike it is."""

    place: Place
    alike: Alike

    @property
    def per_cent(self) -> int:
        """The score in whole per cent."""
        return round(100 * self.alike.score)


def most_alike(place_id: int | None, size: int = 10) -> list[Compared]:
    """Give the municipalities most alike one, best first; none for counties."""
    home = todays(place_id)
    if home is None:
        return []
    best = select(Likeness.other_id).where(Likeness.place_id == home)
    best = best.order_by(Likeness.score.desc(), Likeness.other_id).limit(size)
    return compared(home, list(session.scalars(best)))


def compared(home: int, others: Sequence[int]) -> list[Compared]:
    """Compare municipalities of today's with one, in the order given."""
    found = queries.by_ids(others)
    return [Compared(found[other], between(home, other)) for other in others if other in found]


def is_coast_known() -> bool:
    """Whether anybody knows of any municipality of today's if it lies by the sea."""
    return any(one.is_coastal is not None for one in facts().values())


def between(one: int, other: int) -> Alike:
    """Compare two municipalities of today's, by their ids."""
    known = facts()
    return compare(known[one], known[other])


def load() -> Loaded:
    """Compute every pair anew as a step of loading reference data; tells how many pairs there are."""
    changed = recompute()
    return Loaded({"pairs of municipalities": len(_read()) * (len(_read()) - 1)}, changed)


def recompute() -> int:
    """Compute every pair anew and keep what has changed; returns how many rows were written or removed.

    To be called in the transaction that changed the places. Nothing is written when nothing has changed.
    """
    session.flush()
    wanted = _computed()
    rows = select(Likeness.place_id, Likeness.other_id, Likeness.score)
    there = {(one, other): score for one, other, score in session.execute(rows)}
    if wanted == there:
        return 0
    session.execute(delete(Likeness))
    write(wanted)
    return max(len(wanted), len(there))


def write(pairs: Mapping[tuple[int, int], float]) -> None:
    """Keep the scores of pairs that are not there yet."""
    rows = [{"place_id": one, "other_id": other, "score": score} for (one, other), score in pairs.items()]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        session.execute(insert(Likeness), rows[start : start + ROWS_AT_ONCE])


def _computed() -> dict[tuple[int, int], float]:
    known = list(_read().values())
    ids = [one.id for one in known]
    return {
        (one, other): score
        for one, row in zip(ids, all_pairs(known).tolist(), strict=True)
        for other, score in zip(ids, row, strict=True)
        if one != other
    }


def compute_missing() -> None:
    """Compute every pair when today's municipalities are there and pairs are missing, as after an upgrade."""
    places = len(_read())
    if (session.scalar(select(func.count()).select_from(Likeness)) or 0) != places * (places - 1):
        recompute()
