"""Saved searches, and what is new in them for their owner."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, select
from sqlalchemy.orm import contains_eager

from kunnskap import text
from kunnskap.accounts import queries as accounts
from kunnskap.accounts.models import Account
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import NotFound
from kunnskap.posts.kinds import DOCUMENT, EXPERIENCE, QUESTION
from kunnskap.posts.models import Post
from kunnskap.posts.queries import stands, visible
from kunnskap.saved import rules
from kunnskap.saved.models import SavedSearch
from kunnskap.search import queries as search
from kunnskap.search.engines.protocol import IndexDown, Query
from kunnskap.search.indexing import index
from kunnskap.search.names import names
from kunnskap.search.results import PATHS, Label, Wanted

TOLD = (QUESTION.key, EXPERIENCE.key, DOCUMENT.key)
"""Kinds of posts that can be new in a search; people are not told about."""
MOST_NEW = 200
"""The newest posts that are looked at; of a flood of more, the rest is not told."""
MOST_HITS = 500
SHARE = 0.3
"""How well something must fit several words, compared to what fits best, to be worth telling."""
SHOWN = 5


@dataclass(frozen=True)
class Fresh:
    """A post that is new in a search."""

    id: int
    title: str
    address: str
    language: str


@dataclass(frozen=True)
class News:
    """How many new hits a search has, and the best of them."""

    total: int = 0
    shown: Sequence[Fresh] = ()


def of(actor: Actor) -> list[SavedSearch]:
    """Give the actor's searches, the newest first."""
    mine = select(SavedSearch).where(SavedSearch.person_id == (actor.person_id or 0))
    return list(session.scalars(mine.order_by(SavedSearch.id.desc())))


def one(actor: Actor, number: int) -> SavedSearch:
    """Give one of the actor's own; raises NotFound."""
    found = session.get(SavedSearch, number)
    if found is None or found.person_id != actor.person_id:
        raise NotFound
    return found


def owner(person_id: int) -> Account | None:
    """Give the account of somebody who may still come in, with its person."""
    wanted = select(Account).join(Account.person).options(contains_eager(Account.person))
    return session.scalar(wanted.where(Account.person_id == person_id, *accounts.opens()))


def choices(actor: Actor, query: str) -> list[str | Label]:
    """Name what a search is narrowed to beside its words; what no longer exists is left out."""
    called = names(actor)
    wanted = called.known(rules.wanted(query))
    authors = called.authors(wanted.authors)
    return [
        Label.of(key, authors[key]) if facet == "author" else called.label(facet, key)
        for facet, keys in wanted.chosen.items()
        for key in keys
    ]


def news(actor: Actor, since: Mapping[int, datetime], until: datetime | None = None) -> dict[int, News]:
    """Say what is new in searches (by number) since a moment of each, that the actor may see and did not write.

    One statement for what is new at all, one to three questions to the index for each search there may be news in.
    Raises IndexDown.
    """
    if not since:
        return {}
    fresh = {row.id: row for row in session.execute(_newest(actor, min(since.values()), until))}
    if not fresh:
        return {number: News() for number in since}
    searches = {row.id: row for row in session.scalars(select(SavedSearch).where(SavedSearch.id.in_(since)))}
    found = {}
    for number, moment in since.items():
        newer = {key: row for key, row in fresh.items() if row.published_at > moment}
        ids = _fitting(actor, rules.wanted(searches[number].query), newer) if newer and number in searches else []
        found[number] = News(len(ids), [_fresh(fresh[key]) for key in ids[:SHOWN]])
    return found


def known_news(actor: Actor, since: Mapping[int, datetime]) -> dict[int, News]:
    """The same for a page, which shows nothing new while the index is away."""
    try:
        return news(actor, since)
    except IndexDown:
        return {}


def _newest(actor: Actor, since: datetime, until: datetime | None) -> Executable:
    columns = (Post.id, Post.kind_key, Post.title, Post.language, Post.author_id, Post.hides_author, Post.published_at)
    rows = select(*columns).where(
        visible(actor),
        Post.kind_key.in_(TOLD),
        stands(Post),
        Post.author_id != (actor.person_id or 0),
        Post.published_at > since,
    )
    if until is not None:
        rows = rows.where(Post.published_at <= until)
    return rows.order_by(Post.published_at.desc(), Post.id.desc()).limit(MOST_NEW)


def _fitting(actor: Actor, wanted: Wanted, newer: Mapping[int, Any]) -> list[int]:
    """Find which of these posts a search finds, best first.

    Narrowed to those who wrote them, so that they are not lost among all that was found before. The index does not know
    who wrote what is written without a name.
    """
    query = replace(search.asked(actor, wanted), counted=False)
    writers = frozenset(str(row.author_id) for row in newer.values() if not row.hides_author)
    authors = writers & query.authors if query.authors else writers
    narrowed = [replace(query, authors=authors, size=MOST_HITS)] if authors else []
    if not query.authors and any(row.hides_author for row in newer.values()):
        narrowed.append(replace(query, size=MOST_HITS))
    least = _least(query) if narrowed and len(query.words.split()) > 1 else 0.0
    hits = {hit.group: hit.score for one in narrowed for hit in index().find(one).hits}
    fitting = [group for group, score in hits.items() if _is_one_of(group, newer) and score >= least]
    return [group.id for group in sorted(fitting, key=lambda group: -hits[group])]


def _is_one_of(group: Any, newer: Iterable[int]) -> bool:
    return group.kind == "post" and group.id in newer


def _least(query: Query) -> float:
    """How well something must fit: any word counts when one searches, but one of many is nothing to write home about."""
    best = index().find(replace(query, size=1)).hits
    return SHARE * best[0].score if best else 0.0


def _fresh(row: Any) -> Fresh:
    return Fresh(row.id, row.title, f"{PATHS[row.kind_key]}{row.id}-{text.slug(row.title)}", row.language)
