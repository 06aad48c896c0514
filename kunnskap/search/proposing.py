"""What is shown under the search field while somebody types."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import literal, select, union_all

from kunnskap import text
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.i18n import mark
from kunnskap.people.models import Person
from kunnskap.places.models import COUNTY, Place
from kunnskap.posts.models import Post
from kunnskap.posts.queries import visible
from kunnskap.search.analysis.analyser import beginning
from kunnskap.search.analysis.words import fold, lower
from kunnskap.search.engines.protocol import Hit, Query
from kunnskap.search.indexing import index
from kunnskap.search.results import FINDABLE, PATHS, PERSON, Label, Proposal, Proposals
from kunnskap.themes.models import Theme

SHORTEST = 2
MOST_ROWS = 8
MOST_NAMED = 2
MOST_OF_EACH = {"question": 3, "experience": 2, "document": 2, "person": 2}
PLACES, THEMES = mark("Steder"), mark("Temaer")


def proposals(actor: Actor, words: str) -> list[Proposals]:
    """Give at most eight rows by sort: posts, people, places, themes. At most three statements."""
    if len(words.strip()) < SHORTEST:
        return []
    places, themes = _named(words)
    hits = _some_of_each(index().find(Query(words, actor.tokens, size=40, typing=True, counted=False)).hits)
    hits = hits[: MOST_ROWS - len(places) - len(themes)]
    rows = {**_posts(actor, hits), **_people(hits)}
    groups = [
        Proposals(kind.plural, [rows[hit] for hit in hits if hit.kind == key and hit in rows])
        for key, kind in FINDABLE.items()
    ]
    groups += [Proposals(PLACES, places), Proposals(THEMES, themes)]
    return [group for group in groups if group.rows]


def _some_of_each(hits: Sequence[Hit]) -> list[Hit]:
    taken: Counter[str] = Counter()
    chosen = []
    for hit in hits:
        taken[hit.kind] += 1
        if taken[hit.kind] <= MOST_OF_EACH[hit.kind]:
            chosen.append(hit)
    return chosen


def _posts(actor: Actor, hits: Sequence[Hit]) -> dict[Hit, Proposal]:
    wanted = {hit.group.id: hit for hit in hits if hit.kind != PERSON.key}
    if not wanted:
        return {}
    rows = select(Post.id, Post.kind_key, Post.title, Post.language, Place.name).outerjoin(
        Place, Place.id == Post.place_id
    )
    return {
        wanted[row.id]: Proposal(row.title, _address(row.kind_key, row.id, row.title), row.name or "", row.language)
        for row in session.execute(rows.where(Post.id.in_(wanted), visible(actor)))
    }


def _people(hits: Sequence[Hit]) -> dict[Hit, Proposal]:
    wanted = {hit.group.id: hit for hit in hits if hit.kind == PERSON.key}
    if not wanted:
        return {}
    columns = (Person.id, Person.name, Person.role, Person.organisation, Place.name.label("place"))
    rows = select(*columns).outerjoin(Place, Place.id == Person.place_id)
    return {wanted[row.id]: _person(row) for row in session.execute(rows.where(Person.id.in_(wanted), Person.listed))}


def _person(row: Any) -> Proposal:
    note = ", ".join(one for one in (row.role, row.place or row.organisation) if one)
    return Proposal(row.name, _address(PERSON.key, row.id, row.name), note)


def _address(kind: str, number: int, title: str) -> str:
    return f"{PATHS[kind]}{number}-{text.slug(title)}"


def _named(words: str) -> tuple[list[Proposal], list[Proposal]]:
    """Places and themes whose names begin like what is typed, or like the last word of it."""
    themes = select(literal("theme"), Theme.slug, Theme.name_nb, Theme.name_nn, Theme.name_en)
    places = select(Place.kind, Place.number, Place.name, Place.name, Place.name).where(Place.valid_to.is_(None))
    whole, last = _folded(words), beginning(words)
    found: dict[str, list[tuple[int, Proposal]]] = {"place": [], "theme": []}
    for sort, key, *names in session.execute(union_all(themes, places)):
        fit = min(_fit(name, whole, last) for name in dict.fromkeys(names))
        if fit < NO_FIT:
            found["theme" if sort == "theme" else "place"].append((fit, _name(sort, key, names)))
    best = {sort: sorted(rows, key=lambda one: one[0])[:MOST_NAMED] for sort, rows in found.items()}
    return [row for _, row in best["place"]], [row for _, row in best["theme"]]


NO_FIT = 10_000


def _fit(name: str, whole: str, last: str) -> int:
    """How well a name fits; the less that is missing, the better, and what is typed whole comes first."""
    folded = _folded(name)
    if folded.startswith(whole):
        return len(folded) - len(whole)
    if len(last) > SHORTEST and any(word.startswith(last) for word in folded.split()):
        return 1_000 + len(folded)
    return NO_FIT


def _name(sort: str, key: str, names: Sequence[str]) -> Proposal:
    if sort == "theme":
        return Proposal(Label(key, *names), f"/tema/{key}")
    note = mark("Fylke") if sort == COUNTY else mark("Kommune")
    return Proposal(names[0], f"/{'fylker' if sort == COUNTY else 'kommuner'}/{key}-{text.slug(names[0])}", note)


def _folded(words: str) -> str:
    return fold(lower(words.strip()))
