"""Searching on somebody's behalf: the index finds, the database says what it is and once more who may see it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.paging import Page
from kunnskap.posts.models import Post
from kunnskap.posts.queries import visible
from kunnskap.search import loading
from kunnskap.search.engines.protocol import Query, Results
from kunnskap.search.indexing import index
from kunnskap.search.loading import Labels
from kunnskap.search.results import (
    FINDABLE,
    HEADINGS,
    PERSON,
    SIZE,
    STATUSES,
    Choice,
    Facet,
    Found,
    Label,
    SearchPage,
    Wanted,
)

ALIKE = 0.3
"""How well something must fit, compared to what fits best, to be called alike."""
MOST_HELPERS = 3


def search(actor: Actor, wanted: Wanted) -> SearchPage:
    """Find a page of results; what it is narrowed to and does not exist is left out. At most five statements."""
    if wanted.is_empty:
        return SearchPage(wanted, Page([], 1, SIZE, 0))
    labels = loading.labels()
    wanted = _known(wanted, labels)
    query = _query(actor, wanted)
    results = index().find(query)
    last = max(1, -(-results.total // SIZE))
    if wanted.number > last:
        wanted = wanted.on_page(last)
        query = _query(actor, wanted)
        results = index().find(query)
    found = loading.found(actor, results, labels, query)
    page = Page(list(found), wanted.number, SIZE, results.total)
    return SearchPage(wanted, page, _facets(results, wanted, labels), [] if found else _helpers(actor, wanted, labels))


def similar(
    actor: Actor, words: str, kinds: Collection[str] = (), limit: int = 5, exclude: int | None = None
) -> list[Post]:
    """Give posts that are about the same as these words, best first, each with its place; one statement."""
    wanted = frozenset(kinds) or frozenset(FINDABLE) - {PERSON.key}
    query = Query(words, actor.tokens, kinds=wanted, size=limit + 1, counted=False)
    # What the words were taken from fits them far better than anything else can.
    hits = [hit for hit in index().find(query).hits if hit.group.id != exclude] if words.strip() else []
    ids = [hit.group.id for hit in hits if hit.score >= ALIKE * hits[0].score]
    rows = select(Post).where(Post.id.in_(ids), visible(actor)).options(joinedload(Post.place))
    posts = {post.id: post for post in session.scalars(rows)} if ids else {}
    return [posts[number] for number in ids if number in posts][:limit]


def related(actor: Actor, post: Post, limit: int = 5) -> list[Post]:
    """Give posts like this one, best first, each with its place; its themes must be loaded. One statement."""
    words = " ".join([post.title, *(theme.name_nb for theme in post.themes)])
    return similar(actor, words, limit=limit, exclude=post.id)


def _query(actor: Actor, wanted: Wanted) -> Query:
    return Query(
        wanted.words,
        actor.tokens,
        kinds=frozenset(wanted.kinds),
        themes=frozenset(wanted.themes),
        counties=frozenset(wanted.counties),
        statuses=frozenset(wanted.statuses),
        page=wanted.number,
        size=SIZE,
    )


def _known(wanted: Wanted, labels: Labels) -> Wanted:
    known: Mapping[str, Collection[str]] = {
        "kind": FINDABLE,
        "theme": labels.themes,
        "county": labels.counties,
        "status": STATUSES,
    }
    return wanted.only(known)


def _facets(results: Results, wanted: Wanted, labels: Labels) -> list[Facet]:
    words: Mapping[str, Mapping[str, str | Label]] = {
        "kind": {key: kind.plural for key, kind in FINDABLE.items()},
        "theme": {key: label for key, label in labels.themes.items() if _is_shown(label, wanted)},
        "county": labels.counties,
        "status": STATUSES,
    }
    facets = [
        Facet(key, HEADINGS[key], _choices(named, results.facets[key], wanted.chosen[key]))
        for key, named in words.items()
    ]
    return [facet for facet in facets if facet.choices]


def _choices(named: Mapping[str, str | Label], counts: Mapping[str, int], chosen: Collection[str]) -> list[Choice]:
    return [
        Choice(key, words, counts.get(key, 0), key in chosen, isinstance(words, Label) and words.above is not None)
        for key, words in named.items()
        if counts.get(key) or key in chosen
    ]


def _is_shown(theme: Label, wanted: Wanted) -> bool:
    """Themes of the lower level show when the one above is chosen, or they are."""
    return theme.above is None or theme.above in wanted.themes or theme.key in wanted.themes


def _helpers(actor: Actor, wanted: Wanted, labels: Labels) -> Sequence[Found]:
    """Find people to ask when nothing was found: those the words fit, else those who know the chosen theme."""
    query = Query(wanted.words, actor.tokens, kinds=frozenset({PERSON.key}), size=MOST_HELPERS, counted=False)
    results = index().find(query) if wanted.words else Results()
    if not results.hits and wanted.themes:
        results = index().find(replace(query, words="", themes=frozenset(wanted.themes)))
    return loading.found(actor, results, labels, query)
