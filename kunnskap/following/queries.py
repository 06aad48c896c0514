"""Who follows what."""

from sqlalchemy import select

from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.following.models import Follow
from kunnskap.targets import Target


def is_following(actor: Actor, target: Target) -> bool:
    """Say whether the actor follows it."""
    return actor.is_member and session.get(Follow, (actor.person_id, target.kind, target.id)) is not None


def followed(actor: Actor, kind: str) -> list[int]:
    """Give the ids of everything of a kind the actor follows, newest first."""
    wanted = select(Follow.target_id).where(Follow.person_id == actor.person_id, Follow.target_kind == kind)
    return list(session.scalars(wanted.order_by(Follow.since.desc())))
