"""Keeps the index in step with the database; it can always be built anew from there, while the site answers."""

import logging
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import timedelta

from kunnskap import clock, events
from kunnskap.people.events import PersonChanged
from kunnskap.posts.events import PostChanged, PostPublished
from kunnskap.search import documents
from kunnskap.search.analysis.analyser import Analyser
from kunnskap.search.documents import PERSON, Names
from kunnskap.search.engines.protocol import Document, Query, Results, SearchEngine
from kunnskap.targets import Target

log = logging.getLogger(__name__)

CHANGES = (PostPublished, PostChanged, PersonChanged)
AT_ONCE = 100
"""How many things are read and written together."""
MARGIN = timedelta(minutes=5)
"""How long before a build a change may have begun that was committed during it."""


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

    def hear(self, happened: Sequence[PostPublished | PostChanged | PersonChanged]) -> None:
        """Take in what happened; hearing it twice does no harm."""
        people = {event.person_id for event in happened if isinstance(event, PersonChanged)}
        posts = {event.root_id for event in happened if not isinstance(event, PersonChanged)}
        self.refresh(posts=sorted(posts), people=sorted(people))

    def refresh(self, posts: Sequence[int] = (), people: Sequence[int] = ()) -> None:
        """Read these things from the database again, and forget those that are no longer there."""
        names = Names()
        for ids in _batches(posts):
            self._replace([Target("post", number) for number in ids], list(documents.of_posts(ids, names)))
        for ids in _batches(people):
            self._replace([Target(PERSON, number) for number in ids], list(documents.of_people(ids, names)))

    def rebuild(self) -> int:
        """Build it anew and change over; returns how many things are in it. Raises IndexBusy."""
        counted = _Counted()
        began = self._engine.replace_all(counted, clock.now())
        # What was told while the new index was being built went into the old one.
        self.hear(events.happened_since(began - MARGIN, *CHANGES))
        log.info("the search index was built anew with %s things", counted.groups)
        return counted.groups

    def empty(self) -> None:
        """Forget everything."""
        self._engine.replace_all(_Nothing(), clock.now())

    def analyser(self) -> Analyser:
        """The analysis as the index was made with it."""
        return self._engine.analyser()

    def close(self) -> None:
        """Let go of files."""
        self._engine.close()

    def _replace(self, groups: Iterable[Target], found: Sequence[Document]) -> None:
        gone = set(groups) - {document.group for document in found}
        if found:
            self._engine.put(found)
        if gone:
            self._engine.drop(gone)


class _Counted:
    """The whole database as a source, which counts how many things it gave."""

    def __init__(self) -> None:
        self.groups = 0

    def after(self, group: Target | None) -> Iterator[Document]:
        self.groups = 0
        for document in documents.everything(group):
            self.groups += document.target == document.group
            yield document


class _Nothing:
    """A source with nothing in it."""

    def after(self, _group: Target | None) -> Iterator[Document]:
        return iter(())


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


_connected: list[Index] = []


def connect(engine: SearchEngine) -> Index:
    """Make the index all of this process uses, and keep it in step with what happens."""
    _connected[:] = [Index(engine)]
    events.listen(_hear, *CHANGES)
    return _connected[0]


def index() -> Index:
    """The index this process is connected to."""
    return _connected[0]


def _hear(happened: Sequence[PostPublished | PostChanged | PersonChanged]) -> None:
    index().hear(happened)
