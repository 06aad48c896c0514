"""What somebody may have meant by a word nobody has written.

Every known word is filed under itself and under all it becomes when one letter is left out; so is the word that was typed.
Two words that are filed alike differ by one or two slips. This needs no walk through the vocabulary (the method is that of
symmetric deletes), and as arrays of numbers it takes little memory: about 150 bytes a word.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from kunnskap.search.analysis.written_forms import key

SHORTEST = 4
"""Shorter words have too many neighbours."""
SHORTEST_FOR_TWO = 8
"""Words must be this long for two slips to be forgiven."""
LONG_STEM = 6
"""What is left without endings must be this long where the endings differ by more than a slip as well."""
LONGEST = 30
MANY_WORDS = 50_000
SELDOM = 3
"""In a collection of many words, one that stands in fewer documents than this may itself be a slip."""
MOST = 2
SECOND = 0.5
"""What the second candidate weighs beside the first."""
OTHER_START, IN_STEM, TWO_SLIPS = 0.6, 0.8, 0.6
"""How likely it is that a word was meant that begins otherwise, is alike but for its endings, or is two slips away; beside one."""


class Speller:
    """Knows lower-case words and how many documents each stands in; finds those that are nearly like another."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        least = SELDOM if len(counts) > MANY_WORDS else 1
        self._words = [
            word
            for word, count in counts.items()
            if count >= least and SHORTEST <= len(word) <= LONGEST and word.isalpha()
        ]
        self._counts = [counts[word] for word in self._words]
        self._stems = [key(word) for word in self._words]
        forms = [*enumerate(self._words), *self._other_stems()]
        sizes = [len(form) + 1 for _, form in forms]
        filed = np.fromiter((_mark(one) for _, form in forms for one in _shortened(form)), np.uint32, sum(sizes))
        order = np.argsort(filed, kind="stable")
        self._filed = filed[order]
        self._owners = np.repeat(np.array([owner for owner, _ in forms], np.uint32), sizes)[order]

    def _other_stems(self) -> Iterator[tuple[int, str]]:
        """Every stem that is no word itself, under the commonest word that has it."""
        best: dict[str, int] = {}
        for place, stem in enumerate(self._stems):
            if (
                len(stem) >= SHORTEST and self._counts[place] > self._counts[best.get(stem, place)]
            ) or stem not in best:
                best[stem] = place
        known = set(self._words)
        return ((place, stem) for stem, place in best.items() if len(stem) >= SHORTEST and stem not in known)

    def near(self, word: str) -> Sequence[tuple[str, float]]:
        """Give words that look like this lower-case one, likeliest first, each with how likely it is (1: as good as certain)."""
        if not SHORTEST <= len(word) <= LONGEST or not word.isalpha():
            return ()
        stem = key(word)
        places = self._filed_like(word) | (self._filed_like(stem) if stem else set())
        found = [(self._likely(word, stem, place), place) for place in places]
        best = sorted((-likely, -self._counts[place], self._words[place]) for likely, place in found if likely)[:MOST]
        return [(meant, -likely * SECOND ** (rank > 0)) for rank, (likely, _, meant) in enumerate(best)]

    def _filed_like(self, word: str) -> set[int]:
        marks = np.array([_mark(one) for one in _shortened(word)], np.uint32)
        starts, ends = np.searchsorted(self._filed, marks), np.searchsorted(self._filed, marks, "right")
        return {int(owner) for start, end in zip(starts, ends, strict=True) for owner in self._owners[start:end]}

    def _likely(self, word: str, stem: str, place: int) -> float:
        """How likely a known word was meant: 1 for one slip, less for more; 0 when it is too unlike.

        A slip may be forgiven in what is left when the endings are gone, where the form that was meant stands nowhere.
        """
        known = self._words[place]
        slips = distance(word, known)
        start = 1.0 if known[0] == word[0] else OTHER_START
        if slips == 1:
            return start
        if (
            slips
            and (slips <= 2 or len(stem) >= LONG_STEM)
            and len(stem) >= SHORTEST
            and distance(stem, self._stems[place]) == 1
        ):
            return start * IN_STEM
        return start * TWO_SLIPS if slips == 2 and len(word) >= SHORTEST_FOR_TWO else 0.0


def distance(one: str, other: str) -> int:
    """Count the slips between two words: a letter left out, added, changed, or two that changed places.

    (The optimal string alignment distance.)
    """
    above: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, above, row = above, row, [i]
        for j, letter2 in enumerate(other, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != letter2))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == letter2:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _shortened(word: str) -> Iterator[str]:
    yield word
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


def _mark(word: str) -> int:
    return zlib.crc32(word.encode())
