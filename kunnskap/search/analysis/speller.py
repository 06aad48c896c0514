"""What somebody may have meant by a word nobody has written.

Every known word is filed under itself and under all it becomes when one letter is left out; so is the word that was typed.
Two words that are filed alike differ by one or two slips. This needs no walk through the vocabulary (the method is that of
symmetric deletes), and as arrays of numbers it takes little memory: about 150 bytes a word.
"""

import math
import zlib
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

SHORTEST = 4
"""Shorter words have too many neighbours."""
SHORTEST_FOR_TWO = 8
"""Words must be this long for two slips to be forgiven."""
LONGEST = 30
MANY_WORDS = 50_000
SELDOM = 3
"""In a collection of many words, one that stands in fewer documents than this may itself be a slip."""
MOST = 2
SECOND = 0.5
"""What the second candidate weighs beside the first."""


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
        sizes = [len(word) + 1 for word in self._words]
        marks = (_mark(one) for word in self._words for one in _shortened(word))
        filed = np.fromiter(marks, np.uint32, sum(sizes))
        order = np.argsort(filed, kind="stable")
        self._filed = filed[order]
        self._owners = np.repeat(np.arange(len(sizes), dtype=np.uint32), sizes)[order]

    def near(self, word: str) -> Sequence[tuple[str, float]]:
        """Give words that look like this lower-case one, likeliest first, each with how likely it is (1: as good as certain)."""
        if not SHORTEST <= len(word) <= LONGEST or not word.isalpha():
            return ()
        worth = {self._words[place]: self._worth(word, place) for place in self._filed_like(word)}
        best = sorted((one for one in worth if worth[one] > 0), key=lambda one: (-worth[one], one))[:MOST]
        return [(one, 1.0 if place == 0 else SECOND) for place, one in enumerate(best)]

    def _filed_like(self, word: str) -> set[int]:
        marks = np.array([_mark(one) for one in _shortened(word)], np.uint32)
        starts, ends = np.searchsorted(self._filed, marks), np.searchsorted(self._filed, marks, "right")
        return {int(owner) for start, end in zip(starts, ends, strict=True) for owner in self._owners[start:end]}

    def _worth(self, word: str, place: int) -> float:
        """How likely a known word was meant: few slips first, then the same first letter, then how common it is."""
        known = self._words[place]
        slips = distance(word, known)
        if known == word or slips > (2 if len(word) >= SHORTEST_FOR_TWO else 1):
            return 0.0
        return (10.0 if slips == 1 else 1.0) * (2.0 if known[0] == word[0] else 1.0) * math.log(2 + self._counts[place])


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
