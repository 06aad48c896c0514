"""One of Whoosh's segments: read into arrays a term at a time, and written from arrays.

A segment is three files that never change: Whoosh's terms and postings, and our facts (`frames`) with every document's
sequence at the end. The facts say how long the other two are, so that a torn file is noticed when it is opened.
"""

import os
import threading
import weakref
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kunnskap.search.analysis.analyser import Analysed, Analyser
from kunnskap.search.engines.columns import Bools, CodeBook, Columns
from kunnskap.search.engines.frames import HEADED, Frame, head_size, unpacked, word_counts
from kunnskap.search.engines.protocol import Document, IndexDown
from kunnskap.search.engines.ranking import Postings
from kunnskap.search.engines.whoosh_files import (
    POSTINGS_END,
    TERMS_END,
    Piece,
    TermFacts,
    Terms,
    new_name,
    posting_list,
    read_many,
    read_postings,
    remove,
    terms_file,
)

FACTS_END = ".facts"
HELD = 1 << 18
"""Files up to this many bytes are held in memory instead of open."""
MOST_POSTINGS = 3_000_000
"""How many postings an engine keeps at hand (8 bytes each)."""
TOGETHER = 500
"""How many documents are gathered before they become arrays."""
Counts = NDArray[np.int32]
_read_at: Any = getattr(os, "pread", None)  # Windows has none
NONE: Postings = (np.empty(0, np.int32), np.empty(0, np.float32))


class Kept:
    """Postings read before, for all segments of an engine; the oldest half is forgotten when they are too many."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], Postings] = {}
        self._size = 0

    def get(self, name: str, term: str) -> Postings | None:
        """What is known of a term in a segment."""
        return self._known.get((name, term))

    def keep(self, name: str, term: str, postings: Postings) -> None:
        """Remember a term's postings in a segment."""
        with self._lock:
            self._known[name, term] = postings
            self._size += len(postings[0]) + 20
            if self._size > MOST_POSTINGS:
                for key in list(self._known)[: len(self._known) // 2 + 1]:
                    del self._known[key]
                self._size = sum(len(places) + 20 for places, _ in self._known.values())


class File:
    """A file that is read here and there by many threads."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._held = b""
        self._open = path.open("rb", buffering=0)
        self.close = weakref.finalize(self, self._open.close)
        """Let go of the file; happens by itself when nobody reads it any more."""
        self.size = self._open.seek(0, 2)
        if self.size <= HELD:
            self._held = self.read(0, self.size)
            self.close()

    def read(self, at: int, size: int) -> bytes:
        """Give `size` bytes from a place on. Raises EOFError when there are not so many."""
        if self._held:
            data = self._held[at : at + size]
        elif _read_at:
            data = _read_at(self._open.fileno(), size, at)
        else:
            with self._lock:
                self._open.seek(at)
                data = self._open.read(size) or b""
        if len(data) != size:
            raise EOFError("the file is shorter than it was")
        return data


class Segment:
    """A segment that is open for reading. Raises OSError, ValueError or EOFError when it is torn."""

    def __init__(self, folder: Path, name: str, book: CodeBook, kept: Kept) -> None:
        self.name = name
        self.is_torn = False
        self._kept = kept
        self._facts = File(folder / f"{name}{FACTS_END}")
        beginning = self._facts.read(0, min(HEADED, self._facts.size))
        self._sequences_at = head_size(beginning)
        self.frame, about = unpacked(self._facts.read(0, self._sequences_at))
        self._sequence_ends = np.concatenate([[0], self.frame.arrays["sequence_end"]]).astype(np.int64).data
        terms = File(folder / f"{name}{TERMS_END}")
        self._postings = File(folder / f"{name}{POSTINGS_END}")
        sizes = [self._facts.size - self._sequences_at, terms.size, self._postings.size]
        if sizes != [self._sequence_ends[-1], about["terms"], about["postings"]]:
            raise EOFError(f"{name} is not whole")
        self._terms = Terms(terms.read(0, terms.size))
        terms.close()
        self.columns = Columns.of(self.frame.arrays, self.frame.tables, book)

    @cached_property
    def words(self) -> Counter[str]:
        """Words as they are written, with the number of its documents that have each."""
        return word_counts(self.frame)

    def sequence(self, place: int) -> bytes:
        """The numbers of a document's words in order."""
        start, end = self._sequence_ends[place], self._sequence_ends[place + 1]
        return self._guarded(self._facts.read, self._sequences_at + start, end - start)  # type: ignore[no-any-return]

    def postings(self, term: str) -> Postings:
        """Where a term stands, kept at hand for the next time."""
        number = self._terms.find(encoded(term))
        if number is None:
            return NONE
        found = self._kept.get(self.name, term)
        if found is None:
            found = self._guarded(self._read, number)
            self._kept.keep(self.name, term, found)
        return found

    def completions(self, beginning: str) -> list[tuple[str, int]]:
        """Terms that begin like this, with the number of documents that have each."""
        numbers = self._terms.beginning(encoded(beginning))
        return [(decoded(self._terms.text(one)), int(self._terms.counts[one])) for one in numbers]

    def close(self) -> None:
        """Let go of the files."""
        self._facts.close()
        self._postings.close()

    def whole_frame(self) -> Frame:
        """Its facts with the sequences."""
        data = self._facts.read(self._sequences_at, self._sequence_ends[-1])
        sequences = [data[start:end] for start, end in pairwise(self._sequence_ends.tolist())]
        return Frame(self.frame.arrays, self.frame.tables, sequences)

    def all_postings(self) -> tuple[list[str], Counts, Postings]:
        """All its terms, in how many documents each stands, and their postings end to end."""
        data = self._postings.read(0, self._postings.size)
        numbers = range(len(self._terms))
        lists = (data[start : start + size] for start, size in map(self._terms.extent, numbers))
        terms = [decoded(self._terms.text(number)) for number in numbers]
        return terms, self._terms.counts, read_many(lists, self._terms.counts)

    def _read(self, number: int) -> Postings:
        return read_postings(self._postings.read(*self._terms.extent(number)))

    def _guarded(self, read: Any, *where: Any) -> Any:
        try:
            return read(*where)
        except Exception as problem:  # whatever a torn file makes of itself
            self.is_torn = True
            raise IndexDown(f"{self.name} cannot be read") from problem


class Numbering(dict[str, int]):
    """Gives every term a number the first time it is asked for."""

    def __missing__(self, term: str) -> int:
        number = self[term] = len(self)
        return number


class Gathering:
    """Documents on their way into a segment."""

    def __init__(self, analyser: Analyser, worded: bool = True) -> None:
        self._analyser = analyser
        self._worded = worded
        self._numbers = Numbering()
        self._waiting: list[tuple[Document, Analysed]] = []
        self._frames: list[tuple[Frame, Bools | None]] = []
        self._runs: list[tuple[Any, Any, Any]] = []
        self._size = 0

    def __len__(self) -> int:
        return self._size + len(self._waiting)

    def add(self, document: Document) -> None:
        """Take in a document."""
        self._waiting.append((document, self._analyser.document(document.texts)))
        if len(self._waiting) >= TOGETHER:
            self._settle()

    def take(self, segment: Segment, alive: Bools | None) -> None:
        """Take in what is alive in a segment."""
        self._settle()
        terms, counts, (place, weight) = segment.all_postings()
        number = np.repeat(np.array([self._numbers[term] for term in terms], np.int32), counts)
        kept = np.ones(len(segment.columns), np.bool_) if alive is None else alive
        left = kept[place]
        moved = (np.cumsum(kept) - 1 + self._size).astype(np.int32)
        self._runs.append((number[left], moved[place[left]], weight[left]))
        self._frames.append((segment.whole_frame(), alive))
        self._size += int(kept.sum())

    def write(self, folder: Path) -> Piece:
        """Write everything as a segment of its own. Raises OSError, and leaves nothing behind then."""
        self._settle()
        name = new_name(folder)
        postings, terms = self._postings()
        also = {"terms": sum(map(len, terms)), "postings": sum(map(len, postings))}
        files = {FACTS_END: Frame.join(self._frames).packed(**also), TERMS_END: terms, POSTINGS_END: postings}
        try:
            for ending, pieces in files.items():
                with (folder / f"{name}{ending}").open("wb") as file:
                    file.writelines(pieces)
        except BaseException:
            for ending in files:
                remove(folder / f"{name}{ending}")
            raise
        return Piece(name, self._size)

    def _settle(self) -> None:
        """Turn the documents that wait into arrays."""
        if not self._waiting:
            return
        found = [analysed.terms for _, analysed in self._waiting]
        counts = [len(terms) for terms in found]
        numbers = self._numbers
        number = np.fromiter((numbers[term] for terms in found for term in terms), np.int32)
        weight = np.fromiter((weight for terms in found for weight in terms.values()), np.float32)
        place = np.repeat(np.arange(self._size, self._size + len(found), dtype=np.int32), counts)
        self._runs.append((number, place, weight))
        self._frames.append((Frame.of(self._waiting, self._worded), None))
        self._size += len(found)
        self._waiting = []

    def _postings(self) -> tuple[list[bytes], list[bytes]]:
        """The pieces of the files of postings and terms."""
        number, place, weight = (np.concatenate(column) for column in zip(*self._runs, strict=True))
        self._runs = []
        written = sorted((encoded(term), number) for term, number in self._numbers.items())
        rank = np.empty(len(written), np.int32)
        rank[[one for _, one in written]] = np.arange(len(written))
        rank = rank[number]
        counts = np.bincount(rank, minlength=len(written))
        order = np.argsort(rank, kind="stable")
        del number, rank  # there may be millions
        standing = np.flatnonzero(counts)
        return _written([written[one][0] for one in standing.tolist()], counts[standing], place[order], weight[order])


def _written(terms: Sequence[bytes], counts: Any, place: Any, weight: Any) -> tuple[list[bytes], list[bytes]]:
    ends = np.cumsum(counts)
    starts = ends - counts
    steps = np.diff(place, prepend=0)
    steps[starts] = place[starts]
    first, last, heaviest = place[starts], place[ends - 1], _reduced(np.maximum, weight, starts)
    runs = zip(starts.tolist(), ends.tolist(), last.tolist(), heaviest.tolist(), strict=True)
    lists = [posting_list(steps[start:end], weight[start:end], end_at, most) for start, end, end_at, most in runs]
    sizes = np.array([len(one) for one in lists], np.int64)
    facts = TermFacts(counts, _reduced(np.add, weight, starts), heaviest, first, last, np.cumsum(sizes) - sizes, sizes)
    return lists, terms_file(terms, facts)


def _reduced(how: Any, values: Any, starts: Any) -> Any:
    return how.reduceat(values, starts) if len(starts) else values


def alive(piece: Piece) -> Bools | None:
    """Which of a segment's documents are alive; None: all."""
    if not piece.dead:
        return None
    standing = np.ones(piece.documents, np.bool_)
    standing[list(piece.dead)] = False
    return standing


@lru_cache(maxsize=1_000)  # all segments are asked for a term, one after the other
def encoded(term: str) -> bytes:
    """A term as it stands in the files; halves of signs that no text should have do no harm."""
    return term.encode("utf-8", "surrogatepass")


def decoded(term: bytes) -> str:
    """The opposite of `encoded`."""
    return term.decode("utf-8", "surrogatepass")


def close_all(segments: Iterable[Segment]) -> None:
    """Let go of their files."""
    for segment in segments:
        with suppress(OSError):
            segment.close()
