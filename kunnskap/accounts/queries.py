"""Finding accounts: by cookie, by address, by a link that was sent."""

import hashlib

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import contains_eager

from kunnskap import clock, remembering
from kunnskap.accounts.models import Account, AccountToken
from kunnskap.accounts.rules import normal_email
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import NotFound
from kunnskap.people import queries as people
from kunnskap.people.models import Person


def by_session(kept: str) -> Account | None:
    """Give the account a cookie belongs to, with its person, if it still opens the house.

    One statement, which brings along how far the site's changes have come since every page asks for that.
    """
    number, _, session_number = kept.partition(".")
    if not (number.isdecimal() and session_number.isdecimal() and len(kept) < 20):
        return None
    wanted = _with_person().where(
        Account.id == int(number),
        Account.session_number == int(session_number),
        Account.confirmed_at.is_not(None),
        Account.closed_at.is_(None),
    )
    row = session.execute(remembering.with_versions(wanted)).first()
    if row is None:
        return None
    remembering.note_versions(row[1], row[2])
    account: Account = row[0]
    return account


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


def person_to_show(person_id: int) -> Person:
    """Give a person with workplace and themes; raises NotFound, also for one whose address is not confirmed yet."""
    found = people.person(person_id)
    unconfirmed = select(Account.id).where(Account.person_id == person_id, Account.confirmed_at.is_(None))
    if not found.listed and session.scalar(unconfirmed) is not None:
        raise NotFound
    return found


def address_of_link(secret: str, purpose: str) -> str | None:
    """Give the address a link was sent to for this purpose; None when it cannot be used (any more)."""
    wanted = select(Account.email).join(AccountToken, AccountToken.account_id == Account.id)
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
