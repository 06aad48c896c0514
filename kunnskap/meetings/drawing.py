"""What a network could talk about: questions nobody has answered, and resources nobody has looked at for long.

Only what all in the network may read is proposed, and nothing is drawn from a name that its writer hides.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import joinedload

from kunnskap import clock
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.meetings.models import AgendaItem, Meeting
from kunnskap.networks.models import NetworkMember
from kunnskap.networks.queries import place_ids
from kunnskap.posts.kinds import DOCUMENT, EXPERIENCE, QUESTION, UNANSWERED
from kunnskap.posts.models import Post, PostPlace
from kunnskap.posts.queries import names_author, stands, visible

MOST = 20
STALE_AFTER = timedelta(days=730)
"""How long nobody has said that a resource still holds before a meeting is to look at it (24 months)."""


@dataclass(frozen=True)
class Drawn:
    """What could go on an agenda: unanswered questions and stale resources, the oldest first."""

    questions: list[Post]
    stale: list[Post]


def proposals(actor: Actor, meeting: Meeting) -> Drawn:
    """Give what is not on the meeting's agenda yet; two statements."""
    waiting = (Post.kind_key == QUESTION.key, Post.status == UNANSWERED, Post.merged_into_id.is_(None))
    questions = select(Post).where(*_shared(actor, meeting), *waiting).order_by(Post.published_at, Post.id)
    old = (Post.kind_key.in_((EXPERIENCE.key, DOCUMENT.key)), Post.confirmed_at < clock.now() - STALE_AFTER)
    stale = select(Post).where(*_shared(actor, meeting), *old).order_by(Post.confirmed_at, Post.id)
    return Drawn(
        *(list(session.scalars(rows.options(joinedload(Post.place)).limit(MOST))) for rows in (questions, stale))
    )


def drawable(actor: Actor, meeting: Meeting, ids: Collection[int]) -> list[Post]:
    """Give those of the posts that may go on the agenda and are not there yet, oldest first."""
    rows = select(Post).where(*_shared(actor, meeting), Post.id.in_(sorted(ids)), Post.parent_id.is_(None))
    return list(session.scalars(rows.order_by(Post.published_at, Post.id)))


def _shared(actor: Actor, meeting: Meeting) -> tuple[ColumnElement[bool], ...]:
    network_id = meeting.network_id
    everybodys = or_(
        Post.audience.in_(("everyone", "members")),
        and_(Post.audience == "network", Post.for_network_id == network_id),
    )
    taken = exists().where(AgendaItem.meeting_id == meeting.id, AgendaItem.post_id == Post.id)
    places = place_ids(network_id)
    people = select(NetworkMember.person_id).where(NetworkMember.network_id == network_id)
    about = select(PostPlace.post_id).where(PostPlace.place_id.in_(places))
    theirs = and_(or_(Post.author_id.in_(people), Post.place_id.in_(places)), names_author(actor.at_large))
    of_network = or_(Post.for_network_id == network_id, theirs, Post.id.in_(about))
    return visible(actor), stands(Post), everybodys, ~taken, of_network
