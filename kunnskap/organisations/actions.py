"""Coming in through one's organisation: which account an identity opens, and how the two are connected."""

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from kunnskap import audit, clock
from kunnskap.accounts import actions as accounts
from kunnskap.accounts import queries as account_queries
from kunnskap.accounts.models import Account
from kunnskap.accounts.rules import checked_email
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import Invalid, NotFound
from kunnskap.i18n import mark
from kunnskap.letters import BOKMAL
from kunnskap.organisations import queries
from kunnskap.organisations.models import Identity
from kunnskap.organisations.rules import Claims
from kunnskap.people.models import Person
from kunnskap.rights import MEMBER


def enter(claims: Claims, language: str = BOKMAL) -> Account:
    """Give the account somebody's identity opens: the one it is connected to, the one with the address, or a new one.

    Whoever is new is written to in `language`.

    An address leads to an account only when the provider vouches for it, since others could write any address at theirs,
    and never to one with power: its owner connects the two.
    Raises Invalid. The account may wait, be suspended or be closed: ask `is_active`.
    """
    account = queries.account_of(claims)
    if account is None:
        account = _by_address(claims, language)
        _connect(account, claims)
    identity = session.get_one(Identity, (claims.issuer, claims.subject))
    identity.used_at = clock.now()
    _let_tenant_prove(account, claims)
    return account


def connect(actor: Actor, claims: Claims) -> None:
    """Connect an identity to the actor's own account; raises Invalid when another account has it."""
    mine, taken = account_queries.of(actor), queries.account_of(claims)
    if taken is not None and taken.id != mine.id:
        raise Invalid(form=mark("Denne innloggingen hører til en annen konto her."))
    if taken is None:
        _connect(mine, claims)
    _let_tenant_prove(mine, claims)


def disconnect(actor: Actor, issuer: str, subject: str) -> None:
    """Take an identity off the actor's account; raises NotFound when it is not there."""
    mine = account_queries.of(actor)
    identity = session.get(Identity, (issuer, subject))
    if identity is None or identity.account_id != mine.id:
        raise NotFound
    session.execute(delete(Identity).where(Identity.issuer == issuer, Identity.subject == subject))
    audit.note(actor, "identity removed", f"account:{mine.id}")


def _by_address(claims: Claims, language: str) -> Account:
    if not claims.is_verified or not claims.email:
        raise Invalid(
            form=mark(
                "Organisasjonen din går ikke god for e-postadressen. Logg inn på en annen måte, og koble til fra kontoen din."
            )
        )
    email = checked_email(claims.email)
    account = account_queries.by_email(email) or _made(claims, email, language)
    if account.role != MEMBER:
        # What one organisation says of an address, also of another's people, opens no power by itself.
        raise Invalid(
            form=mark("Kontoen din har utvidede rettigheter. Logg inn på en annen måte, og koble til fra kontoen din.")
        )
    if account.closed_at is None and account.confirmed_at is None:
        # Whoever signed up with the address has not shown that it is theirs, and may have chosen the password.
        account.password_hash = None
        accounts.open_account(account, queries.workplace_of(claims.tenant))
    return account


def _made(claims: Claims, email: str, language: str) -> Account:
    person = account_queries.listed_person_without_account(email)
    if person is None:
        person = Person(name=claims.name or email.partition("@")[0], email=email, listed=False)
        known = account_queries.workplace(email) or queries.workplace_of(claims.tenant)
        if known is not None:
            accounts.works_at(person, known)
    person.language = language
    made = Account(email=email, person=person)
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        return account_queries.by_email(email) or made
    return made


def _connect(account: Account, claims: Claims) -> None:
    try:
        with session.begin_nested():
            session.add(Identity(issuer=claims.issuer, subject=claims.subject, account_id=account.id))
    except IntegrityError:
        return  # the same person in another tab was first
    audit.note(None, "identity connected", f"account:{account.id}")


def _let_tenant_prove(account: Account, claims: Claims) -> None:
    """Take a tenant's word for where somebody works when the address tells nothing."""
    known = queries.workplace_of(claims.tenant)
    if known is not None and account.place_id is None:
        account.place_id = known.place_id
