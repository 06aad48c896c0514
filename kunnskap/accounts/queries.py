"""Finding accounts: by cookie, by address, by a link that was sent."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import contains_eager

from kunnskap import clock, remembering
from kunnskap.accounts.models import Account, AccountSession, AccountToken, KnownDomain
from kunnskap.accounts.rules import domain, normal_email, organisation
from kunnskap.actor import Actor
from kunnskap.db import Timestamp, session
from kunnskap.errors import NotFound
from kunnskap.people import queries as people
from kunnskap.people.models import Person
from kunnskap.places import queries as places
from kunnskap.places.models import Place

LONGEST_TOKEN = 100


def by_session(token: str, *, idle_hours: int, days: int) -> AccountSession | None:
    """Give the session a cookie belongs to, with its account and person, if it still opens the house.

    It is over when it was not used for so many hours, or began so many days ago. One statement, which brings along how
    far the site's changes have come since every page asks for that.
    """
    if len(token) > LONGEST_TOKEN:
        return None
    now = clock.now()
    asked = {
        "digest": digest(token),
        "now": now,
        "seen_after": now - timedelta(hours=idle_hours),
        "begun_after": now - timedelta(days=days),
    }
    row = session.execute(_by_session, asked).first()
    if row is None:
        return None
    remembering.note_versions(row[1], row[2], row[3])
    found: AccountSession = row[0]
    found.token = token
    return found


def opens(now: datetime | BindParameter[datetime] | None = None) -> tuple[ColumnElement[bool], ...]:
    """Give what must hold for an account to open the house (the twin of `Account.is_active`)."""
    is_open = or_(Account.suspended_until.is_(None), Account.suspended_until <= (clock.now() if now is None else now))
    return Account.confirmed_at.is_not(None), Account.approved_at.is_not(None), Account.closed_at.is_(None), is_open


def can_sign_in() -> ColumnElement[bool]:
    """The condition on Person that keeps those whose account opens the house."""
    theirs = exists().where(Account.person_id == Person.id, *opens())
    return theirs.correlate_except(Account)


# Asked for every page of a member's, so it is put together once.
_by_session = remembering.with_versions(
    select(AccountSession)
    .join(AccountSession.account)
    .join(Account.person)
    .options(contains_eager(AccountSession.account).contains_eager(Account.person))
    .where(
        AccountSession.digest == bindparam("digest"),
        AccountSession.seen_at > bindparam("seen_after", type_=Timestamp),
        AccountSession.created_at > bindparam("begun_after", type_=Timestamp),
        *opens(bindparam("now", type_=Timestamp)),
    )
)


@dataclass(frozen=True)
class Workplace:
    """Where somebody works: a key of WORKPLACES, the words for it, and the place when it is one."""

    kind: str
    organisation: str
    place_id: int | None = None


def at(place: Place) -> Workplace:
    """The workplace of those who work for a municipality or county authority."""
    return Workplace(place.kind, organisation(place), place.id)


def workplace(email: str) -> Workplace | None:
    """Tell where somebody works by their address: a place's domain, or one that editors know; None for any other."""
    asked = domain(email)
    place = places.by_domain(asked)
    if place is not None:
        return at(place)
    ends = [asked.split(".", skipped)[-1] for skipped in range(asked.count("."))]
    rows = select(KnownDomain).where(KnownDomain.domain.in_(ends))
    found = max(session.scalars(rows), key=lambda row: len(row.domain), default=None)
    return Workplace(found.workplace_kind, found.organisation, found.place_id) if found else None


def sessions_of(account: Account) -> list[AccountSession]:
    """Give where somebody is signed in, the last used first."""
    theirs = select(AccountSession).where(AccountSession.account_id == account.id)
    return list(session.scalars(theirs.order_by(AccountSession.seen_at.desc(), AccountSession.id.desc())))


def of(actor: Actor) -> Account:
    """Give the actor's own account; raises NotFound for visitors."""
    found = session.scalar(_with_person().where(Account.person_id == actor.person_id))
    if found is None:
        raise NotFound
    return found


def by_email(typed: str) -> Account | None:
    """Give the account with this address, confirmed or not, closed or not, with its person."""
    return session.scalar(_with_person().where(Account.email == normal_email(typed)))


def by_id(number: int) -> Account:
    """Give an account with its person; raises NotFound."""
    found = session.scalar(_with_person().where(Account.id == number))
    if found is None:
        raise NotFound
    return found


def listed_person_without_account(email: str) -> Person | None:
    """Give the person in the directory who has this address and no account yet."""
    taken = select(Account.id).where(Account.person_id == Person.id).exists()
    wanted = select(Person).where(func.lower(Person.email) == email, Person.listed.is_(True), ~taken)
    return session.scalar(wanted.order_by(Person.id).limit(1))


def comes_in(person_id: int) -> bool:
    """Say whether somebody has an account that opens the house."""
    return session.scalar(select(Account.id).where(Account.person_id == person_id, *opens())) is not None


def person_to_show(person_id: int) -> Person:
    """Give a person with workplace and themes; raises NotFound, also for one whose address is not confirmed yet, and for
    those who stand for former members."""
    found = people.person(person_id)
    if found.is_former:
        raise NotFound
    unconfirmed = select(Account.id).where(Account.person_id == person_id, Account.confirmed_at.is_(None))
    if not found.listed and session.scalar(unconfirmed) is not None:
        raise NotFound
    return found


def address_of_link(secret: str, purpose: str) -> str | None:
    """Give the address a link was sent to for this purpose; None when it cannot be used (any more)."""
    told = func.coalesce(AccountToken.email, Account.email)
    wanted = select(told).select_from(Account).join(AccountToken, AccountToken.account_id == Account.id)
    return session.scalar(wanted.where(*usable(secret, purpose), Account.closed_at.is_(None)))


def usable(secret: str, purpose: str) -> tuple[ColumnElement[bool], ...]:
    """Give what must hold for a secret to open anything."""
    return (
        AccountToken.digest == digest(secret),
        AccountToken.purpose == purpose,
        AccountToken.used_at.is_(None),
        AccountToken.expires_at > clock.now(),
    )


def digest(secret: str) -> str:
    """Give what is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _with_person() -> Select[Account]:
    return select(Account).join(Account.person).options(contains_eager(Account.person))
