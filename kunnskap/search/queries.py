"""Searching on somebody's behalf: the index finds, the database says what it is and once more who may see it."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from kunnskap.actor import ANYONE, Actor
from kunnskap.db import session
from kunnskap.paging import Page
from kunnskap.posts.kinds import QUESTION
from kunnskap.posts.models import Post, PostTheme
from kunnskap.posts.queries import names_author, stands, visible
from kunnskap.search import loading, narrowing, preferences, query_language
from kunnskap.search.analysis.words import lower, word_list
from kunnskap.search.analysis.written_forms import key
from kunnskap.search.engines.protocol import Hit, IndexDown, Query, Results
from kunnskap.search.indexing import index
from kunnskap.search.names import Names, names
from kunnskap.search.narrowing import Reading
from kunnskap.search.results import FIELDS, FINDABLE, PERSON, SIZE, Found, Mended, SearchPage, Wanted
from kunnskap.search.synonyms import current
from kunnskap.search.understanding import Understood, optional, understand
from kunnskap.themes import queries as themes
from kunnskap.themes.models import Theme

ALIKE = 0.3
"""How well something must fit, compared to what fits best, to be called alike."""
MOST_HELPERS = 3
MOST_BEST, MOST_THEMES = 20, 3
"""How much of what fits words is looked at to tell what they are about, and how many themes that may be."""
_AND = re.compile(r"\s+(?:og|and)\s+|\s*[,/]\s*")
_POSTS = frozenset(FINDABLE) - {PERSON.key}


def search(actor: Actor, wanted: Wanted) -> SearchPage:
    """Find a page of results; what it is narrowed to and does not exist is left out.

    Six statements while the reference data stand still. When the index cannot be searched, the page says so.
    """
    try:
        return _search(actor, wanted)
    except IndexDown:
        return SearchPage(wanted, Page([], 1, SIZE, 0), is_down=True)


def asked(actor: Actor, wanted: Wanted) -> Query:
    """Give what the index is asked for somebody: the same as the search page asks it."""
    return _query(actor, _read(wanted, names(actor)))


def _search(actor: Actor, wanted: Wanted) -> SearchPage:
    if wanted.is_empty:
        return SearchPage(wanted, Page([], 1, SIZE, 0))
    called = names(actor)
    reading = _read(wanted, called)
    query = _query(actor, reading)
    results = index().find(query)
    last = max(1, -(-results.total // SIZE))
    if query.page > last:
        reading = replace(reading, wanted=reading.wanted.on_page(last))
        query = replace(query, page=last)
        results = index().find(query)
    found = loading.found(actor, results, called.labels, query)
    return SearchPage(
        reading.wanted,
        Page(list(found), query.page, SIZE, results.total),
        reading.base,
        reading.unnarrowed,
        narrowing.facets(results, reading, called),
        narrowing.chips(reading, called),
        _mended(query, results, reading),
        [] if found else _helpers(actor, query, called),
        preferences.has_home(actor),
        preferences.has_alike(actor),
    )


def _read(wanted: Wanted, called: Names) -> Reading:
    wanted = called.known(wanted)
    text = query_language.read(wanted.words, called.keys)
    reading = Reading(wanted, text, ())
    chosen = reading.chosen
    understood = [one for one in understand(text.rest, called.places, wanted.plain) if not _is_chosen(one, chosen)]
    return replace(reading, understood=understood)


def _is_chosen(one: Understood, chosen: Mapping[str, frozenset[str]]) -> bool:
    """Whether all is of that place or kind anyway."""
    return bool(chosen[one.facet]) and (one.facet == "kind" or one.keys <= chosen[one.facet])


def _query(actor: Actor, reading: Reading) -> Query:
    wanted, text = reading.wanted, reading.asked
    words = [text.words, *(word for one in reading.understood for word in one.also)]
    lifted = [one.preference for one in reading.understood]
    narrowed: dict[str, Any] = {FIELDS[facet]: keys for facet, keys in reading.chosen.items()}
    return Query(
        " ".join(words),
        actor.tokens,
        phrases=text.phrases,
        without=text.without,
        preferences=(*lifted, *preferences.preferences(actor, alike=wanted.alike)),
        synonyms=current(),
        literal=wanted.literal,
        optional=optional(text.words, reading.understood),
        page=wanted.number,
        size=SIZE,
        **narrowed,
    )


def _mended(query: Query, results: Results, reading: Reading) -> list[Mended]:
    """What was looked for besides; when only the words as they stand were and gave nothing, what might have been."""
    corrections = results.corrections
    if query.literal and not results.total:
        corrections = index().find(replace(query, literal=False, size=1, counted=False)).corrections
    return narrowing.mended(corrections, reading.wanted)


def similar(actor: Actor, words: str, kinds: Collection[str] = (), limit: int = 5) -> list[Post]:
    """Give posts that are about the same as these words, best first, each with its place; one statement."""
    return _standing(actor, _alike(actor, words, kinds, limit), limit) if words.strip() else []


def related(actor: Actor, post: Post, limit: int = 5) -> list[Post]:
    """Give posts like this one, best first, each with its place; its themes must be loaded. One statement.

    When too few use its words, the newest with its themes are taken too.
    """
    words = " ".join([post.title, *(theme.name_nb for theme in post.themes)])
    ids = _alike(actor, words, (), limit + 1, exclude=post.id)
    if len(ids) < limit and post.themes:
        slugs = frozenset(theme.slug for theme in post.themes)
        query = Query("", actor.tokens, kinds=_POSTS, themes=slugs, size=limit + 1, counted=False)
        ids += [hit.group.id for hit in _best(query) if hit.group.id not in {post.id, *ids}]
    return _standing(actor, ids, limit)


def _alike(actor: Actor, words: str, kinds: Collection[str], size: int, exclude: int | None = None) -> list[int]:
    query = Query(words, actor.tokens, kinds=frozenset(kinds) or _POSTS, size=size, counted=False)
    # What the words were taken from fits them far better than anything else can.
    hits = [hit for hit in _best(query) if hit.group.id != exclude]
    return [hit.group.id for hit in hits if hit.score >= ALIKE * hits[0].score]


@dataclass(frozen=True)
class Subjects:
    """What words are about: themes by id, the most certain first, and who wrote what fits them (0–1), by person.

    `named` says that the themes are called so, in any language or by a word that means the same.
    """

    theme_ids: tuple[int, ...] = ()
    wrote: Mapping[int, float] = field(default_factory=dict)
    named: bool = False


def subjects(words: str) -> Subjects:
    """Tell what words are about and who wrote what fits them, by what everybody may see with its author's name.

    Three statements. Asking earns nothing: of a question, those who answered it count.
    """
    named = _themes_called(words)
    best = _best(Query(words, kinds=_POSTS, synonyms=current(), size=MOST_BEST, counted=False))
    fits = {hit.group.id: hit.score / best[0].score for hit in best if hit.score >= ALIKE * best[0].score}
    root = func.coalesce(Post.parent_id, Post.id)
    written = select(Post.author_id, root).where(root.in_(list(fits)), visible(ANYONE), names_author(ANYONE))
    wrote: defaultdict[int, float] = defaultdict(float)
    for author, number in session.execute(written.where(Post.kind_key != QUESTION.key)) if fits else ():
        wrote[author] += fits[number]
    for hit in _best(Query(words, kinds=frozenset({PERSON.key}), synonyms=current(), size=MOST_BEST, counted=False)):
        wrote[hit.group.id] += hit.score / 2 / best[0].score if best else 0.5
    return Subjects(named or _themes_of(fits), {one: much / (much + 1) for one, much in wrote.items()}, bool(named))


def _themes_called(words: str) -> tuple[int, ...]:
    """The themes whose name, or a part of it that stands alone, is among the words or among what means the same."""
    said = [_keys(words), *(keys for group in current().groups if _is_said(group, words) for keys in map(_keys, group))]
    return tuple(theme.id for theme in themes.every() if any(_is_in(name, said) for name in _names_of(theme)))


def _is_said(group: Sequence[str], words: str) -> bool:
    return any(_is_in(_keys(expression), [_keys(words)]) for expression in group)


def _names_of(theme: Theme) -> set[tuple[str, ...]]:
    whole = (theme.name_nb, theme.name_nn, theme.name_en)
    parts = (part for name in whole for part in _AND.split(name) if not part.endswith("-"))
    return {_keys(name) for name in (*whole, *parts)} - {()}


def _is_in(name: tuple[str, ...], said: Iterable[tuple[str, ...]]) -> bool:
    size = len(name)
    return (
        any(name == keys[start : start + size] for keys in said for start in range(len(keys) - size + 1)) and size > 0
    )


def _keys(words: str) -> tuple[str, ...]:
    return tuple(found for word in word_list(words) if (found := key(lower(word))))


def _themes_of(fits: Mapping[int, float]) -> tuple[int, ...]:
    """The themes most of what fits is about: at most three, none much less certain than the first."""
    rows = select(PostTheme.theme_id, PostTheme.post_id).join(Post, Post.id == PostTheme.post_id)
    share: defaultdict[int, float] = defaultdict(float)
    for theme, number in (
        session.execute(rows.where(PostTheme.post_id.in_(list(fits)), visible(ANYONE))) if fits else ()
    ):
        share[theme] += fits[number]
    likely = sorted(share, key=lambda one: (-share[one], one))[:MOST_THEMES]
    return tuple(one for one in likely if share[one] >= share[likely[0]] / 2)


def _standing(actor: Actor, ids: Collection[int], limit: int) -> list[Post]:
    """Those of the posts that the actor may see and that stand, in this order."""
    rows = select(Post).where(Post.id.in_(ids), visible(actor), stands(Post)).options(joinedload(Post.place))
    posts = {post.id: post for post in session.scalars(rows)} if ids else {}
    return [posts[number] for number in ids if number in posts][:limit]


def _best(query: Query) -> Sequence[Hit]:
    """The hits, or none when the index cannot be searched: what is only beside a page does not stop it."""
    try:
        return index().find(query).hits
    except IndexDown:
        return ()


def _helpers(actor: Actor, asked: Query, called: Names) -> Sequence[Found]:
    """Find people to ask when nothing was found: those the words fit, else those who know the chosen theme."""
    kinds = frozenset({PERSON.key})
    query = Query(asked.words, actor.tokens, kinds=kinds, synonyms=asked.synonyms, size=MOST_HELPERS, counted=False)
    results = index().find(query) if asked.words else Results()
    if not results.hits and asked.themes:
        results = index().find(replace(query, words="", themes=asked.themes))
    return loading.found(actor, results, called.labels, query)
