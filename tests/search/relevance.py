"""How well a search finds what people judged to be relevant: the judged queries, and figures for a ranking.

Every query of `judged.jsonl` was judged over the whole demonstration content by reading it: 3 is just what was sought,
2 is relevant, 1 touches it, and what is not named is not relevant. Nothing here knows the search itself.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log2
from pathlib import Path
from statistics import fmean

JUDGED = Path(__file__).with_name("judged.jsonl")
NOTHING = "nothing"
KINDS = (
    "exact", "inflected", "compound", "written_form", "typo", "letters", "synonym", "place", "question", "english",
    NOTHING,
)  # fmt: skip
GRADES = (1, 2, 3)
SHOWN = 10
"""How far down the list we look."""


@dataclass(frozen=True)
class Judged:
    """A query, what kind of query it is, and the grade of each thing that is relevant to it."""

    query: str
    kind: str
    relevant: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What a query gave, best first, and how good that is."""

    judged: Judged
    found: Sequence[str]

    @property
    def score(self) -> float:
        """Give nDCG@10, or for a query that should find nothing whether it did."""
        if self.judged.kind == NOTHING:
            return 0.0 if self.found else 1.0
        return ndcg(self.found, self.judged.relevant)


def read(path: Path = JUDGED) -> list[Judged]:
    """Read the judged queries; raises ValueError when one is not as it should be."""
    several = [Judged(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
    for one in several:
        if one.kind not in KINDS or not set(one.relevant.values()) <= set(GRADES):
            raise ValueError(f"{one.query!r} has an unknown kind or grade")
        if bool(one.relevant) == (one.kind == NOTHING):
            raise ValueError(
                f"{one.query!r} of kind {one.kind} must have the opposite of {len(one.relevant)} judgements"
            )
    return several


def gain(grades: Iterable[int]) -> float:
    """Add up 2^grade - 1 down a list, each worth less the further down it stands."""
    return sum((2**grade - 1) / log2(place + 1) for place, grade in enumerate(grades, start=1))


def ndcg(found: Sequence[str], relevant: Mapping[str, int], shown: int = SHOWN) -> float:
    """Tell how near the top of the list comes to the best possible one: 1.0 is the best, 0.0 holds nothing relevant."""
    best = gain(sorted(relevant.values(), reverse=True)[:shown])
    return gain(relevant.get(one, 0) for one in found[:shown]) / best if best else 0.0


def reciprocal_rank(found: Sequence[str], relevant: Mapping[str, int], shown: int = SHOWN) -> float:
    """Tell how high up the first relevant thing stands: 1.0 first, 0.5 second, 0.0 not among those shown."""
    return next((1 / place for place, one in enumerate(found[:shown], start=1) if one in relevant), 0.0)


def mean_score(outcomes: Iterable[Outcome]) -> float:
    """Give the mean of the scores."""
    return fmean(outcome.score for outcome in outcomes)


def mrr(outcomes: Iterable[Outcome]) -> float:
    """Give the mean reciprocal rank of queries that should find something."""
    ranks = [reciprocal_rank(one.found, one.judged.relevant) for one in outcomes if one.judged.kind != NOTHING]
    return fmean(ranks) if ranks else 0.0


def by_kind(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """Sort outcomes by kind of query, in the order of the kinds."""
    return {kind: found for kind in KINDS if (found := [one for one in outcomes if one.judged.kind == kind])}


def table(outcomes: Sequence[Outcome], worst: int = 25) -> str:
    """Set up the figures of each kind and the worst queries, with what they gave and what was sought."""
    rows = [("kind", "queries", "score", "MRR")]
    for kind, those in [*by_kind(outcomes).items(), ("total", outcomes)]:
        rank = "" if kind == NOTHING else f"{mrr(those):.3f}"
        rows.append((kind, str(len(those)), f"{mean_score(those):.3f}", rank))
    lines = [f"{kind:<14}{count:>8}{score:>8}{rank:>8}" for kind, count, score, rank in rows]
    return "\n".join([*lines, "", "worst queries:", *map(_line, sorted(outcomes, key=lambda one: one.score)[:worst])])


def _line(one: Outcome) -> str:
    best = max(one.judged.relevant.values(), default=0)
    sought = [name for name, grade in one.judged.relevant.items() if grade == best]
    return f"{one.score:.2f} {one.judged.kind:<13}{one.judged.query!r} gave {_few(one.found)}; sought {_few(sought)}"


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return " ".join(names[:4]) + more or "nothing"
