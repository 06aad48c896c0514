"""Reading what somebody asked for, and what they have agreed to."""

from sqlalchemy import select

from kunnskap import clock
from kunnskap.accounts.models import Account
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import NotFound
from kunnskap.people.models import Consent
from kunnskap.privacy.models import Export


def last_export(actor: Actor) -> Export | None:
    """Give the export the actor asked for last, unless it is gone."""
    mine = select(Export).where(Export.person_id == actor.person_id, Export.expires_at > clock.now())
    return session.scalar(mine.order_by(Export.id.desc()).limit(1))


def ready_export(actor: Actor, number: int) -> Export:
    """Give an export of the actor's own that can be fetched; raises NotFound."""
    mine = select(Export).where(Export.id == number, Export.person_id == actor.person_id)
    found = session.scalar(mine.where(Export.ready_at.is_not(None), Export.expires_at > clock.now()))
    if found is None or not actor.is_member:
        raise NotFound
    return found


def waiting_export(number: int) -> Export | None:
    """Give an export that is to be made; None when it is made, or nobody waits for it."""
    return session.scalar(select(Export).where(Export.id == number, Export.ready_at.is_(None)))


def account_of(person_id: int) -> Account | None:
    """Give the account of a person, if they have one."""
    return session.scalar(select(Account).where(Account.person_id == person_id))


def consents(actor: Actor) -> list[Consent]:
    """Give everything the actor has agreed to, also what was taken back, the last first."""
    mine = select(Consent).where(Consent.person_id == actor.person_id)
    return list(session.scalars(mine.order_by(Consent.id.desc())))
