"""In which order those who may help are shown. Pure.

Each of five signals is between 0 and 1; `WEIGHTS` says what each is worth, and the weights sum to 1. What makes
somebody hard to reach (they are away, want no questions of their own, or were asked much lately) then takes a share of
the sum: it never hides anybody, since a person who looks may still choose them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from kunnskap import working_days
from kunnskap.people.models import DONE, GUIDE

WEIGHTS = {"said": 0.35, "shown": 0.25, "wrote": 0.15, "alike": 0.20, "fresh": 0.05}
"""What they say they can do; what they have answered and shared on the themes; that they wrote what fits the words best;
likeness to the reader's municipality; and how lately they wrote."""
SAID = {GUIDE: 1.0, DONE: 0.6}
"""What a level is worth: who can guide stands before who has done it."""
NEARBY = 0.4
"""What something said or shown of a theme above or below the one asked for is worth, of its worth on the theme itself."""
POINTS = {"answers": 1.0, "accepted": 1.0, "experiences": 2.0, "documents": 1.0}
"""What each thing somebody has written counts; an accepted answer counts as an answer too."""
HALF_WAY = 4.0
"""Points that are worth half of all that can be shown: the first answer tells more than the twentieth."""
FRESH, FADED = timedelta(days=365), timedelta(days=5 * 365)
"""What was written within the first is fresh; after the second it tells nothing of what somebody does now."""
AWAY, UNASKED, TIRED = 0.5, 0.7, 0.6
"""The share that is left of those who are away, who want no questions of their own, and who were asked all they want."""


class Counts(Protocol):
    """How much somebody has written on a theme, as in `TrackRecord`."""

    answers: int
    accepted: int
    experiences: int
    documents: int


@dataclass(frozen=True)
class Known:
    """What is known of somebody on the themes asked for.

    `said` is the best level weighed by nearness (0–1), `points` what they have written (`POINTS`), `latest` when the
    newest of it was; `wrote` is how well what they wrote fits the words that were asked with (0–1). `guides` and `has_done`
    are what they say themselves.
    """

    person_id: int
    place_id: int | None = None
    said: float = 0.0
    points: float = 0.0
    latest: datetime | None = None
    asks_a_week: int = 2
    away_from: date | None = None
    away_until: date | None = None
    workplace_kind: str = ""
    guides: bool = False
    has_done: bool = False
    wrote: float = 0.0


@dataclass(frozen=True)
class Ranked:
    """Somebody who may help and how well they fit (0–1); `asked` is how often they were asked in the last week."""

    known: Known
    score: float
    asked: int = 0

    @property
    def person_id(self) -> int:
        """Who."""
        return self.known.person_id


def rank(
    found: Iterable[Known], alike: Mapping[int, float], loads: Mapping[int, int], now: datetime, today: date
) -> list[Ranked]:
    """Put people in order, the best first; those alike in all by number, so that the order is always the same.

    `alike` is likeness by place id (0–1, empty when the reader has no municipality), `loads` how often each person was
    asked in the last week.
    """
    ranked = [
        Ranked(one, score(one, alike, loads.get(one.person_id, 0), now, today), loads.get(one.person_id, 0))
        for one in found
    ]
    return sorted(ranked, key=lambda one: (-one.score, one.person_id))


def score(known: Known, alike: Mapping[int, float], asked: int, now: datetime, today: date) -> float:
    """Say how well somebody fits, from 0 to 1."""
    signals = {
        "said": known.said,
        "shown": shown(known.points),
        "wrote": known.wrote,
        "alike": alike.get(known.place_id, 0.0) if known.place_id is not None else 0.0,
        "fresh": freshness(known.latest, now),
    }
    total = sum(WEIGHTS[name] * signal for name, signal in signals.items())
    return round(total * reach(known, asked, today), 6)


def points(counts: Counts) -> float:
    """Weigh what somebody has written on a theme."""
    return float(sum(worth * getattr(counts, name) for name, worth in POINTS.items()))


def shown(points: float) -> float:
    """Turn points into a signal that grows ever more slowly towards 1."""
    return points / (points + HALF_WAY)


def freshness(latest: datetime | None, now: datetime) -> float:
    """Say how much what was written then tells of today: 1 for the last year, falling to 0 after five."""
    if latest is None:
        return 0.0
    age = now - latest
    return min(1.0, max(0.0, (FADED - age) / (FADED - FRESH)))


def reach(known: Known, asked: int, today: date) -> float:
    """Give the share that is left for how easily somebody is reached."""
    left = AWAY if is_away(known, today) else 1.0
    if not known.asks_a_week:
        return left * UNASKED
    return left * (1 - (1 - TIRED) * min(1.0, asked / known.asks_a_week))


def is_away(known: Known, today: date) -> bool:
    """Whether somebody is away that day; the first and the last day count, and one of them may be left open."""
    if known.away_from is None and known.away_until is None:
        return False
    return (known.away_from or today) <= today <= (known.away_until or today)


LATEST = timedelta(days=7)
"""How long after the first working day pairs are still suggested, when the site was down."""
STOP = "par-stopp"
"""What the links that stop pairs are signed for."""
PAIR_WEIGHTS = {"level": 0.4, "alike": 0.6}
"""What a pair is worth: whether they can guide or have done it, and how alike the two municipalities are."""
LOOKED_AT = 200
"""How many of those who know a theme are looked at for each who wants to learn it."""


@dataclass(frozen=True)
class Side:
    """Somebody who may be in a pair, with what they know (level by theme) and what they want to learn."""

    person_id: int
    place_id: int
    county: str
    knows: Mapping[int, str]
    learns: frozenset[int]


@dataclass(frozen=True)
class Pair:
    """Who learns from whom, about which theme."""

    learner_id: int
    guide_id: int
    theme_id: int


def pairs(
    sides: Iterable[Side],
    alike: Callable[[int], Mapping[int, float]],
    is_refused: Callable[[Pair], bool],
    is_busy: Callable[[int], bool],
) -> list[Pair]:
    """Put those who want to learn together with those who know, from different counties; nobody is in two pairs.

    The best pairs are made first. `alike` gives likeness by place id to a place; `is_refused` says that two must not be
    put together (again), and `is_busy` that somebody has been asked enough lately to guide.
    """
    everybody = sorted(sides, key=lambda one: one.person_id)
    knowing: defaultdict[int, list[Side]] = defaultdict(list)
    for side in everybody:
        for theme in side.knows if not is_busy(side.person_id) else ():
            knowing[theme].append(side)
    found: list[tuple[float, Pair]] = []
    for learner in everybody:
        scores = alike(learner.place_id) if learner.learns else {}
        for theme in learner.learns:
            others = [one for one in knowing[theme] if one is not learner and one.county != learner.county]
            found += [
                (_worth(one, theme, scores), Pair(learner.person_id, one.person_id, theme))
                for one in others[:LOOKED_AT]
            ]
    found.sort(key=lambda one: (-one[0], one[1].learner_id, one[1].guide_id, one[1].theme_id))
    return _each_once(pair for _worth_of, pair in found if not is_refused(pair))


def _worth(guide: Side, theme: int, alike: Mapping[int, float]) -> float:
    signals = {"level": SAID[guide.knows[theme]], "alike": alike.get(guide.place_id, 0.0)}
    return sum(PAIR_WEIGHTS[name] * signal for name, signal in signals.items())


def _each_once(candidates: Iterable[Pair]) -> list[Pair]:
    taken: set[int] = set()
    chosen = []
    for pair in candidates:
        if not taken & {pair.learner_id, pair.guide_id}:
            taken |= {pair.learner_id, pair.guide_id}
            chosen.append(pair)
    return chosen


def is_time(today: date) -> bool:
    """Whether pairs may be suggested: from the first working day of the month, and for a while if nobody did it then."""
    first = working_days.after(today.replace(day=1) - timedelta(days=1), 1)
    return first <= today <= first + LATEST
