"""Reading what waits for moderators, what they decided, and what one may know of that oneself."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import contains_eager, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from kunnskap import clock
from kunnskap.accounts import queries as accounts
from kunnskap.accounts.models import Account
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import NotFound
from kunnskap.messages import queries as messages
from kunnskap.messages.models import Conversation, Message
from kunnskap.moderation.models import Decision, Report
from kunnskap.moderation.rules import ACTS, COMMENT, MESSAGE, PATHS, PERSON, POST, REVIEW, Thing
from kunnskap.moderation.spam import Written, fingerprint
from kunnskap.paging import Page
from kunnskap.people.models import Person
from kunnskap.posts import queries as posts
from kunnskap.posts.kinds import QUESTION
from kunnskap.posts.models import Attachment, Comment, Post

SIZE = 20
REPORTS, HELD, APPEALS = "meldinger", "venter", "klager"
NUMBERS = "numbers"
"""What a file waits for that seems to hold identity or account numbers (posts.kinds.HELD_FOR)."""
SORTS = (REPORTS, HELD, APPEALS)
"""What can wait, by its name in addresses."""
MOST_HISTORY = 50
OWN_TEXTS, OTHERS_TEXTS = 20, 200
"""How many of the writer's last texts, and of others' of the last day, a new one is compared to."""
_WHO: tuple[ORMOption, ...] = (
    joinedload(Decision.made_by),
    joinedload(Decision.post),
    joinedload(Decision.comment),
    joinedload(Decision.message),
)


@dataclass(frozen=True)
class Waiting:
    """One thing in the queue: of a sort, since when, what it is about, and the reports or the appealed decision."""

    sort: str
    since: datetime
    thing: Thing
    reports: Sequence[Report] = ()
    decision: Decision | None = None


@dataclass(frozen=True)
class Queue:
    """A page of what waits, the oldest first, and how much waits of each sort."""

    page: Page[Waiting]
    counts: dict[str, int] = field(default_factory=dict)


def open_count(actor: Actor | None = None) -> int:
    """Count what waits for moderators; with an actor, only what that one may see to."""
    return sum(_counts(_waiting(actor)).values())


def queue(actor: Actor, sort: str = "", number: int = 1) -> Queue:
    """Give a page of what waits for this moderator (who never sees what is their own), of one sort or all."""
    waiting = _waiting(actor)
    counts = _counts(waiting)
    total = counts.get(sort, 0) if sort else sum(counts.values())
    rows = select(waiting)
    if sort:
        rows = rows.where(waiting.c.sort == sort)
    rows = rows.order_by(waiting.c.since, waiting.c.kind, waiting.c.id).limit(SIZE).offset((number - 1) * SIZE)
    return Queue(Page(_loaded(list(session.execute(rows))), number, SIZE, total), counts)


def _counts(waiting: Subquery) -> dict[str, int]:
    return dict(session.execute(select(waiting.c.sort, func.count()).group_by(waiting.c.sort)).all())


def _waiting(actor: Actor | None) -> Subquery:
    me = actor.person_id if actor else None
    return union_all(*_open_reports(me), *_held(me), _open_appeals(me)).subquery()


def _row(sort: str, kind: str, number: Any, since: Any) -> Select[Any]:
    return select(literal(sort).label("sort"), literal(kind).label("kind"), number.label("id"), since.label("since"))


def _open_reports(me: int | None) -> list[Select[Any]]:
    first, is_open = func.min(Report.made_at), Report.settled_at.is_(None)
    of_posts = _row(REPORTS, POST, Report.post_id, first).join(Post, Post.id == Report.post_id)
    of_comments = _row(REPORTS, COMMENT, Report.comment_id, first).join(Comment, Comment.id == Report.comment_id)
    of_messages = _row(REPORTS, MESSAGE, Report.message_id, first).join(Message, Message.id == Report.message_id)
    of_people = _row(REPORTS, PERSON, Report.person_id, first)
    return [
        of_posts.where(is_open, _not(Post.author_id, me)).group_by(Report.post_id),
        of_comments.where(is_open, Comment.withdrawn_at.is_(None), _not(Comment.author_id, me)).group_by(
            Report.comment_id
        ),
        of_messages.where(is_open, _not(Message.sender_id, me)).group_by(Report.message_id),
        of_people.where(is_open, Report.person_id.is_not(None), _not(Report.person_id, me)).group_by(Report.person_id),
    ]


def _held(me: int | None) -> list[Select[Any]]:
    standing_post = (Post.held_for == REVIEW, Post.hidden_at.is_(None), Post.withdrawn_at.is_(None))
    standing_comment = (Comment.held_at.is_not(None), Comment.hidden_at.is_(None), Comment.withdrawn_at.is_(None))
    stopped = select(Attachment.post_id).where(Attachment.held_for == NUMBERS)
    with_file = (Post.id.in_(stopped), Post.hidden_at.is_(None), Post.withdrawn_at.is_(None), Post.held_at.is_(None))
    return [
        _row(HELD, POST, Post.id, Post.held_at).where(*standing_post, _not(Post.author_id, me)),
        _row(HELD, POST, Post.id, Post.active_at).where(*with_file, _not(Post.author_id, me)),
        _row(HELD, COMMENT, Comment.id, Comment.held_at).where(*standing_comment, _not(Comment.author_id, me)),
    ]


def _open_appeals(me: int | None) -> Select[Any]:
    waits = (Decision.appealed_at.is_not(None), Decision.answered_at.is_(None))
    others = (_not(Decision.made_by_id, me), _not(Decision.person_id, me))
    return _row(APPEALS, "decision", Decision.id, Decision.appealed_at).where(*waits, *others)


def _not(column: Any, me: int | None) -> ColumnElement[bool]:
    return or_(column.is_(None), column != me) if me is not None else literal(True) == literal(True)


def _loaded(rows: list[Any]) -> list[Waiting]:
    """Bring along what the queue shows of each, at most seven statements for a page."""
    ids: defaultdict[str, set[int]] = defaultdict(set)
    for row in rows:
        ids[row.kind].add(row.id)
    decisions = _decisions_by_id(ids["decision"])
    things = _things(ids)
    reports = _reports_of(ids)
    found = []
    for row in rows:
        decision = decisions.get(row.id) if row.kind == "decision" else None
        thing = _thing_of(decision) if decision else things.get((row.kind, row.id))
        if thing is not None:
            found.append(Waiting(row.sort, row.since, thing, reports.get((row.kind, row.id), ()), decision))
    return found


def _decisions_by_id(ids: set[int]) -> dict[int, Decision]:
    if not ids:
        return {}
    wanted = select(Decision).where(Decision.id.in_(ids)).options(*_WHO, joinedload(Decision.person))
    return {one.id: one for one in session.scalars(wanted)}


def _thing_of(decision: Decision) -> Thing:
    return Thing(decision.post, decision.comment, decision.person, message=decision.message)


def _things(ids: dict[str, set[int]]) -> dict[tuple[str, int], Thing]:
    found: dict[tuple[str, int], Thing] = {}
    if ids[POST]:
        rows = select(Post).where(Post.id.in_(ids[POST])).options(joinedload(Post.author))
        found |= {(POST, one.id): Thing(post=one) for one in session.scalars(rows)}
    if ids[COMMENT]:
        both = select(Comment, Post).join(Post, Post.id == Comment.post_id).where(Comment.id.in_(ids[COMMENT]))
        for comment, post in session.execute(both.options(joinedload(Comment.author))):
            found[COMMENT, comment.id] = Thing(post=post, comment=comment)
    if ids[MESSAGE]:
        written = select(Message).where(Message.id.in_(ids[MESSAGE])).options(joinedload(Message.sender))
        found |= {(MESSAGE, one.id): Thing(message=one) for one in session.scalars(written)}
    if ids[PERSON]:
        people = select(Person).where(Person.id.in_(ids[PERSON]))
        found |= {(PERSON, one.id): Thing(person=one) for one in session.scalars(people)}
    return found


def _reports_of(ids: dict[str, set[int]]) -> dict[tuple[str, int], list[Report]]:
    columns = {
        POST: Report.post_id,
        COMMENT: Report.comment_id,
        MESSAGE: Report.message_id,
        PERSON: Report.person_id,
    }
    about = [column.in_(ids[kind]) for kind, column in columns.items() if ids[kind]]
    found: defaultdict[tuple[str, int], list[Report]] = defaultdict(list)
    if about:
        rows = select(Report).where(Report.settled_at.is_(None), or_(*about)).order_by(Report.id)
        for report in session.scalars(rows):
            kind = next(kind for kind, column in columns.items() if getattr(report, column.key))
            found[kind, getattr(report, columns[kind].key)].append(report)
    return found


def thing(actor: Actor, path: str, number: int) -> Thing:
    """Give what an address names, as far as the actor may see it; raises NotFound."""
    kind = PATHS.get(path)
    if kind == POST:
        return Thing(post=posts.post(actor, number))
    if kind == COMMENT:
        comment, post = posts.comment(actor, number)
        return Thing(post=posts.post(actor, post.id), comment=comment)
    if kind == MESSAGE:
        return Thing(message=_message(actor, number))
    if kind != PERSON:
        raise NotFound
    person = accounts.person_to_show(number)
    account = session.scalar(select(Account).where(Account.person_id == number, Account.confirmed_at.is_not(None)))
    return Thing(person=person, account=account)


def _message(actor: Actor, number: int) -> Message:
    """Give a message the actor was sent or has sent; to moderators, one that somebody has reported, and nothing around it."""
    reported = select(Report.id).where(Report.message_id == number).exists()
    own = and_(messages.mine(actor), messages.shown(actor))
    may_read = or_(own, reported) if actor.may("moderate") else own
    rows = select(Message).join(Conversation, Conversation.id == Message.conversation_id)
    found = session.scalar(rows.where(Message.id == number, may_read).options(joinedload(Message.sender)))
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class Context:
    """Where a thing stands: the post whose page shows it, the answers, the comments on them all by post, and files held back."""

    root: Post
    answers: Sequence[Post]
    comments: dict[int, list[Comment]]
    stopped: Sequence[Attachment] = ()


def context(actor: Actor, found: Thing) -> Context | None:
    """Give what stands around a post or comment; nothing is shown around a message or a person."""
    if found.post is None:
        return None
    post = found.post
    root = posts.post(actor, post.parent_id) if post.parent_id else post
    answers = posts.replies(actor, root) if root.kind is QUESTION else []
    files = select(Attachment).where(Attachment.post_id == post.id, Attachment.held_for == NUMBERS)
    return Context(root, answers, posts.comments(actor, [root, *answers]), session.scalars(files).all())


def reports_on(found: Thing) -> list[Report]:
    """Give every report of a thing with who wrote it, the newest first. For moderators, of what is not their own."""
    rows = select(Report).where(about(Report, found)).options(joinedload(Report.reporter))
    return list(session.scalars(rows.order_by(Report.id.desc()).limit(MOST_HISTORY)))


def decisions_on(person_id: int) -> list[Decision]:
    """Give what was decided about what somebody wrote and their account, the newest first."""
    rows = select(Decision).where(Decision.person_id == person_id).options(*_WHO)
    return list(session.scalars(rows.order_by(Decision.id.desc()).limit(MOST_HISTORY)))


def has_decisions(actor: Actor) -> bool:
    """Say whether anything was decided about the actor."""
    return session.scalar(select(Decision.id).where(Decision.person_id == (actor.person_id or 0)).limit(1)) is not None


def about(table: type[Report] | type[Decision], found: Thing) -> ColumnElement[bool]:
    """The condition under which a report or a decision is about exactly this thing."""
    columns = {POST: table.post_id, COMMENT: table.comment_id, MESSAGE: table.message_id}
    if found.kind == PERSON:
        return and_(table.person_id == found.id, *(column.is_(None) for column in columns.values()))
    return columns[found.kind] == found.id


def decision(number: int) -> Decision:
    """Give a decision with what it is about; raises NotFound."""
    wanted = select(Decision).where(Decision.id == number)
    found = session.scalar(wanted.options(*_WHO, joinedload(Decision.person)))
    if found is None:
        raise NotFound
    return found


def own_decision(actor: Actor, number: int) -> Decision:
    """Give a decision about the actor; raises NotFound for any other."""
    found = decision(number)
    if not actor.is_member or found.person_id != actor.person_id:
        raise NotFound
    return found


def why_hidden(actor: Actor, row: Post | Comment | Message) -> Decision | None:
    """Give the decision that keeps something from readers, to the one who wrote it."""
    writer = row.sender_id if isinstance(row, Message) else row.author_id
    if row.hidden_at is None or not actor.is_member or writer != actor.person_id:
        return None
    columns = {Post: Decision.post_id, Comment: Decision.comment_id, Message: Decision.message_id}
    column = columns[type(row)]
    wanted = select(Decision).where(
        column == row.id, Decision.undone_at.is_(None), Decision.act.in_(("hide", "refuse"))
    )
    return session.scalar(wanted.order_by(Decision.id.desc()).limit(1))


def account_of(person_id: int | None, *, closed_too: bool = False) -> Account | None:
    """Give the account of somebody who is to be written to: confirmed, and not closed unless that is told."""
    wanted = select(Account).join(Account.person).options(contains_eager(Account.person))
    wanted = wanted.where(Account.person_id == person_id, Account.confirmed_at.is_not(None))
    return session.scalar(wanted if closed_too else wanted.where(Account.closed_at.is_(None)))


def reported_by_site(condition: ColumnElement[bool]) -> bool:
    """Whether the site itself has asked moderators to look at what the condition names."""
    return session.scalar(select(Report.id).where(condition, Report.reporter_id.is_(None)).limit(1)) is not None


def written(row: Post | Comment, account: Account) -> Written:
    """Gather what is looked at for signs of spam: how much the writer has posted lately, and texts like this one."""
    now = clock.now()
    made_at = row.made_at if isinstance(row, Comment) else row.published_at
    hour = (made_at - timedelta(hours=1), made_at)
    recent_posts = select(func.count()).where(Post.author_id == row.author_id, Post.published_at.between(*hour))
    recent_comments = select(func.count()).where(Comment.author_id == row.author_id, Comment.made_at.between(*hour))
    own: list[str] = []
    others: list[str] = []
    if fingerprint(row.body):
        earlier = Post.id < row.id if isinstance(row, Post) else literal(True)
        texts = select(Post.body).where(earlier).order_by(Post.id.desc())
        own = list(session.scalars(texts.where(Post.author_id == row.author_id).limit(OWN_TEXTS)))
        day = (Post.author_id != row.author_id, Post.published_at > now - timedelta(days=1))
        others = list(session.scalars(texts.where(*day).limit(OTHERS_TEXTS)))
    return Written(
        row.body,
        now - account.created_at,
        (session.scalar(recent_posts) or 0) + (session.scalar(recent_comments) or 0),
        {fingerprint(body) for body in own},
        {fingerprint(body) for body in others},
    )


def titles(actor: Actor, decisions: Iterable[Decision]) -> dict[int, str]:
    """Name what decisions are about, by their number: a post's title, an answer's question's, or a comment's first words.

    An answer may hang on a question that the actor does not know of.
    """
    asked = {one.id: one for one in decisions}
    roots = {one.post.parent_id for one in asked.values() if one.post is not None and one.post.parent_id}
    seen = select(Post.id, Post.title).where(Post.id.in_(roots), posts.visible(actor))
    named = dict(session.execute(seen).all()) if roots else {}
    return {number: _title(one, named) for number, one in asked.items()}


def _title(one: Decision, named: dict[int, str]) -> str:
    if one.message is not None:
        return " ".join(one.message.body.split())[:60]
    if one.comment is not None:
        return " ".join(one.comment.body.split())[:60]
    if one.post is None or ACTS[one.act].on == {PERSON}:
        return ""
    return one.post.title or named.get(one.post.parent_id or 0, "") or one.post.excerpt[:60]
