"""Keeps the index in step with the database; it can always be built anew from there, while the site answers.

What is in the index can be compared with the database, and put right. Reading ends the session's transaction now and
then, so that what others have committed is seen.
"""

import logging
import time
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

from sqlalchemy.exc import OperationalError

from kunnskap import clock, events
from kunnskap.db import session
from kunnskap.networks.events import NetworkPlaceChanged
from kunnskap.people.events import PersonChanged
from kunnskap.posts.events import PostChanged, PostPublished
from kunnskap.search import documents
from kunnskap.search.analysis.analyser import Analyser
from kunnskap.search.comparing import Differences, compare
from kunnskap.search.documents import PERSON, Names
from kunnskap.search.engines.protocol import Document, IndexBusy, IndexDown, Query, Results, SearchEngine
from kunnskap.targets import Target

log = logging.getLogger(__name__)

Change = PostPublished | PostChanged | PersonChanged
CHANGES = (PostPublished, PostChanged, PersonChanged)
AT_ONCE = 100
"""How many things are read and written together."""
MANY = 50
"""So many changed things are compared with what is in the index before they are written."""
MARGIN = timedelta(minutes=5)
"""How long before a build a change may have begun that was committed during it."""
ROUNDS = 5
"""How often something is read again at most that changes while it is being written."""
LOOKS, PAUSE = 3, 1.0
"""How often, and with how many seconds between, what differs is looked at before it is said to differ."""
POST = "post"


class Progress:
    """Hears how far reading everything has come, and says nothing; may raise to break it off."""

    def begin(self, after: Target | None, done: int, total: int) -> None:
        """Note that a reading of everything after a group begins (None: from the first); `done` things are before it.

        An engine may only look whether there is anything at all; then nothing more is heard of that reading.
        """

    def advance(self, things: int) -> None:
        """So many more things have been read."""


SILENT = Progress()


@dataclass(frozen=True)
class Comparison:
    """How the index differs from the database, and how many things only wait for the worker to tell of them."""

    differences: Differences
    waiting: int


class Index:
    """The index, seen from the rest of the house: things come and go by their number, queries find them."""

    def __init__(self, engine: SearchEngine) -> None:
        self._engine = engine

    def find(self, query: Query) -> Results:
        """Find what fits the query and its reader may see."""
        return self._engine.find(query)

    def version(self) -> Hashable:
        """Something that changes whenever what is found may have changed."""
        return self._engine.version()

    def is_current(self) -> bool:
        """Whether it stands and was made by today's analysis."""
        return self._engine.is_current()

    def answers(self) -> bool:
        """Whether anything can be found in it, current or not."""
        try:
            self._engine.find(Query("", size=1, counted=False))
        except IndexDown:
            return False
        return True

    def hear(self, happened: Sequence[Change]) -> None:
        """Take in what happened; hearing it twice does no harm."""
        groups = _groups(happened)
        # So many at once are mostly what a build, or an earlier telling of the same, has already taken in.
        self._refresh(self._differing(groups).groups if len(groups) >= MANY else groups)

    def refresh(self, posts: Sequence[int] = (), people: Sequence[int] = ()) -> None:
        """Read these things from the database again, and forget those that are no longer there."""
        self._refresh([*(Target(POST, number) for number in posts), *(Target(PERSON, number) for number in people)])

    def rebuild(self, progress: Progress = SILENT) -> int:
        """Build it anew and change over; returns how many things are in it. Raises IndexBusy.

        A build that was broken off goes on where it stopped.
        """
        everything = _Everything(progress)
        began = self._engine.replace_all(everything, clock.now())
        # What was told while the new index was being built went into the old one.
        _see_anew()
        happened = _groups(events.happened_since(began - MARGIN, *CHANGES))
        self._refresh(self._differing(happened).groups)
        log.info("the search index was built anew with %s things", everything.done)
        return everything.done

    def compare(self, progress: Progress = SILENT) -> Comparison:
        """Look how it differs from the database, apart from what waits to be told. Raises IndexDown.

        What changes meanwhile is looked at again.
        """
        differing = compare(_Everything(progress).after(None), self._engine.fingerprints())
        waiting: frozenset[Target] = frozenset()
        for look in range(LOOKS):
            _see_anew()
            waiting |= frozenset(_groups(events.untold(*CHANGES))) & differing.groups
            if not differing.groups - waiting:
                break
            time.sleep(PAUSE if look else 0)
            differing = self._differing(differing.groups)
        _see_anew()
        return Comparison(differing.without(waiting), len(waiting & differing.groups))

    def mend(self, differences: Differences) -> None:
        """Put right what differs."""
        known = {group for group in differences.groups if group.kind in {POST, PERSON}}
        self._refresh(known)
        unknown = differences.groups - known
        if unknown:
            self._engine.drop(unknown)

    def empty(self) -> None:
        """Forget everything."""
        self._engine.replace_all(_Nothing(), clock.now())

    def analyser(self) -> Analyser:
        """The analysis as the index was made with it."""
        return self._engine.analyser()

    def close(self) -> None:
        """Let go of files."""
        self._engine.close()

    def _refresh(self, groups: Collection[Target]) -> None:
        if groups:
            names = Names()
            for some in _batches(groups):
                self._replace(some, names)

    def _replace(self, groups: Sequence[Target], names: Names) -> None:
        """Write what is read, again if it has changed meanwhile: another process may have told of that already."""
        found = list(_read(groups, names))
        for _ in range(ROUNDS):
            gone = set(groups) - {document.group for document in found}
            if found:
                self._engine.put(found)
            if gone:
                self._engine.drop(gone)
            _see_anew()
            written, found = found, list(_read(groups, names))
            if [one.fingerprint for one in written] == [one.fingerprint for one in found]:
                return
        raise IndexBusy("what is being written changes all the time")

    def _differing(self, groups: Collection[Target]) -> Differences:
        """Which of these differ from the database."""
        wanted = frozenset(groups)
        if not wanted:
            return Differences()
        names = Names()
        there = self._engine.fingerprints(wanted)
        return compare(chain.from_iterable(_read(some, names) for some in _batches(wanted)), there)


class _Everything:
    """The whole database as a source, which counts how many things it gave."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.done = 0

    def after(self, group: Target | None) -> Iterator[Document]:
        total = documents.how_many()
        said = self.done = total - documents.how_many(group) if group else 0
        self._progress.begin(group, said, total)
        for document in documents.everything(group):
            self.done += document.target == document.group
            if self.done - said >= AT_ONCE:
                self._progress.advance(self.done - said)
                said = self.done
            yield document
        self._progress.advance(self.done - said)


class _Nothing:
    """A source with nothing in it."""

    def after(self, _group: Target | None) -> Iterator[Document]:
        return iter(())


def _read(groups: Iterable[Target], names: Names) -> Iterator[Document]:
    """What the database has of these groups, members behind their group."""
    for kind, read in ((POST, documents.of_posts), (PERSON, documents.of_people)):
        ids = [group.id for group in groups if group.kind == kind]
        if ids:
            yield from read(ids, names)


def _see_anew() -> None:
    """End the transaction, so that the next one sees what others have committed; objects at hand stay as they are."""
    session.commit()


def _groups(happened: Sequence[Change]) -> list[Target]:
    """What these events are about, once each, posts first."""
    people = {event.person_id for event in happened if isinstance(event, PersonChanged)}
    posts = {event.root_id for event in happened if not isinstance(event, PersonChanged)}
    return [*(Target(POST, number) for number in sorted(posts)), *(Target(PERSON, number) for number in sorted(people))]


def _batches(groups: Collection[Target]) -> Iterator[Sequence[Target]]:
    ordered = sorted(groups, key=lambda group: (group.kind != POST, group.id))
    return (ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE))


_connected: list[Index] = []


def connect(engine: SearchEngine) -> Index:
    """Make the index all of this process uses, and keep it in step with what happens."""
    _connected[:] = [Index(engine)]
    events.listen(_hear, *CHANGES, only_reads=True)
    events.listen(_hear_of_places, NetworkPlaceChanged, only_reads=True)
    return _connected[0]


def index() -> Index:
    """The index this process is connected to."""
    return _connected[0]


def _hear_of_places(happened: Sequence[NetworkPlaceChanged]) -> None:
    posts, people = documents.at_places({one.place_id for one in happened})
    index().refresh(posts, people)


def _hear(happened: Sequence[Change]) -> None:
    try:
        index().hear(happened)
    except (IndexBusy, IndexDown, OSError, OperationalError) as problem:
        raise events.NotNow(f"the search index cannot be written to ({problem})") from problem
