"""What is in the index beside what should be: by fingerprints, sixteen bytes a document, and without the documents."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from kunnskap.search.engines.protocol import Document
from kunnskap.targets import Target

ALL_BITS = (1 << 64) - 1


@dataclass(frozen=True)
class Differences:
    """Groups that are missing from the index, are there as they were before a change, and should not be there."""

    missing: frozenset[Target] = frozenset()
    stale: frozenset[Target] = frozenset()
    left_over: frozenset[Target] = frozenset()

    @property
    def groups(self) -> frozenset[Target]:
        """All of them."""
        return self.missing | self.stale | self.left_over

    def without(self, groups: frozenset[Target]) -> "Differences":
        """Leave these groups out."""
        return Differences(self.missing - groups, self.stale - groups, self.left_over - groups)


class Marks:
    """What the index holds of each group, as one number for all its members."""

    def __init__(self, fingerprints: Iterable[tuple[Target, str]]) -> None:
        ids: defaultdict[str, array[int]] = defaultdict(lambda: array("q"))
        marks: defaultdict[str, array[int]] = defaultdict(lambda: array("Q"))
        for group, fingerprint in fingerprints:
            ids[group.kind].append(group.id)
            marks[group.kind].append(int(fingerprint, 16))
        self._of_kind = {kind: _OfKind(ids[kind], marks[kind]) for kind in ids}

    def take(self, group: Target) -> int | None:
        """The number of a group, or nothing; it counts as looked at from now on."""
        theirs = self._of_kind.get(group.kind)
        return theirs.take(group.id) if theirs else None

    def left(self) -> Iterator[Target]:
        """Groups that were never looked at."""
        for kind, theirs in self._of_kind.items():
            yield from (Target(kind, number) for number in theirs.left())


class _OfKind:
    def __init__(self, ids: "array[int]", marks: "array[int]") -> None:
        self._ids, places = np.unique(np.frombuffer(ids, np.int64), return_inverse=True)
        self._sums: NDArray[np.uint64] = np.zeros(len(self._ids), np.uint64)
        np.add.at(self._sums, places, np.frombuffer(marks, np.uint64))
        self._seen = np.zeros(len(self._ids), np.bool_)

    def take(self, number: int) -> int | None:
        place = int(np.searchsorted(self._ids, number))
        if place == len(self._ids) or self._ids[place] != number:
            return None
        self._seen[place] = True
        return int(self._sums[place])

    def left(self) -> list[int]:
        left: list[int] = self._ids[~self._seen].tolist()
        return left


def compare(documents: Iterable[Document], fingerprints: Iterable[tuple[Target, str]]) -> Differences:
    """Compare what should be in the index, members behind their group, with what is there."""
    marks = Marks(fingerprints)
    missing, stale = set(), set()
    for group, members in groupby(documents, key=lambda document: document.group):
        wanted = sum(int(document.fingerprint, 16) for document in members) & ALL_BITS
        found = marks.take(group)
        if found is None:
            missing.add(group)
        elif found != wanted:
            stale.add(group)
    return Differences(frozenset(missing), frozenset(stale), frozenset(marks.left()))
