"""Start and stop following."""

from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import NotAllowed
from kunnskap.following.models import Follow
from kunnskap.people.models import Person
from kunnskap.targets import Target


def follow(actor: Actor, target: Target) -> None:
    """Follow it; following twice is following once."""
    if actor.person_id is None:
        raise NotAllowed
    hold(session.get_one(Person, actor.person_id))
    if session.get(Follow, (actor.person_id, target.kind, target.id)) is None:
        session.add(Follow(person_id=actor.person_id, target_kind=target.kind, target_id=target.id))
        session.flush()


def unfollow(actor: Actor, target: Target) -> None:
    """Follow it no more."""
    if actor.person_id is None:
        raise NotAllowed
    hold(session.get_one(Person, actor.person_id))
    followed = session.get(Follow, (actor.person_id, target.kind, target.id))
    if followed is not None:
        session.delete(followed)
        session.flush()
