"""The Whoosh engine: Whoosh's files, read into arrays and scored by `ranking`, not by Whoosh's own slow scorer.

One process writes at a time; all others notice within `LOOK_EVERY` seconds. A commit writes the new documents as a
segment, marks the old ones dead, and puts a new table of contents in place by renaming, so that whoever is killed in the
middle of it leaves the index as it was. Nothing waits for the disk itself: after a power cut the database is the truth.

Eight segments of a size class (1, 8, 64, … documents) become one, unless that is more than `LARGEST_MERGE` documents,
which would keep others waiting; what lies in larger segments is left to the next build. A segment of which most is dead
is written anew within the same bounds. At 100,000 posts of 200 words a commit of one post takes 7 ms of a processor (median;
p95 24), at 10,000 4 ms; the largest merge seen took 83 ms, and one of `LARGEST_MERGE` documents takes about half a second.
"""

import logging
import math
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate
from pathlib import Path

from kunnskap.search.analysis.analyser import Analyser
from kunnskap.search.analysis.speller import Speller
from kunnskap.search.analysis.vocabulary import Vocabulary
from kunnskap.search.engines.columns import CodeBook
from kunnskap.search.engines.protocol import Document, IndexBusy, IndexDown, Query, Results, Source
from kunnskap.search.engines.ranking import Snapshot
from kunnskap.search.engines.whoosh_builds import Builds, Point, newest
from kunnskap.search.engines.whoosh_files import Contents, Piece, read_contents, write_contents
from kunnskap.search.engines.whoosh_segments import Gathering, Kept, Segment, alive, close_all
from kunnskap.targets import Target

log = logging.getLogger(__name__)

LOOK_EVERY = 0.2
"""Seconds between looks for what another process has written."""
PATIENCE = 30.0
"""Seconds a writer waits for another to finish."""
MERGE_AT, MERGE_BASE, LARGEST_MERGE = 8, 8, 2_048
SMALL_VOCABULARY = 20_000
"""Words of typing errors are learnt at once where there are at most so many, and now and then elsewhere."""
LEARN_EVERY = 600.0
"""Seconds until new words are known for certain where there are many."""


@dataclass(frozen=True)
class Standing:
    """An index as it was read last."""

    point: Point
    contents: Contents
    vocabulary: Vocabulary
    analyser: Analyser
    speller: "LiveSpeller"
    segments: Mapping[str, Segment]
    snapshot: Snapshot

    @property
    def version(self) -> tuple[str, int]:
        """Which build and which table of contents it is."""
        return self.point.name, self.contents.generation

    @property
    def is_empty(self) -> bool:
        """Whether it has been built at all, or anything been put in it."""
        return not self.point.is_whole and not self.segments


class LiveSpeller(Speller):
    """A speller that is made when it is first asked, of the words of a build and those put in since."""

    def __init__(self, vocabulary: Vocabulary, segments: Mapping[str, Segment], before: "LiveSpeller | None") -> None:
        self._vocabulary = vocabulary
        self._segments = tuple(segments.values())
        self._before = before.latest if before else None
        self._making = threading.Lock()
        self._made: Speller | None = None
        self.made_at = time.monotonic()

    def near(self, word: str) -> Sequence[tuple[str, float]]:
        """Words that look like this one; while a new speller is being made others go on with the old."""
        if self._made is None and self._making.acquire(blocking=self._before is None):
            try:
                self._made = self._made or self._make()
                self._before = None
            finally:
                self._making.release()
        latest = self.latest
        return latest.near(word) if latest else ()

    @property
    def latest(self) -> Speller | None:
        """The newest one that has been made."""
        return self._made or self._before

    def is_known(self, segments: Mapping[str, Segment]) -> bool:
        """Whether no words have been put in since, or too few and too lately to make it anew."""
        if set(self._segments) == set(segments.values()):
            return True
        return len(self._vocabulary.counts) > SMALL_VOCABULARY and time.monotonic() - self.made_at < LEARN_EVERY

    def _make(self) -> Speller:
        counts = Counter(self._vocabulary.counts)
        for segment in self._segments:
            counts.update(segment.words)
        return Speller(counts)


class WhooshEngine:
    """Keeps an index in `folder`; made empty if there is none."""

    def __init__(self, folder: Path, patience: float = PATIENCE) -> None:
        self._builds = Builds(folder, patience)
        self._refreshing = threading.Lock()
        self._book, self._kept = CodeBook(), Kept()
        self._standing: Standing | None = None
        self._problem = ""
        self._looked_at = -math.inf
        try:
            self._builds.prepare()
        except (OSError, IndexBusy):
            log.exception("the folder of the search index cannot be used")

    def find(self, query: Query) -> Results:
        standing = self._look()
        if standing is None or standing.is_empty:
            raise IndexDown("the search index cannot be read, or is yet to be built")
        return standing.snapshot.find(query)

    def put(self, documents: Sequence[Document]) -> None:
        unique = {document.target: document for document in documents}
        self._write({document.group for document in unique.values()}, list(unique.values()))

    def drop(self, groups: Iterable[Target]) -> None:
        self._write(set(groups), [])

    def replace_all(self, source: Source, began: datetime) -> datetime:
        began = self._builds.replace(source, began)
        self._refresh()
        return began

    def fingerprints(self, groups: Collection[Target] | None = None) -> Iterable[tuple[Target, str]]:
        standing = self._look()
        if standing is None:
            raise IndexDown("the search index cannot be read")
        return standing.snapshot.fingerprints(groups)

    def analyser(self) -> Analyser:
        standing = self._look()
        return standing.analyser if standing else Analyser()

    def is_current(self) -> bool:
        try:
            self._refresh()
            point = self._builds.point()
        except Exception:  # whatever is wrong with the files, it must be built anew
            return False
        standing = self._standing
        segments = standing.segments.values() if standing else ()
        return point.is_whole and point.is_todays and not any(segment.is_torn for segment in segments)

    def version(self) -> tuple[str, int]:
        standing = self._look()
        return standing.version if standing else ("", -1)

    def close(self) -> None:
        with self._refreshing:
            standing, self._standing = self._standing, None
            if standing:
                close_all(standing.segments.values())

    def _write(self, groups: Iterable[Target], documents: Sequence[Document]) -> None:
        try:
            self._builds.prepare()
            with self._builds.locked("writer"):
                standing = self._newest()
                places = standing.snapshot.members(groups)
                if places or documents:
                    self._commit(standing, places, documents)
                    self._refresh()
        except FileNotFoundError as problem:
            raise IndexDown("the search index has gone") from problem

    def _newest(self) -> Standing:
        try:
            self._refresh()
        except Exception as problem:  # whatever is wrong with the files, nothing can be written to them
            raise IndexDown("the search index cannot be read, and must be built anew") from problem
        standing = self._standing
        if standing is None:
            raise IndexDown("the search index is closed")
        return standing

    def _commit(self, standing: Standing, places: Sequence[int], documents: Sequence[Document]) -> None:
        gathered = Gathering(standing.analyser)
        for document in documents:
            gathered.add(document)
        pieces = _without(standing.contents.pieces, places)
        merged = to_merge(pieces)
        for piece in merged:
            gathered.take(standing.segments[piece.name], alive(piece))
        folder = self._builds.folder / standing.point.name
        left = [piece for piece in pieces if piece not in merged and piece.living]
        fresh = [gathered.write(folder)] if len(gathered) else []
        write_contents(folder, Contents(standing.contents.generation + 1, [*left, *fresh]))

    def _look(self) -> Standing | None:
        """What was read last, after a look for anything newer now and then."""
        if time.monotonic() - self._looked_at >= LOOK_EVERY:
            try:
                self._refresh(wait=self._standing is None)
                self._problem = ""
            except Exception as problem:  # whatever is wrong with the files, the site must answer
                if repr(problem) != self._problem:
                    log.exception("the search index cannot be read; what was read before is searched")
                self._problem = repr(problem)
        return self._standing

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
        point, generation = newest(self._builds)
        before = self._standing
        if before and before.version == (point.name, generation):
            return
        folder = self._builds.folder / point.name
        contents = read_contents(folder)
        known = before.segments if before else {}
        segments = {
            piece.name: known.get(piece.name) or Segment(folder, piece.name, self._book, self._kept)
            for piece in contents.pieces
        }
        same = before if before and before.point.name == point.name else None
        vocabulary = same.vocabulary if same else self._builds.vocabulary(point.name)
        analyser = same.analyser if same else Analyser(vocabulary)
        speller = same.speller if same and same.speller.is_known(segments) else None
        speller = speller or LiveSpeller(vocabulary, segments, same.speller if same else None)
        parts = [(segments[piece.name], alive(piece)) for piece in contents.pieces]
        snapshot = Snapshot(parts, self._book, analyser, speller)
        self._standing = Standing(point, contents, vocabulary, analyser, speller, segments, snapshot)


def to_merge(pieces: Sequence[Piece]) -> list[Piece]:
    """Segments that should become one now."""
    classes: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        if 0 < piece.living <= LARGEST_MERGE:
            classes[int(math.log(piece.living, MERGE_BASE))].append(piece)
    chosen = [piece for alike in classes.values() if len(alike) >= MERGE_AT for piece in _fitting(alike)]
    mostly_dead = [piece for piece in pieces if LARGEST_MERGE >= len(piece.dead) > piece.living > MERGE_BASE]
    return chosen + [piece for piece in mostly_dead if piece not in chosen]


def _fitting(alike: Sequence[Piece]) -> list[Piece]:
    """The smallest of these, as many as may become one; none if they are few."""
    left = sorted(alike, key=lambda piece: piece.living)
    fitting = [
        piece for piece, size in zip(left, accumulate(one.living for one in left), strict=True) if size <= LARGEST_MERGE
    ]
    return fitting if len(fitting) >= MERGE_AT // 2 else []


def _without(pieces: Sequence[Piece], places: Iterable[int]) -> list[Piece]:
    """The segments when the documents at these places of the whole have died."""
    dying = sorted(places)
    left, base = [], 0
    for piece in pieces:
        theirs = {place - base for place in dying if base <= place < base + piece.documents}
        left.append(replace(piece, dead=piece.dead | theirs) if theirs else piece)
        base += piece.documents
    return left


def _patiently(read: Callable[[], None], attempts: int = 3) -> None:
    """Read again when a writer removed a file in the middle of it."""
    for attempt in range(attempts):
        try:
            return read()
        except FileNotFoundError:
            if attempt == attempts - 1:
                raise
            time.sleep(0.02)
    return None
