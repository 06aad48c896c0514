"""Ordering the best candidates more closely than term by term: how much of the query each covers, words side by side or
near one another, preferences, and a title that is the query itself. Arrays in, arrays out; every engine uses it alike.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kunnskap.search.analysis.analyser import TERM_BITS, Concept, Phrase
from kunnskap.search.engines.protocol import Preference
from kunnskap.search.engines.sought import Sought

BEST = 50
"""How many candidates are looked at closely; those further down keep their plain order."""
CUT, ABOUT = 0.35, 0.7
"""Noise is no answer: nothing is found unless some document covers this share of what a query says (a word is worth what it is
worth in BM25, one that nobody has written as much as the rarest), or is plainly about one of its words: the word has reached
this share of the most that repeating it can give (in a title, say)."""
COVER = 0.5
"""A score is multiplied by the share covered, to this power."""
BESIDE, NEAR = 0.1, 0.1
"""What a score may grow by when all words stand side by side as typed, and when they stand near one another."""
AS_WRITTEN = 0.4
"""What a score may grow by when all words stand in the very form that was typed."""
WINDOW = 5
"""Words between two that are still near."""

TERMS = np.uint32(TERM_BITS)

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
    words = _Words(candidates.sequences)
    beside, near = _nearness(words, sought.numbers)
    scores *= (1 + BESIDE * beside + NEAR * near) * (1 + AS_WRITTEN * _as_written(words, sought.numbers))
    grown = np.ones(len(scores))
    for preference, flags in candidates.met:
        grown += preference.weight * flags
    scores *= grown
    whole = (candidates.titles == sought.title) & (sought.title != 0)
    if whole.any():
        scores[whole] += scores.max()
    named = [("title", whole), ("phrase", beside == 1), ("near", (near == 1) & (beside < 1))]
    named += [(preference.reason, flags) for preference, flags in candidates.met]
    reasons: list[tuple[str, ...]] = [()] * len(scores)
    for reason, flags in named:
        for place in np.flatnonzero(flags).tolist():
            reasons[place] += (reason,)
    return Lifted(scores, reasons)


def coverage(concept: Concept) -> Iterator[tuple[float, str]]:
    """How much of a concept each of its terms covers: all, half for a part of a compound, less where it is a guess."""
    for way in concept.ways:
        strongest = max(weight for _, weight in way)
        yield from ((weight / strongest, term) for term, weight in way)
    for guess in concept.guesses:
        yield from ((weight, term) for term, weight in guess)


def mains(concept: Concept) -> Iterator[str]:
    """The terms that say the whole of a concept as it was typed: no parts, no guesses."""
    for way in concept.ways:
        strongest = max(weight for _, weight in way)
        yield from (term for term, weight in way if weight == strongest)


def stands(sequence: bytes, phrase: Phrase) -> bool:
    """Whether the words of a phrase stand side by side in a sequence."""
    numbers = np.frombuffer(sequence, np.uint32) & TERMS
    length = len(phrase.numbers)
    if len(numbers) < length:
        return False
    found = np.ones(len(numbers) - length + 1, np.bool_)
    for place, number in enumerate(phrase.numbers):
        found &= numbers[place : len(numbers) - length + 1 + place] == np.uint32(number & TERM_BITS)
    return bool(found.any())


class _Words:
    """The words of several sequences in one row, with room between them."""

    def __init__(self, sequences: Sequence[bytes]) -> None:
        self.count = len(sequences)
        self.row = np.frombuffer(bytes(4 * (WINDOW + 1)).join(sequences), np.uint32)
        self.terms = self.row & TERMS
        self._ends = np.cumsum([len(sequence) // 4 + WINDOW + 1 for sequence in sequences])

    def having(self, places: NDArray[np.intp]) -> Flags:
        """Which sequences any of these places lie in."""
        flags: Flags = np.bincount(np.searchsorted(self._ends, places, "right"), minlength=self.count) > 0
        return flags


def _nearness(words: _Words, wanted: Sequence[int]) -> tuple[Scores, Scores]:
    """For each sequence, the share of neighbouring query words that stand side by side in it, and near one another."""
    beside, near = np.zeros(words.count), np.zeros(words.count)
    terms = [number & TERM_BITS for number in wanted]
    pairs = [(one, other) for one, other in pairwise(terms) if one != other]
    if not pairs or not words.count:
        return beside, near
    places = {term: np.flatnonzero(words.terms == np.uint32(term)) for term in {*terms}}
    for one, other in pairs:
        first, second = places[one], places[other]
        beside += words.having(first[_between(first + 1, second, 0)])
        near += words.having(first[_between(first, second, WINDOW + 1)])
    return beside / len(pairs), near / len(pairs)


def _between(places: NDArray[np.intp], others: NDArray[np.intp], apart: int) -> Flags:
    """For which places one of `others`, which rise, is at most so far away."""
    flags: Flags = np.searchsorted(others, places - apart) < np.searchsorted(others, places + apart, "right")
    return flags


def _as_written(words: _Words, wanted: Sequence[int]) -> Scores:
    """For each sequence, the share of query words that stand there in the form that was typed."""
    found = np.zeros(words.count)
    for number in {*wanted} if words.count else ():
        found += words.having(np.flatnonzero(words.row == np.uint32(number)))
    return found / max(1, len({*wanted}))
