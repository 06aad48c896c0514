"""Hiding, showing, locking, and deciding about what waits to be shown."""

from sqlalchemy import update

from kunnskap import clock
from kunnskap.accounts.models import Account
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.messages.models import Message
from kunnskap.moderation import deciding, rules
from kunnskap.moderation.deciding import Wish
from kunnskap.moderation.models import Decision
from kunnskap.moderation.rules import Thing
from kunnskap.posts import actions as posts
from kunnskap.posts.models import Comment, Post


def act(actor: Actor, thing: Thing, wish: Wish) -> Decision | None:
    """Hide, show again, lock, unlock, put up or refuse; None when that is done already. Raises Invalid and NotAllowed."""
    deciding.check(actor, thing, wish)
    deciding.held(thing)
    if not deciding.is_still_possible(thing, wish.act):
        return None
    if wish.act in {rules.HIDE, rules.REFUSE}:
        _hide(thing)
    elif wish.act == rules.APPROVE:
        _put_up(thing)
    elif wish.act == rules.RESTORE:
        show(thing)
    else:
        lock(thing, locked=wish.act == rules.LOCK)
    return deciding.write(actor, thing, wish)


def show(thing: Thing) -> None:
    """Let readers see what was hidden."""
    row = _words(thing)
    row.hidden_at = None
    deciding.told(thing)


def lock(thing: Thing, *, locked: bool) -> None:
    """Let nobody answer or comment on a post and what hangs on it, or let them again."""
    if thing.post is None:
        return
    moment = clock.now() if locked else None
    thing.post.locked_at = moment
    session.flush()
    session.execute(update(Post).where(Post.parent_id == thing.post.id).values(locked_at=moment))
    posts.changed(thing.post)


def _hide(thing: Thing) -> None:
    row = _words(thing)
    row.hidden_at = clock.now()
    if isinstance(row, Comment):
        row.held_at = None
    elif isinstance(row, Post) and row.held_for == rules.REVIEW:
        row.held_at = row.held_for = None
    deciding.told(thing)


def _put_up(thing: Thing) -> None:
    """Show what was held; what its writer says from now on is shown at once."""
    if thing.comment is not None:
        thing.comment.held_at = None
        session.flush()
    elif thing.post is not None:
        posts.release(thing.post)
    untrusted = (Account.person_id == thing.concerned_id, Account.trusted_at.is_(None))
    session.execute(update(Account).where(*untrusted).values(trusted_at=clock.now()))


def _words(thing: Thing) -> Post | Comment | Message:
    row = thing.row
    if not isinstance(row, Post | Comment | Message):
        raise TypeError("people are neither hidden nor shown")
    return row
