"""What a search page shows, before it is a page: wishes, hits, counts and proposals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from markupsafe import Markup

from kunnskap import text
from kunnskap.i18n import Message, mark
from kunnskap.paging import Page
from kunnskap.places.models import COUNTY
from kunnskap.posts.kinds import DOCUMENT, EXPERIENCE, QUESTION, Kind

PERSON = Kind("person", "person", mark("Person"), mark("Folk"), "people.show", "")
FINDABLE = {kind.key: kind for kind in (QUESTION, EXPERIENCE, DOCUMENT, PERSON)}
PATHS = {QUESTION.key: "/sporsmal/", EXPERIENCE.key: "/erfaringer/", DOCUMENT.key: "/dokumenter/", PERSON.key: "/folk/"}
STATUSES = {key: words for kind in FINDABLE.values() for key, words in kind.statuses.items()}
HEADINGS = {
    "kind": mark("Type"),
    "theme": mark("Tema"),
    "county": mark("Fylke"),
    "size": mark("Kommunestørrelse"),
    "status": mark("Status"),
    "year": mark("År"),
    "network": mark("Nettverk"),
}
"""What results are counted by, in the order it is shown."""
FIELDS = {
    "kind": "kinds", "theme": "themes", "county": "counties", "municipality": "municipalities", "size": "sizes",
    "status": "statuses", "year": "years", "network": "networks", "author": "authors",
}  # fmt: skip
"""Everything results can be narrowed to, and where a wish and a query keep it."""
SIZE = 10
LONG, FIRST = 8, 5
"""A list of more choices than this is folded after the first few."""


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for: words, and what each facet is narrowed to (keys, slugs, place numbers, years, people's ids).

    `plain` are words that are not to be understood as places or people, `literal` says that none is to be corrected,
    `alike` that what is like the own municipality comes first.
    """

    words: str = ""
    kinds: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    number: int = 1
    municipalities: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    literal: bool = False
    alike: bool = True

    @property
    def chosen(self) -> Mapping[str, tuple[str, ...]]:
        """What each facet is narrowed to."""
        return {facet: getattr(self, field) for facet, field in FIELDS.items()}

    @property
    def is_narrowed(self) -> bool:
        """Whether any facet is."""
        return any(self.chosen.values())

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return not self.words and not self.is_narrowed

    def on_page(self, number: int) -> "Wanted":
        """The same, on another page."""
        return replace(self, number=number)

    def narrowed(self, chosen: Mapping[str, Iterable[str]]) -> "Wanted":
        """The same with other choices in these facets; from the first page."""
        fields: dict[str, Any] = {FIELDS[facet]: tuple(keys) for facet, keys in chosen.items()}
        return replace(self, number=1, **fields)

    @property
    def as_typed(self) -> "Wanted":
        """The same without mending any word; from the first page."""
        return replace(self, literal=True, number=1)

    def likeness(self, alike: bool) -> "Wanted":
        """The same with or without lifting what is like the own municipality; from the first page."""
        return replace(self, alike=alike, number=1)

    def saying(self, words: str) -> "Wanted":
        """The same with other words; from the first page."""
        return replace(self, words=words, number=1)

    def without(self, facet: str = "", key: str = "") -> "Wanted":
        """The same without one choice, or without any; from the first page."""
        if not facet:
            return self.narrowed(dict.fromkeys(FIELDS, ()))
        return self.narrowed({facet: [one for one in self.chosen[facet] if one != key]})


@dataclass(frozen=True)
class Label:
    """The name of a theme, a place or the like in each language; `above` is the slug of the theme it stands under."""

    key: str
    name_nb: str
    name_nn: str
    name_en: str
    above: str | None = None

    @classmethod
    def of(cls, key: str, name: str) -> "Label":
        """The label of what is called the same in every language."""
        return cls(key, name, name, name)

    def name_in(self, language: str) -> str:
        """Its name in nb, nn or en; bokmål for any other language."""
        return {"nn": self.name_nn, "en": self.name_en}.get(language, self.name_nb)


@dataclass(frozen=True)
class Where:
    """A place as a hit names it."""

    number: str
    name: str
    kind: str
    population: int | None = None
    county: "Where | None" = None

    @property
    def slug(self) -> str:
        """The end of its address."""
        return f"{self.number}-{text.slug(self.name)}"

    @property
    def is_county(self) -> bool:
        """Whether it is a county."""
        return self.kind == COUNTY


@dataclass(frozen=True)
class Found:
    """One hit. `page` is the page of a file the words stand on; `by` the author, or a person's role and workplace.

    `colleague` is a marked sentence that stands for an author whose name and place the reader may not know;
    `is_kept_from_others` says that readers in general may not. `in_answer` says that the excerpt is from an answer. `fit` is how well it fits; `reasons` say why it was found.
    """

    kind: Kind
    id: int
    title: Markup
    address: str
    excerpt: Markup
    by: str = ""
    place: Where | None = None
    workplace: str = ""
    colleague: str = ""
    is_kept_from_others: bool = False
    language: str = "nb"
    status: str | None = None
    page: int | None = None
    published_at: datetime | None = None
    confirmed_at: datetime | None = None
    answer_count: int = 0
    score: int = 0
    is_gone: bool = False
    themes: Sequence[Label] = ()
    in_answer: bool = False
    fit: float = 0.0
    reasons: Sequence[Message] = ()


@dataclass(frozen=True)
class Choice:
    """A value results can be narrowed to: a marked sentence or a label names it."""

    key: str
    words: str | Label
    count: int
    chosen: bool
    below: bool = False


@dataclass(frozen=True)
class Facet:
    """Values of one sort, with how many hits each would give; of a long list only the `first` are shown unfolded."""

    key: str
    heading: str
    choices: Sequence[Choice]
    first: int = 1_000

    @property
    def shown(self) -> Sequence[Choice]:
        """Those that are always seen."""
        return self.choices[: self.first]

    @property
    def folded(self) -> Sequence[Choice]:
        """The rest."""
        return self.choices[self.first :]


@dataclass(frozen=True)
class Chip:
    """Something that was understood or chosen, and what is wanted when it is taken away.

    `only` is what is wanted when just this is to be shown (for what otherwise comes first), `only_words` says so.
    """

    words: str | Label | Message
    without: Wanted
    only: Wanted | None = None
    only_words: Message | None = None


@dataclass(frozen=True)
class Mended:
    """A word that was looked for besides the one that was typed; `instead` is the same search with all such words written."""

    typed: str
    meant: str
    instead: Wanted


@dataclass(frozen=True)
class SearchPage:
    """A page of results with what it can be narrowed to; `helpers` are people to ask when there is nothing.

    `base` is what is wanted apart from the choices in the facets, `unnarrowed` without any. `mended` was also looked for, or might be when nothing
    else was found. `has_home` says that hits can be like the reader's workplace, `has_alike` that this is a municipality which
    others are alike, `is_down` that nothing can be found
    now.
    """

    wanted: Wanted
    page: Page[Found]
    base: Wanted = field(default_factory=Wanted)
    unnarrowed: Wanted = field(default_factory=Wanted)
    facets: Sequence[Facet] = ()
    chips: Sequence[Chip] = ()
    mended: Sequence[Mended] = ()
    helpers: Sequence[Found] = ()
    has_home: bool = False
    has_alike: bool = False
    is_down: bool = False


@dataclass(frozen=True)
class Proposal:
    """A row under the search field."""

    words: str | Label
    address: str
    note: str = ""
    language: str = ""


@dataclass(frozen=True)
class Proposals:
    """Rows of one sort under a heading (a marked word)."""

    heading: str
    rows: Sequence[Proposal]

    @property
    def size(self) -> int:
        """How many rows."""
        return len(self.rows)
