"""What everything that results can be narrowed to is called, and what people mean when they write it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, or_, select

from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.people.models import Person
from kunnskap.places.models import COUNTY, MUNICIPALITY
from kunnskap.places.rules import SIZES
from kunnskap.posts.models import Post
from kunnskap.posts.queries import names_author, visible
from kunnskap.search import loading
from kunnskap.search.loading import Labels
from kunnskap.search.place_names import PlaceNames, key_of, place_names
from kunnskap.search.query_language import years
from kunnskap.search.results import FINDABLE, STATUSES, Label, Wanted

Keys = frozenset[str]
NONE: Keys = frozenset()
MOST_AUTHORS = 200
MOST_WORDS = 6
HIGHEST_ID = 2**31 - 1
_ENGLISH_KINDS = {
    "question": "question questions spørsmål",
    "experience": "experience experiences erfaring erfaringar",
    "document": "document documents dokument",
    "person": "person people folk personer personar",
}


@dataclass(frozen=True)
class Names:
    """The names a reader may use."""

    actor: Actor
    labels: Labels
    places: PlaceNames

    def keys(self, facet: str, value: str) -> Keys:
        """What a value somebody has written means in a facet; nothing when there is none like it."""
        return _RESOLVERS[facet](self, value)

    def known(self, wanted: Wanted) -> Wanted:
        """The same without choices that do not exist; old numbers of places become today's."""
        kept = {
            facet: [key for one in keys for key in sorted(self._known(facet, one))]
            for facet, keys in wanted.chosen.items()
            if facet != "author"
        }
        authors = self.authors(wanted.authors)
        kept["author"] = [key for key in wanted.authors if key in authors]
        return wanted.narrowed({facet: dict.fromkeys(keys) for facet, keys in kept.items()}).on_page(wanted.number)

    def label(self, facet: str, key: str) -> str | Label:
        """What a value is called: a marked sentence, or a label."""
        if facet in {"theme", "network"}:
            return (self.labels.themes if facet == "theme" else self.labels.networks)[key]
        if facet == "kind":
            return FINDABLE[key].plural
        if facet in {"size", "status"}:
            return (SIZES if facet == "size" else STATUSES)[key]
        return Label.of(key, self.places.name(key) or key)

    def authors(self, keys: Collection[str]) -> Mapping[str, str]:
        """Names of those of these people who stand in the directory, or have written what the reader may see."""
        ids = [int(key) for key in keys if key.isascii() and key.isdecimal() and int(key) <= HIGHEST_ID]
        if not ids:
            return {}
        rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids), self._is_shown()))
        return {str(number): name for number, name in rows}

    def place_keys(self, value: str, kind: str) -> Keys:
        """Numbers of today's places that a name or number means."""
        found = self.places.by_name(value, kind)
        return found.numbers if found else NONE

    def author_keys(self, value: str) -> Keys:
        """Those with all these words in their names; one statement."""
        words = value.split()[:MOST_WORDS]
        wanted = set(key_of(value))
        if not wanted or not all(word.isprintable() for word in words):
            return NONE
        rows = select(Person.id, Person.name).where(self._is_shown(), *(_says(word) for word in words))
        found = session.execute(rows.order_by(Person.id).limit(MOST_AUTHORS))
        return frozenset(str(number) for number, name in found if wanted <= set(key_of(name)))

    def _known(self, facet: str, key: str) -> Keys:
        if facet in {"county", "municipality"}:
            found = self.places.by_number(key)
            return found.numbers if found and found.kind == facet else NONE
        if facet == "year":
            return years(key) if len(key) == 4 else NONE
        known: Mapping[str, Collection[str]] = {
            "kind": FINDABLE,
            "theme": self.labels.themes,
            "network": self.labels.networks,
            "status": STATUSES,
            "size": SIZES,
        }
        return frozenset({key}) if key in known[facet] else NONE

    def _is_shown(self) -> ColumnElement[bool]:
        written = select(Post.author_id).where(visible(self.actor), names_author(self.actor.at_large))
        return or_(and_(Person.listed, Person.left_at.is_(None)), Person.id.in_(written))


def names(actor: Actor) -> Names:
    """Give all names; three statements, and none while nothing changes."""
    return Names(actor, loading.labels(), place_names())


def _says(word: str) -> ColumnElement[bool]:
    # SQLite tells capitals from small letters outside a–z, so the likely spellings are asked for.
    spellings = sorted({word, word.lower(), word.capitalize(), word.upper()})
    return or_(*(Person.name.icontains(one, autoescape=True) for one in spellings))


def _named(value: str, things: Iterable[tuple[str, Iterable[str]]]) -> Keys:
    """Those with just this name, else those where it begins a word and is part of the name."""
    wanted = _key(value)
    if not wanted:
        return NONE
    every = [(key, _key(name)) for key, called in things for name in called]
    same = frozenset(key for key, name in every if name == wanted)
    return same or frozenset(key for key, name in every if len(wanted) > 1 and f" {wanted}" in f" {name}")


@lru_cache(maxsize=2_000)
def _key(name: str) -> str:
    return " ".join(key_of(name))


def _of_labels(labels: Iterable[Label]) -> list[tuple[str, list[str]]]:
    return [(label.key, [label.key, label.name_nb, label.name_nn, label.name_en]) for label in labels]


_RESOLVERS: dict[str, Callable[[Names, str], Keys]] = {
    "kind": lambda _names, value: _named(value, ((key, said.split()) for key, said in _ENGLISH_KINDS.items())),
    "theme": lambda names, value: _named(value, _of_labels(names.labels.themes.values())),
    "network": lambda names, value: _named(value, _of_labels(names.labels.networks.values())),
    "status": lambda _names, value: _named(value, ((key, [key, said]) for key, said in STATUSES.items())),
    "size": lambda _names, value: _named(value, ((key, [key, said]) for key, said in SIZES.items())),
    "county": lambda names, value: names.place_keys(value, COUNTY),
    "municipality": lambda names, value: names.place_keys(value, MUNICIPALITY),
    "author": lambda names, value: names.author_keys(value),
}
