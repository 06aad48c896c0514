"""What filters, counts and order need of every document, as columns of numbers. No engine in it.

When a piece of an index is opened its arrays become `Columns` with codes that all pieces share; a code book, one per
process, says what they mean.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from kunnskap.search.engines.protocol import SETS, Document
from kunnskap.targets import Target

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
Array = NDArray[Any]

AUDIENCE = "audience"
KIND_BITS = 8


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


class Names(Sequence[str]):
    """Targets as text, kept as numbers: which kind, and the number in the database."""

    def __init__(self, kinds: Sequence[str], kind: NDArray[np.uint8], number: Longs) -> None:
        self.kinds = kinds
        self.kind = kind
        self.number = number

    def __len__(self) -> int:
        return len(self.kind)

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...

    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        if isinstance(place, slice):
            return Names(self.kinds, self.kind[place], self.number[place])
        return f"{self.kinds[self.kind[place]]}:{self.number[place]}"

    def __iter__(self) -> Iterator[str]:
        kinds = self.kinds
        return (
            f"{kinds[kind]}:{number}" for kind, number in zip(self.kind.tolist(), self.number.tolist(), strict=True)
        )

    @classmethod
    def join(cls, several: Sequence["Names"], kinds: Sequence[str]) -> "Names":
        """Lay them end to end."""
        return cls(
            kinds,
            _end_to_end([one.kind for one in several], np.uint8),
            _end_to_end([one.number for one in several], np.int64),
        )


class Marks(Sequence[str]):
    """Short texts of plain letters, kept side by side."""

    def __init__(self, kept: Array) -> None:
        self.kept = kept

    def __len__(self) -> int:
        return len(self.kept)

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...

    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        if isinstance(place, slice):
            return Marks(self.kept[place])
        return str(self.kept[place].decode())


class CodeBook:
    """What the codes in the columns mean, for one engine in one process."""

    def __init__(self) -> None:
        self.sets: Mapping[str, SetCodes] = {name: SetCodes() for name in SETS}
        self.kinds: list[str] = []
        self._groups: dict[int, int] = {}

    def kind(self, name: str) -> int:
        """The number of a kind of target, given out when it is first seen."""
        if name not in self.kinds:
            self.kinds.append(name)
        return self.kinds.index(name)

    def groups(self, kind: NDArray[np.uint8], number: Longs) -> Ints:
        """The numbers of groups, given out when they are first seen."""
        keys, places = np.unique((number << KIND_BITS) | kind, return_inverse=True)
        known = self._groups
        return _ints([known.setdefault(key, len(known)) for key in keys.tolist()])[places]

    def known_group(self, name: str) -> int | None:
        """The number of a group, if it has been seen."""
        target = Target.parse(name)
        if target.kind not in self.kinds:
            return None
        return self._groups.get((target.id << KIND_BITS) | self.kinds.index(target.kind))

    @property
    def group_count(self) -> int:
        """How many group numbers have been given out."""
        return len(self._groups)


@dataclass(frozen=True)
class Columns:
    """The facts of a run of documents, one place in every column for each."""

    targets: Names
    groups: Names
    group: Ints
    page: Ints
    published: Longs
    length: Floats
    title: NDArray[np.uint32]
    fingerprints: Marks
    sets: Mapping[str, Ints]

    def __len__(self) -> int:
        return len(self.page)

    @classmethod
    def of(cls, arrays: Mapping[str, Array], tables: Mapping[str, Sequence[Any]], book: CodeBook) -> "Columns":
        """Give documents the codes of a book instead of those of `tables`."""
        kinds = np.array([book.kind(name) for name in tables["kinds"]], np.uint8)
        groups = Names(book.kinds, kinds[arrays["group_kind"]], arrays["group"])
        sets = {name: _ints([book.sets[name].number(one) for one in tables[name]])[arrays[name]] for name in SETS}
        return cls(
            targets=Names(book.kinds, kinds[arrays["target_kind"]], arrays["target"]),
            groups=groups,
            group=book.groups(groups.kind, groups.number),
            page=arrays["page"],
            published=arrays["published"],
            length=arrays["length"],
            title=arrays["title"],
            fingerprints=Marks(arrays["fingerprint"]),
            sets=sets,
        )

    @classmethod
    def join(cls, several: Sequence["Columns"]) -> "Columns":
        """Lay columns end to end."""
        if len(several) == 1:
            return several[0]
        kinds = several[0].targets.kinds if several else ()
        return cls(
            targets=Names.join([one.targets for one in several], kinds),
            groups=Names.join([one.groups for one in several], kinds),
            group=_end_to_end([one.group for one in several], np.int32),
            page=_end_to_end([one.page for one in several], np.int32),
            published=_end_to_end([one.published for one in several], np.int64),
            length=_end_to_end([one.length for one in several], np.float32),
            title=_end_to_end([one.title for one in several], np.uint32),
            fingerprints=Marks(_end_to_end([one.fingerprints.kept for one in several], "S1")),
            sets={name: _end_to_end([one.sets[name] for one in several], np.int32) for name in SETS},
        )


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, np.int32)


def _end_to_end(arrays: Sequence[Array], dtype: Any) -> Array:
    return np.concatenate([np.empty(0, dtype), *arrays])
