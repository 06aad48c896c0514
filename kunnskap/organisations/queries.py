"""Finding accounts by who somebody is at their organisation, and workplaces by what it is called there."""

from sqlalchemy import select

from kunnskap.accounts import queries as accounts
from kunnskap.accounts.models import Account, KnownDomain
from kunnskap.accounts.queries import Workplace
from kunnskap.db import session
from kunnskap.organisations.models import Identity
from kunnskap.organisations.rules import Claims


def account_of(claims: Claims) -> Account | None:
    """Give the account that was connected to this identity."""
    identity = session.get(Identity, (claims.issuer, claims.subject))
    return accounts.by_id(identity.account_id) if identity else None


def identities_of(account: Account) -> list[Identity]:
    """Give how an account is known at organisations, oldest first."""
    wanted = select(Identity).where(Identity.account_id == account.id).order_by(Identity.made_at, Identity.issuer)
    return list(session.scalars(wanted))


def workplace_of(tenant: str | None) -> Workplace | None:
    """Tell where people of a tenant work, when editors know it."""
    found = session.scalar(select(KnownDomain).where(KnownDomain.tenant == tenant)) if tenant else None
    return Workplace(found.workplace_kind, found.organisation, found.place_id) if found else None
