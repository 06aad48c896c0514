"""The layout of Whoosh's files: tables of contents, terms and posting lists. The only module that imports whoosh.

Whoosh 2.7.4 writes postings one by one in Python, ten microseconds each. Here they are written and read a term at a time
as arrays, in the layout of its W3 codec, so that its own searcher reads the same files. This leans on the insides of that
version, which is why it is pinned and `tests/search` compares totals with those of Whoosh's searcher.
"""

import io
import os
import pickle
import re
import struct
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import fields, formats
from whoosh.codec.whoosh3 import W3Codec, W3Segment
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile
from whoosh.index import TOC

Numbers = NDArray[Any]

WORDS = "words"
NAME = "MAIN"
TERMS_END, POSTINGS_END = W3Codec.TERMS_EXT, W3Codec.POSTS_EXT
FEW = 16
"""Lists of so few postings are written as plain numbers, longer ones as arrays."""
MOST_COMPLETIONS = 400

SCHEMA = fields.Schema(**{WORDS: fields.FieldType(format=formats.Existence(), analyzer=None, scorable=True)})

_CONTENTS = re.compile(rf"_{NAME}_(\d+)\.toc")
_SEGMENT_FILE = re.compile(rf"({NAME}_[0-9a-z]+)\..+")
_POSTINGS_MARK = b"W3Bl"
_TERMS_MARK = b"HSH3\x01" + bytes(8)
_LENGTHS = struct.Struct("!ii")
_TERM = struct.Struct("!BfIBBfIIqi")
_SIZE = struct.Struct("!i")
_DIRECTORY = struct.Struct("!qi")
_FIELD = b"\0\0"
_COUNT_AT, _START_AT, _SIZE_AT = 5, 23, 31
_SLOT = np.dtype([("hash", ">u4"), ("at", ">i8")])


class Folder(FileStorage):  # type: ignore[misc]  # whoosh has no types
    """An index's folder; its table of contents is read at once, since whoosh leaves it open when it cannot be read."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))

    def open_file(self, name: str, **settings: Any) -> Any:
        """Open a file of the index."""
        if name.endswith(".toc"):
            return BufferFile((Path(self.folder) / name).read_bytes(), name=name)
        return super().open_file(name, **settings)


@dataclass(frozen=True)
class Piece:
    """One of an index's segments: its name, how many documents were written in it, and which of them are dead."""

    name: str
    documents: int
    dead: frozenset[int] = frozenset()

    @property
    def living(self) -> int:
        """How many of its documents are alive."""
        return self.documents - len(self.dead)


@dataclass(frozen=True)
class Contents:
    """What an index is made of at one moment."""

    generation: int = 0
    pieces: Sequence[Piece] = ()


def generation(folder: Path) -> int:
    """The number of the newest table of contents; raises FileNotFoundError when there is none."""
    found = [int(match[1]) for name in os.listdir(folder) if (match := _CONTENTS.fullmatch(name))]  # noqa: PTH208  # asked all the time
    if not found:
        raise FileNotFoundError(f"no table of contents in {folder}")
    return max(found)


def read_contents(folder: Path) -> Contents:
    """Read the newest table of contents."""
    toc = TOC.read(Folder(folder), NAME, gen=generation(folder), schema=SCHEMA)
    pieces = [Piece(one.segment_id(), one.doc_count_all(), frozenset(one.deleted_docs())) for one in toc.segments]
    return Contents(toc.generation, pieces)


def write_contents(folder: Path, contents: Contents) -> None:
    """Make this what the index consists of, at once; what is no longer part of it is removed."""
    storage = Folder(folder)
    segments = []
    for piece in contents.pieces:
        number = piece.name.removeprefix(f"{NAME}_")
        segment = W3Segment(W3Codec(), NAME, piece.documents, number, set(piece.dead) or None)
        segment._fieldlengths = {}  # noqa: SLF001  # whoosh's searcher looks there; lengths are among our facts
        segments.append(segment)
    TOC(SCHEMA, segments, contents.generation).write(storage, NAME)
    remove_leftovers(folder, contents)


def remove_leftovers(folder: Path, contents: Contents) -> None:
    """Remove files of segments and tables of contents that are not in use, whole or half written."""
    names = {piece.name for piece in contents.pieces}
    for name in os.listdir(folder):  # noqa: PTH208  # as above
        table, segment = name.startswith(f"_{NAME}_"), _SEGMENT_FILE.fullmatch(name)
        in_use = name == f"_{NAME}_{contents.generation}.toc"
        if (table and not in_use) or (segment and segment[1] not in names):
            remove(folder / name)


def remove(path: Path) -> None:
    """Remove a file; one that cannot be removed (Windows holds open ones) goes the next time."""
    try:
        path.unlink()
    except OSError:
        return


def new_name(folder: Path) -> str:
    """A name for a segment that nobody has."""
    return str(W3Codec().new_segment(Folder(folder), NAME).segment_id())


def posting_list(steps: Numbers, weights: Numbers, last: int, heaviest: float) -> bytes:
    """Write down where a term stands, as steps from one document to the next, and what it weighs in each."""
    alike = bool((weights == weights[0]).all()) if len(weights) > 1 else True
    weighed: Any = None if heaviest == 1.0 else heaviest
    if len(steps) < FEW:
        body = pickle.dumps((tuple(steps.tolist()), weighed if alike else tuple(weights.tolist()), None), 2)
    else:
        code = np.min_scalar_type(int(steps.max()))
        placed = array({1: "B", 2: "H"}.get(code.itemsize, "I"))
        placed.frombytes(steps.astype(f"u{placed.itemsize}").tobytes())
        body = pickle.dumps((placed, weighed if alike else array("f", weights.tobytes()), None), 4)
    about = pickle.dumps((len(steps), last, heaviest, 0, 0, 0), 2)
    return _POSTINGS_MARK + _SIZE.pack(-len(about) - len(body)) + about + body


def read_postings(data: bytes) -> tuple[Numbers, Numbers]:
    """Read what `posting_list` wrote. Raises ValueError, and what unpickling raises, for anything else."""
    count, steps, weights = _parts(data)
    weighed: Numbers
    if isinstance(weights, array):
        weighed = np.frombuffer(weights, np.float32)
    elif isinstance(weights, tuple):
        weighed = np.array(weights, np.float32)
    else:
        weighed = np.full(count, weights, np.float32)
    return np.cumsum(steps, dtype=np.int32), weighed


def read_many(lists: Iterable[bytes], counts: Numbers) -> tuple[Numbers, Numbers]:
    """Read many posting lists end to end; `counts` says how many postings each has."""
    steps, weights = array("q"), array("f")
    for data in lists:
        count, theirs, weighed = _parts(data)
        steps.extend(theirs if isinstance(theirs, tuple) else array("q", theirs))
        weights.extend([weighed] * count if isinstance(weighed, float) else weighed)
    reached = np.cumsum(np.frombuffer(steps, np.int64))
    before = np.concatenate([[0], reached])[np.cumsum(counts) - counts]
    return (reached - np.repeat(before, counts)).astype(np.int32), np.frombuffer(weights, np.float32)


def _parts(data: bytes) -> tuple[int, Any, Any]:
    """How many postings a list has, their steps, and their weights (one number when all weigh the same)."""
    if data[:4] != _POSTINGS_MARK or _SIZE.unpack_from(data, 4)[0] != 8 - len(data):
        raise ValueError("this is not a posting list")
    body = io.BytesIO(data)
    body.seek(8)
    count, *_ = pickle.load(body)  # noqa: S301  # our own file
    steps, weights, _ = pickle.load(body)  # noqa: S301
    return count, steps, 1.0 if weights is None else weights


@dataclass(frozen=True)
class TermFacts:
    """What the file of terms says of every term, in the order of the terms."""

    counts: Numbers
    weights: Numbers
    heaviest: Numbers
    first: Numbers
    last: Numbers
    starts: Numbers
    sizes: Numbers


def terms_file(terms: Sequence[bytes], facts: TermFacts) -> list[bytes]:
    """Write down terms in rising order, and where their posting lists are; gives the pieces of the file."""
    rows = zip(
        *(one.tolist() for one in (facts.weights, facts.counts, facts.heaviest, facts.first, facts.last)),
        *(one.tolist() for one in (facts.starts, facts.sizes)),
        strict=True,
    )
    entries = [
        _LENGTHS.pack(len(term) + 2, _TERM.size) + _FIELD + term
        + _TERM.pack(0, weight, count, 0, 0, heaviest, first, last, start, size)
        for term, (weight, count, heaviest, first, last, start, size) in zip(terms, rows, strict=True)
    ]  # fmt: skip
    places = np.cumsum([len(_TERMS_MARK), *map(len, entries)])
    hashes = np.array([zlib.crc32(_FIELD + term) for term in terms], np.int64)
    slots, directory = _hash_tables(hashes, places[:-1], int(places[-1]))
    about = {"fieldmap": {WORDS: 0}, "indextype": "I", "indexlen": len(terms)}
    last = pickle.dumps(about, 2) + places[:-1].astype(">u4").tobytes()
    return [_TERMS_MARK, *entries, slots, directory, last, _SIZE.pack(len(last))]


def _hash_tables(hashes: Numbers, places: Numbers, base: int) -> tuple[bytes, bytes]:
    """Give the 256 tables Whoosh looks terms up in, two slots a term, and where each is."""
    buckets = hashes & 255
    room = 2 * np.bincount(buckets, minlength=256)
    starts = np.cumsum(room) - room
    slots = np.zeros(int(room.sum()), _SLOT)
    wanted = (hashes >> 8) % np.maximum(room[buckets], 1)
    taken: dict[int, int] = {}
    numbered = zip(buckets.tolist(), wanted.tolist(), strict=True)
    first, size = starts.tolist(), room.tolist()
    for number, (bucket, at) in enumerate(numbered):
        slot = at
        while first[bucket] + slot in taken:
            slot = (slot + 1) % size[bucket]
        taken[first[bucket] + slot] = number
    numbers = list(taken.values())
    slots["hash"][list(taken)] = hashes[numbers]
    slots["at"][list(taken)] = places[numbers]
    directory = b"".join(
        _DIRECTORY.pack(base + start * _SLOT.itemsize, many) for start, many in zip(first, size, strict=True)
    )
    return slots.tobytes(), directory


BEGINNING = 7
"""Bytes of a term that are compared at once."""


class Terms:
    """The terms of a segment in rising order, with what is needed to find their postings; 18 bytes a term and its text."""

    def __init__(self, data: bytes) -> None:
        """Read what `terms_file` wrote. Raises what unpacking raises when it is something else."""
        if not data.startswith(_TERMS_MARK):
            raise ValueError("this is not a file of terms")
        start = len(data) - _SIZE.size - _SIZE.unpack_from(data, len(data) - _SIZE.size)[0]
        end = io.BytesIO(data)
        end.seek(start)
        about = pickle.load(end)  # noqa: S301  # our own file
        signs = np.frombuffer(data, np.uint8)
        places = np.frombuffer(data, ">u4", about["indexlen"], end.tell()).astype(np.int64)
        lengths = _number(signs, places, 4)
        told = places + _LENGTHS.size + lengths
        self.counts = _number(signs, told + _COUNT_AT, 4).astype(np.int32)
        self._starts = _number(signs, told + _START_AT, 8).data
        self._sizes = _number(signs, told + _SIZE_AT, 4).astype(np.int32).data
        texts = lengths - len(_FIELD)
        ends = np.cumsum(texts)
        within = np.arange(int(ends[-1]) if len(ends) else 0)
        self._text: bytes = signs[
            within + np.repeat(places + _LENGTHS.size + len(_FIELD) - (ends - texts), texts)
        ].tobytes()
        self._ends = np.concatenate([[0], ends]).astype(np.int32).data
        self._beginnings = _beginnings(signs, places + _LENGTHS.size + len(_FIELD), texts).data

    def __len__(self) -> int:
        return len(self._sizes)

    def text(self, number: int) -> bytes:
        """A term by its number."""
        return self._text[self._ends[number] : self._ends[number + 1]]

    def extent(self, number: int) -> tuple[int, int]:
        """Where a term's posting list starts, and how long it is."""
        return self._starts[number], self._sizes[number]

    def find(self, term: bytes) -> int | None:
        """The number of a term."""
        beginnings, beginning = self._beginnings, int.from_bytes(term[:BEGINNING].ljust(BEGINNING, b"\0"))
        low = bisect_left(beginnings, beginning)
        if low == len(beginnings) or beginnings[low] != beginning:
            return None
        high = bisect_right(beginnings, beginning, low)
        place = bisect_left(range(high), term, low, key=self.text)
        return place if place < high and self.text(place) == term else None

    def beginning(self, prefix: bytes) -> list[int]:
        """The numbers of terms that begin like this; the most frequent ones when there are very many."""
        start = bisect_left(range(len(self)), prefix, key=self.text)
        end = bisect_left(range(len(self)), prefix + b"\xff", lo=start, key=self.text)
        if end - start <= MOST_COMPLETIONS:
            return list(range(start, end))
        best: list[int] = np.argpartition(self.counts[start:end], -MOST_COMPLETIONS)[-MOST_COMPLETIONS:].tolist()
        return [start + one for one in best]


def _beginnings(signs: Numbers, starts: Numbers, lengths: Numbers) -> Numbers:
    """The first bytes of every term as one number; they rise as the terms do."""
    found = np.zeros(len(starts), np.int64)
    for offset in range(BEGINNING):
        found = (found << 8) | np.where(offset < lengths, signs[np.minimum(starts + offset, len(signs) - 1)], 0)
    return found


def _number(signs: Numbers, places: Numbers, width: int) -> Numbers:
    """The whole numbers that stand at these places, most significant byte first."""
    found = np.zeros(len(places), np.int64)
    for offset in range(width):
        found = (found << 8) | signs[places + offset]
    return found
