"""What a search engine must be able to do, and nothing more."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from kunnskap.targets import Target

EVERYONE = frozenset({"everyone"})
NOTHING: frozenset[str] = frozenset()

K1, B = 0.9, 0.4
"""How fast repeated words tire, and how much long texts are held back (BM25)."""


class IndexBusy(Exception):
    """Somebody else is writing and did not finish in time."""


@dataclass(frozen=True, slots=True)
class Document:
    """What the index knows of one thing.

    Members of a `group` (the pages of a file) are found as one; all but text and page is alike for them. `audience`
    says who may see it, in the words of `Actor.tokens`; `theme_slugs` names parents too, so that a wide theme finds all.
    Places are today's, by number: where it was written from and what it is about.
    """

    target: Target
    group: Target
    kind: str
    title: str
    summary: str = ""
    body: str = ""
    replies: str = ""
    themes: str = ""
    place: str = ""
    people: str = ""
    page: int | None = None
    theme_slugs: frozenset[str] = NOTHING
    counties: frozenset[str] = NOTHING
    municipalities: frozenset[str] = NOTHING
    status: str | None = None
    year: int | None = None
    audience: frozenset[str] = EVERYONE
    published_at: datetime | None = None

    def values(self, facet: str) -> frozenset[str]:
        """The values this document counts under in a facet."""
        return _FACET_VALUES[facet](self)


def _one(value: str | None) -> frozenset[str]:
    return frozenset({value}) if value else NOTHING


_FACET_VALUES: dict[str, Callable[[Document], frozenset[str]]] = {
    "kind": lambda document: _one(document.kind),
    "theme": lambda document: document.theme_slugs,
    "county": lambda document: document.counties,
    "status": lambda document: _one(document.status),
}
FACETS = tuple(_FACET_VALUES)
"""What results can be narrowed to and counted by; a new one is one line above and one field in `Query`."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for and on whose behalf.

    Any word counts, none is required. No words at all means everything that is left by the filters, newest first.
    `typing` says that the last word may be unfinished; `counted` that totals by facet are wanted.
    """

    words: str
    reader: frozenset[str] = EVERYONE
    kinds: frozenset[str] = NOTHING
    themes: frozenset[str] = NOTHING
    counties: frozenset[str] = NOTHING
    statuses: frozenset[str] = NOTHING
    page: int = 1
    size: int = 10
    typing: bool = False
    counted: bool = True

    @property
    def chosen(self) -> Mapping[str, frozenset[str]]:
        """What each facet is narrowed to; empty where it is not."""
        return {"kind": self.kinds, "theme": self.themes, "county": self.counties, "status": self.statuses}

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last but one place wanted."""
        size = max(0, self.size)
        start = (max(1, self.page) - 1) * size
        return start, start + size


@dataclass(frozen=True, slots=True)
class Hit:
    """One group that was found: its best member, that one's page, and how well it fits."""

    target: Target
    group: Target
    kind: str
    score: float
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """The wanted page of hits, how many groups there are in all, and how many under each value of each facet."""

    hits: Sequence[Hit] = ()
    total: int = 0
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: {facet: {} for facet in FACETS})


class SearchEngine(Protocol):
    """Keeps documents and finds them. One writes at a time; any number find meanwhile."""

    def put(self, documents: Sequence[Document]) -> None:
        """Add documents; what was known of their groups is replaced. Raises IndexBusy."""

    def drop(self, groups: Iterable[Target]) -> None:
        """Forget whole groups. Raises IndexBusy."""

    def find(self, query: Query) -> Results:
        """Find what fits the query and the reader may see."""

    def replace_all(self, documents: Iterable[Document]) -> None:
        """Build anew from `documents` beside what is there, then change over at once. Raises IndexBusy."""

    def is_current(self) -> bool:
        """Whether the index stands and was made by today's analysis."""

    def version(self) -> Hashable:
        """Something that changes whenever what is found may have changed."""

    def close(self) -> None:
        """Let go of files."""
