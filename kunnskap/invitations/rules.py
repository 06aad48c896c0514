"""How many may be invited, how long an invitation stands, and whose words prove where somebody works. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kunnskap.actor import Actor
from kunnskap.i18n import mark
from kunnskap.invitations.models import Invitation
from kunnskap.networks.models import Network

STANDS = timedelta(days=30)
"""How long an invitation to one address stands, and the longest a link may."""
MOST_DAYS, MOST_USES = 30, 100
A_DAY, DAY = 200, timedelta(days=1)
"""Invitations one person may make in a day."""
REPEATED, MOST_REPEATS = timedelta(days=7), 3
"""An address is not invited to the same thing again within this time, and never more often than so many times."""
KEPT = timedelta(days=30)
"""How long an invitation is kept once it can no longer be used."""
LONGEST_NAME, LONGEST_ORGANISATION = 100, 150

OPEN, USED, EXPIRED, WITHDRAWN = "open", "used", "expired", "withdrawn"
STATES = {
    OPEN: mark("Venter"),
    USED: mark("Brukt"),
    EXPIRED: mark("Utløpt"),
    WITHDRAWN: mark("Trukket tilbake"),
}


@dataclass(frozen=True)
class Invited:
    """Whom somebody wants to invite, and to what. `workplace_kind` is a key of WORKPLACES or empty."""

    email: str
    name: str = ""
    workplace_kind: str = ""
    organisation: str = ""


def state(invitation: Invitation, now: datetime) -> str:
    """Give a key of STATES."""
    if invitation.withdrawn_at is not None:
        return WITHDRAWN
    if invitation.uses_left < 1:
        return USED
    return OPEN if invitation.expires_at > now else EXPIRED


def may_look_after(actor: Actor, invitation: Invitation) -> bool:
    """Whoever made it, those who coordinate the network it leads to, and moderators."""
    is_own = actor.is_member and invitation.invited_by_id == actor.person_id
    return actor.is_moderator or is_own or invitation.network_id in actor.coordinated_ids


def is_for(invitation: Invitation, email: str) -> bool:
    """Whether an invitation is for the one who has this address: letters may be passed on, links for several are for all."""
    return invitation.email is None or invitation.email == email


def may_invite_to(actor: Actor, network: Network) -> bool:
    """Its coordinators, and moderators."""
    return actor.is_moderator or network.id in actor.coordinated_ids


def stands_for(inviter: Actor, invitation: Invitation) -> bool:
    """Whether the one who invited may still do so: an invitation is worth no more than the power behind it."""
    if not inviter.may("invite colleagues"):
        return False
    network = invitation.network_id
    return network is None or inviter.is_moderator or network in inviter.coordinated_ids


def proves_place(inviter: Actor, invitation: Invitation, place_networks: frozenset[int]) -> bool:
    """Whether the inviter's word proves the place somebody works at, which opens what is for that municipality only.

    Only of one person at a time, and only from one who is proven to work there or coordinates a network it takes part in
    (`place_networks`): a link may go from hand to hand, and others only know what they were told.
    """
    if invitation.email is None or invitation.place_id is None:
        return False
    return inviter.proven_place_id == invitation.place_id or bool(inviter.coordinated_ids & place_networks)
