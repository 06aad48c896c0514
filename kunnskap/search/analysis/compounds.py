"""Splitting compounds into the words they are put together of.

A part must be a word by itself: in the list that is shipped (`data/words.txt`) or used in at least two documents of the
collection. The first part must stand as it is written, with or without a joint (s or e: virksomhet-s-plan, barn-e-hage);
the last may be inflected. Where a word can be split in several ways, the parts that are used most decide.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from kunnskap.search.analysis.vocabulary import Vocabulary
from kunnskap.search.analysis.words import LONGEST_WORD, fold
from kunnskap.search.analysis.written_forms import key
from kunnskap.tables import DATA

SHORTEST_PART = 3
LEAST_USED, LEAST_USED_OF_MANY = 2, 3
MANY_WORDS = 50_000
"""How many documents must use a word for compounds to be split by it; in a collection of many words more must."""
SHORT = frozenset({"el", "by"})
"""Shorter words that begin so many compounds (elbil, byutvikling) that they count as parts."""
MOST_REMEMBERED = 100_000
SHIPPED_USE = 5
"""How used a shipped word counts as, at least."""
JOINTS = "se"
JOINT_COST = 0.5


@dataclass(frozen=True, slots=True)
class _Split:
    use: float
    parts: tuple[str, ...]


class Splitter:
    """Splits by the shipped words and one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        least = LEAST_USED_OF_MANY if len(vocabulary.counts) > MANY_WORDS else LEAST_USED
        shipped = _shipped()
        self._used, self._heads = dict(shipped.used), dict(shipped.heads)
        _learn((pair for pair in vocabulary.counts.items() if pair[1] >= least), self._used, self._heads)
        self._whole = shipped.used.keys()
        self._known: dict[str, _Split | None] = {}

    def parts(self, word: str) -> tuple[str, ...]:
        """The parts of a lower-case word, folded and in order; none when it is not a compound of known words."""
        folded = fold(word)
        if not 2 * SHORTEST_PART - 1 <= len(folded) <= LONGEST_WORD or not folded.isalpha():
            return ()
        if len(self._known) > MOST_REMEMBERED:
            self._known.clear()
        found = self._best(folded)
        return found.parts if found else ()

    def _best(self, word: str) -> _Split | None:
        if word in self._whole:
            return None
        if word in self._known:
            return self._known.get(word)
        splits = (self._at(word, place) for place in range(2, len(word) - SHORTEST_PART + 1))
        best = self._known[word] = max((one for one in splits if one), key=lambda one: one.use, default=None)
        return best

    def _at(self, word: str, place: int) -> _Split | None:
        begun, head = word[:place], word[place:]
        modifier = self._simple(begun) if place >= SHORTEST_PART or begun in SHORT else None
        if modifier is None and place < 2 * SHORTEST_PART:
            return None
        use = self._heads.get(key(head))
        modifier = modifier or (self._best(begun) if use else None)  # the dearer question comes last
        if use is None or modifier is None:
            return None
        further = self._best(head)
        return _Split(min(use, modifier.use), modifier.parts + (further.parts if further else (head,)))

    def _simple(self, word: str) -> _Split | None:
        """A modifier that is one word."""
        bare = word[:-1]
        if word in SHORT:
            return _Split(SHIPPED_USE, (word,))
        if word in self._used:
            return _Split(self._used[word], (word,))
        if word[-1] in JOINTS and bare in self._used:
            return _Split(self._used[bare] * JOINT_COST, (bare,))
        return None


@dataclass(frozen=True)
class _Learnt:
    used: Mapping[str, int]
    heads: Mapping[str, int]


@lru_cache(maxsize=1)
def _shipped() -> _Learnt:
    used: dict[str, int] = {}
    heads: dict[str, int] = {}
    words = (DATA / "words.txt").read_text("utf-8").split()
    _learn(((word, SHIPPED_USE) for word in words), used, heads)
    return _Learnt(used, heads)


def _learn(counted: Iterable[tuple[str, int]], used: dict[str, int], heads: dict[str, int]) -> None:
    for word, count in counted:
        folded = fold(word)
        head = key(word) if len(folded) >= SHORTEST_PART and folded.isalpha() else ""
        if head:
            used[folded] = used.get(folded, 0) + count
            heads[head] = heads.get(head, 0) + count
