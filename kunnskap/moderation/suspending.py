"""What can be done to an account: warn, suspend until a day, open again, end."""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from kunnskap import clock, events
from kunnskap.accounts import actions as accounts
from kunnskap.accounts import administering, sessions
from kunnskap.accounts.models import Account
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import Invalid, NotAllowed
from kunnskap.i18n import mark
from kunnskap.moderation import deciding, rules
from kunnskap.moderation.deciding import Wish
from kunnskap.moderation.models import Decision
from kunnskap.moderation.rules import Thing
from kunnskap.people.events import PersonChanged

TWICE = timedelta(minutes=10)
"""How long the same warning from the same moderator counts as the same button pressed twice."""


def act(actor: Actor, thing: Thing, wish: Wish) -> Decision | None:
    """Warn, suspend, open or end an account; None when that is done already. Raises Invalid and NotAllowed."""
    account = thing.account
    if account is None:
        raise NotAllowed
    deciding.check(actor, thing, wish)
    until = _until(wish) if wish.act == rules.SUSPEND else None
    deciding.held(thing)
    if not rules.may_moderate(actor, thing) or not deciding.is_still_possible(thing, wish.act):
        return None
    if wish.act == rules.WARN and _has_just_warned(actor, thing, wish):
        return None
    _do(actor, account, wish.act, until)
    return deciding.write(actor, thing, wish)


def _do(actor: Actor, account: Account, act: str, until: datetime | None) -> None:
    if act == rules.SUSPEND:
        administering.refuse_last_administrator(account)
        account.suspended_until = until
        sessions.end_all(account)
        accounts.void_links(account)
    elif act == rules.LIFT:
        lift(account)
    elif act == rules.END:
        administering.end(actor, account.id)


def lift(account: Account) -> None:
    """Open an account that was shut for a time."""
    account.suspended_until = None
    session.flush()


def reopen(account: Account) -> None:
    """Open an account that was ended; somebody who has removed what was theirs meanwhile has none to open."""
    if account.person.is_former:
        return
    account.closed_at = account.person.left_at = None
    session.flush()
    events.emit(PersonChanged(account.person_id))


def _has_just_warned(actor: Actor, thing: Thing, wish: Wish) -> bool:
    """Whether the same warning was sent a moment ago: a button pressed twice sends one."""
    lately = (Decision.made_at > clock.now() - TWICE, Decision.made_by_id == actor.person_id)
    same = (Decision.person_id == thing.id, Decision.act == rules.WARN, Decision.words == wish.words.strip())
    return session.scalar(select(Decision.id).where(*lately, *same).limit(1)) is not None


def _until(wish: Wish) -> datetime:
    """The moment an account opens again: when the named day begins."""
    if wish.until is None:
        raise Invalid(until=mark("Velg dagen kontoen åpnes igjen."))
    moment, now = datetime.combine(wish.until, time(), UTC), clock.now()
    if moment <= now:
        raise Invalid(until=mark("Velg en dag som kommer."))
    if moment - now > rules.LONGEST_SUSPENSION:
        raise Invalid(until=mark("En konto kan være stengt i høyst ett år om gangen."))
    return moment
