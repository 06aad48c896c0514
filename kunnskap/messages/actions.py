"""Writing to somebody, and wanting no more from somebody."""

from datetime import datetime

from sqlalchemy import Update, delete, select, update

from kunnskap import clock, events, text
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed, NotFound
from kunnskap.messages import queries, rules
from kunnskap.messages.events import MessageSent
from kunnskap.messages.models import Block, Conversation, ConversationSide, Message
from kunnskap.people.models import Person


def start(actor: Actor, to: Person, subject: str, body: str, *, post_id: int | None = None, key: str = "") -> Message:
    """Begin a conversation; a form sent twice begins one. A post that the other may not see is left out.

    Raises Invalid by field, and on `form` when one cannot write to the other.
    """
    _hold_both(actor, to)
    first = queries.by_submission(actor, key)
    if first is not None:
        return first
    _refuse(actor, to)
    subject = " ".join(subject.split())
    if problems := rules.problems(body, subject):
        raise Invalid(**problems)
    if post_id is not None and (queries.about(actor, post_id) is None or not queries.may_read(to.id, post_id)):
        post_id = None
    one = Conversation(subject=subject, post_id=post_id)
    session.add(one)
    session.flush()
    session.add_all(ConversationSide(conversation_id=one.id, person_id=number) for number in (actor.person_id, to.id))
    return write(actor, one, body, key)


def answer(actor: Actor, one: Conversation, body: str, key: str = "") -> Message:
    """Write in a conversation of the actor's; a form sent twice writes once. Raises Invalid as `start` does."""
    first = ready(actor, one, key)
    if first is not None:
        return first
    if problems := rules.problems(body):
        raise Invalid(**problems)
    return write(actor, one, body, key)


def ready(actor: Actor, one: Conversation, key: str) -> Message | None:
    """See that the actor may write in a conversation, and give what this form has sent already, if anything."""
    to = queries.other_side(actor, one)
    _hold_both(actor, to)
    first = queries.by_submission(actor, key)
    if first is None:
        _refuse(actor, to)
    return first


def write(actor: Actor, one: Conversation, body: str, key: str = "") -> Message:
    """Put a message in a conversation that was made ready, and have the other told."""
    sent = Message(
        conversation_id=one.id,
        sender_id=actor.person_id or 0,
        body=body,
        body_html=text.to_html(body),
        sent_at=clock.now(),
        submission_key=key or None,
    )
    session.add(sent)
    one.latest_at = sent.sent_at
    session.flush()
    session.execute(_side(actor, one).values(read_at=sent.sent_at, put_away_at=None))
    events.emit(MessageSent(sent.id))
    return sent


def read(actor: Actor, one: Conversation, until: int) -> None:
    """Take what the other has written up to a message (by number) as read."""
    seen = select(Message.sent_at).where(Message.id == until, Message.conversation_id == one.id)
    moment = session.scalar(seen)
    if moment is not None:
        _move_read(actor, one, moment)


def _move_read(actor: Actor, one: Conversation, moment: datetime) -> None:
    unread = ConversationSide.read_at.is_(None) | (ConversationSide.read_at < moment)
    session.execute(_side(actor, one).where(unread).values(read_at=moment))


def put_away(actor: Actor, one: Conversation, *, away: bool) -> None:
    """Take a conversation out of the actor's list until something more is written, or put it back."""
    session.execute(_side(actor, one).values(put_away_at=clock.now() if away else None))


def block(actor: Actor, person_id: int) -> None:
    """Take no more messages from somebody; what was written stays readable. Twice is once."""
    if not actor.is_member or actor.person_id == person_id:
        raise NotAllowed
    if session.get(Person, person_id) is None:
        raise NotFound
    hold(session.get_one(Person, actor.person_id))
    if session.get(Block, (actor.person_id, person_id)) is None:
        session.add(Block(blocker_id=actor.person_id, blocked_id=person_id))
        session.flush()


def unblock(actor: Actor, person_id: int) -> None:
    """Take messages from somebody again."""
    mine = (Block.blocker_id == (actor.person_id or 0), Block.blocked_id == person_id)
    session.execute(delete(Block).where(*mine))


def _hold_both(actor: Actor, to: Person) -> None:
    """Have others wait who send the same form, or say that they want no more."""
    if not actor.is_member:
        raise NotAllowed
    for number in sorted({actor.person_id or 0, to.id}):
        hold(session.get_one(Person, number))


def _refuse(actor: Actor, to: Person) -> None:
    """Raise unless the actor has an open account, and may write to the other."""
    if queries.owner(actor.person_id or 0) is None:
        raise NotAllowed
    problem = queries.why_not(actor, to)
    if problem is not None:
        raise Invalid(form=rules.WHY_NOT[problem])


def _side(actor: Actor, one: Conversation) -> Update:
    mine = ConversationSide.person_id == (actor.person_id or 0)
    return update(ConversationSide).where(ConversationSide.conversation_id == one.id, mine)
