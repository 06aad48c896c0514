"""How alike today's municipalities are, as computed beforehand for every pair (`likeness` says how)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import delete, func, insert, select

from kunnskap.db import session
from kunnskap.places import queries
from kunnskap.places.likeness import Alike, all_pairs, compare
from kunnskap.places.models import MUNICIPALITY, Likeness, Place
from kunnskap.remembering import remembered

NOBODY: Mapping[int, float] = MappingProxyType({})
ROWS_AT_ONCE = 10_000


@dataclass(frozen=True)
class Facts:
    """What is compared of one of today's municipalities (`likeness.Comparable`)."""

    id: int
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


def between(one: int, other: int) -> Alike:
    """Compare two municipalities of today's, by their ids."""
    known = facts()
    return compare(known[one], known[other])


def recompute() -> int:
    """Compute every pair anew and keep what has changed; returns how many rows were written or removed.

    To be called in the transaction that changed the places. Nothing is written when nothing has changed.
    """
    session.flush()
    wanted = _computed()
    there = {
        (row[0], row[1]): row[2]
        for row in session.execute(select(Likeness.place_id, Likeness.other_id, Likeness.score))
    }
    if wanted == there:
        return 0
    session.execute(delete(Likeness))
    rows = [{"place_id": one, "other_id": other, "score": score} for (one, other), score in wanted.items()]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        session.execute(insert(Likeness), rows[start : start + ROWS_AT_ONCE])
    return len(rows) or len(there)


def _computed() -> dict[tuple[int, int], float]:
    known = list(_read().values())
    ids = [one.id for one in known]
    return {
        (one, other): score
        for one, row in zip(ids, all_pairs(known).tolist(), strict=True)
        for other, score in zip(ids, row, strict=True)
        if one != other
    }


def is_computed() -> bool:
    """Whether pairs are there, as many as today's municipalities make."""
    count = session.scalar(select(func.count()).select_from(Likeness)) or 0
    return count == len(_read()) * (len(_read()) - 1)
