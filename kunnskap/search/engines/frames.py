"""The facts of a run of documents as they lie in a file: arrays, and tables that say what the codes in them mean."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kunnskap.search.analysis.analyser import Analysed
from kunnskap.search.engines.columns import moment
from kunnskap.search.engines.protocol import SETS, Document

Array = NDArray[Any]
Table = dict[Any, int]

MAGIC = b"facts 1\n"
HEADED = len(MAGIC) + 16
ALIGNED = 8


@dataclass(frozen=True)
class Frame:
    """The facts of a run of documents as they lie in a file.

    `target_kind`, `group_kind` and the sets are numbers in `tables`. `words` are the words of documents as written, one
    run of numbers per document that ends at `words_end`; documents of a whole build have none (their words are in its
    vocabulary). `sequence_end` says where each document's sequence ends in `sequences`.
    """

    arrays: Mapping[str, Array]
    tables: Mapping[str, Sequence[Any]]
    sequences: Sequence[bytes] = ()

    def __len__(self) -> int:
        return len(self.arrays["page"])

    @classmethod
    def of(cls, documents: Sequence[tuple[Document, Analysed]], worded: bool = True) -> "Frame":
        """Collect the facts of documents; without their words if these are counted elsewhere."""
        tables: dict[str, Table] = {name: {} for name in ("kinds", "words", *SETS)}
        arrays = {
            name: np.array([fact(document, analysed) for document, analysed in documents], dtype)
            for name, (dtype, fact) in _FACTS.items()
        }
        for one in ("target", "group"):
            kinds = [_number(tables["kinds"], getattr(document, one).kind) for document, _ in documents]
            arrays[f"{one}_kind"] = np.array(kinds, np.uint8)
        for name in SETS:
            arrays[name] = _ints([_number(tables[name], document.values(name)) for document, _ in documents])
        written = [analysed.words if worded else () for _, analysed in documents]
        arrays["words"] = _ints([_number(tables["words"], word) for words in written for word in words])
        arrays["words_end"] = _ends(map(len, written))
        sequences = [analysed.sequence for _, analysed in documents]
        arrays["sequence_end"] = _ends(map(len, sequences))
        return cls(arrays, _plain(tables), sequences)

    @classmethod
    def join(cls, several: Sequence[tuple["Frame", NDArray[np.bool_] | None]]) -> "Frame":
        """Lay frames end to end, only those of their documents that are alive."""
        if len(several) == 1 and several[0][1] is None:
            return several[0][0]
        tables: dict[str, Table] = {name: {} for name in ("kinds", "words", *SETS)}
        parts = [frame.living(alive, tables) for frame, alive in several]
        arrays = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        for name in ("words_end", "sequence_end"):
            arrays[name] = np.cumsum(arrays[name])
        sequences = [
            frame.sequences[place]
            for frame, alive in several
            for place in (range(len(frame)) if alive is None else np.flatnonzero(alive).tolist())
        ]
        return cls(arrays, _plain(tables), sequences)

    def living(self, alive: NDArray[np.bool_] | None, tables: dict[str, Table]) -> dict[str, Array]:
        """Its arrays for what is alive, with the codes of `tables`, and lengths where there were ends."""
        kept = np.ones(len(self), np.bool_) if alive is None else alive
        arrays = {name: array[kept] for name, array in self.arrays.items() if name != "words"}
        for name in ("words_end", "sequence_end"):
            arrays[name] = np.diff(self.arrays[name], prepend=0)[kept]
        words = np.repeat(kept, np.diff(self.arrays["words_end"], prepend=0))
        arrays["words"] = self.arrays["words"][words]
        coded = {"target_kind": "kinds", "group_kind": "kinds", "words": "words", **{name: name for name in SETS}}
        for name, table in coded.items():
            used, places = np.unique(arrays[name], return_inverse=True)
            meant = [self.tables[table][number] for number in used.tolist()]
            fresh = [_number(tables[table], frozenset(one) if isinstance(one, list) else one) for one in meant]
            arrays[name] = np.array(fresh, arrays[name].dtype)[places]
        return arrays

    def packed(self, **also: Any) -> list[bytes]:
        """Write it down, piece by piece, with anything else (`also`) beside the tables."""
        at, described, pieces = 0, {}, []
        for name, array in self.arrays.items():
            data = array.tobytes() + bytes(-array.nbytes % ALIGNED)
            described[name] = (array.dtype.str, at, len(array))
            pieces.append(data)
            at += len(data)
        head = json.dumps({"arrays": described, "tables": self.tables, **also}, ensure_ascii=False).encode()
        head += b" " * (-len(head) % ALIGNED)
        lengths = np.array([len(head), at], "<i8").tobytes()
        return [MAGIC, lengths, head, *pieces, *self.sequences]


def head_size(beginning: bytes) -> int:
    """How much of what `packed` wrote stands before the sequences. Raises ValueError if something else wrote it."""
    if len(beginning) < HEADED or not beginning.startswith(MAGIC):
        raise ValueError("these are not facts as we write them")
    return HEADED + int(np.frombuffer(beginning, "<i8", 2, len(MAGIC)).sum())


def unpacked(data: bytes) -> tuple[Frame, Mapping[str, Any]]:
    """Read what `packed` wrote, but for the sequences, and what else stood beside it."""
    start = HEADED + int(np.frombuffer(data, "<i8", 1, len(MAGIC))[0])
    head = json.loads(data[HEADED:start])
    arrays = {
        name: np.frombuffer(data, dtype, length, start + at) for name, (dtype, at, length) in head["arrays"].items()
    }
    return Frame(arrays, head["tables"]), head


_FACTS: Mapping[str, tuple[Any, Callable[[Document, Analysed], Any]]] = {
    "target": (np.int64, lambda document, _: document.target.id),
    "group": (np.int64, lambda document, _: document.group.id),
    "page": (np.int32, lambda document, _: document.page or 0),
    "published": (np.int64, lambda document, _: moment(document)),
    "length": (np.float32, lambda _, analysed: analysed.length),
    "title": (np.uint32, lambda _, analysed: analysed.title),
    "fingerprint": (np.bytes_, lambda document, _: document.fingerprint),
}


def word_counts(frame: Frame) -> Counter[str]:
    """In how many of a frame's documents each word stands."""
    counts = np.bincount(frame.arrays["words"], minlength=len(frame.tables["words"]))
    return Counter(dict(zip(frame.tables["words"], counts.tolist(), strict=True)))


def _number(known: Table, value: Any) -> int:
    return known.setdefault(value, len(known))


def _plain(tables: Mapping[str, Mapping[Any, int]]) -> dict[str, list[Any]]:
    return {
        name: [sorted(one) if isinstance(one, frozenset) else one for one in table] for name, table in tables.items()
    }


def _ends(lengths: Iterable[int]) -> NDArray[np.int64]:
    return np.cumsum(np.fromiter(lengths, np.int64))


def _ints(values: Sequence[int]) -> NDArray[np.int32]:
    return np.array(values, np.int32)
