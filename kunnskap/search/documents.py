"""What the index knows of each thing, read from the database a batch at a time.

Rows are read as plain columns, so that nothing of them stays in the session and what is read is what is stored.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Executable, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from kunnskap.db import session
from kunnskap.documents.models import DocumentDetails, DocumentPage
from kunnskap.experiences.models import ExperienceDetails
from kunnskap.networks.models import Network, NetworkMember, NetworkPlace
from kunnskap.networks.queries import belongs
from kunnskap.people.models import HELPING, Person, PersonTheme
from kunnskap.places.models import MUNICIPALITY, Place, PlaceSuccession
from kunnskap.places.queries import sole_successors
from kunnskap.places.rules import size_class
from kunnskap.posts.kinds import ANSWER, ANSWERED, DOCUMENT, EXPERIENCE, QUESTION, SOLVED
from kunnskap.posts.models import Post, PostPlace, PostTheme
from kunnskap.posts.queries import stands
from kunnskap.posts.rules import audience_tokens
from kunnskap.remembering import remembered
from kunnskap.search.engines.protocol import EVERYONE, NOTHING, Document
from kunnskap.targets import Target
from kunnskap.themes.models import Theme

BATCH = 200
"""How many posts or people are read at a time."""
PERSON = "person"
KINDS = (QUESTION.key, EXPERIENCE.key, DOCUMENT.key, PERSON)
"""Kinds of things that can be found."""

EXPERIENCE_TEXTS = ("problem", "actions", "worked", "barriers", "advice", "effect_method")
_POST = (
    Post.id, Post.kind_key, Post.author_id, Post.place_id, Post.workplace, Post.title, Post.body, Post.audience,
    Post.status, Post.score, Post.published_at, Post.confirmed_at, Post.hidden_at, Post.withdrawn_at,
    Post.held_at, Post.hides_author, Post.for_network_id, Post.for_place_id,
)  # fmt: skip
ENDORSED = 2
"""How many must have found something useful for it to be endorsed."""


@dataclass(frozen=True)
class Spot:
    """Where something belongs: words to find it by, today's counties and municipalities by number, and what those are in."""

    words: str = ""
    counties: frozenset[str] = NOTHING
    municipalities: frozenset[str] = NOTHING
    sizes: frozenset[str] = NOTHING
    networks: frozenset[str] = NOTHING

    def __add__(self, other: "Spot") -> "Spot":
        words = " ".join(dict.fromkeys(f"{self.words} {other.words}".split()))
        return Spot(
            words,
            self.counties | other.counties,
            self.municipalities | other.municipalities,
            self.sizes | other.sizes,
            self.networks | other.networks,
        )


class _Reference:
    """Themes and places by id, and what places became (three statements)."""

    def __init__(self) -> None:
        self.themes = {row.id: row for row in session.execute(select(*_columns(Theme)))}
        self.places = {row.id: row for row in session.execute(select(*_columns(Place)))}
        self.became: dict[int, list[int]] = defaultdict(list)
        for old, new in session.execute(
            select(PlaceSuccession.old_id, PlaceSuccession.new_id).order_by(PlaceSuccession.new_id)
        ):
            self.became[old].append(new)


class Names:
    """Themes, places and networks by id, read once for a batch or a whole build (one statement; four after a change)."""

    def __init__(self) -> None:
        known = remembered("reference of the index", _Reference, reference=True)
        self._themes, self._places, self._became = known.themes, known.places, known.became
        self._networks = self._with_successors(_gather(_networks_of_places()))

    def _with_successors(self, networks: Mapping[int, list[Any]]) -> Mapping[int, list[Any]]:
        """A place that took over alone after another goes on in its networks."""
        found = defaultdict(list, {number: list(rows) for number, rows in networks.items()})
        for number, rows in networks.items():
            todays = self._todays(number)
            if todays != [number] and len(todays) == 1:
                found[todays[0]] += rows
        return found

    def themes(self, ids: Iterable[int]) -> tuple[str, frozenset[str]]:
        """Words for these themes and those above them, and all their slugs."""
        rows = [self._themes[number] for number in ids]
        above = [self._themes[row.parent_id] for row in rows if row.parent_id]
        words = [name for row in (*rows, *above) for name in (row.name_nb, row.name_nn, row.name_en)]
        return " ".join(dict.fromkeys(words)), frozenset(row.slug for row in (*rows, *above))

    def spot(self, place_id: int | None) -> Spot:
        """Words for a place, its parallel names, county and successors, and where it lies today."""
        if place_id is None:
            return Spot()
        named = [self._places[number] for number in dict.fromkeys((place_id, *self._todays(place_id)))]
        networks = {row.slug for place in named for row in self._networks[place.id]}
        places = named + [self._places[row.county_id] for row in named if row.county_id]
        words = chain.from_iterable((row.name, *(one["name"] for one in row.parallel_names)) for row in places)
        today = [row for row in places if row.valid_to is None]
        return Spot(
            " ".join(dict.fromkeys(words)),
            frozenset(row.number for row in today if row.kind != MUNICIPALITY),
            frozenset(row.number for row in today if row.kind == MUNICIPALITY),
            frozenset(size for row in today if row.kind == MUNICIPALITY and (size := size_class(row.population))),
            frozenset(networks),
        )

    def _todays(self, place_id: int) -> list[int]:
        following = self._became.get(place_id, [])
        return list(chain.from_iterable(self._todays(one) for one in following)) if following else [place_id]


def of_posts(ids: Collection[int], names: Names) -> Iterator[Document]:
    """Give the index documents of these posts, a file's pages behind it; answers are part of their questions."""
    rows = session.execute(
        select(*_POST, Person.name).join(Person, Person.id == Post.author_id).where(Post.id.in_(ids)).order_by(Post.id)
    )
    keys = [column.key for column in _POST]
    posts = [(Post(**{key: getattr(row, key) for key in keys}), row.name) for row in rows]
    details = _Details(ids)
    for post, author in posts:
        if post.kind_key in KINDS:
            document = _of_post(post, author, details, names)
            yield document
            if post.kind_key == DOCUMENT.key:
                yield from _pages(post, document)


def of_people(ids: Collection[int], names: Names) -> Iterator[Document]:
    """Give the index documents of those of these people who stand in the directory."""
    wanted = (
        select(*_columns(Person)).where(Person.id.in_(ids), Person.listed, Person.left_at.is_(None)).order_by(Person.id)
    )
    topics = _gather(
        select(PersonTheme.person_id, PersonTheme.theme_id, PersonTheme.level)
        .where(PersonTheme.person_id.in_(ids))
        .order_by(PersonTheme.theme_id)
    )
    memberships = _gather(
        select(NetworkMember.person_id, Network.slug)
        .join(Network, Network.id == NetworkMember.network_id)
        .where(NetworkMember.person_id.in_(ids))
    )
    for row in session.execute(wanted).all():
        theirs = topics[row.id]
        spot = names.spot(row.place_id)
        target = Target(PERSON, row.id)
        yield Document(
            target,
            target,
            PERSON,
            row.name,
            body=f"{row.contact_about}\n\n{row.about}".strip(),
            themes=names.themes(topic.theme_id for topic in theirs)[0],
            people=f"{row.role} {row.organisation}",
            place=spot.words,
            theme_slugs=names.themes(topic.theme_id for topic in theirs if topic.level in HELPING)[1],
            counties=spot.counties,
            municipalities=spot.municipalities,
            sizes=spot.sizes,
            networks=spot.networks | {one.slug for one in memberships[row.id]},
            authors=frozenset({str(row.id)}),
            marks=frozenset({f"confirmed-{row.confirmed_at.year}"}),
            audience=EVERYONE,
            published_at=row.confirmed_at,
        )


def everything(after: Target | None = None) -> Iterator[Document]:
    """Give the whole database as index documents, posts and then people, in the order of their numbers.

    Those that come after a group, or all; a batch at a time and with constant memory.
    """
    names = Names()
    in_people = after is not None and after.kind == PERSON
    last = after.id if after else 0
    if not in_people:
        for ids in _runs(Post.id, Post.kind_key != ANSWER.key, last):
            yield from of_posts(ids, names)
    for ids in _runs(Person.id, Person.listed, last if in_people else 0):
        yield from of_people(ids, names)


def how_many(after: Target | None = None) -> int:
    """Count the posts and people that `everything` gives after a group, or all; the pages of files are part of them."""
    in_people = after is not None and after.kind == PERSON
    last = after.id if after else 0
    posts = select(func.count()).select_from(Post).where(Post.kind_key.in_(KINDS), Post.id > last)
    people = select(func.count()).select_from(Person).where(Person.listed, Person.left_at.is_(None))
    if in_people:
        return session.scalar(people.where(Person.id > last)) or 0
    return (session.scalar(posts) or 0) + (session.scalar(people) or 0)


class _Details:
    """What belongs to a batch of posts beside the posts themselves, by post."""

    def __init__(self, ids: Collection[int]) -> None:
        # The order counts: what is read again must be the same if nothing has changed.
        themes = select(PostTheme.post_id, PostTheme.theme_id).order_by(PostTheme.theme_id)
        self.themes = _gather(themes.where(PostTheme.post_id.in_(ids)))
        places = select(PostPlace.post_id, PostPlace.place_id).order_by(PostPlace.place_id)
        self.places = _gather(places.where(PostPlace.post_id.in_(ids)))
        standing = and_(Post.parent_id.in_(ids), stands(Post))
        self.answers = _gather(
            select(Post.parent_id, Post.body, Post.audience, Post.score).where(standing).order_by(Post.id)
        )
        texts = [getattr(ExperienceDetails, name) for name in EXPERIENCE_TEXTS]
        self.experiences = _gather(
            select(
                ExperienceDetails.post_id,
                ExperienceDetails.contact_id,
                ExperienceDetails.period_from,
                Person.name,
                *texts,
            )
            .outerjoin(Person, Person.id == ExperienceDetails.contact_id)
            .where(ExperienceDetails.post_id.in_(ids))
        )
        self.files = _gather(
            select(DocumentDetails.post_id, DocumentDetails.year, DocumentDetails.filename).where(
                DocumentDetails.post_id.in_(ids)
            )
        )


def _of_post(post: Post, author: str, details: _Details, names: Names) -> Document:
    themes, slugs = names.themes(row.theme_id for row in details.themes[post.id])
    own = Spot(sizes=names.spot(post.place_id).sizes) if post.hides_author else names.spot(post.place_id)
    spot = sum((names.spot(row.place_id) for row in details.places[post.id]), own)
    target = Target("post", post.id)
    document = Document(
        target,
        target,
        post.kind_key,
        post.title,
        body=post.body,
        themes=themes,
        place=spot.words if post.hides_author else f"{spot.words} {post.workplace}",
        people="" if post.hides_author else author,
        theme_slugs=slugs,
        counties=spot.counties,
        municipalities=spot.municipalities,
        sizes=spot.sizes,
        networks=spot.networks,
        authors=NOTHING if post.hides_author else frozenset({str(post.author_id)}),
        marks=frozenset(_marks(post)),
        status=post.status,
        year=post.published_at.year,
        audience=audience_tokens(post),
        published_at=post.published_at,
    )
    return _ENRICHED[post.kind_key](document, details)


def _marks(post: Post) -> Iterator[str]:
    yield f"confirmed-{post.confirmed_at.year}"
    if post.score >= ENDORSED:
        yield "endorsed"
    if post.kind_key == QUESTION.key and post.status in {ANSWERED, SOLVED}:
        yield "answered"


def _with_answers(document: Document, details: _Details) -> Document:
    # An answer is never shown to more people than its question, nor found by more than may read it.
    open_to_all = "everyone" in document.audience
    answers = [row for row in details.answers[document.target.id] if row.audience == "everyone" or not open_to_all]
    endorsed = {"endorsed"} if any(row.score >= ENDORSED for row in answers) else set()
    return replace(document, replies="\n".join(row.body for row in answers), marks=document.marks | endorsed)


def _with_experience(document: Document, details: _Details) -> Document:
    for row in details.experiences[document.target.id]:
        texts = (getattr(row, name) for name in EXPERIENCE_TEXTS)
        return replace(
            document,
            summary=document.body,
            body="\n".join(texts),
            people=f"{document.people} {row.name or ''}",
            authors=document.authors | ({str(row.contact_id)} if row.contact_id else NOTHING),
            year=int(row.period_from[:4]) if row.period_from else document.year,  # "2023" or "2023-05"
        )
    return document


def _with_file(document: Document, details: _Details) -> Document:
    for row in details.files[document.target.id]:
        return replace(document, summary=row.filename, year=row.year or document.year)
    return document


_ENRICHED: Mapping[str, Callable[[Document, _Details], Document]] = {
    QUESTION.key: _with_answers,
    EXPERIENCE.key: _with_experience,
    DOCUMENT.key: _with_file,
}


def _pages(post: Post, document: Document) -> Iterator[Document]:
    rows = select(DocumentPage.number, DocumentPage.text).where(DocumentPage.post_id == post.id)
    for number, text in session.execute(rows.order_by(DocumentPage.number).execution_options(yield_per=100)):
        if text.strip():
            yield replace(
                document, target=Target("page", page_id(post.id, number)), title="", summary="", themes="", place="",
                people="", body=text, page=number,
            )  # fmt: skip


def page_id(post_id: int, number: int) -> int:
    """One number for a page of a file, for its target."""
    return post_id * 100_000 + number


def _runs(
    column: InstrumentedAttribute[int], condition: ColumnElement[bool] | InstrumentedAttribute[bool], last: int
) -> Iterator[Sequence[int]]:
    while ids := session.scalars(select(column).where(condition, column > last).order_by(column).limit(BATCH)).all():
        yield ids
        last = ids[-1]


def at_places(place_ids: Collection[int]) -> tuple[list[int], list[int]]:
    """Give the posts that were written from these places, or from what they were before, or are about them; and the people there."""
    family = set(place_ids) | {old for old, new in sole_successors().items() if new in place_ids}
    about = select(PostPlace.post_id).where(PostPlace.place_id.in_(family))
    posts = select(Post.id).where(or_(Post.place_id.in_(family), Post.id.in_(about)), Post.kind_key.in_(KINDS))
    people = select(Person.id).where(Person.place_id.in_(family), Person.listed)
    return list(session.scalars(posts.order_by(Post.id))), list(session.scalars(people.order_by(Person.id)))


def _networks_of_places() -> Executable:
    rows = select(NetworkPlace.place_id, Network.slug).join(Network, Network.id == NetworkPlace.network_id)
    return rows.join(Place, Place.id == NetworkPlace.place_id).where(belongs())


def _columns(model: type[Any]) -> list[Any]:
    return [getattr(model, attribute.key) for attribute in model.__mapper__.column_attrs]


def _gather(wanted: Executable) -> Mapping[int, list[Any]]:
    """Run a statement and collect its rows by their first column."""
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in session.execute(wanted):
        found[row[0]].append(row)
    return found
