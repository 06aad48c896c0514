"""Who may do what in a network. Pure: no database, no request."""

from kunnskap.actor import Actor
from kunnskap.networks.models import COORDINATOR, MEMBER, Network, NetworkMember

ROLES = (MEMBER, COORDINATOR)
LONGEST_DESCRIPTION, LONGEST_TOPICS = 4_000, 500


def may_join(actor: Actor, network: Network, mine: NetworkMember | None) -> bool:
    """Whoever is signed in and not in it yet, while it is open."""
    return actor.is_member and network.is_open and mine is None


def may_leave(mine: NetworkMember | None) -> bool:
    """Whoever is in it."""
    return mine is not None


def may_coordinate(actor: Actor, mine: NetworkMember | None) -> bool:
    """Its coordinators, and moderators."""
    return actor.is_moderator or (mine is not None and mine.role == COORDINATOR and mine.person_id == actor.person_id)
