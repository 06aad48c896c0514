"""Signing up, signing in, and changing the key.

Nothing here tells a stranger whether an address has an account. Letters are therefore written before anybody is looked
up, and sent or not: what the stranger sees, and how long it takes, is the same.
"""

import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from kunnskap import audit, clock, mail, personal_numbers
from kunnskap.accounts import passwords, queries, rules, sessions
from kunnskap.accounts.events import AccountWaits, NobodyWritten
from kunnskap.accounts.models import Account, AccountToken
from kunnskap.accounts.queries import Workplace
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import Invalid
from kunnskap.events import emit
from kunnskap.i18n import Message, mark
from kunnskap.letters import BOKMAL
from kunnskap.people import rules as people
from kunnskap.people.events import PersonChanged
from kunnskap.people.models import WORKPLACES, Person
from kunnskap.people.rules import Work
from kunnskap.places import queries as places
from kunnskap.places.models import COUNTY, MUNICIPALITY
from kunnskap.rights import ADMINISTRATOR

log = logging.getLogger(__name__)
CONFIRM, SIGN_IN, RESET, CHANGE = "confirm", "sign_in", "reset", "change"
LIVES = {
    CONFIRM: timedelta(hours=24),
    SIGN_IN: timedelta(minutes=15),
    RESET: timedelta(hours=1),
    CHANGE: timedelta(hours=24),
}
KEPT_AFTER = UNCONFIRMED_KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Letter:
    """A mail that is written and may be sent."""

    subject: str
    text: str


@dataclass(frozen=True)
class SignUp:
    """What somebody who wants an account tells. `workplace_kind` is a key of WORKPLACES or empty.

    `language` is what they read the site in: a key of LANGUAGES, and what they are written to in.
    """

    name: str
    email: str
    password: str = ""
    role: str = ""
    workplace_kind: str = ""
    organisation: str = ""
    language: str = BOKMAL


def new_secret() -> str:
    """Make what a link opens with; only its digest is ever kept."""
    return secrets.token_urlsafe(32)


def sign_up(wanted: SignUp, secret: str, welcome: Letter, known_letter: Letter) -> None:
    """Make an account that opens once its address is confirmed with `secret`, and send `welcome`.

    An address that has an account gets `known_letter` instead. Until it is confirmed, the last sign-up counts,
    but two that chose different passwords have none: one of them may be a stranger's. Raises Invalid.
    """
    email = rules.checked_email(wanted.email)
    known = queries.workplace(email)
    _check(wanted, email, known)
    password_hash = passwords.hashed(wanted.password) if wanted.password else None
    _forget_unconfirmed()
    person = _described(Person(listed=False), wanted, email, known)
    account = queries.by_email(email) or _made(email, person, password_hash)
    # Asked of every account, so that time tells nothing.
    is_same_password = bool(wanted.password) and passwords.fits(account.password_hash, wanted.password)
    if account.confirmed_at is not None:
        _send(account, known_letter)
        return
    if not is_same_password:
        account.password_hash = None
    if account.person is not person and not account.person.listed:
        _described(account.person, wanted, email, known)
    _give_link(account, CONFIRM, secret, welcome)


def _check(wanted: SignUp, email: str, known: Workplace | None) -> None:
    """Refuse everything that is wrong at once; where somebody works must be told when the address does not."""
    problems: dict[str, str | Message] = {}
    if known is None and wanted.workplace_kind not in WORKPLACES:
        problems["workplace_kind"] = mark(
            "Vi ser ikke av e-postadressen hvor du jobber. Velg hva slags arbeidssted det er."
        )
    if known is None and not one_line(wanted.organisation):
        problems["organisation"] = mark("Skriv navnet på arbeidsstedet ditt.")
    problem = passwords.problem(wanted.password, email) if wanted.password else None
    if problem is not None:
        problems["password"] = problem
    problems |= personal_numbers.problems({name: getattr(wanted, name) for name in ("name", "role", "organisation")})
    if problems:
        raise Invalid(**problems)


def _described(person: Person, wanted: SignUp, email: str, known: Workplace | None) -> Person:
    """Write on the person what was told, and where one works by the address or by the words."""
    person.name, person.role, person.email = one_line(wanted.name), one_line(wanted.role), email
    person.language = wanted.language
    works_at(person, known or told_workplace(wanted.workplace_kind, one_line(wanted.organisation)))
    return person


def works_at(person: Person, workplace: Workplace) -> None:
    """Write on a person where they work."""
    person.workplace_kind, person.organisation = workplace.kind, workplace.organisation
    person.place_id = workplace.place_id


def _moves_to(person: Person, workplace: Workplace) -> None:
    """Write on a person where they work now; where they worked before becomes a former position when it is another."""
    told = Work(person.role, workplace.kind, workplace.place_id, organisation=workplace.organisation)
    if people.has_new_work(person, told):
        session.add(people.former_of(person, told, clock.today()))
        person.since = clock.today()
    works_at(person, workplace)


def told_workplace(kind: str, organisation: str) -> Workplace:
    """Give where somebody says they work; a municipality or county that is named is that place."""
    named = places.by_words(_bare(organisation)) if kind in {MUNICIPALITY, COUNTY} else None
    return queries.at(named) if named and named.kind == kind else Workplace(kind, organisation)


def _bare(organisation: str) -> str:
    words = organisation.casefold()
    return words.removesuffix(" fylkeskommune").removesuffix(" kommune")


def one_line(words: str) -> str:
    """Write words on one line, with single spaces."""
    return " ".join(words.split())


def _forget_unconfirmed() -> None:
    """Remove what was told by those who never confirmed."""
    old = Account.confirmed_at.is_(None) & (Account.created_at < clock.now() - UNCONFIRMED_KEPT)
    people = list(session.scalars(select(Account.person_id).where(old)))
    if people:
        session.execute(delete(Account).where(old))
        session.execute(delete(Person).where(Person.id.in_(people), Person.listed.is_(False)))


def _made(email: str, person: Person, password_hash: str | None) -> Account:
    """Make an account for the person of the directory who has the address, or for a new one."""
    person = queries.listed_person_without_account(email) or person
    account = Account(email=email, person=person, password_hash=password_hash)
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError:
        found = queries.by_email(email)
        if found is None:
            raise
        return found
    return account


def confirm(secret: str) -> Account | None:
    """Open the account a confirmation link belongs to; None when the link cannot be used any more."""
    account = _spend(secret, CONFIRM)
    if account is not None:
        open_account(account)
    return account


def send_sign_in_link(email: str, secret: str, letter: Letter) -> None:
    """Send a link that signs in, if the address has an account."""
    _offer(email, SIGN_IN, secret, letter)


def send_reset_link(email: str, secret: str, letter: Letter) -> None:
    """Send a link that lets a new password be chosen, if the address has an account."""
    _offer(email, RESET, secret, letter)


def sign_in_by_link(secret: str) -> Account | None:
    """Give the account a sign-in link belongs to; None when the link cannot be used any more."""
    account = _spend(secret, SIGN_IN)
    if account is not None and account.confirmed_at is None:
        # Whoever has the mailbox did not necessarily choose the password.
        account.password_hash = None
        open_account(account)
    return account


def reset_password(secret: str, password: str) -> Account | None:
    """Choose a new password with a link; every session ends. None when the link cannot be used any more."""
    account = _spend(secret, RESET)
    if account is not None:
        _put_password(account, password)
        if account.confirmed_at is None:
            open_account(account)
    return account


def sign_in(email: str, password: str) -> Account:
    """Give the account that address and password open; raises Invalid without telling which of them is wrong."""
    account = queries.by_email(email)
    right = passwords.fits(account.password_hash if account else None, password)
    if account is None or not right or not account.is_active:
        log.warning("a sign-in by password was refused")
        raise Invalid(form=mark("E-postadressen eller passordet er feil, eller kontoen kan ikke brukes ennå."))
    if account.password_hash and passwords.is_outdated(account.password_hash):
        account.password_hash = passwords.hashed(password)
    return account


def change_password(actor: Actor, current: str, password: str, letter: Letter) -> Account:
    """Change the actor's password, tell so by mail, and end every session. Raises Invalid."""
    account = queries.of(actor)
    if account.password_hash is not None and not passwords.fits(account.password_hash, current):
        raise Invalid(current=mark("Passordet du har nå, er feil."))
    _put_password(account, password)
    _send(account, letter)
    return account


def ask_to_change_address(actor: Actor, typed: str, secret: str, letter: Letter) -> None:
    """Send `letter` to a new address, whose link makes it the account's; raises Invalid(email=…).

    Nothing tells whether somebody else has the address: then no letter is sent.
    """
    account, email = queries.of(actor), rules.checked_email(typed)
    if email == account.email:
        raise Invalid(email=mark("Dette er adressen kontoen har nå."))
    if queries.by_email(email) is not None:
        emit(NobodyWritten())
        return
    session.add(_token(account, CHANGE, secret, email))
    mail.send(email, letter.subject, letter.text)


def change_address(actor: Actor, secret: str, letter: Letter) -> Account | None:
    """Give the actor's account the address a link was sent to, and tell the old one with `letter`; every session ends.

    What the new address proves of where one works, counts from now on. None when the link cannot be used (any more), or
    belongs to another's account: whoever has the mailbox would lend that one their address without knowing.
    """
    token = session.scalar(select(AccountToken).where(*queries.usable(secret, CHANGE)))
    if token is not None and token.account_id != queries.of(actor).id:
        return None
    account = _spend(secret, CHANGE)
    if account is None or token is None or token.email is None or queries.by_email(token.email) is not None:
        return None
    _send(account, letter)
    try:
        with session.begin_nested():
            account.email = account.person.email = token.email
    except IntegrityError:
        return None  # somebody signed up with it in the meantime
    known = queries.workplace(token.email)
    account.place_id = known.place_id if known else None
    if known:
        _moves_to(account.person, known)
    audit.note(None, "address changed", f"account:{account.id}", {"place": account.place_id})
    _end_everything(account)
    emit(PersonChanged(account.person_id))
    return account


def sign_out_everywhere(actor: Actor) -> None:
    """End every session of the actor's, and make links that were sent useless."""
    _end_everything(queries.of(actor))


def _end_everything(account: Account) -> None:
    sessions.end_all(account)
    void_links(account)


def create_admin(email: str, name: str, password: str = "") -> bool:
    """Make the account with this address an administrator; one is made if there is none. Returns whether it was made.

    Raises Invalid for an address or a password that cannot be used. The caller commits.
    """
    address = rules.checked_email(email)
    account = queries.by_email(address)
    new = account is None
    if account is None:
        account = Account(email=address, person=Person(name=one_line(name), email=address, listed=False))
        session.add(account)
        session.flush()
    if account.confirmed_at is None:
        # Whoever signed up with the address before has not shown that it is theirs, and may have chosen the password.
        account.password_hash = None
        void_links(account)
    if password:
        _put_password(account, password)
    account.role = ADMINISTRATOR
    account.confirmed_at = account.confirmed_at or clock.now()
    account.approved_at = account.approved_at or clock.now()
    account.trusted_at = account.trusted_at or clock.now()
    account.closed_at = account.suspended_until = None
    audit.note(None, "role", f"account:{account.id}", {"role": ADMINISTRATOR})
    return new


def open_account(account: Account, vouched: Workplace | None = None) -> None:
    """Note that the address is the person's; let them in when the domain, or somebody who `vouched`, tells where they work.

    Others wait for a coordinator (`AccountWaits`).
    """
    account.confirmed_at = account.person.confirmed_at = clock.now()
    void_links(account)
    proven = queries.workplace(account.email) or vouched
    if proven is None and account.approved_at is None:
        emit(AccountWaits(account.id))
        return
    if proven is not None:
        account.place_id = proven.place_id
        account.trusted_at = account.trusted_at or clock.now()
    approve(account)


def approve(account: Account) -> None:
    """Let somebody in, and show them in the directory."""
    account.approved_at = account.approved_at or clock.now()
    account.person.listed, account.person.left_at = True, None
    emit(PersonChanged(account.person_id))


def _put_password(account: Account, password: str) -> None:
    passwords.check(password, account.email)
    account.password_hash = passwords.hashed(password)
    _end_everything(account)


def _offer(email: str, purpose: str, secret: str, letter: Letter) -> None:
    account = queries.by_email(rules.checked_email(email))
    _tidy_links()
    if account is None or account.closed_at is not None:
        emit(NobodyWritten())
    else:
        _give_link(account, purpose, secret, letter)


def _give_link(account: Account, purpose: str, secret: str, letter: Letter) -> None:
    session.flush()
    session.add(_token(account, purpose, secret))
    _send(account, letter)


def _token(account: Account, purpose: str, secret: str, email: str | None = None) -> AccountToken:
    until = clock.now() + LIVES[purpose]
    return AccountToken(
        digest=queries.digest(secret), account_id=account.id, purpose=purpose, email=email, expires_at=until
    )


def _tidy_links() -> None:
    session.execute(delete(AccountToken).where(AccountToken.expires_at < clock.now() - KEPT_AFTER))


def _send(account: Account, letter: Letter) -> None:
    if account.closed_at is None:
        mail.send(account.email, letter.subject, letter.text)
    else:
        emit(NobodyWritten())


def _spend(secret: str, purpose: str) -> Account | None:
    """Use a link up: of two who try at the same time, one gets in."""
    spent = update(AccountToken).where(*queries.usable(secret, purpose)).values(used_at=clock.now())
    number = session.scalar(spent.returning(AccountToken.account_id))
    account = queries.by_id(number) if number is not None else None
    if account is not None and account.closed_at is None:
        return account
    log.warning("a link was refused: %s", purpose)
    return None


def void_links(account: Account) -> None:
    """Make every link that was sent to somebody useless."""
    unused = update(AccountToken).where(AccountToken.account_id == account.id, AccountToken.used_at.is_(None))
    session.execute(unused.values(used_at=clock.now()))
