"""Reading conversations. Only the two who are in one read it: every statement goes through `mine`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from kunnskap import clock
from kunnskap.accounts import queries as accounts
from kunnskap.accounts.models import Account
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import NotFound
from kunnskap.messages import rules
from kunnskap.messages.models import Block, Conversation, ConversationSide, Message, Talk
from kunnskap.paging import Page
from kunnskap.people.models import Person
from kunnskap.people.rules import is_away, is_shown
from kunnskap.posts import queries as posts
from kunnskap.posts.models import Post
from kunnskap.rights import MEMBER

Columns = TypeVarTuple("Columns")
SIZE, MESSAGES = 20, 50
"""Conversations to a page, and messages to a page of one."""
_other = aliased(ConversationSide)
_my = aliased(ConversationSide)


@dataclass(frozen=True)
class Line:
    """A conversation in the list: with whom, the last that was written, and whether there is something unread."""

    conversation: Conversation
    other: Person
    latest: Message | None
    is_unread: bool


@dataclass(frozen=True)
class Opened:
    """A conversation as one of the two sees it. `page` holds messages, the page of the newest first, each oldest first.

    `why_not` says why one cannot answer (a key of rules.WHY_NOT), `post` is what it is about if one may see that.
    """

    conversation: Conversation
    other: Person
    read_at: datetime | None
    put_away: bool
    page: Page[Message]
    post: Post | None
    why_not: str | None
    is_unread: bool


def mine(actor: Actor) -> ColumnElement[bool]:
    """The one rule: the condition under which a conversation is the actor's to read, whatever the actor's role."""
    sides = select(ConversationSide.conversation_id).where(ConversationSide.person_id == (actor.person_id or 0))
    return Conversation.id.in_(sides)


def shown(actor: Actor) -> ColumnElement[bool]:
    """The condition under which a message in one's conversation is shown; what is hidden only to its sender."""
    return or_(Message.hidden_at.is_(None), Message.sender_id == (actor.person_id or 0))


def _news(actor: Actor) -> ColumnElement[bool]:
    """The condition under which the other has written since one last looked."""
    theirs = (Message.conversation_id == Conversation.id, Message.sender_id != (actor.person_id or 0))
    since = or_(_my.read_at.is_(None), Message.sent_at > _my.read_at)
    return exists().where(*theirs, Message.hidden_at.is_(None), since).correlate(Conversation, _my)


def _with_sides(actor: Actor, rows: Select[*Columns]) -> Select[*Columns]:
    """Narrow rows of conversations to the actor's, with both sides joined."""
    me = actor.person_id or 0
    rows = rows.select_from(Conversation).where(mine(actor))
    rows = rows.join(_my, and_(_my.conversation_id == Conversation.id, _my.person_id == me))
    return rows.join(_other, and_(_other.conversation_id == Conversation.id, _other.person_id != me))


def _is_put_away() -> ColumnElement[bool]:
    """Out of the list until something more is written."""
    return and_(_my.put_away_at.is_not(None), _my.put_away_at >= Conversation.latest_at)


def page(actor: Actor, number: int = 1, *, put_away: bool = False) -> Page[Line]:
    """Give a page of the actor's conversations, the last written in first; three statements."""
    which = _is_put_away() if put_away else ~_is_put_away()
    which = which if put_away else or_(_my.put_away_at.is_(None), which)
    total = session.scalar(_with_sides(actor, select(func.count())).where(which)) or 0
    rows = _with_sides(actor, select(Conversation, Person, _news(actor).label("is_unread"))).where(which)
    rows = rows.join(Person, Person.id == _other.person_id)
    rows = rows.order_by(Conversation.latest_at.desc(), Conversation.id.desc())
    found = session.execute(rows.limit(SIZE).offset((number - 1) * SIZE)).all()
    latest = _latest(actor, [row[0].id for row in found])
    lines = [Line(one, other, latest.get(one.id), is_unread) for one, other, is_unread in found]
    return Page(lines, number, SIZE, total)


def _latest(actor: Actor, ids: Sequence[int]) -> dict[int, Message]:
    last = select(func.max(Message.id)).where(Message.conversation_id.in_(ids), shown(actor))
    rows = select(Message).where(Message.id.in_(last.group_by(Message.conversation_id)))
    return {one.conversation_id: one for one in session.scalars(rows)} if ids else {}


def unread_count(actor: Actor) -> int:
    """Count the conversations in which the other has written something the actor has not looked at."""
    if not actor.is_member:
        return 0
    return session.scalar(_with_sides(actor, select(func.count())).where(_news(actor))) or 0


def conversation(actor: Actor, number: int) -> Conversation:
    """Give one of the actor's own; raises NotFound for everybody else, moderators and administrators too."""
    found = session.scalar(select(Conversation).where(Conversation.id == number, mine(actor)))
    if found is None:
        raise NotFound
    return found


def opened(actor: Actor, number: int, part: int = 1) -> Opened:
    """Give a conversation of the actor's with a page of what was written; raises NotFound."""
    rows = _with_sides(actor, select(Conversation, _my, Person, _news(actor).label("is_unread")))
    rows = rows.join(Person, Person.id == _other.person_id)
    rows = rows.options(joinedload(Person.place), joinedload(Person.stand_in)).where(Conversation.id == number)
    row = session.execute(rows).first()
    if row is None:
        raise NotFound
    one, my, other, is_unread = row
    put_away = my.put_away_at is not None and my.put_away_at >= one.latest_at
    return Opened(
        one, other, my.read_at, put_away, _messages(actor, one, part), about(actor, one.post_id),
        why_not(actor, other), is_unread,
    )  # fmt: skip


def _messages(actor: Actor, one: Conversation, part: int) -> Page[Message]:
    rows = select(Message).where(Message.conversation_id == one.id, shown(actor))
    total = session.scalar(rows.with_only_columns(func.count())) or 0
    rows = rows.options(joinedload(Message.sender), joinedload(Message.talk)).order_by(Message.id.desc())
    found = session.scalars(rows.limit(MESSAGES).offset((part - 1) * MESSAGES)).all()
    return Page(list(found[::-1]), part, MESSAGES, total)


def message(actor: Actor, number: int) -> Message:
    """Give a message in a conversation of the actor's, with its sender; raises NotFound."""
    rows = select(Message).join(Conversation, Conversation.id == Message.conversation_id)
    rows = rows.where(Message.id == number, mine(actor), shown(actor)).options(joinedload(Message.sender))
    found = session.scalar(rows)
    if found is None:
        raise NotFound
    return found


def talk(actor: Actor, one: Conversation, message_id: int) -> Talk:
    """Give a talk suggested in a conversation of the actor's; raises NotFound."""
    found = session.scalar(_talks(actor, one).where(Talk.message_id == message_id))
    if found is None:
        raise NotFound
    return found


def agreed_talks(actor: Actor, one: Conversation) -> list[Talk]:
    """Give every talk in a conversation of the actor's that was agreed on, those called off too, the oldest first."""
    return list(session.scalars(_talks(actor, one).where(Talk.chosen_at.is_not(None)).order_by(Talk.message_id)))


def _talks(actor: Actor, one: Conversation) -> Select[Talk]:
    rows = select(Talk).join(Message, Message.id == Talk.message_id)
    rows = rows.join(Conversation, Conversation.id == Message.conversation_id)
    return rows.where(Conversation.id == one.id, mine(actor), shown(actor))


def other_side(actor: Actor, one: Conversation) -> Person:
    """Give whom the actor writes with."""
    rows = select(Person).join(ConversationSide, ConversationSide.person_id == Person.id)
    rows = rows.where(ConversationSide.conversation_id == one.id, Person.id != actor.person_id)
    return session.scalars(rows.options(joinedload(Person.stand_in))).one()


def with_person(actor: Actor, person_id: int, limit: int = 3) -> list[Conversation]:
    """Give the actor's newest conversations with somebody."""
    rows = _with_sides(actor, select(Conversation)).where(_other.person_id == person_id)
    return list(session.scalars(rows.order_by(Conversation.latest_at.desc()).limit(limit)))


def by_submission(actor: Actor, key: str | None) -> Message | None:
    """Find what this form has already sent, when it comes a second time."""
    if not key or not key.isprintable() or not actor.is_member:
        return None
    return session.scalar(select(Message).where(Message.sender_id == actor.person_id, Message.submission_key == key))


def about(actor: Actor, post_id: int | None) -> Post | None:
    """Give the post a conversation is about, if the reader may see it (today)."""
    if post_id is None:
        return None
    return session.scalar(posts.visible_to(actor).where(Post.id == post_id))


def may_read(person_id: int, post_id: int) -> bool:
    """Whether somebody may see a post as one of those it is for.

    Not as the one who wrote it: then it would show who asked without a name.
    """
    account = owner(person_id)
    return account is not None and about(account.acting_as(MEMBER).at_large, post_id) is not None


def owner(person_id: int) -> Account | None:
    """Give the account of somebody who may come in, with its person."""
    wanted = select(Account).join(Account.person).options(contains_eager(Account.person))
    return session.scalar(wanted.where(Account.person_id == person_id, *accounts.opens()))


def blocked_by(person_id: int) -> list[Block]:
    """Give those whom somebody wants no messages from, with who they are."""
    rows = select(Block).where(Block.blocker_id == person_id).options(joinedload(Block.blocked))
    return list(session.scalars(rows.order_by(Block.since.desc())))


def is_blocked_between(one: int, other: int) -> bool:
    """Whether either of two people wants no messages from the other."""
    return bool(_blockers(one, other))


def _blockers(one: int, other: int) -> set[int]:
    between = or_(
        and_(Block.blocker_id == one, Block.blocked_id == other),
        and_(Block.blocker_id == other, Block.blocked_id == one),
    )
    return set(session.scalars(select(Block.blocker_id).where(between)))


def why_not(actor: Actor, person: Person) -> str | None:
    """Say why the actor cannot write to somebody (a key of rules.WHY_NOT); None when they can. Two statements."""
    takes = select(Account.id).where(Account.person_id == person.id, *accounts.opens())
    blockers = _blockers(actor.person_id or 0, person.id)
    return rules.why_not(
        actor,
        person,
        takes_messages=session.scalar(takes) is not None,
        blocking=actor.person_id in blockers,
        blocked=person.id in blockers,
    )


def is_away_today(person: Person) -> bool:
    """Whether somebody has said that they are away today."""
    return is_away(person, clock.today())


def stand_in(person: Person) -> Person | None:
    """Give whom to ask instead, when somebody is away today and has named one who stands in the directory."""
    if person.stand_in_id is None or not is_away_today(person):
        return None
    found = session.get(Person, person.stand_in_id)
    return found if found is not None and is_shown(found) else None
