"""From hits to what a page shows of them, in few statements and without objects that follow their changes."""

import functools
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable, Select, and_, bindparam, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from kunnskap import text
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.documents.models import DocumentPage
from kunnskap.experiences.models import ExperienceDetails
from kunnskap.i18n import Message
from kunnskap.networks.models import Network
from kunnskap.people.models import Person
from kunnskap.places.models import COUNTY, Place
from kunnskap.posts import rules
from kunnskap.posts.kinds import EXPERIENCE, QUESTION
from kunnskap.posts.models import Post, PostTheme
from kunnskap.posts.queries import names_author, visible
from kunnskap.remembering import remembered
from kunnskap.search.documents import EXPERIENCE_TEXTS
from kunnskap.search.engines.protocol import Hit, Query, Results
from kunnskap.search.excerpts import LONGEST_TEXT, Excerpt, Marker
from kunnskap.search.indexing import index
from kunnskap.search.reasons import Explainer, Matches
from kunnskap.search.results import FINDABLE, PATHS, PERSON, Found, Label, Where
from kunnskap.themes.models import Theme

_NOTHING_ASKED = Query("")
_LONGEST_HTML = 2 * LONGEST_TEXT
"""Characters of a post's HTML that are read; its tags are seldom half of it."""
_SIGNS = re.compile(r"[*_`~#>|]+|!?\[([^\]]*)\]\([^)]*\)")

_county = aliased(Place)
_above = aliased(Theme)
_ids: Any = bindparam("ids", expanding=True)
_where = (
    Place.number.label("number"), Place.name.label("place_name"), Place.kind.label("place_kind"), Place.population,
    _county.number.label("county_number"), _county.name.label("county_name"),
)  # fmt: skip
_themes_named = (
    select(literal("theme"), Theme.slug, Theme.name_nb, Theme.name_nn, Theme.name_en, _above.slug, Theme.position)
    .outerjoin(_above, _above.id == Theme.parent_id)
)  # fmt: skip
_counties_named = select(
    literal("county"), Place.number, Place.name, Place.name, Place.name, null(), literal(0)
).where(Place.kind == COUNTY, Place.valid_to.is_(None))  # fmt: skip
_networks_named = select(
    literal("network"), Network.slug, Network.name, Network.name, Network.name, null(), literal(0)
)  # fmt: skip
_every_name: Executable = union_all(_themes_named, _counties_named, _networks_named)
_every_person = (
    select(Person.id, Person.name, Person.role, Person.organisation, Person.about, *_where)
    .outerjoin(Place, Place.id == Person.place_id)
    .outerjoin(_county, _county.id == Place.county_id)
    .where(Person.id.in_(_ids), Person.listed, Person.left_at.is_(None))
)
_every_post = (
    select(
        Post.id, Post.kind_key, Post.title, Post.body_html, Post.language, Post.status, Post.workplace,
        Post.published_at, Post.confirmed_at, Post.answer_count, Post.score, Post.hidden_at, Post.withdrawn_at, Post.held_at,
        Post.hides_author, Person.name.label("author"), *_where,
    )
    .join(Person, Person.id == Post.author_id)
    .outerjoin(Place, Place.id == Post.place_id)
    .outerjoin(_county, _county.id == Place.county_id)
    .where(Post.id.in_(_ids))
)  # fmt: skip
_themes_of_posts = (
    select(PostTheme.post_id, Theme.slug)
    .join(Theme, Theme.id == PostTheme.theme_id)
    .where(PostTheme.post_id.in_(_ids))
    .order_by(Theme.position)
)
_experience_texts = select(
    ExperienceDetails.post_id,
    functools.reduce(
        lambda one, other: one + "\n" + other, (getattr(ExperienceDetails, name) for name in EXPERIENCE_TEXTS)
    ),
)


@dataclass(frozen=True)
class Labels:
    """Names of themes by slug, each followed by those under it, of today's counties by number and of networks by slug."""

    themes: Mapping[str, Label]
    counties: Mapping[str, Label]
    networks: Mapping[str, Label]


def labels() -> Labels:
    """Give the names of everything results can be narrowed to; one statement, and none while nothing changes."""
    return remembered("search labels", _read_labels)


def _read_labels() -> Labels:
    found: dict[str, list[tuple[int, Label]]] = {"theme": [], "county": [], "network": []}
    for sort, key, name_nb, name_nn, name_en, above, position in session.execute(_every_name):
        found[sort].append((position, Label(key, name_nb, name_nn, name_en, above)))
    return Labels(
        {label.key: label for _, label in sorted(found["theme"], key=lambda one: one[0])},
        *(
            {label.key: label for _, label in sorted(found[sort], key=lambda one: _alphabetical(one[1].name_nb))}
            for sort in ("county", "network")
        ),
    )


def found(actor: Actor, results: Results, names: Labels, query: Query = _NOTHING_ASKED) -> Sequence[Found]:
    """Give what a page shows of the hits, in their order, without those the actor may not see; four statements.

    `query` is what they were found by, to say why. No statement while nothing changes: people turn pages, and go back.
    """
    shown, terms = tuple(results.hits), tuple(results.terms.items())
    asked = query.words, query.phrases, query.synonyms
    return remembered(("found", actor, asked, terms, shown), lambda: _read(actor, results, names, query))


class _Teller:
    """Marks words and says why things were found, for all hits of one search."""

    def __init__(self, query: Query, results: Results) -> None:
        analyser = index().analyser()
        self._explainer = Explainer(query, results, analyser)
        self.marker = Marker(self._explainer.telling, analyser)

    def why(self, hit: Hit, texts: Mapping[str, str], excerpts: Mapping[str, Excerpt]) -> tuple[Message, ...]:
        """Say why, from short texts and from excerpts of the long ones."""
        fields: dict[str, Matches] = {name: self.marker.matching(words) for name, words in texts.items()}
        return self._explainer.why(hit, fields | {name: excerpt.words for name, excerpt in excerpts.items()})


def _read(actor: Actor, results: Results, names: Labels, query: Query) -> tuple[Found, ...]:
    teller, hits = _Teller(query, results), results.hits
    people = _people({hit.group.id: hit for hit in hits if hit.kind == PERSON.key}, teller)
    posts = _posts(actor, {hit.group.id: hit for hit in hits if hit.kind != PERSON.key}, teller, names)
    both = ((people if hit.kind == PERSON.key else posts).get(hit.group.id) for hit in hits)
    return tuple(one for one in both if one is not None)


def _people(hits: Mapping[int, Hit], teller: _Teller) -> dict[int, Found]:
    rows: Any = session.execute(_every_person, {"ids": list(hits)}) if hits else ()
    return {row.id: _person(row, hits[row.id], teller) for row in rows}


def _person(row: Any, hit: Hit, teller: _Teller) -> Found:
    marker, about = teller.marker, teller.marker.best(row.about)
    texts = {"name": row.name, "role": f"{row.role} {row.organisation}", "place": _place_words(row)}
    return Found(
        PERSON,
        row.id,
        marker.mark(row.name),
        f"{PATHS[PERSON.key]}{row.id}-{text.slug(row.name)}",
        about.html,
        by=row.role,
        place=_place(row),
        workplace=row.organisation,
        fit=hit.score,
        reasons=teller.why(hit, texts, {"text": about}),
    )


def _posts(actor: Actor, hits: Mapping[int, Hit], teller: _Teller, names: Labels) -> dict[int, Found]:
    if not hits:
        return {}
    rows = session.execute(_posts_seen_by(actor), {"ids": list(hits)}).all()
    themes: defaultdict[int, list[Label]] = defaultdict(list)
    for post_id, slug in session.execute(_themes_of_posts, {"ids": list(hits)}):
        themes[post_id] += [names.themes[slug]] if slug in names.themes else []
    passages = _passages(actor, rows, hits, teller.marker)
    return {row.id: _post(row, hits[row.id], passages[row.id], themes[row.id], teller) for row in rows}


@functools.lru_cache(maxsize=1_000)
def _posts_seen_by(actor: Actor) -> Executable:
    # One's own name is not told either where it is kept from others: what is found is shown alike to many.
    return _every_post.where(visible(actor)).add_columns(names_author(actor.at_large).label("is_named"))


@functools.lru_cache(maxsize=1_000)
def _answers_seen_by(actor: Actor) -> Select[Any, Any]:
    return select(Post.parent_id, Post.body_html).where(Post.parent_id.in_(_ids), visible(actor))


def _post(row: Any, hit: Hit, passages: "_Passages", themes: Sequence[Label], teller: _Teller) -> Found:
    address = f"{PATHS[row.kind_key]}{row.id}-{text.slug(row.title)}"
    return Found(
        FINDABLE[row.kind_key],
        row.id,
        teller.marker.mark(row.title),
        f"{PATHS[row.kind_key]}{row.id}/side/{hit.page}" if hit.page else address,
        passages.shown.html,
        by=row.author if row.is_named else "",
        place=_place(row) if row.is_named else None,
        workplace=row.workplace if row.is_named else "",
        colleague="" if row.is_named else rules.colleague(_place(row)),
        is_kept_from_others=row.hides_author,
        language=row.language,
        status=row.status,
        page=hit.page,
        published_at=row.published_at,
        confirmed_at=row.confirmed_at,
        answer_count=row.answer_count,
        score=row.score,
        is_gone=any((row.hidden_at, row.withdrawn_at, row.held_at)),
        themes=themes,
        in_answer=passages.shown is passages.by_field.get("answers"),
        fit=hit.score,
        reasons=teller.why(hit, _short_texts(row, themes), passages.by_field),
    )


def _short_texts(row: Any, themes: Sequence[Label]) -> dict[str, str]:
    named = " ".join(f"{theme.name_nb} {theme.name_nn} {theme.name_en}" for theme in themes)
    told = {"place": _place_words(row), "people": row.author} if row.is_named else {}
    return {"title": row.title, "themes": named, **told}


@dataclass(frozen=True)
class _Passages:
    """The excerpt to show, and those of each long text by what reasons call it."""

    shown: Excerpt
    by_field: Mapping[str, Excerpt]


def _passages(actor: Actor, rows: Sequence[Any], hits: Mapping[int, Hit], marker: Marker) -> dict[int, _Passages]:
    """Show why each was found: from its own text, else its answers, its other fields, or the page it was found on."""
    own = {row.id: marker.best(_plain(row.body_html)) for row in rows}
    passages = {number: _Passages(one, {"text": one}) for number, one in own.items()}
    lacking = [row for row in rows if hits[row.id].page or (hits[row.id].score and not own[row.id].matched)]
    kinds = {row.id: row.kind_key for row in lacking}
    for number, words in _further_texts(actor, lacking, hits).items():
        further = marker.best(words)
        if further.matched:
            field = "page" if hits[number].page else "answers" if kinds[number] == QUESTION.key else "text"
            passages[number] = _Passages(further, {"text": own[number], field: further})
    return passages


def _further_texts(actor: Actor, rows: Sequence[Any], hits: Mapping[int, Hit]) -> dict[int, str]:
    questions = {row.id for row in rows if row.kind_key == QUESTION.key and row.answer_count}
    experiences = [row.id for row in rows if row.kind_key == EXPERIENCE.key]
    pages = [(row.id, page) for row in rows if (page := hits[row.id].page)]
    wanted: list[Select[Any, Any]] = []
    if questions:
        wanted.append(_answers_seen_by(actor))
    if experiences:
        wanted.append(_experience_texts.where(ExperienceDetails.post_id.in_(experiences)))
    if pages:
        any_page = or_(*(and_(DocumentPage.post_id == number, DocumentPage.number == page) for number, page in pages))
        wanted.append(select(DocumentPage.post_id, DocumentPage.text).where(any_page))
    found: defaultdict[int, list[str]] = defaultdict(list)
    for number, words in session.execute(_all_of(wanted), {"ids": list(questions)}) if wanted else ():
        found[number].append(_plain(words) if number in questions else _without_signs(words))
    return {number: "\n".join(texts) for number, texts in found.items()}


def _all_of(wanted: Sequence[Select[Any, Any]]) -> Executable:
    return union_all(*wanted) if len(wanted) > 1 else wanted[0]


@functools.lru_cache(maxsize=1_000)
def _plain_beginning(html: str) -> str:
    return text.plain(html)


def _plain(html: str) -> str:
    return _plain_beginning(html[:_LONGEST_HTML])


def _without_signs(markdown: str) -> str:
    return " ".join(_SIGNS.sub(lambda found: found[1] or "", markdown[:LONGEST_TEXT]).split())


def _place(row: Any) -> Where | None:
    if row.number is None:
        return None
    county = row.county_number and Where(row.county_number, row.county_name, COUNTY)
    return Where(row.number, row.place_name, row.place_kind, row.population, county)


def _place_words(row: Any) -> str:
    return f"{row.place_name or ''} {row.county_name or ''}"


def _alphabetical(name: str) -> str:
    """Put æ, ø and å after z, as the alphabet does here."""
    return name.casefold().replace("æ", "{").replace("ø", "|").replace("å", "}")
