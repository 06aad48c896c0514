"""Being signed in: sessions are rows on the server, and the cookie holds only the secret that finds one."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, delete, select, update

from kunnskap import clock
from kunnskap.accounts import queries
from kunnskap.accounts.models import Account, AccountSession
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import NotFound

PASSWORD, LINK, ORGANISATION, PASSKEY, INVITATION = "password", "link", "organisation", "passkey", "invitation"
LONGEST_BROWSER = 200


@dataclass(frozen=True)
class Device:
    """What the owner knows a session by: what the browser calls itself, and the shortened address."""

    browser: str = ""
    address: str = ""


def begin(account: Account, how: str, device: Device, *, second_factor: bool = False) -> AccountSession:
    """Sign somebody in on a device, with a secret nobody has had before."""
    token, now = secrets.token_urlsafe(32), clock.now()
    begun = AccountSession(
        digest=queries.digest(token),
        account_id=account.id,
        how=how,
        browser=device.browser[:LONGEST_BROWSER],
        address=device.address,
        second_factor_at=now if second_factor else None,
    )
    begun.account = account
    session.add(begun)
    session.flush()
    _note_used(select(AccountSession.account_id).where(AccountSession.id == begun.id))
    begun.token = token
    return begun


def show_anew(begun: AccountSession, *, second_factor: bool = False) -> None:
    """Note that somebody has shown again who they are (in two ways)."""
    begun.fresh_at = clock.now()
    if second_factor:
        begun.second_factor_at = begun.fresh_at
    session.flush()


def end(token: str) -> None:
    """Sign out on one device."""
    session.execute(delete(AccountSession).where(AccountSession.digest == queries.digest(token)))


def end_one(actor: Actor, number: int) -> None:
    """Sign the actor out on one of their devices; raises NotFound for a session that is not theirs."""
    mine = queries.of(actor)
    found = session.get(AccountSession, number)
    if found is None or found.account_id != mine.id:
        raise NotFound
    session.delete(found)
    session.flush()


def end_all(account: Account, but: AccountSession | None = None) -> None:
    """Sign out on every device, but for one."""
    theirs = delete(AccountSession).where(AccountSession.account_id == account.id)
    session.execute(theirs.where(AccountSession.id != but.id) if but else theirs)


def tidy(idle: timedelta, longest: timedelta) -> None:
    """Remove the sessions that are over."""
    now = clock.now()
    over = (AccountSession.seen_at < now - idle) | (AccountSession.created_at < now - longest)
    session.execute(delete(AccountSession).where(over))


def note_seen(numbers: set[int]) -> None:
    """Note that these sessions, and their accounts, were used just now."""
    now = clock.now()
    theirs = AccountSession.id.in_(numbers)
    session.execute(update(AccountSession).where(theirs).values(seen_at=now))
    _note_used(select(AccountSession.account_id).where(theirs))


def _note_used(accounts: Select[int]) -> None:
    # A change of Account as such would make every kept page old; being used changes none.
    table = Account.__table__
    used = update(table).where(table.c.id.in_(accounts))  # type: ignore[arg-type]
    session.execute(used.values(seen_at=clock.now(), warned_at=None))
