"""From hits to what a page shows of them, in few statements and without objects that follow their changes."""

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from kunnskap import text
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.documents.models import DocumentPage
from kunnskap.experiences.models import ExperienceDetails
from kunnskap.people.models import Person
from kunnskap.places.models import COUNTY, Place
from kunnskap.posts.kinds import ANSWER, EXPERIENCE, QUESTION
from kunnskap.posts.models import Post, PostTheme
from kunnskap.posts.queries import visible
from kunnskap.search import analysis, excerpts
from kunnskap.search.documents import EXPERIENCE_TEXTS
from kunnskap.search.engine import Hit
from kunnskap.search.results import FINDABLE, PATHS, PERSON, Found, Label, Where
from kunnskap.themes.models import Theme

_county = aliased(Place)
_above = aliased(Theme)
_WHERE = (
    Place.number.label("number"), Place.name.label("place_name"), Place.kind.label("place_kind"), Place.population,
    _county.number.label("county_number"), _county.name.label("county_name"),
)  # fmt: skip
_POST = (
    Post.id, Post.kind_key, Post.title, Post.body_html, Post.language, Post.status, Post.workplace, Post.published_at,
    Post.confirmed_at, Post.answer_count, Post.score, Post.hidden_at, Post.withdrawn_at, Person.name.label("author"),
)  # fmt: skip
_SIGNS = re.compile(r"[*_`~#>|]+|!?\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True)
class Labels:
    """Names of themes by slug, each followed by those under it, and of today's counties by number, in order."""

    themes: Mapping[str, Label]
    counties: Mapping[str, Label]


def labels() -> Labels:
    """Read the names of everything results can be narrowed to; one statement."""
    names = (Theme.name_nb, Theme.name_nn, Theme.name_en)
    themes = select(literal("theme"), Theme.slug, *names, _above.slug, Theme.position)
    themes = themes.outerjoin(_above, _above.id == Theme.parent_id)
    counties = select(literal("county"), Place.number, Place.name, Place.name, Place.name, null(), literal(0))
    counties = counties.where(Place.kind == COUNTY, Place.valid_to.is_(None))
    rows: Sequence[Any] = session.execute(union_all(themes, counties)).all()
    found: dict[str, list[tuple[int, Label]]] = {"theme": [], "county": []}
    for sort, key, name_nb, name_nn, name_en, above, position in rows:
        found[sort].append((position, Label(key, name_nb, name_nn, name_en, above)))
    return Labels(
        {label.key: label for _, label in sorted(found["theme"], key=lambda one: one[0])},
        {label.key: label for _, label in sorted(found["county"], key=lambda one: _alphabetical(one[1].name_nb))},
    )


def found(actor: Actor, hits: Sequence[Hit], words: str, names: Labels) -> list[Found]:
    """Give what a page shows of these hits, in their order, without those the actor may not see; four statements."""
    terms = analysis.query_terms(words)
    people = _people([hit.group.id for hit in hits if hit.kind == PERSON.key], terms)
    posts = _posts(actor, {hit.group.id: hit for hit in hits if hit.kind != PERSON.key}, terms, names)
    both = ((people if hit.kind == PERSON.key else posts).get(hit.group.id) for hit in hits)
    return [one for one in both if one is not None]


def _people(ids: Sequence[int], terms: Mapping[str, float]) -> dict[int, Found]:
    if not ids:
        return {}
    wanted = select(Person.id, Person.name, Person.role, Person.organisation, Person.about, *_WHERE)
    wanted = _with_place(wanted, Person.place_id).where(Person.id.in_(ids), Person.listed, Person.left_at.is_(None))
    return {
        row.id: Found(
            PERSON,
            row.id,
            excerpts.marked(row.name, terms),
            f"{PATHS[PERSON.key]}{row.id}-{text.slug(row.name)}",
            excerpts.best(row.about, terms).html,
            by=row.role,
            place=_where(row),
            workplace=row.organisation,
        )
        for row in session.execute(wanted)
    }


def _posts(actor: Actor, hits: Mapping[int, Hit], terms: Mapping[str, float], names: Labels) -> dict[int, Found]:
    if not hits:
        return {}
    wanted = select(*_POST, *_WHERE).join(Person, Person.id == Post.author_id)
    rows = session.execute(_with_place(wanted, Post.place_id).where(Post.id.in_(hits), visible(actor))).all()
    themes = _themes(hits, names)
    passages = _passages(actor, rows, hits, terms)
    return {row.id: _post(row, hits[row.id], passages[row.id], themes[row.id], terms) for row in rows}


def _post(row: Any, hit: Hit, passage: excerpts.Excerpt, themes: Sequence[Label], terms: Mapping[str, float]) -> Found:
    address = f"{PATHS[row.kind_key]}{row.id}-{text.slug(row.title)}"
    return Found(
        FINDABLE[row.kind_key],
        row.id,
        excerpts.marked(row.title, terms),
        f"{PATHS[row.kind_key]}{row.id}/side/{hit.page}" if hit.page else address,
        passage.html,
        by=row.author,
        place=_where(row),
        workplace=row.workplace,
        language=row.language,
        status=row.status,
        page=hit.page,
        published_at=row.published_at,
        confirmed_at=row.confirmed_at,
        answer_count=row.answer_count,
        score=row.score,
        is_gone=row.hidden_at is not None or row.withdrawn_at is not None,
        themes=themes,
    )


def _themes(ids: Iterable[int], names: Labels) -> Mapping[int, list[Label]]:
    wanted = select(PostTheme.post_id, Theme.slug).join(Theme, Theme.id == PostTheme.theme_id)
    found: defaultdict[int, list[Label]] = defaultdict(list)
    for post_id, slug in session.execute(wanted.where(PostTheme.post_id.in_(list(ids))).order_by(Theme.position)):
        found[post_id].append(names.themes[slug])
    return found


def _passages(
    actor: Actor, rows: Sequence[Any], hits: Mapping[int, Hit], terms: Mapping[str, float]
) -> dict[int, excerpts.Excerpt]:
    """Show why each was found: from its own text, else from its answers, its other fields, or the page it was found on."""
    own = {row.id: excerpts.best(text.plain(row.body_html), terms) for row in rows}
    lacking = [row for row in rows if terms and (hits[row.id].page or not own[row.id].matched)]
    for number, words in _further_texts(actor, lacking, hits).items():
        further = excerpts.best(words, terms)
        if further.matched:
            own[number] = further
    return own


def _further_texts(actor: Actor, rows: Sequence[Any], hits: Mapping[int, Hit]) -> dict[int, str]:
    questions = [row.id for row in rows if row.kind_key == QUESTION.key and row.answer_count]
    experiences = [row.id for row in rows if row.kind_key == EXPERIENCE.key]
    pages = [(row.id, page) for row in rows if (page := hits[row.id].page)]
    wanted: list[Select[Any, Any]] = []
    if questions:
        answers = select(Post.parent_id, Post.body_html).where(
            Post.parent_id.in_(questions), Post.kind_key == ANSWER.key
        )
        wanted.append(answers.where(visible(actor)))
    if experiences:
        fields = [getattr(ExperienceDetails, name) for name in EXPERIENCE_TEXTS]
        joined = functools.reduce(lambda one, other: one + "\n" + other, fields)
        wanted.append(select(ExperienceDetails.post_id, joined).where(ExperienceDetails.post_id.in_(experiences)))
    if pages:
        any_page = or_(*(and_(DocumentPage.post_id == number, DocumentPage.number == page) for number, page in pages))
        wanted.append(select(DocumentPage.post_id, DocumentPage.text).where(any_page))
    found: defaultdict[int, list[str]] = defaultdict(list)
    for number, words in session.execute(union_all(*wanted)) if wanted else ():
        found[number].append(text.plain(words) if number in questions else _without_signs(words))
    return {number: "\n".join(texts) for number, texts in found.items()}


def _without_signs(markdown: str) -> str:
    return " ".join(_SIGNS.sub(lambda found: found[1] or "", markdown[: excerpts.LONGEST_TEXT]).split())


def _with_place(wanted: Any, place_id: Any) -> Any:
    return wanted.outerjoin(Place, Place.id == place_id).outerjoin(_county, _county.id == Place.county_id)


def _where(row: Any) -> Where | None:
    if row.number is None:
        return None
    county = row.county_number and Where(row.county_number, row.county_name, COUNTY)
    return Where(row.number, row.place_name, row.place_kind, row.population, county)


def _alphabetical(name: str) -> str:
    """Put æ, ø and å after z, as the alphabet does here."""
    return name.casefold().replace("æ", "{").replace("ø", "|").replace("å", "}")
