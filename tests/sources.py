"""Documents as an engine is given them when it builds its index anew."""

from collections.abc import Iterable, Iterator

from kunnskap import clock
from kunnskap.search.engines.protocol import Document, SearchEngine
from kunnskap.targets import Target


class Given:
    """A source of just these documents."""

    def __init__(self, documents: Iterable[Document] = ()) -> None:
        self._documents = list(documents)

    def after(self, group: Target | None) -> Iterator[Document]:
        """Give those whose groups come after this one."""
        groups = [document.group for document in self._documents]
        start = len(groups) - groups[::-1].index(group) if group else 0
        return iter(self._documents[start:])


def build(engine: SearchEngine, documents: Iterable[Document] = ()) -> None:
    """Build an engine's index anew of just these documents."""
    engine.replace_all(Given(documents), clock.now())
