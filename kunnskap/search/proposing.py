"""What is shown under the search field while somebody types."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import bindparam, literal, select, union_all

from kunnskap import text
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.i18n import mark
from kunnskap.people.models import Person
from kunnskap.places.models import COUNTY, Place
from kunnskap.posts.models import Post
from kunnskap.posts.queries import names_author, visible
from kunnskap.remembering import remembered
from kunnskap.search.analysis.analyser import beginning
from kunnskap.search.analysis.compounds import Splitter
from kunnskap.search.analysis.vocabulary import Vocabulary
from kunnskap.search.analysis.words import fold, lower
from kunnskap.search.engines.protocol import Hit, IndexDown, Query
from kunnskap.search.indexing import index
from kunnskap.search.results import FINDABLE, PATHS, PERSON, Label, Proposal, Proposals
from kunnskap.themes.models import Theme

SHORTEST = 2
MOST_ROWS = 8
MOST_NAMED = 2
"""Themes, and places, among the rows."""
MOST_OF_EACH = {"question": 3, "experience": 2, "document": 2, "person": 2}
CANDIDATES = 40
PLACES, THEMES = mark("Steder"), mark("Temaer")
NO_FIT = 10_000
INSIDE = 1_000
"""What is added for a name in which only a word begins like what is typed."""

_ids: Any = bindparam("ids", expanding=True)
_every_post = (
    select(Post.id, Post.kind_key, Post.title, Post.language, Place.name)
    .outerjoin(Place, Place.id == Post.place_id)
    .where(Post.id.in_(_ids))
)
_every_person = (
    select(Person.id, Person.name, Person.role, Person.organisation, Place.name.label("place"))
    .outerjoin(Place, Place.id == Person.place_id)
    .where(Person.id.in_(_ids), Person.listed, Person.left_at.is_(None))
)
_every_name = union_all(
    select(literal("theme"), Theme.slug, Theme.name_nb, Theme.name_nn, Theme.name_en),
    select(Place.kind, Place.number, Place.name, Place.name, Place.name).where(Place.valid_to.is_(None)),
)


def proposals(actor: Actor, words: str) -> list[Proposals]:
    """Give at most eight rows by sort: posts, themes, people, places. At most two statements, and one after a change."""
    if len(words.strip()) < SHORTEST:
        return []
    themes, places = _named(words)
    hits = _some_of_each(_hits(actor, words), MOST_ROWS - len(places) - len(themes))
    rows = {**_posts(actor, hits), **_people(hits)}
    found = {
        key: Proposals(kind.plural, [rows[hit] for hit in hits if hit.kind == key and hit in rows])
        for key, kind in FINDABLE.items()
    }
    people = found.pop(PERSON.key)
    groups = (*found.values(), Proposals(THEMES, themes), people, Proposals(PLACES, places))
    return [group for group in groups if group.rows]


def _hits(actor: Actor, words: str) -> Sequence[Hit]:
    """What the words fit; nothing while the index cannot be searched, since names can still be proposed."""
    try:
        return index().find(Query(words, actor.tokens, size=CANDIDATES, typing=True, counted=False)).hits
    except IndexDown:
        return ()


def _some_of_each(hits: Sequence[Hit], most: int) -> list[Hit]:
    taken: Counter[str] = Counter()
    chosen: list[Hit] = []
    for hit in hits:
        taken[hit.kind] += 1
        if taken[hit.kind] <= MOST_OF_EACH[hit.kind] and len(chosen) < most:
            chosen.append(hit)
    return chosen


def _posts(actor: Actor, hits: Sequence[Hit]) -> dict[Hit, Proposal]:
    wanted = {hit.group.id: hit for hit in hits if hit.kind != PERSON.key}
    rows = _every_post.where(visible(actor)).add_columns(names_author(actor.at_large).label("is_named"))
    found = session.execute(rows, {"ids": list(wanted)}) if wanted else ()
    return {wanted[row.id]: _post(row) for row in found}


def _post(row: Any) -> Proposal:
    place = row.name if row.is_named and row.name else ""
    return Proposal(row.title, _address(row.kind_key, row.id, row.title), place, row.language)


def _people(hits: Sequence[Hit]) -> dict[Hit, Proposal]:
    wanted = {hit.group.id: hit for hit in hits if hit.kind == PERSON.key}
    found: Any = session.execute(_every_person, {"ids": list(wanted)}) if wanted else ()
    return {wanted[row.id]: _person(row) for row in found}


def _person(row: Any) -> Proposal:
    note = ", ".join(one for one in (row.role, row.place or row.organisation) if one)
    return Proposal(row.name, _address(PERSON.key, row.id, row.name), note)


def _address(kind: str, number: int, title: str) -> str:
    return f"{PATHS[kind]}{number}-{text.slug(title)}"


@dataclass(frozen=True, slots=True)
class _Name:
    """A theme or place with its folded names, and the words of each; of themes also what the words are put together of."""

    is_theme: bool
    folded: tuple[tuple[str, tuple[str, ...]], ...]
    row: Proposal


def _named(words: str) -> tuple[list[Proposal], list[Proposal]]:
    """Themes and places whose names begin like what is typed, or a word or part of a word in them like the last of it; those that fit best first."""
    whole, last = _folded(words), beginning(words)
    fitting: tuple[list[tuple[int, int, Proposal]], ...] = ([], [])
    for number, name in enumerate(remembered("proposed names", _read_names, reference=True)):
        fit = min(_fit(folded, parts, whole, last) for folded, parts in name.folded)
        if fit < NO_FIT:
            fitting[not name.is_theme].append((fit, number, name.row))
    themes, places = ([row for *_, row in sorted(rows, key=lambda one: one[:2])[:MOST_NAMED]] for rows in fitting)
    return themes, places


def _read_names() -> tuple[_Name, ...]:
    splitter = Splitter(Vocabulary())  # of the words that are shipped: names are proposed without any index too
    return tuple(_name(sort, key, names, splitter) for sort, key, *names in session.execute(_every_name))


def _name(sort: str, key: str, names: Sequence[str], splitter: Splitter) -> _Name:
    folded = tuple((one, tuple(one.split())) for one in dict.fromkeys(map(_folded, names)))
    if sort == "theme":
        split = tuple((one, tuple(chain(words, *map(splitter.parts, words)))) for one, words in folded)
        return _Name(True, split, Proposal(Label(key, *names), f"/tema/{key}"))
    note, path = (mark("Fylke"), "fylker") if sort == COUNTY else (mark("Kommune"), "kommuner")
    return _Name(False, folded, Proposal(names[0], f"/{path}/{key}-{text.slug(names[0])}", note))


def _fit(folded: str, parts: Sequence[str], whole: str, last: str) -> int:
    """How well a name fits; the less that is missing, the better, and what is typed whole comes first."""
    if whole and folded.startswith(whole):
        return len(folded) - len(whole)
    if len(last) > SHORTEST and any(part.startswith(last) for part in parts):
        return INSIDE + len(folded)
    return NO_FIT


def _folded(words: str) -> str:
    return fold(lower(words.strip()))
