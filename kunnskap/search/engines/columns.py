"""What is kept of every document beside its terms, as columns of numbers. No engine in it.

A document's facts are one short line of JSON in the index. When a piece of the index is opened they become arrays of
codes; a code book, one per process, says what the codes mean.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kunnskap.search.analysis.analyser import Analysed
from kunnskap.search.engines.protocol import SETS, Document

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

AUDIENCE = "audience"


def facts(document: Document, analysed: Analysed) -> bytes:
    """Write down what filters, counts and order need of a document."""
    sets = [sorted(document.values(name)) for name in SETS]
    kept = [
        str(document.target),
        str(document.group),
        document.page or 0,
        moment(document),
        round(analysed.length, 2),
        analysed.title,
        document.fingerprint,
    ]
    return json.dumps([*kept, *sets], ensure_ascii=False, separators=(",", ":")).encode()


def moment(document: Document) -> int:
    """When a document was published, in microseconds; 0 when it does not say."""
    return int(document.published_at.timestamp() * 1_000_000) if document.published_at else 0


class SetCodes:
    """Numbers for sets of values; every document's themes, say, are one number."""

    def __init__(self) -> None:
        self._numbers: dict[frozenset[str], int] = {}
        self._sets: list[frozenset[str]] = []
        self._touching: dict[tuple[frozenset[str], int], Bools] = {}
        self._members: tuple[int, list[str], Ints, Ints] = (0, [], _ints(()), _ints(()))

    def number(self, values: Iterable[str]) -> int:
        """The number of a set, given out when it is first seen."""
        wanted = frozenset(values)
        found = self._numbers.get(wanted)
        if found is None:
            found = self._numbers[wanted] = len(self._sets)
            self._sets.append(wanted)
        return found

    def one_of(self, number: int) -> str:
        """The value of a set that has one; empty when it has none."""
        return next(iter(self._sets[number]), "")

    def touching(self, values: frozenset[str]) -> Bools:
        """For every number, whether its set has any of `values`."""
        known = len(self._sets)
        found = self._touching.get((values, known))
        if found is None:
            if len(self._touching) > 1_000:
                self._touching.clear()
            found = np.fromiter((not values.isdisjoint(one) for one in self._sets[:known]), np.bool_, known)
            self._touching[values, known] = found
        return found

    def count(self, numbers: Ints) -> dict[str, int]:
        """How often each value occurs among documents with these numbers."""
        known, names, sets, members = self._membership()
        if not known or not len(numbers):
            return {}
        per_set = np.bincount(numbers, minlength=known)[:known]
        per_value = np.bincount(members, weights=per_set[sets], minlength=len(names))
        return {names[place]: int(per_value[place]) for place in np.flatnonzero(per_value)}

    def _membership(self) -> tuple[int, list[str], Ints, Ints]:
        known = len(self._sets)
        if self._members[0] != known:
            places: dict[str, int] = {}
            pairs = [
                (number, places.setdefault(value, len(places)))
                for number, one in enumerate(self._sets[:known])
                for value in one
            ]
            self._members = (
                known,
                list(places),
                _ints([pair[0] for pair in pairs]),
                _ints([pair[1] for pair in pairs]),
            )
        return self._members


class CodeBook:
    """What the codes in the columns mean, for one engine in one process."""

    def __init__(self) -> None:
        self.sets: Mapping[str, SetCodes] = {name: SetCodes() for name in SETS}
        self._groups: dict[str, int] = {}

    def group(self, name: str) -> int:
        """The number of a group, given out when it is first seen."""
        return self._groups.setdefault(name, len(self._groups))

    def known_group(self, name: str) -> int | None:
        """The number of a group, if it has been seen."""
        return self._groups.get(name)

    @property
    def group_count(self) -> int:
        """How many group numbers have been given out."""
        return len(self._groups)


@dataclass(frozen=True)
class Columns:
    """The facts of a run of documents, one place in every column for each."""

    targets: Sequence[str]
    groups: Sequence[str]
    group: Ints
    page: Ints
    published: NDArray[np.int64]
    length: Floats
    title: NDArray[np.uint32]
    fingerprints: Sequence[str]
    sets: Mapping[str, Ints]

    def __len__(self) -> int:
        return len(self.targets)

    @classmethod
    def read(cls, lines: Iterable[bytes], book: CodeBook) -> "Columns":
        """Read what `facts` wrote, one line a document."""
        rows = json.loads(b"[" + b",".join(lines) + b"]")
        columns = list(zip(*rows, strict=True)) or [()] * (7 + len(SETS))
        sets = {
            name: _ints([book.sets[name].number(one) for one in columns[7 + place]]) for place, name in enumerate(SETS)
        }
        return cls(
            targets=columns[0],
            groups=columns[1],
            group=_ints([book.group(name) for name in columns[1]]),
            page=_ints(columns[2]),
            published=np.array(columns[3], np.int64),
            length=np.array(columns[4], np.float32),
            title=np.array(columns[5], np.uint32),
            fingerprints=columns[6],
            sets=sets,
        )

    @classmethod
    def join(cls, several: Sequence["Columns"]) -> "Columns":
        """Lay columns end to end."""
        if len(several) == 1:
            return several[0]
        return cls(
            targets=[target for one in several for target in one.targets],
            groups=[group for one in several for group in one.groups],
            group=_end_to_end([one.group for one in several]),
            page=_end_to_end([one.page for one in several]),
            published=np.concatenate([np.empty(0, np.int64), *(one.published for one in several)]),
            length=np.concatenate([np.empty(0, np.float32), *(one.length for one in several)]),
            title=np.concatenate([np.empty(0, np.uint32), *(one.title for one in several)]),
            fingerprints=[mark for one in several for mark in one.fingerprints],
            sets={name: _end_to_end([one.sets[name] for one in several]) for name in SETS},
        )


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, np.int32)


def _end_to_end(arrays: Sequence[Ints]) -> Ints:
    return np.concatenate([np.empty(0, np.int32), *arrays])
