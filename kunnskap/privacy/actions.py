"""Asking for one's own data, deleting one's account, and what is deleted because nobody uses it or it is old."""

from datetime import datetime

from babel.dates import format_date
from sqlalchemy import Table, delete, select, update

from kunnskap import clock, events, letters, mail
from kunnskap.accounts import queries as accounts
from kunnskap.accounts.models import Account
from kunnskap.accounts.rules import normal_email
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed
from kunnskap.events import Outbox
from kunnskap.home.models import Feedback
from kunnskap.letters import BOKMAL
from kunnskap.mail import MailWanted
from kunnskap.people.models import Person
from kunnskap.privacy import erasing, queries, rules
from kunnskap.privacy.events import AccountErased, ExportAsked
from kunnskap.privacy.models import Export
from kunnskap.privacy.rules import EXPORT_KEPT

AT_ONCE = 20
"""How many unused accounts are seen to at a time."""


def ask_for_export(actor: Actor) -> Export:
    """Have the worker put together all that the site has about the actor; one that is being made is not begun again."""
    if actor.person_id is None:
        raise NotAllowed
    hold(session.get_one(Person, actor.person_id))
    last = queries.last_export(actor)
    if last is not None and last.is_being_made:
        return last
    now = clock.now()
    asked = Export(person_id=actor.person_id, asked_at=now, expires_at=now + EXPORT_KEPT)
    session.add(asked)
    session.flush()
    events.emit(ExportAsked(asked.id))
    return asked


def note_ready(export_id: int, filename: str) -> Export | None:
    """Note that an export can be fetched; None when nobody waits for it any more."""
    now = clock.now()
    waiting = update(Export).where(Export.id == export_id, Export.ready_at.is_(None))
    made = waiting.values(ready_at=now, filename=filename, expires_at=now + EXPORT_KEPT)
    number = session.scalar(made.returning(Export.id))
    return session.get_one(Export, number, populate_existing=True) if number is not None else None


def forget_expired(now: datetime) -> None:
    """Forget the exports that are kept no longer; their files go when the folder is tidied."""
    session.execute(delete(Export).where(Export.expires_at < now))


def known_files() -> set[str]:
    """Give the names of the exports that may be fetched."""
    return set(session.scalars(select(Export.filename).where(Export.ready_at.is_not(None))))


def delete_account(actor: Actor, typed: str) -> None:
    """Delete the actor's account at once, and send a last mail. Raises Invalid on `email` unless the address is typed right.

    Deleting what is deleted already, as from another tab, is fine.
    """
    account, email = accounts.of(actor), normal_email(typed)
    if email != account.email:
        raise Invalid(email=rules.WRONG_ADDRESS)
    if erasing.erase(actor, account.id):
        mail.send(email, *letters.write("account_deleted", BOKMAL, email=email))


def see_to_unused(site: str) -> None:
    """Warn the owners of accounts nobody has used for long, and delete those they have not come back to."""
    now = clock.now()
    unused = select(Account).where(Account.seen_at < now - rules.FIRST_WARNING, Account.confirmed_at.is_not(None))
    due = [account for account in session.scalars(unused.order_by(Account.seen_at)) if _is_due(account, now)]
    for account in due[:AT_ONCE]:
        _see_to(account.id, site)


def _is_due(account: Account, now: datetime) -> bool:
    return rules.due(account.seen_at, account.warned_at, now) is not None


def _see_to(number: int, site: str) -> None:
    """Do what is due for one account; another worker may have done it, or the owner have come, in the meantime."""
    one = select(Account).where(Account.id == number).with_for_update(skip_locked=True)
    account, now = session.scalar(one.execution_options(populate_existing=True)), clock.now()
    due = rules.due(account.seen_at, account.warned_at, now) if account is not None else None
    if account is None or due is None:
        return
    if due == rules.WARN:
        _warn(account, now, site)
    else:
        _close(account)


def _warn(account: Account, now: datetime, site: str) -> None:
    day = format_date(rules.closes_on(account.seen_at, now), "d. MMMM y", locale="nb")
    facts = {"day": day, "link": f"{site}/logg-inn", "export": f"{site}/konto/mine-data"}
    _write(account, "account_unused", **facts)
    # A change of Account as such would make every kept page old; a warning changes none.
    table: Table = Account.__table__  # type: ignore[assignment]
    session.execute(update(table).where(table.c.id == account.id).values(warned_at=now))


def _close(account: Account) -> None:
    email, is_open = account.email, account.closed_at is None
    try:
        erased = erasing.erase(None, account.id)
    except Invalid:
        return  # the last administrator is never closed
    if erased and is_open:
        mail.send(email, *letters.write("account_closed_unused", BOKMAL, email=email))


def _write(account: Account, letter: str, **facts: str) -> None:
    if account.closed_at is None:
        mail.send(account.email, *letters.write(letter, BOKMAL, **facts))


def forget_old() -> None:
    """Delete what is kept no longer: old feedback, and mail and file removals that could not be done and were set aside."""
    now = clock.now()
    session.execute(delete(Feedback).where(Feedback.made_at < now - rules.FEEDBACK_KEPT))
    secret = Outbox.name.in_((MailWanted.__name__, AccountErased.__name__))
    session.execute(delete(Outbox).where(secret, Outbox.set_aside_at < now - rules.LETTERS_KEPT))
