"""Finding passkeys."""

from sqlalchemy import select

from kunnskap.accounts.models import Account
from kunnskap.db import session
from kunnskap.passkeys.models import Passkey


def has_any(account: Account) -> bool:
    """Whether the account has a passkey."""
    return session.scalar(select(Passkey.id).where(Passkey.account_id == account.id).limit(1)) is not None


def of(account: Account) -> list[Passkey]:
    """Give an account's passkeys, the oldest first."""
    theirs = select(Passkey).where(Passkey.account_id == account.id)
    return list(session.scalars(theirs.order_by(Passkey.id)))


def by_credential(credential_id: str) -> Passkey | None:
    """Give the passkey a device calls by this name (base64url)."""
    return session.scalar(select(Passkey).where(Passkey.credential_id == credential_id))
