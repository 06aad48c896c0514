"""Ordering the best candidates more closely than term by term: how much of the query each covers, words side by side or
near one another, preferences, and a title that is the query itself. Arrays in, arrays out; every engine uses it alike.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kunnskap.search.analysis.analyser import Concept, Phrase
from kunnskap.search.engines.protocol import Preference
from kunnskap.search.engines.sought import Sought

BEST = 100
"""How many candidates are looked at closely; those further down keep their plain order."""
CUT, ABOUT = 0.4, 0.75
"""Noise is no answer: nothing is found unless some document covers this share of what a query says (a word is worth what it is
worth in BM25, one that nobody has written as much as the rarest), or is plainly about one of its words: the word has reached
this share of the most that repeating it can give (in title and text, say)."""
COVER = 0.5
"""A score is multiplied by the share covered, to this power."""
BESIDE, NEAR = 0.1, 0.1
"""What a score may grow by when all words stand side by side as typed, and when they stand near one another."""
WINDOW = 5
"""Words between two that are still near."""

Scores = NDArray[np.float64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.uint32]


@dataclass(frozen=True)
class Candidates:
    """The best candidates: plain scores, share of the query covered (0 to 1), sequences, numbers of titles, preferences met."""

    scores: NDArray[Any]
    covered: NDArray[Any]
    sequences: Sequence[bytes]
    titles: NDArray[Any]
    met: Sequence[tuple[Preference, Flags]]


@dataclass(frozen=True)
class Lifted:
    """Their new scores, and why each was lifted."""

    scores: Scores
    reasons: Sequence[tuple[str, ...]]


def lifted(candidates: Candidates, sought: Sought) -> Lifted:
    """Score candidates anew."""
    scores = candidates.scores.astype(np.float64) * np.clip(candidates.covered, 0.0, 1.0) ** COVER
    beside, near = _nearness(candidates.sequences, sought.numbers)
    scores *= 1 + BESIDE * beside + NEAR * near
    grown = np.ones(len(scores))
    for preference, flags in candidates.met:
        grown += preference.weight * flags
    scores *= grown
    whole = (candidates.titles == sought.title) & (sought.title != 0)
    if whole.any():
        scores[whole] += scores.max()
    named = [("title", whole), ("phrase", beside == 1), ("near", (near == 1) & (beside < 1))]
    named += [(preference.reason, flags) for preference, flags in candidates.met]
    reasons = [tuple(reason for reason, flags in named if flags[place]) for place in range(len(scores))]
    return Lifted(scores, reasons)


def coverage(concept: Concept) -> Iterator[tuple[float, str]]:
    """How much of a concept each of its terms covers: all, half for a part of a compound, less where it is a guess."""
    for way in concept.ways:
        strongest = max(weight for _, weight in way)
        yield from ((weight / strongest, term) for term, weight in way)
    for guess in concept.guesses:
        yield from ((weight, term) for term, weight in guess)


def stands(sequence: bytes, phrase: Phrase) -> bool:
    """Whether the words of a phrase stand side by side in a sequence."""
    numbers = np.frombuffer(sequence, np.uint32)
    length = len(phrase.numbers)
    if len(numbers) < length:
        return False
    found = np.ones(len(numbers) - length + 1, np.bool_)
    for place, number in enumerate(phrase.numbers):
        found &= numbers[place : len(numbers) - length + 1 + place] == np.uint32(number)
    return bool(found.any())


def _nearness(sequences: Sequence[bytes], wanted: Sequence[int]) -> tuple[Scores, Scores]:
    """For each sequence, the share of neighbouring query words that stand side by side in it, and near one another."""
    beside, near = np.zeros(len(sequences)), np.zeros(len(sequences))
    pairs = [(one, other) for one, other in pairwise(wanted) if one != other]
    if not pairs or not sequences:
        return beside, near
    gap = bytes(4 * (WINDOW + 1))
    row = np.frombuffer(gap.join(sequences), np.uint32)
    lengths = np.array([len(sequence) // 4 + WINDOW + 1 for sequence in sequences])
    ends = np.cumsum(lengths)
    places = {number: np.flatnonzero(row == np.uint32(number)) for number in {*wanted}}
    for one, other in pairs:
        first, second = places[one], places[other]
        beside[_owners(first[np.isin(first + 1, second, assume_unique=True)], ends)] += 1
        close = np.searchsorted(second, first - WINDOW - 1) < np.searchsorted(second, first + WINDOW + 1, "right")
        near[_owners(first[close], ends)] += 1
    return beside / len(pairs), near / len(pairs)


def _owners(places: NDArray[np.intp], ends: NDArray[Any]) -> NDArray[np.intp]:
    return np.unique(np.searchsorted(ends, places, "right"))
