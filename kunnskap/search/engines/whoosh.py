"""The Whoosh engine: its files and its writer, but not its scorer. The only module that imports whoosh.

Whoosh keeps an index as segments that never change. What is slow in it is scoring posting by posting in Python, so a
term's postings are read from a segment's file once, as arrays, and `ranking` does the rest. This leans on the insides of
Whoosh 2.7.4 (the layout of posting blocks), which is why the version is pinned and `tests/search` compares the totals
with those of Whoosh's own searcher.

The folder holds one index per build and a file that says which one counts, so that a new build is made beside the old
and takes over at once. One process writes at a time; all others notice within `LOOK_EVERY` seconds.
"""

import io
import json
import logging
import math
import pickle
import shutil
import struct
import threading
import time
import weakref
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from whoosh import columns as whoosh_columns
from whoosh import fields, formats
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile
from whoosh.index import TOC, FileIndex
from whoosh.reading import SegmentReader
from whoosh.util.filelock import try_for
from whoosh.writing import SegmentWriter

from kunnskap.search.analysis.analyser import VERSION, Analyser
from kunnskap.search.analysis.speller import Speller
from kunnskap.search.engines.columns import Bools, CodeBook, Columns, facts
from kunnskap.search.engines.protocol import Document, IndexBusy, Query, Results, Source
from kunnskap.search.engines.ranking import Postings, Snapshot
from kunnskap.targets import Target

log = logging.getLogger(__name__)

LOOK_EVERY = 0.2
"""Seconds between looks for what another process has written."""
PATIENCE = 30.0
"""Seconds a writer waits for another to finish."""
BUILD_MEMORY_MB = 64
MERGE_AT, MERGE_BASE, LARGEST_MERGE = 8, 8, 2_000
"""Eight segments of a size class become one, unless that would take long; a rebuild puts everything in one."""
MOST_POSTINGS = 2_000_000
MOST_CANDIDATES = 400
WORDS, FACTS, SEQUENCE = "words", "facts", "sequence"
NONE: Postings = (np.empty(0, np.int32), np.empty(0, np.float32))


class WeightedTerms(fields.FieldType):  # type: ignore[misc]  # whoosh has no types
    """A field whose value is terms already weighed: {term: weight}."""

    def __init__(self) -> None:
        super().__init__(format=formats.Existence(), analyzer=None, scorable=True)

    def index(self, value: dict[str, float], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Hand each term over as whoosh wants it: text, count, weight, nothing more."""
        return ((term.encode(), math.ceil(weight), weight, b"") for term, weight in value.items())


class PlainCodec(W3Codec):  # type: ignore[misc]  # whoosh has no types
    """Whoosh's own file format with larger blocks (they are read whole) and no statistics for its scorer."""

    length_stats: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__(blocklimit=4096, compression=1)


class Folder(FileStorage):  # type: ignore[misc]  # whoosh has no types
    """An index's folder; its table of contents is read at once, since whoosh leaves it open when it cannot be read."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))

    def open_file(self, name: str, **settings: Any) -> Any:
        """Open a file of the index."""
        if name.endswith(".toc"):
            return BufferFile((Path(self.folder) / name).read_bytes(), name=name)
        return super().open_file(name, **settings)


SCHEMA = fields.Schema(
    **{
        WORDS: WeightedTerms(),
        FACTS: fields.COLUMN(whoosh_columns.VarBytesColumn()),
        SEQUENCE: fields.COLUMN(whoosh_columns.VarBytesColumn()),
    }
)


class Segment:
    """One of Whoosh's segments, read into arrays a term at a time."""

    def __init__(self, storage: Folder, segment: Any, book: CodeBook) -> None:
        codec = segment.codec()
        self._terms = codec.terms_reader(storage, segment)
        self._posts = segment.open_file(storage, W3Codec.POSTS_EXT)
        self._lock = threading.Lock()
        self._known: dict[str, Postings] = {}
        self._kept = 0
        per_document = codec.per_document_reader(storage, segment)
        self.close = weakref.finalize(self, _close, self._terms, self._posts, per_document)
        """Let go of the files; happens by itself when nobody searches in this segment any more."""
        self.columns = Columns.read(per_document.column_reader(FACTS, SCHEMA[FACTS].column_type), book)
        self._sequences = per_document.column_reader(SEQUENCE, SCHEMA[SEQUENCE].column_type)

    def sequence(self, place: int) -> bytes:
        """The numbers of a document's words in order."""
        return bytes(self._sequences[place])

    def postings(self, term: str) -> Postings:
        """Where a term stands, kept at hand for the next time."""
        found = self._known.get(term)
        if found is None:
            with self._lock:
                found = self._read(term)
            if self._kept > MOST_POSTINGS:
                self._known.clear()
                self._kept = 0
            self._known[term] = found
            self._kept += len(found[0]) + 10
        return found

    def completions(self, beginning: str) -> list[tuple[str, int]]:
        """Terms that begin like this, with the number of documents that have each."""
        prefix = beginning.encode()
        with self._lock:
            following = islice(self._terms.items_from(WORDS, prefix), MOST_CANDIDATES)
            return [
                (term.decode(), info.doc_frequency())
                for (field, term), info in following
                if field == WORDS and term.startswith(prefix)
            ]

    def _read(self, term: str) -> Postings:
        key = (WORDS, term.encode())
        if key not in self._terms:
            return NONE
        offset, (size,) = self._terms.term_info(*key).extent()  # whoosh forgets to unpack the size
        blocks = list(_blocks(self._posts.get(offset, size)))
        places = np.concatenate([block[0] for block in blocks])
        return places, np.concatenate([block[1] for block in blocks])


def _close(*files: Any) -> None:
    for file in files:
        file.close()


def _blocks(data: bytes) -> Iterator[Postings]:
    """Read a posting list: a mark of four bytes, then blocks of length, description and compressed contents."""
    at = 4
    last = False
    while not last:
        (size,) = struct.unpack_from("!i", data, at)
        last, start, end = size < 0, at + 4, at + 4 + abs(size)
        block = io.BytesIO(data[start:end])
        count, _, _, compressed, *_ = pickle.load(block)  # noqa: S301  # our own file
        contents = block.read()
        steps, weights, _ = pickle.loads(zlib.decompress(contents) if compressed else contents)  # noqa: S301
        if not isinstance(weights, tuple):
            weights = (1.0 if weights is None else weights,) * count
        yield np.cumsum(steps, dtype=np.int32), np.array(weights, np.float32)
        at = end


def _merge_small(writer: SegmentWriter, segments: list[Any]) -> list[Any]:
    """Merge where many segments have the same size; drop those where nothing is alive. Returns what is left alone."""
    classes: dict[int, list[Any]] = defaultdict(list)
    left = [segment for segment in segments if segment.doc_count() > 0]
    for segment in left:
        classes[int(math.log(segment.doc_count(), MERGE_BASE))].append(segment)
    for alike in classes.values():
        if len(alike) >= MERGE_AT and sum(segment.doc_count() for segment in alike) <= LARGEST_MERGE:
            for segment in alike:
                reader = SegmentReader(writer.storage, writer.schema, segment)
                writer.add_reader(reader)
                reader.close()
                left.remove(segment)
    return left


def _add(writer: SegmentWriter, document: Document, analyser: Analyser) -> None:
    analysed = analyser.document(document.texts)
    kept = {FACTS: facts(document, analysed), SEQUENCE: analysed.sequence}
    writer.add_document(**{WORDS: analysed.terms}, **kept)


class WhooshEngine:
    """Keeps an index in `folder`; made empty if there is none."""

    def __init__(self, folder: Path, patience: float = PATIENCE) -> None:
        self._folder = folder
        self._patience = patience
        self._pointer = folder / "current.json"
        self._refreshing = threading.Lock()
        self._book = CodeBook()
        self._analyser = Analyser()
        self._segments: dict[str, Segment] = {}
        self._standing: tuple[str, int] = ("", -1)
        self._looked_at = -math.inf
        self._snapshot = Snapshot([], self._book, Analyser(), Speller({}))
        folder.mkdir(parents=True, exist_ok=True)
        if not self._pointer.exists():
            with self._locked("writer"):
                if not self._pointer.exists():
                    self._point_to(self._create())

    def find(self, query: Query) -> Results:
        return self._latest().find(query)

    def put(self, documents: Sequence[Document]) -> None:
        unique = {document.target: document for document in documents}
        self._write([document.group for document in unique.values()], list(unique.values()))

    def drop(self, groups: Iterable[Target]) -> None:
        self._write(list(groups), [])

    def replace_all(self, source: Source, began: datetime) -> datetime:
        with self._locked("rebuild"):
            name = self._create()
            with _writing(FileIndex(Folder(self._folder / name))) as writer:
                for document in source.after(None):
                    _add(writer, document, self._analyser)
            with self._locked("writer"):
                self._point_to(name)
            self._remove_others(name)
        self._refresh()
        return began

    def fingerprints(self) -> Iterable[tuple[Target, str]]:
        columns = [(segment.columns, _alive) for segment in self._segments.values()]
        return [
            (Target.parse(group), mark)
            for one, _ in columns
            for group, mark in zip(one.groups, one.fingerprints, strict=True)
        ]

    def analyser(self) -> Analyser:
        return self._analyser

    def is_current(self) -> bool:
        try:
            return bool(self._point()["analysis"] == VERSION)
        except (OSError, ValueError, KeyError):
            return False

    def version(self) -> tuple[str, int]:
        self._latest()
        return self._standing

    def close(self) -> None:
        with self._refreshing:
            self._snapshot = Snapshot([], self._book, Analyser(), Speller({}))
            self._standing = ("", -1)
            for segment in self._segments.values():
                segment.close()
            self._segments = {}

    def _write(self, groups: Sequence[Target], documents: Sequence[Document]) -> None:
        with self._locked("writer"):
            self._refresh()
            old = self._snapshot.members(groups)
            if not old and not documents:
                return
            with _writing(self._index(), _merge_small) as writer:
                for place in old:
                    writer.delete_document(place)
                for document in documents:
                    _add(writer, document, self._analyser)
            self._refresh()

    def _latest(self) -> Snapshot:
        if time.monotonic() - self._looked_at >= LOOK_EVERY:
            try:
                self._refresh(wait=self._standing[1] < 0)
            except Exception:  # whatever is wrong with the files, the site must answer
                log.exception("the index cannot be read; searching what was read before")
        return self._snapshot

    def _refresh(self, wait: bool = True) -> None:
        """Take in what has been written since; whoever comes while another does so goes on with what there is."""
        if not self._refreshing.acquire(blocking=wait):
            return
        try:
            _patiently(self._read_newest)
        finally:
            self._looked_at = time.monotonic()
            self._refreshing.release()

    def _read_newest(self) -> None:
        name = self._point()["folder"]
        storage = Folder(self._folder / name)
        if (name, TOC._latest_generation(storage, "MAIN")) == self._standing:  # noqa: SLF001  # whoosh says it no other way
            return
        contents = TOC.read(storage, "MAIN", schema=SCHEMA)
        segments = {}
        for one in contents.segments:
            known = self._segments.get(one.segment_id())
            segments[one.segment_id()] = known or Segment(storage, one, self._book)
        parts = [(segments[one.segment_id()], _alive(one)) for one in contents.segments]
        self._snapshot = Snapshot(parts, self._book, self._analyser, Speller(self._analyser.vocabulary.counts))
        self._segments = segments
        self._standing = (name, contents.generation)

    def _index(self) -> FileIndex:
        return FileIndex(Folder(self._folder / self._point()["folder"]), schema=SCHEMA)

    def _create(self) -> str:
        name = f"index-{time.time_ns()}"
        (self._folder / name).mkdir()
        FileIndex.create(Folder(self._folder / name), SCHEMA, "MAIN")
        return name

    def _point(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._pointer.read_text())
        return found

    def _point_to(self, name: str) -> None:
        fresh = self._pointer.with_suffix(".new")
        fresh.write_text(json.dumps({"folder": name, "analysis": VERSION}))
        fresh.replace(self._pointer)

    def _remove_others(self, name: str) -> None:
        for old in self._folder.glob("index-*"):
            if old.name != name:
                shutil.rmtree(old, ignore_errors=True)

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        lock = Folder(self._folder).lock(f"{name}.lock")
        if not try_for(lock.acquire, timeout=self._patience, delay=0.02):
            raise IndexBusy(f"{self._folder}: another {name} is at work")
        try:
            yield
        finally:
            lock.release()


def _alive(segment: Any) -> Bools | None:
    if not segment.has_deletions():
        return None
    alive = np.ones(segment.doc_count_all(), np.bool_)
    alive[list(segment.deleted_docs())] = False
    return alive


@contextmanager
def _writing(index: FileIndex, merge: Callable[[Any, list[Any]], list[Any]] | None = None) -> Iterator[SegmentWriter]:
    writer = SegmentWriter(index, codec=PlainCodec(), compound=False, limitmb=BUILD_MEMORY_MB)
    try:
        yield writer
        writer.commit(mergetype=merge or (lambda _, segments: segments))
    except BaseException:
        if not writer.is_closed:
            writer.cancel()
        raise


def _patiently(read: Callable[[], None], attempts: int = 5) -> None:
    """Read again when a writer removed a file in the middle of it."""
    for attempt in range(attempts):
        try:
            return read()
        except FileNotFoundError:
            if attempt == attempts - 1:
                raise
            time.sleep(0.05)
    return None
