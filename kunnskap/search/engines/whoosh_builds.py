"""The folder of the index: a folder for each build, a file that says which one counts, and locks. No scoring here.

A build is made beside the one in use and takes over at once. It is written in chunks, each a segment of its own, so that
one that was broken off (a killed process, a database that went away) goes on where it stopped: its vocabulary is there,
and the last document of its last segment tells how far it came.
"""

import json
import logging
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from kunnskap.search.analysis.analyser import VERSION, Analyser
from kunnskap.search.analysis.vocabulary import Vocabulary, count_words
from kunnskap.search.engines.columns import CodeBook
from kunnskap.search.engines.protocol import IndexBusy, Source
from kunnskap.search.engines.whoosh_files import (
    Contents,
    Folder,
    generation,
    read_contents,
    remove_leftovers,
    write_contents,
)
from kunnskap.search.engines.whoosh_segments import Gathering, Kept, Segment
from kunnskap.targets import Target

log = logging.getLogger(__name__)

FORMAT = 2
"""Raise this when the layout of the files changes: an index of another layout is built anew."""
CHUNK = 34_000
"""How many documents of a build go into one segment."""
MOST_WORDS = 500_000
"""A vocabulary keeps the most frequent words if there are more."""
STALE = timedelta(days=1)
"""A build that was broken off longer ago than this is begun anew."""
SAY_AFTER = 1.0
"""Seconds a writer waits for another in silence."""
LOOK_EVERY = 0.02
POINTER, UNDER_WAY, VOCABULARY = "current.json", "under-way.json", "vocabulary.json"


@dataclass(frozen=True)
class Point:
    """Which build counts, whether it holds everything, and whether today's program made it."""

    name: str
    is_whole: bool
    is_todays: bool


class Builds:
    """All builds in a folder."""

    def __init__(self, folder: Path, patience: float) -> None:
        self.folder = folder
        self._patience = patience
        self._pointer = folder / POINTER

    def prepare(self) -> None:
        """Make an empty index, that is yet to be built, if there is none. Raises OSError and IndexBusy."""
        if self._pointer.exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.locked("writer"):
            if not self._pointer.exists():
                self.point_to(self._create(), is_whole=False)

    def point(self) -> Point:
        """Which build counts. Raises OSError, or ValueError when the file is torn or of another layout."""
        try:
            found = json.loads(self._pointer.read_bytes())
            if found["format"] != FORMAT:
                raise ValueError(f"the index has layout {found['format']}, not {FORMAT}")
            return Point(str(found["folder"]), bool(found["whole"]), found["analysis"] == VERSION)
        except (KeyError, TypeError) as problem:
            raise ValueError(f"{self._pointer} does not say which build counts") from problem

    def point_to(self, name: str, is_whole: bool = True) -> None:
        """Have a build count from now on."""
        _write_json(self._pointer, {"folder": name, "whole": is_whole, "analysis": VERSION, "format": FORMAT})

    def vocabulary(self, name: str) -> Vocabulary:
        """The words of a build; none in an index that is yet to be built."""
        path = self.folder / name / VOCABULARY
        return Vocabulary(json.loads(path.read_bytes())) if path.exists() else Vocabulary()

    def replace(self, source: Source, began: datetime) -> datetime:
        """Build everything anew, or go on with a build that was broken off, and have it count. Returns when it began."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.locked("rebuild"):
            build = self._broken_off(source, began) or self._begin(began)
            build.fill(source)
            (build.folder / UNDER_WAY).unlink()
            with self.locked("writer"):
                self.point_to(build.folder.name)
            self._remove_all_but(build.folder.name)
        return build.began

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Keep others from doing the same meanwhile; the system takes the lock back when the process dies.

        Raises IndexBusy when somebody else has it for too long.
        """
        lock = Folder(self.folder).lock(f"{name}.lock")
        started, has_said = time.monotonic(), False
        while not lock.acquire():
            waited = time.monotonic() - started
            if waited >= self._patience:
                raise IndexBusy(f"{self.folder}: another {name} is at work")
            if waited >= SAY_AFTER and not has_said:
                log.warning("another process is writing to the search index; waiting for it (%s.lock)", name)
                has_said = True
            time.sleep(LOOK_EVERY)
        try:
            yield
        finally:
            lock.release()

    def _begin(self, began: datetime) -> "Build":
        name = self._create()
        _write_json(self.folder / name / UNDER_WAY, {"analysis": VERSION, "format": FORMAT, "began": began.isoformat()})
        return Build(self.folder / name, began)

    def _create(self) -> str:
        name = f"index-{time.time_ns()}"
        (self.folder / name).mkdir()
        write_contents(self.folder / name, Contents())
        return name

    def _broken_off(self, source: Source, now: datetime) -> "Build | None":
        """A build that can go on: of the same making, and not too old; only if there is anything to build of."""
        for path in sorted(self.folder.glob(f"index-*/{UNDER_WAY}"), reverse=True):
            try:
                found = json.loads(path.read_bytes())
                began = datetime.fromisoformat(found["began"])
                is_alike = (found["analysis"], found["format"]) == (VERSION, FORMAT)
                build = Build(path.parent, began)
                if is_alike and now - began < STALE and build.can_go_on() and any(True for _ in source.after(None)):
                    log.info("the build of the search index that began at %s goes on", began)
                    return build
            except (OSError, ValueError, KeyError, TypeError):
                continue
        return None

    def _remove_all_but(self, name: str) -> None:
        for old in self.folder.glob("index-*"):
            if old.name != name:
                shutil.rmtree(old, ignore_errors=True)


class Build:
    """An index that is being built."""

    def __init__(self, folder: Path, began: datetime) -> None:
        self.folder = folder
        self.began = began

    def can_go_on(self) -> bool:
        """Whether what was written until now can be read."""
        try:
            contents = read_contents(self.folder)
            for piece in contents.pieces:
                self._open(piece.name)
            if (self.folder / VOCABULARY).exists():
                json.loads((self.folder / VOCABULARY).read_bytes())
        except Exception:  # whatever a torn file makes of itself
            log.exception("the build of the search index that was broken off is torn")
            return False
        return True

    def fill(self, source: Source) -> None:
        """Write everything that is not written yet, a chunk at a time; a group never lies in two."""
        analyser = Analyser(self._vocabulary(source))
        last = self._last_group()
        gathered = Gathering(analyser, worded=False)
        for document in source.after(last):
            if len(gathered) >= CHUNK and document.group != last:
                self._add(gathered)
                gathered = Gathering(analyser, worded=False)
            gathered.add(document)
            last = document.group
        self._add(gathered)

    def _add(self, gathered: Gathering) -> None:
        if len(gathered):
            contents = read_contents(self.folder)
            piece = gathered.write(self.folder)
            write_contents(self.folder, Contents(contents.generation + 1, [*contents.pieces, piece]))

    def _last_group(self) -> Target | None:
        contents = read_contents(self.folder)
        remove_leftovers(self.folder, contents)
        last = [self._open(piece.name) for piece in contents.pieces[-1:]]
        return Target.parse(last[0].columns.groups[-1]) if last else None

    def _open(self, name: str) -> Segment:
        return Segment(self.folder, name, CodeBook(), Kept())

    def _vocabulary(self, source: Source) -> Vocabulary:
        path = self.folder / VOCABULARY
        if not path.exists():
            _write_json(path, _most_frequent(count_words(document.texts for document in source.after(None))))
        return Vocabulary(json.loads(path.read_bytes()))


def _most_frequent(counts: Mapping[str, int]) -> dict[str, int]:
    return {word: counts[word] for word in sorted(counts, key=lambda word: (-counts[word], word))[:MOST_WORDS]}


def newest(builds: Builds) -> tuple[Point, int]:
    """Which build counts, and the number of its newest table of contents."""
    point = builds.point()
    return point, generation(builds.folder / point.name)


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_bytes(json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    fresh.replace(path)
