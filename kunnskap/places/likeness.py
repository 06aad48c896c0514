"""How alike two municipalities are: one pure function, one table of weights.

Each part is a number from 0 (nothing alike) to 1 (the same), and weighs what `WEIGHTS` says; together they are from
0 to 1, the same both ways round. What is not known of either of the two is left out, and the weights of what is known
are scaled so that they sum to 1: a likeness that rests on few facts is as high as those facts make it, no higher for
what nobody knows.

* size: inhabitants (SSB, table 07459), compared by their logarithms: 0 when one has `FARTHEST_TIMES` as many or more.
* centrality: SSB's classes of centrality, 1 (most central) to 6; each step apart takes a fifth.
* group: SSB's KOSTRA groups, which put municipalities of the same size and the same economic conditions together.
* county: the same county or not (SSB's numbers, KLASS 104 and 131).
* distance: the great circle between the administrative centres (GeoNames); 0 when they are `FARTHEST_KM` apart or more.
* coast: whether both have a coastline, or neither (see `kunnskap/data/README.md`); not known for all.
* language: the form of Norwegian (Språkrådet); a neutral municipality is half alike one that is not.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kunnskap.i18n import Message, mark, say

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "size": 0.30,
        "centrality": 0.20,
        "group": 0.15,
        "county": 0.10,
        "distance": 0.10,
        "coast": 0.10,
        "language": 0.05,
    }
)
"""What each part weighs; the sum is 1."""
NAMES: Mapping[str, str] = MappingProxyType(
    {
        "size": mark("Innbyggere"),
        "centrality": mark("Sentralitet"),
        "group": mark("KOSTRA-gruppe"),
        "county": mark("Fylke"),
        "distance": mark("Avstand"),
        "coast": mark("Kyst eller innland"),
        "language": mark("Målform"),
    }
)
"""What each part is called."""
FARTHEST_TIMES, FARTHEST_KM = 10, 500
CLASSES = 6
NEUTRAL, HALF = "nøytral", 0.5
EARTH_KM = 6_371.0
"""Mean radius."""
ABOUT_AS_MANY, NEARLY_AS_MANY = 1.25, 1.6
"""How many times as many inhabitants the larger may have for these to be said."""
NEAR_KM = 50

Scores = NDArray[np.float64]


class Comparable(Protocol):
    """What is compared of a municipality; None is not known."""

    @property
    def population(self) -> int | None:
        """Inhabitants."""

    @property
    def centrality(self) -> int | None:
        """Class 1 to 6."""

    @property
    def kostra_group(self) -> str | None:
        """Number of the group."""

    @property
    def county_id(self) -> int | None:
        """The county."""

    @property
    def latitude(self) -> float | None:
        """Degrees north."""

    @property
    def longitude(self) -> float | None:
        """Degrees east."""

    @property
    def is_coastal(self) -> bool | None:
        """Whether there is a coastline."""

    @property
    def language_form(self) -> str | None:
        """Bokmål, nynorsk or nøytral."""


@dataclass(frozen=True)
class Alike:
    """How alike two are: from 0 to 1, each known part by itself, kilometres between their centres, and why.

    `reasons` speak of the other one, strongest first; only what is true is among them.
    """

    score: float
    reasons: tuple[Message, ...]
    parts: Mapping[str, float]
    km: float | None


def compare(one: Comparable, other: Comparable) -> Alike:
    """Tell how alike another municipality is to one, and why."""
    km = distance(one, other)
    parts = {name: part for name, part in _parts(one, other, km) if part is not None}
    known = sum(WEIGHTS[name] for name in parts)
    score = sum(WEIGHTS[name] * part for name, part in parts.items()) / known if known else 0.0
    return Alike(min(score, 1.0), _reasons(one, other, parts, km), MappingProxyType(parts), km)


def distance(one: Comparable, other: Comparable) -> float | None:
    """Kilometres between the centres, along the great circle."""
    ends = (one.latitude, one.longitude, other.latitude, other.longitude)
    if any(degrees is None for degrees in ends):
        return None
    north, east, north2, east2 = (math.radians(degrees or 0.0) for degrees in ends)
    half = math.sin((north2 - north) / 2) ** 2
    half += math.cos(north) * math.cos(north2) * math.sin((east2 - east) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def _parts(one: Comparable, other: Comparable, km: float | None) -> list[tuple[str, float | None]]:
    return [
        ("size", _size(one.population, other.population)),
        ("centrality", _centrality(one.centrality, other.centrality)),
        ("group", _same(one.kostra_group, other.kostra_group)),
        ("county", _same(one.county_id, other.county_id)),
        ("distance", None if km is None else max(0.0, 1 - km / FARTHEST_KM)),
        ("coast", _same(one.is_coastal, other.is_coastal)),
        ("language", _language(one.language_form, other.language_form)),
    ]


def _size(one: int | None, other: int | None) -> float | None:
    if not one or not other:
        return None
    return max(0.0, 1 - abs(math.log(one) - math.log(other)) / math.log(FARTHEST_TIMES))


def _centrality(one: int | None, other: int | None) -> float | None:
    return None if one is None or other is None else 1 - abs(one - other) / (CLASSES - 1)


def _same(one: object, other: object) -> float | None:
    return None if one is None or other is None else float(one == other)


def _language(one: str | None, other: str | None) -> float | None:
    if one is None or other is None or one == other:
        return _same(one, other)
    return HALF if NEUTRAL in {one, other} else 0.0


def _reasons(one: Comparable, other: Comparable, parts: Mapping[str, float], km: float | None) -> tuple[Message, ...]:
    """Say the parts that are alike, those that add most to the score first."""
    found = [(WEIGHTS[name] * part, _reason(name, one, other, km)) for name, part in parts.items()]
    said = [(strength, reason) for strength, reason in found if reason is not None]
    return tuple(reason for _, reason in sorted(said, key=lambda pair: -pair[0]))


def _reason(name: str, one: Comparable, other: Comparable, km: float | None) -> Message | None:
    return _WORDS[name](one, other) if name != "distance" else _near(km)


def _as_many(one: Comparable, other: Comparable) -> Message | None:
    less, more = sorted((one.population or 1, other.population or 1))
    count = _spaced(other.population or 0)
    if more <= less * ABOUT_AS_MANY:
        return say("omtrent like mange innbyggere (%(count)s)", count=count)
    return say("nokså like mange innbyggere (%(count)s)", count=count) if more <= less * NEARLY_AS_MANY else None


def _as_central(one: Comparable, other: Comparable) -> Message | None:
    return say("like sentral (%(level)s av 6)", level=one.centrality) if one.centrality == other.centrality else None


def _same_group(one: Comparable, other: Comparable) -> Message | None:
    return say("samme KOSTRA-gruppe") if one.kostra_group == other.kostra_group else None


def _same_county(one: Comparable, other: Comparable) -> Message | None:
    return say("samme fylke") if one.county_id == other.county_id else None


def _near(km: float | None) -> Message | None:
    return say("%(km)s km unna", km=round(km)) if km is not None and km <= NEAR_KM else None


def _same_coast(one: Comparable, other: Comparable) -> Message | None:
    if one.is_coastal != other.is_coastal:
        return None
    return say("begge ved kysten") if one.is_coastal else say("begge uten kyst")


def _same_language(one: Comparable, other: Comparable) -> Message | None:
    words = {"nynorsk": say("begge nynorskkommuner"), "bokmål": say("begge bokmålskommuner")}
    return words.get(one.language_form or "") if one.language_form == other.language_form else None


_WORDS: Mapping[str, Callable[[Comparable, Comparable], Message | None]] = {
    "size": _as_many,
    "centrality": _as_central,
    "group": _same_group,
    "county": _same_county,
    "coast": _same_coast,
    "language": _same_language,
}


def _spaced(number: int) -> str:
    """Write a number as "6 800", with spaces that do not break."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def all_pairs(places: Sequence[Comparable]) -> Scores:
    """Give the scores of `compare` for every pair, both ways: row and column in the order of the places, 1 with itself."""
    known, total = np.zeros((len(places),) * 2), np.zeros((len(places),) * 2)
    for name, part in _all_parts(places):
        there = ~np.isnan(part)
        known += WEIGHTS[name] * there
        total += WEIGHTS[name] * np.where(there, part, 0.0)
    scores: Scores = np.divide(total, known, out=np.zeros_like(total), where=known > 0)
    np.fill_diagonal(scores, 1.0)
    return np.minimum(scores, 1.0)


def _all_parts(places: Sequence[Comparable]) -> list[tuple[str, Scores]]:
    """As `_parts`, for all at once; what is not known is not a number."""
    sizes = np.log(_column([place.population or None for place in places]))
    levels = _column([place.centrality for place in places])
    return [
        ("size", np.maximum(0.0, 1 - _apart(sizes) / math.log(FARTHEST_TIMES))),
        ("centrality", 1 - _apart(levels) / (CLASSES - 1)),
        ("group", _all_same([place.kostra_group for place in places])),
        ("county", _all_same([place.county_id for place in places])),
        ("distance", np.maximum(0.0, 1 - _distances(places) / FARTHEST_KM)),
        ("coast", _all_same([place.is_coastal for place in places])),
        ("language", _all_languages([place.language_form for place in places])),
    ]


def _column(values: Sequence[float | None]) -> Scores:
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _apart(values: Scores) -> Scores:
    found: Scores = np.abs(values[:, None] - values[None, :])
    return found


def _all_same(values: Sequence[object]) -> Scores:
    numbers = {value: number for number, value in enumerate(dict.fromkeys(values))}
    apart = _apart(_column([None if value is None else numbers[value] for value in values]))
    return np.where(np.isnan(apart), np.nan, (apart == 0).astype(np.float64))


def _all_languages(forms: Sequence[str | None]) -> Scores:
    same = _all_same(forms)
    neutral = np.array([form == NEUTRAL for form in forms], np.bool_)
    return np.where((same == 0) & (neutral[:, None] | neutral[None, :]), HALF, same)


def _distances(places: Sequence[Comparable]) -> Scores:
    north = np.radians(_column([place.latitude for place in places]))
    east = np.radians(_column([place.longitude for place in places]))
    half = np.sin(_apart(north) / 2) ** 2
    half += np.cos(north)[:, None] * np.cos(north)[None, :] * np.sin(_apart(east) / 2) ** 2
    found: Scores = 2 * EARTH_KM * np.arcsin(np.minimum(1.0, np.sqrt(half)))
    return found
