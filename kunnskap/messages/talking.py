"""Agreeing on a talk of half an hour: one suggests three times, the other chooses one, declines or suggests others."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from kunnskap import clock, events
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed
from kunnskap.i18n import mark
from kunnskap.messages import actions, queries, rules
from kunnskap.messages.events import TalkChanged
from kunnskap.messages.models import Conversation, Message, Talk


def suggest(actor: Actor, one: Conversation, times: Sequence[str], where: str, body: str, key: str = "") -> Message:
    """Suggest a talk at one of three times, written by the clock in Norway; a form sent twice suggests one.

    What the other has suggested and waits for an answer is thereby declined. Raises Invalid by field.
    """
    first = actions.ready(actor, one, key)
    if first is not None:
        return first
    now = clock.now()
    problems = rules.suggestion_problems(where, body)
    try:
        moments = rules.moments(times, now)
    except Invalid as refused:
        raise Invalid(**refused.problems, **problems) from None
    if problems:
        raise Invalid(**problems)
    for waiting in _waiting(actor, one, now):
        waiting.declined_at = waiting.answered_at = now
    sent = actions.write(actor, one, body, key)
    told = [moment.isoformat() for moment in moments]
    uid = f"samtale-{uuid.uuid4().hex}@kunnskap"
    session.add(Talk(message_id=sent.id, where=" ".join(where.split()), times=told, uid=uid))
    session.flush()
    return sent


def _waiting(actor: Actor, one: Conversation, now: datetime) -> list[Talk]:
    """What the other has suggested here and nobody has answered."""
    rows = select(Talk).join(Message, Message.id == Talk.message_id)
    rows = rows.where(Message.conversation_id == one.id, Message.sender_id != actor.person_id)
    rows = rows.where(Talk.answered_at.is_(None), Talk.cancelled_at.is_(None))
    return [talk for talk in session.scalars(rows.with_for_update(of=Talk)) if rules.state(talk, now) == rules.WAITING]


def choose(actor: Actor, one: Conversation, message_id: int, chosen: str) -> Talk:
    """Agree to one of the times (as `Talk.times` writes it), or move what was agreed to another of them.

    The same twice is once. Raises Invalid on `time` when it has been, or the talk stands no more.
    """
    actions.ready(actor, one, "")
    talk = _held(actor, one, message_id, by_other=True)
    now = clock.now()
    if chosen not in talk.times or rules.state(talk, now) not in {rules.WAITING, rules.AGREED}:
        raise Invalid(time=mark("Dette tidspunktet kan ikke velges lenger. Foreslå gjerne et annet."))
    moment = datetime.fromisoformat(chosen)
    if moment <= now or (talk.chosen_at is not None and talk.chosen_at <= now):
        raise Invalid(time=mark("Dette tidspunktet har vært. Foreslå gjerne et annet."))
    if talk.chosen_at == moment:
        return talk
    talk.sequence += int(talk.chosen_at is not None)
    talk.chosen_at, talk.answered_at = moment, now
    _tell(actor, talk, rules.AGREED)
    return talk


def decline(actor: Actor, one: Conversation, message_id: int) -> None:
    """Say that none of the times fit; twice is once."""
    talk = _held(actor, one, message_id, by_other=True)
    if rules.state(talk, clock.now()) in {rules.WAITING, rules.PASSED}:
        talk.declined_at = talk.answered_at = clock.now()
        _tell(actor, talk, rules.DECLINED)


def cancel(actor: Actor, one: Conversation, message_id: int) -> None:
    """Call off a talk: what is agreed either may, what waits the one who suggested it. Twice is once."""
    talk = _held(actor, one, message_id)
    now = clock.now()
    if talk.cancelled_at is not None:
        return
    was_agreed = rules.state(talk, now) == rules.AGREED
    if not rules.may_cancel(talk, now) or (not was_agreed and not _is_mine(actor, talk)):
        raise NotAllowed
    talk.cancelled_at = now
    talk.sequence += int(was_agreed)
    _tell(actor, talk, rules.CANCELLED, was_agreed=was_agreed)


def _held(actor: Actor, one: Conversation, message_id: int, *, by_other: bool = False) -> Talk:
    """Give a talk of this conversation, held, that the actor may see; raises NotFound, and NotAllowed for one's own."""
    talk = queries.talk(actor, one, message_id)
    hold(talk)
    if by_other and _is_mine(actor, talk):
        raise NotAllowed
    return talk


def _is_mine(actor: Actor, talk: Talk) -> bool:
    sender = select(Message.sender_id).where(Message.id == talk.message_id)
    return session.scalar(sender) == actor.person_id


def _tell(actor: Actor, talk: Talk, what: str, *, was_agreed: bool = False) -> None:
    session.flush()
    events.emit(TalkChanged(talk.message_id, actor.person_id or 0, what, was_agreed))
