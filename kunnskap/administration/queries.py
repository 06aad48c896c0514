"""What those who look after the site see: who waits, accounts, known domains, the audit log."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager

from kunnskap import audit, clock
from kunnskap.accounts.models import Account, AccountSession, KnownDomain
from kunnskap.actor import Actor
from kunnskap.administration import rules
from kunnskap.audit import AuditEntry
from kunnskap.db import session
from kunnskap.errors import NotAllowed, NotFound
from kunnskap.networks.models import COORDINATOR, NetworkMember, NetworkPlace
from kunnskap.networks.queries import holds
from kunnskap.paging import Page
from kunnskap.passkeys.models import Passkey
from kunnskap.people.models import Person
from kunnskap.places.models import Place
from kunnskap.rights import ADMINISTRATOR, MODERATOR

SIZE = 50


@dataclass(frozen=True)
class Wanted:
    """Which accounts to show: `words` of a name or an address, `role` of Account, `state` a key of rules.STATES."""

    words: str = ""
    role: str = ""
    state: str = ""


@dataclass(frozen=True)
class Asked:
    """Which entries of the audit log to show: `person` by name or number, `target` as "account:5", days both included."""

    act: str = ""
    person: str = ""
    target: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Log:
    """A page of the audit log, with the names of those who acted and of those accounts belong to, as far as they exist."""

    page: Page[AuditEntry]
    people: dict[int, str] = field(default_factory=dict)
    accounts: dict[int, str] = field(default_factory=dict)


def is_waiting() -> ColumnElement[bool]:
    """What holds for somebody who has confirmed their address and waits to be let in."""
    return and_(Account.confirmed_at.is_not(None), Account.approved_at.is_(None), Account.closed_at.is_(None))


def waiting(actor: Actor, number: int = 1) -> Page[Account]:
    """Give a page of those who wait to be let in, who has waited longest first; raises NotAllowed."""
    _expect(actor, "let in people from unknown domains")
    rows = _accounts().where(is_waiting()).order_by(Account.confirmed_at, Account.id)
    return _page(rows, number, waiting_count())


def waiting_count() -> int:
    """Count those who wait to be let in."""
    return session.scalar(select(func.count(Account.id)).where(is_waiting())) or 0


def one_waiting(actor: Actor, number: int) -> Account:
    """Give somebody who waits, with person; raises NotAllowed and NotFound."""
    _expect(actor, "let in people from unknown domains")
    found = session.scalar(_accounts().where(Account.id == number, is_waiting()))
    if found is None:
        raise NotFound
    return found


def accounts(actor: Actor, wanted: Wanted, number: int = 1) -> Page[Account]:
    """Give a page of accounts by name; raises NotAllowed."""
    _expect(actor, "change roles and end accounts")
    conditions = [_says(word) for word in wanted.words.split()[:6]]
    if wanted.role in rules.ROLES:
        conditions.append(Account.role == wanted.role)
    if wanted.state in rules.STATES:
        conditions.append(_is_in(wanted.state))
    total = select(func.count(Account.id)).join(Account.person).where(*conditions)
    rows = _accounts().where(*conditions).order_by(Person.name, Account.id)
    return _page(rows, number, session.scalar(total) or 0)


def account(actor: Actor, number: int) -> Account:
    """Give an account with its person; raises NotAllowed and NotFound."""
    _expect(actor, "change roles and end accounts")
    found = session.scalar(_accounts().where(Account.id == number))
    if found is None:
        raise NotFound
    return found


def state(found: Account) -> str:
    """Give a key of rules.STATES."""
    if found.closed_at is not None:
        return rules.CLOSED
    if found.confirmed_at is None:
        return rules.UNCONFIRMED
    if found.approved_at is None:
        return rules.WAITING
    return rules.SUSPENDED if found.is_suspended else rules.ACTIVE


def counts_of(found: Account) -> dict[str, int]:
    """Count the sessions and the passkeys of an account."""
    own = AccountSession.account_id == found.id, Passkey.account_id == found.id
    return {
        "sessions": session.scalar(select(func.count(AccountSession.id)).where(own[0])) or 0,
        "passkeys": session.scalar(select(func.count(Passkey.id)).where(own[1])) or 0,
    }


def domains(actor: Actor) -> list[tuple[KnownDomain, str]]:
    """Give the domains that are known, each with the name of who added it; raises NotAllowed."""
    _expect(actor, "keep synonyms and domains")
    rows = select(KnownDomain, Person.name).outerjoin(Person, Person.id == KnownDomain.added_by_id)
    return [(one, name or "") for one, name in session.execute(rows.order_by(KnownDomain.domain))]


def domain(actor: Actor, name: str) -> KnownDomain:
    """Give a known domain; raises NotAllowed and NotFound."""
    _expect(actor, "keep synonyms and domains")
    found = session.get(KnownDomain, name) if name.isprintable() else None
    if found is None:
        raise NotFound
    return found


def domains_of_places() -> list[str]:
    """Give the domains of every municipality and county of today."""
    return [one for own in session.scalars(select(Place.domains).where(Place.valid_to.is_(None))) for one in own]


def entries(actor: Actor, asked: Asked, number: int = 1) -> Log:
    """Give a page of the audit log, the newest first; raises NotAllowed."""
    _expect(actor, "read the audit log")
    conditions = list(_conditions(asked))
    total = session.scalar(select(func.count(AuditEntry.id)).where(*conditions)) or 0
    rows = select(AuditEntry).where(*conditions).order_by(AuditEntry.id.desc())
    found = list(session.scalars(rows.limit(SIZE).offset((number - 1) * SIZE)))
    return Log(Page(found, number, SIZE, total), _people(found), _owners(found))


def acts() -> list[str]:
    """Give the acts the audit log holds."""
    return list(session.scalars(select(AuditEntry.act).distinct().order_by(AuditEntry.act)))


def broken_at(actor: Actor) -> int | None:
    """Look through the whole audit log; gives the first entry that is not as it was written. Raises NotAllowed."""
    _expect(actor, "read the audit log")
    return audit.broken_at()


def recipients(place_id: int | None) -> list[Account]:
    """Give those to tell that somebody who says they work at a place waits.

    They are the coordinators of networks in the county, otherwise moderators.
    """
    near = _coordinators_near(place_id) if place_id is not None else []
    return near or list(session.scalars(_usable().where(Account.role.in_((MODERATOR, ADMINISTRATOR)))))


def administrators() -> list[Account]:
    """Give those who administer the site."""
    return list(session.scalars(_usable().where(Account.role == ADMINISTRATOR)))


def all_waiting() -> list[Account]:
    """Give everybody who waits to be let in, for the worker."""
    return list(session.scalars(_accounts().where(is_waiting()).order_by(Account.id)))


def _coordinators_near(place_id: int) -> list[Account]:
    place = session.get_one(Place, place_id)
    county = place.id if place.is_county else place.county_id
    inside = select(Place.id).where(or_(Place.id == county, Place.county_id == county))
    still = holds(clock.today())
    networks = select(NetworkPlace.network_id).where(NetworkPlace.place_id.in_(inside), still)
    people = select(NetworkMember.person_id).where(
        NetworkMember.role == COORDINATOR, NetworkMember.network_id.in_(networks)
    )
    return list(session.scalars(_usable().where(Account.person_id.in_(people))))


def _usable() -> Select[Account]:
    return _accounts().where(_is_in(rules.ACTIVE)).order_by(Account.id)


def _accounts() -> Select[Account]:
    return select(Account).join(Account.person).options(contains_eager(Account.person))


def _page(rows: Select[Account], number: int, total: int) -> Page[Account]:
    return Page(list(session.scalars(rows.limit(SIZE).offset((number - 1) * SIZE))), number, SIZE, total)


def _says(word: str) -> ColumnElement[bool]:
    # SQLite tells capitals from small letters outside a–z, so the likely spellings are asked for.
    spellings = sorted({word, word.lower(), word.capitalize(), word.upper()})
    names = (Person.name.icontains(one, autoescape=True) for one in spellings)
    return or_(Account.email.contains(word.lower(), autoescape=True), *names)


def _is_in(wanted: str) -> ColumnElement[bool]:
    """The twin of `state`."""
    is_open = Account.closed_at.is_(None)
    confirmed, approved = Account.confirmed_at.is_not(None), Account.approved_at.is_not(None)
    suspended = and_(Account.suspended_until.is_not(None), Account.suspended_until > clock.now())
    conditions = {
        rules.CLOSED: ~is_open,
        rules.UNCONFIRMED: and_(is_open, ~confirmed),
        rules.WAITING: and_(is_open, confirmed, ~approved),
        rules.SUSPENDED: and_(is_open, confirmed, approved, suspended),
        rules.ACTIVE: and_(is_open, confirmed, approved, ~suspended),
    }
    return conditions[wanted]


def _conditions(asked: Asked) -> Iterable[ColumnElement[bool]]:
    if asked.act:
        yield AuditEntry.act == asked.act
    if asked.person:
        yield _did(asked.person)
    if asked.target:
        yield or_(AuditEntry.target == asked.target, AuditEntry.target.startswith(f"{asked.target}:", autoescape=True))
    if asked.first is not None:
        yield AuditEntry.happened_at >= _midnight(asked.first)
    if asked.last is not None:
        yield AuditEntry.happened_at < _midnight(asked.last) + timedelta(days=1)


def _did(person: str) -> ColumnElement[bool]:
    if person.isascii() and person.isdecimal() and len(person) < 10:
        return AuditEntry.person_id == int(person)
    named = and_(*(_says_name(word) for word in person.split()[:6]))
    return AuditEntry.person_id.in_(select(Person.id).where(named))


def _says_name(word: str) -> ColumnElement[bool]:
    spellings = sorted({word, word.lower(), word.capitalize(), word.upper()})
    return or_(*(Person.name.icontains(one, autoescape=True) for one in spellings))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.HERE)


def _people(found: list[AuditEntry]) -> dict[int, str]:
    ids = {one.person_id for one in found if one.person_id is not None}
    ids |= {number for one in found if (number := _number(one.target, "person")) is not None}
    rows = select(Person.id, Person.name).where(Person.id.in_(ids))
    return {row[0]: row[1] for row in session.execute(rows)} if ids else {}


def _owners(found: list[AuditEntry]) -> dict[int, str]:
    ids = {number for one in found if (number := _number(one.target, "account")) is not None}
    rows = select(Account.id, Person.name).join(Account.person).where(Account.id.in_(ids))
    return {row[0]: row[1] for row in session.execute(rows)} if ids else {}


def _number(target: str, kind: str) -> int | None:
    name, _, number = target.partition(":")
    return int(number) if name == kind and number.isdecimal() else None


def _expect(actor: Actor, right: str) -> None:
    if not actor.may(right):
        raise NotAllowed
