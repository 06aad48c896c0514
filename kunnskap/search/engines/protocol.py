"""What a search engine must be able to do, and nothing more."""

import hashlib
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Protocol

from kunnskap.search.analysis.analyser import Analyser
from kunnskap.search.analysis.synonyms import NO_SYNONYMS, Synonyms
from kunnskap.targets import Target

EVERYONE = frozenset({"everyone"})
NOTHING: frozenset[str] = frozenset()


class IndexBusy(Exception):
    """Somebody else is writing and did not finish in time."""


class IndexDown(Exception):
    """The index cannot be searched now: missing, unreadable, or not built yet."""


@dataclass(frozen=True, slots=True)
class Document:
    """What the index knows of one thing.

    Members of a `group` (the pages of a file) are found as one; all but text and page is alike for them. `audience`
    says who may see it, in the words of `Actor.tokens`; `theme_slugs` names parents too, so that a wide theme finds all.
    Places are today's, by number: where it was written from and what it is about; `sizes` and `networks` are theirs.
    `authors` are people by number. `marks` is whatever else may lift a hit: "endorsed", "confirmed-2026".
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
    sizes: frozenset[str] = NOTHING
    networks: frozenset[str] = NOTHING
    authors: frozenset[str] = NOTHING
    marks: frozenset[str] = NOTHING
    status: str | None = None
    year: int | None = None
    audience: frozenset[str] = EVERYONE
    published_at: datetime | None = None

    @property
    def texts(self) -> Mapping[str, str]:
        """Its texts by the names the analysis weighs them under."""
        return {name: getattr(self, name) for name in TEXTS}

    def values(self, name: str) -> frozenset[str]:
        """The values this document has in a facet, or in anything else it can be narrowed to."""
        return _VALUES[name](self)

    @property
    def fingerprint(self) -> str:
        """A short mark that changes when anything about it does."""
        told = "\x1f".join(_told(getattr(self, one.name)) for one in fields(self))
        return hashlib.blake2b(told.encode(errors="replace"), digest_size=8).hexdigest()


TEXTS = ("title", "themes", "place", "people", "summary", "body", "replies")


def _told(value: object) -> str:
    return ",".join(sorted(value)) if isinstance(value, frozenset) else str(value)


def _one(value: object) -> frozenset[str]:
    return NOTHING if value is None else frozenset({str(value)})


_VALUES: dict[str, Callable[[Document], frozenset[str]]] = {
    "kind": lambda document: _one(document.kind),
    "theme": lambda document: document.theme_slugs,
    "county": lambda document: document.counties,
    "size": lambda document: document.sizes,
    "status": lambda document: _one(document.status),
    "year": lambda document: _one(document.year),
    "network": lambda document: document.networks,
    "municipality": lambda document: document.municipalities,
    "author": lambda document: document.authors,
    "mark": lambda document: document.marks,
    "audience": lambda document: document.audience,
}
SETS = tuple(_VALUES)
"""Everything a document has a set of values in."""
FACETS = ("kind", "theme", "county", "size", "status", "year", "network")
"""What results are counted by; a new one is a line here, one above and one field in `Query`."""


@dataclass(frozen=True, slots=True)
class Preference:
    """Lifts documents that have any of `values` in a set: their score grows by the share `weight`; `reason` names it."""

    reason: str
    facet: str
    values: frozenset[str]
    weight: float


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for and on whose behalf.

    Any word counts, none is required; `phrases` must stand as they are (in any inflection), and nothing of `without` may.
    No words at all means everything that is left by the filters, newest first. `typing` says that the last word may be
    unfinished; `counted` that totals by facet are wanted; `literal` that no word is to be corrected. `optional` words (lower case) lift what has
    them, but are not missed elsewhere.
    """

    words: str
    reader: frozenset[str] = EVERYONE
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    kinds: frozenset[str] = NOTHING
    themes: frozenset[str] = NOTHING
    counties: frozenset[str] = NOTHING
    municipalities: frozenset[str] = NOTHING
    sizes: frozenset[str] = NOTHING
    statuses: frozenset[str] = NOTHING
    years: frozenset[str] = NOTHING
    networks: frozenset[str] = NOTHING
    authors: frozenset[str] = NOTHING
    preferences: tuple[Preference, ...] = ()
    synonyms: Synonyms = NO_SYNONYMS
    literal: bool = False
    optional: frozenset[str] = NOTHING
    page: int = 1
    size: int = 10
    typing: bool = False
    counted: bool = True

    @property
    def chosen(self) -> Mapping[str, frozenset[str]]:
        """What each facet is narrowed to; those that are not are left out."""
        every = {
            "kind": self.kinds,
            "theme": self.themes,
            "county": self.counties,
            "municipality": self.municipalities,
            "size": self.sizes,
            "status": self.statuses,
            "year": self.years,
            "network": self.networks,
            "author": self.authors,
        }
        return {name: values for name, values in every.items() if values}

    @property
    def is_worded(self) -> bool:
        """Whether there is anything to rank by."""
        return bool(self.words.strip() or self.phrases)

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last but one place wanted."""
        size = max(0, self.size)
        start = (max(1, self.page) - 1) * size
        return start, start + size


@dataclass(frozen=True, slots=True)
class Hit:
    """One group that was found: its best member, that one's page, how well it fits, and what lifted it.

    `reasons` are those of the preferences it met, and "title" (asked for by its whole title), "phrase" (the words stand
    side by side) and "near" (close together).
    """

    target: Target
    group: Target
    kind: str
    score: float
    page: int | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """A word nobody has written, and what was looked for besides."""

    typed: str
    meant: str


@dataclass(frozen=True, slots=True)
class Results:
    """The wanted page of hits, how many groups there are in all, and how many under each value of each facet.

    `terms` is everything that was looked for, with its weight, to mark words by; `corrections` what was understood otherwise.
    """

    hits: Sequence[Hit] = ()
    total: int = 0
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: {facet: {} for facet in FACETS})
    terms: Mapping[str, float] = field(default_factory=dict)
    corrections: Sequence[Correction] = ()


class Source(Protocol):
    """Everything there is, in an order that stays, so that a build that was broken off can go on."""

    def after(self, group: Target | None) -> Iterator[Document]:
        """Give all documents of the groups that come after this one (None: from the first); members follow their group."""


class SearchEngine(Protocol):
    """Keeps documents and finds them. One writes at a time; any number find meanwhile."""

    def put(self, documents: Sequence[Document]) -> None:
        """Add documents; what was known of their groups is replaced. Raises IndexBusy."""

    def drop(self, groups: Iterable[Target]) -> None:
        """Forget whole groups. Raises IndexBusy."""

    def find(self, query: Query) -> Results:
        """Find what fits the query and the reader may see. Raises IndexDown."""

    def replace_all(self, source: Source, began: datetime) -> datetime:
        """Build anew from `source` beside what is there, then change over at once. Raises IndexBusy.

        A build that was broken off goes on where it stopped. Returns when this build began: `began`, or earlier.
        """

    def fingerprints(self, groups: Collection[Target] | None = None) -> Iterable[tuple[Target, str]]:
        """Give the group and fingerprint of every document, or of those in these groups, to compare with the database."""

    def is_current(self) -> bool:
        """Whether the index stands and was made by today's analysis."""

    def version(self) -> Hashable:
        """Something that changes whenever what is found may have changed."""

    def analyser(self) -> Analyser:
        """The analysis as this index was made with it."""

    def close(self) -> None:
        """Let go of files."""
