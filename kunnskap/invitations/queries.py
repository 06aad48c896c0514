"""Finding invitations: by a link, those one has made, and how many there are of late."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import aliased, contains_eager

from kunnskap import clock
from kunnskap.accounts.models import Account
from kunnskap.accounts.queries import Workplace, digest
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import NotFound
from kunnskap.invitations import rules
from kunnskap.invitations.models import Invitation
from kunnskap.networks.models import Network, NetworkPlace
from kunnskap.networks.queries import holds
from kunnskap.paging import Page
from kunnskap.people.models import Person

LONGEST_TOKEN, SIZE = 100, 50


@dataclass(frozen=True)
class Found:
    """An invitation that stands: who invited, with what powers, and to which network, if any."""

    invitation: Invitation
    inviter: Person
    powers: Actor
    network: Network | None

    @property
    def workplace(self) -> Workplace | None:
        """Where those who come with it work, as the inviter said; None when nothing was said."""
        kind = self.invitation.workplace_kind
        return Workplace(kind, self.invitation.organisation, self.invitation.place_id) if kind else None


@dataclass(frozen=True)
class Listed:
    """An invitation in the list, with its state (a key of `rules.STATES`), who made it and the network it leads to."""

    invitation: Invitation
    state: str
    inviter: Person | None
    network: Network | None


def by_link(secret: str, *, also_over: bool = False) -> Found | None:
    """Give the invitation a link belongs to; None when it cannot be used (any more).

    One that is over (`also_over`) still tells those who have used it where they were going.
    """
    if len(secret) > LONGEST_TOKEN:
        return None
    wanted = select(Invitation).where(Invitation.digest == digest(secret), Invitation.withdrawn_at.is_(None))
    invitation = session.scalar(wanted if also_over else wanted.where(*usable()))
    return _with_inviter(invitation) if invitation is not None else None


def usable() -> tuple[ColumnElement[bool], ...]:
    """Give what must hold for an invitation to let anybody in."""
    return (
        Invitation.withdrawn_at.is_(None),
        Invitation.uses_left > 0,
        Invitation.expires_at > clock.now(),
    )


def _with_inviter(invitation: Invitation) -> Found | None:
    theirs = select(Account).join(Account.person).options(contains_eager(Account.person))
    account = session.scalar(theirs.where(Account.person_id == invitation.invited_by_id))
    if account is None or not account.is_active or not rules.stands_for(account.actor, invitation):
        return None
    network = session.get(Network, invitation.network_id) if invitation.network_id is not None else None
    return Found(invitation, account.person, account.actor, network)


def why_not(secret: str) -> str:
    """Say in which state (a key of `rules.STATES`) an invitation is that lets nobody in; empty for one that never was.

    One whose inviter may invite no more counts as withdrawn.
    """
    if len(secret) > LONGEST_TOKEN:
        return ""
    invitation = session.scalar(select(Invitation).where(Invitation.digest == digest(secret)))
    if invitation is None:
        return ""
    state = rules.state(invitation, clock.now())
    return rules.WITHDRAWN if state == rules.OPEN else state


def networks_with(place_id: int) -> frozenset[int]:
    """Give the networks a place takes part in today."""
    here = (NetworkPlace.place_id == place_id, holds(clock.today()))
    return frozenset(session.scalars(select(NetworkPlace.network_id).where(*here)))


def listed(actor: Actor, number: int = 1) -> Page[Listed]:
    """Give a page of the invitations the actor looks after (`rules.may_look_after`), the newest first."""
    mine = _looked_after(actor)
    total = session.scalar(select(func.count()).select_from(Invitation).where(mine)) or 0
    inviter = aliased(Person)
    rows = (
        select(Invitation, inviter, Network)
        .outerjoin(inviter, inviter.id == Invitation.invited_by_id)
        .outerjoin(Network, Network.id == Invitation.network_id)
        .where(mine)
        .order_by(Invitation.id.desc())
        .limit(SIZE)
        .offset((number - 1) * SIZE)
    )
    now = clock.now()
    found = [Listed(one, rules.state(one, now), person, network) for one, person, network in session.execute(rows)]
    return Page(found, number, SIZE, total)


def _looked_after(actor: Actor) -> ColumnElement[bool]:
    if actor.is_moderator:
        return true()
    led = Invitation.network_id.in_(sorted(actor.coordinated_ids))
    return or_(Invitation.invited_by_id == actor.person_id, led)


def mine(actor: Actor, number: int) -> Invitation:
    """Give an invitation the actor looks after; raises NotFound."""
    found = session.get(Invitation, number)
    if found is None or not rules.may_look_after(actor, found):
        raise NotFound
    return found


def networks_to_invite_to(actor: Actor) -> list[Network]:
    """Give the networks one may invite to, by name."""
    rows = select(Network).order_by(Network.name)
    return list(session.scalars(rows if actor.is_moderator else rows.where(Network.id.in_(actor.coordinated_ids))))


def made_lately(person_id: int | None) -> int:
    """Count the invitations somebody has made within a day."""
    since = Invitation.made_at > clock.now() - rules.DAY
    return session.scalar(select(func.count(Invitation.id)).where(Invitation.invited_by_id == person_id, since)) or 0


def was_invited_lately(email: str, network_id: int | None) -> bool:
    """Say whether an address has been invited to the same thing lately, or too often to anything."""
    theirs = Invitation.email == email, Invitation.made_at > clock.now() - rules.REPEATED
    rows = session.execute(select(Invitation.network_id, Invitation.withdrawn_at).where(*theirs)).all()
    return len(rows) >= rules.MOST_REPEATS or any(to == network_id and gone is None for to, gone in rows)


def open_count(actor: Actor) -> int:
    """Count the invitations the actor looks after that nobody has used yet."""
    rows = select(func.count(Invitation.id)).where(*usable())
    return session.scalar(rows.where(_looked_after(actor))) or 0


def ended_before(kept: timedelta) -> ColumnElement[bool]:
    """Give what holds for invitations that have been of no use for so long."""
    return or_(Invitation.expires_at < clock.now() - kept, Invitation.withdrawn_at < clock.now() - kept)
