"""What my page shows of all a person follows, what stands on the site map, and what people told the site's owners."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import load_only

from kunnskap.actor import ANYONE, Actor
from kunnskap.collections import queries as collection_queries
from kunnskap.collections.models import Collection
from kunnskap.db import session
from kunnskap.errors import NotAllowed
from kunnskap.following.models import Follow
from kunnskap.home.models import Feedback
from kunnskap.networks.models import Network
from kunnskap.paging import Page
from kunnskap.people import queries as people_queries
from kunnskap.people.models import Person
from kunnskap.places.models import Place
from kunnskap.posts import queries as post_queries
from kunnskap.posts.models import Post
from kunnskap.themes.models import Theme

MOST_POSTS, FEEDBACK_SIZE = 20, 20
MAP_SIZE = 10_000
"""Posts to a part of the site map, at most: those whose numbers follow one another, so that a part stays what it is."""
LARGEST_ID = 2_147_483_647
Row = TypeVar("Row", Theme, Place, Network)


@dataclass(frozen=True)
class Followed:
    """What somebody follows, in the order each is listed elsewhere; posts the newest followed first."""

    posts: list[Post] = field(default_factory=list)
    themes: list[Theme] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    networks: list[Network] = field(default_factory=list)
    collections: list[Collection] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is followed."""
        things = (self.posts, self.themes, self.places, self.people, self.networks, self.collections)
        return not any(things)


def followed(actor: Actor) -> Followed:
    """Give everything the actor follows and may see; one statement for the follows and one for each kind there is."""
    ids = _ids(actor)
    if not ids:
        return Followed()
    seen = post_queries.by_ids(actor, ids["post"][:MOST_POSTS]) if ids["post"] else {}
    return Followed(
        posts=[seen[number] for number in ids["post"] if number in seen],
        themes=_rows(select(Theme).order_by(Theme.position), Theme.id.in_(ids["theme"])) if ids["theme"] else [],
        places=_rows(select(Place).order_by(Place.name), Place.id.in_(ids["place"])) if ids["place"] else [],
        people=list(people_queries.by_ids(ids["person"]).values()) if ids["person"] else [],
        networks=_rows(select(Network).order_by(Network.name), Network.id.in_(ids["network"]))
        if ids["network"]
        else [],
        collections=list(collection_queries.by_ids(actor, ids["collection"]).values()) if ids["collection"] else [],
    )


def _rows(rows: Select[Row], condition: ColumnElement[bool]) -> list[Row]:
    return list(session.scalars(rows.where(condition)))


def _ids(actor: Actor) -> dict[str, list[int]]:
    rows = select(Follow.target_kind, Follow.target_id).where(Follow.person_id == actor.person_id)
    found: defaultdict[str, list[int]] = defaultdict(list)
    for kind, number in session.execute(rows.order_by(Follow.since.desc())):
        found[kind].append(number)
    return found


def feedback(actor: Actor, number: int = 1) -> Page[Feedback]:
    """Give a page of what people have told, what nobody has seen to first; raises NotAllowed to others than moderators."""
    if not actor.may("moderate"):
        raise NotAllowed
    rows = select(Feedback).order_by(Feedback.handled_at.is_not(None), Feedback.id.desc())
    found = session.scalars(rows.limit(FEEDBACK_SIZE).offset((number - 1) * FEEDBACK_SIZE)).all()
    return Page(list(found), number, FEEDBACK_SIZE, session.scalar(select(func.count()).select_from(Feedback)) or 0)


def map_parts() -> list[int]:
    """The numbers, from 1, of the parts of the site map that have something in them."""
    last = session.scalar(select(Post.id).where(_on_map()).order_by(Post.id.desc()).limit(1))
    parts = range(1, ((last or 0) - 1) // MAP_SIZE + 2)
    return [part for part in parts if session.scalar(select(Post.id).where(_on_map(), _within(part)).limit(1))]


def on_map(part: int) -> Iterator[Post]:
    """Give the posts of a part of the site map a few at a time, with what their addresses need."""
    rows = select(Post).where(_on_map(), _within(part)).order_by(Post.id).execution_options(yield_per=1_000)
    yield from session.scalars(rows.options(load_only(Post.id, Post.kind_key, Post.title, Post.active_at)))


def _within(part: int) -> ColumnElement[bool]:
    return and_(Post.id > min((part - 1) * MAP_SIZE, LARGEST_ID), Post.id <= min(part * MAP_SIZE, LARGEST_ID))


def _on_map() -> ColumnElement[bool]:
    """What everyone may see, has a page of its own, and does not lead on to another."""
    return and_(post_queries.visible(ANYONE), Post.parent_id.is_(None), Post.merged_into_id.is_(None))


def open_feedback_count(actor: Actor) -> int:
    """Count what people have told that nobody has seen to; nothing for others than moderators."""
    open_ones = select(func.count()).select_from(Feedback).where(Feedback.handled_at.is_(None))
    return (session.scalar(open_ones) or 0) if actor.may("moderate") else 0
