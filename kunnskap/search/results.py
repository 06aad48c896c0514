"""What a search page shows, before it is a page: wishes, hits, counts and proposals."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

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
HEADINGS = {"kind": mark("Type"), "theme": mark("Tema"), "county": mark("Fylke"), "status": mark("Status")}
SIZE = 10


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for: words, and what each facet is narrowed to (keys, slugs, county numbers)."""

    words: str = ""
    kinds: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    number: int = 1

    @property
    def chosen(self) -> Mapping[str, tuple[str, ...]]:
        """What each facet is narrowed to."""
        return {"kind": self.kinds, "theme": self.themes, "county": self.counties, "status": self.statuses}

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

    def only(self, known: Mapping[str, Collection[str]]) -> "Wanted":
        """The same without choices that do not exist."""
        kept = {name: tuple(key for key in keys if key in known[name]) for name, keys in self.chosen.items()}
        return Wanted(self.words, kept["kind"], kept["theme"], kept["county"], kept["status"], self.number)

    def without(self, facet: str = "", key: str = "") -> "Wanted":
        """The same without one choice, or without any; from the first page."""
        if not facet:
            return Wanted(self.words)
        left = {name: tuple(one for one in keys if (name, one) != (facet, key)) for name, keys in self.chosen.items()}
        return Wanted(self.words, left["kind"], left["theme"], left["county"], left["status"])


@dataclass(frozen=True)
class Label:
    """The name of a theme or county in each language; `above` is the slug of the theme it stands under."""

    key: str
    name_nb: str
    name_nn: str
    name_en: str
    above: str | None = None

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

    `in_answer` says that the excerpt is from an answer. `fit` is how well it fits; `reasons` say why it was found.
    """

    kind: Kind
    id: int
    title: Markup
    address: str
    excerpt: Markup
    by: str = ""
    place: Where | None = None
    workplace: str = ""
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
    """Values of one sort, with how many hits each would give."""

    key: str
    heading: str
    choices: Sequence[Choice]


@dataclass(frozen=True)
class SearchPage:
    """A page of results with what it can be narrowed to; `helpers` are people to ask when there is nothing."""

    wanted: Wanted
    page: Page[Found]
    facets: Sequence[Facet] = ()
    helpers: Sequence[Found] = ()

    @property
    def choices(self) -> Sequence[tuple[Facet, Choice]]:
        """Everything the results are narrowed to."""
        return [(facet, choice) for facet in self.facets for choice in facet.choices if choice.chosen]


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
