"""Finding meetings, what is on their agenda, who comes and what is to be done; visibility is decided here."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload

from kunnskap import clock
from kunnskap.accounts.models import Account
from kunnskap.accounts.queries import opens
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import NotFound
from kunnskap.meetings.models import (
    AgendaItem,
    CalendarKey,
    Homework,
    HomeworkDone,
    Meeting,
    MeetingSignUp,
    MinutesPart,
)
from kunnskap.meetings.rules import EVERYONE, MEMBERS
from kunnskap.networks.models import NetworkMember
from kunnskap.people.models import Person
from kunnskap.posts.models import Post
from kunnskap.posts.queries import visible

MOST, PAST = 200, 30
"""Coming meetings a list shows, and meetings that have been."""
CALENDAR_BACK = timedelta(days=180)
OPEN_FOR = timedelta(days=365)
"""How long homework that nobody has done is shown."""


@dataclass(frozen=True)
class Point:
    """A point of an agenda, with the post it was drawn from when the reader may see that."""

    item: AgendaItem
    post: Post | None

    @property
    def is_closed(self) -> bool:
        """Whether it is about a post that the reader may not see, or that is gone."""
        return self.post is None and not self.item.title


@dataclass(frozen=True)
class Todo:
    """Homework, how many have done it, and whether it is the reader's and settled."""

    homework: Homework
    meeting: Meeting
    done: int
    is_mine: bool
    is_settled: bool
    """The one it was given to has done it; of what is everybody's, the reader has."""


@dataclass(frozen=True)
class Attended:
    """A meeting that has been and how many were there."""

    meeting: Meeting
    people: int


@dataclass(frozen=True)
class Attendance:
    """Meetings of a period that were held, and how many different people were at them."""

    meetings: list[Attended]
    people: int

    @property
    def total(self) -> int:
        """How many were there, counted at each meeting."""
        return sum(one.people for one in self.meetings)


def seen(actor: Actor) -> ColumnElement[bool]:
    """The condition under which the actor may see a meeting (the twin of `rules.may_see`)."""
    if actor.is_moderator:
        return true()
    audiences = (EVERYONE, MEMBERS) if actor.is_member else (EVERYONE,)
    return or_(Meeting.audience.in_(audiences), Meeting.network_id.in_(sorted(actor.network_ids)))


def meeting(actor: Actor, meeting_id: int) -> Meeting:
    """Give a meeting with its network; raises NotFound when the actor may not know of it."""
    found = session.scalar(_with_network().where(Meeting.id == meeting_id, seen(actor)))
    if found is None:
        raise NotFound
    return found


def by_id(meeting_id: int) -> Meeting | None:
    """Give a meeting with its network, whoever asks."""
    return session.scalar(_with_network().where(Meeting.id == meeting_id))


def by_uid(uid: str) -> Meeting | None:
    """Find what a form has already made."""
    return session.scalar(_with_network().where(Meeting.uid == uid))


def coming(actor: Actor, network_id: int | None = None, limit: int = MOST) -> list[Meeting]:
    """Give meetings that are not over, the next first; without a network, those of the actor's own networks before others.

    Cancelled ones are left out.
    """
    rows = _with_network().where(seen(actor), Meeting.ends_at > clock.now(), Meeting.cancelled_at.is_(None))
    if network_id is not None:
        rows = rows.where(Meeting.network_id == network_id)
    elif actor.network_ids:
        rows = rows.order_by(case((Meeting.network_id.in_(sorted(actor.network_ids)), 0), else_=1))
    return list(session.scalars(rows.order_by(Meeting.starts_at, Meeting.id).limit(limit)))


def of_network(actor: Actor, network_id: int) -> tuple[list[Meeting], list[Meeting]]:
    """Give a network's meetings: those to come, cancelled ones too, and the latest that have been; two statements."""
    theirs, now = _with_network().where(seen(actor), Meeting.network_id == network_id), clock.now()
    ahead = theirs.where(Meeting.ends_at > now).order_by(Meeting.starts_at, Meeting.id).limit(MOST)
    behind = theirs.where(Meeting.ends_at <= now).order_by(Meeting.starts_at.desc(), Meeting.id.desc()).limit(PAST)
    return list(session.scalars(ahead)), list(session.scalars(behind))


def agenda(actor: Actor, meeting: Meeting) -> list[Point]:
    """Give the points of a meeting in order, each with its post when the actor may see it; one statement."""
    rows = select(AgendaItem, Post).outerjoin(Post, and_(Post.id == AgendaItem.post_id, visible(actor)))
    rows = rows.where(AgendaItem.meeting_id == meeting.id).order_by(AgendaItem.position, AgendaItem.id)
    return [Point(item, post) for item, post in session.execute(rows)]


def sign_up(actor: Actor, meeting: Meeting) -> MeetingSignUp | None:
    """Give what the actor has said."""
    return session.get(MeetingSignUp, (meeting.id, actor.person_id)) if actor.person_id is not None else None


def comers(meeting: Meeting) -> list[MeetingSignUp]:
    """Give those who come, by name, with where they work; one statement. For those in the network only."""
    rows = _comers(meeting).join(Person).options(contains_eager(MeetingSignUp.person).joinedload(Person.place))
    return list(session.scalars(rows.where(Person.left_at.is_(None)).order_by(Person.name, Person.id)))


def comer_count(meeting: Meeting) -> int:
    """Count those who come."""
    rows = _comers(meeting).join(Person).where(Person.left_at.is_(None)).with_only_columns(func.count())
    return session.scalar(rows) or 0


def attended_count(meeting: Meeting) -> int:
    """Count those who were there."""
    rows = select(func.count()).select_from(MeetingSignUp)
    return session.scalar(rows.where(MeetingSignUp.meeting_id == meeting.id, MeetingSignUp.attended.is_(True))) or 0


def might_have_attended(meeting: Meeting) -> list[tuple[Person, MeetingSignUp | None]]:
    """Give everyone in the network and everyone who signed up, by name; one statement."""
    mine = and_(MeetingSignUp.person_id == Person.id, MeetingSignUp.meeting_id == meeting.id)
    inside = exists().where(NetworkMember.person_id == Person.id, NetworkMember.network_id == meeting.network_id)
    rows = select(Person, MeetingSignUp).outerjoin(MeetingSignUp, mine).options(joinedload(Person.place))
    rows = rows.where(or_(and_(inside, Person.left_at.is_(None)), MeetingSignUp.person_id.is_not(None)))
    return [(person, row) for person, row in session.execute(rows.order_by(Person.name, Person.id))]


def todos(actor: Actor, meeting: Meeting) -> list[Todo]:
    """Give the homework of a meeting; for those in the network."""
    return _todos(actor, Homework.meeting_id == meeting.id)


def left_from_before(actor: Actor, meeting: Meeting) -> list[Todo]:
    """Give what the network's earlier meetings of the last year left to be done, and is not."""
    earlier = (
        Meeting.network_id == meeting.network_id,
        Meeting.starts_at < meeting.starts_at,
        Meeting.starts_at > meeting.starts_at - OPEN_FOR,
    )
    return [one for one in _todos(actor, *earlier) if not one.is_settled]


def my_homework(actor: Actor) -> list[Todo]:
    """Give what the actor has yet to do for the networks they are in, what is due first."""
    if not actor.network_ids:
        return []
    mine = or_(Homework.person_id == actor.person_id, Homework.is_everybodys.is_(True))
    inside = Meeting.network_id.in_(sorted(actor.network_ids))
    found = _todos(actor, mine, inside, Meeting.starts_at > clock.now() - OPEN_FOR)
    return [one for one in found if not one.is_settled]


def homework(homework_id: int) -> tuple[Homework, Meeting]:
    """Give homework and its meeting; raises NotFound."""
    rows = select(Homework, Meeting).join(Meeting, Meeting.id == Homework.meeting_id)
    found = session.execute(rows.where(Homework.id == homework_id)).first()
    if found is None:
        raise NotFound
    return found[0], found[1]


def part(part_id: int) -> MinutesPart:
    """Give a part of minutes with its meeting, network, speaker and what it became, whoever asks; raises NotFound."""
    whole = (
        joinedload(MinutesPart.meeting).joinedload(Meeting.network),
        joinedload(MinutesPart.speaker),
        joinedload(MinutesPart.post),
    )
    found = session.scalar(select(MinutesPart).where(MinutesPart.id == part_id).options(*whole))
    if found is None:
        raise NotFound
    return found


def parts(meeting: Meeting) -> list[MinutesPart]:
    """Give the parts of a meeting's minutes that speakers were asked about, oldest first."""
    rows = select(MinutesPart).where(MinutesPart.meeting_id == meeting.id).options(joinedload(MinutesPart.speaker))
    return list(session.scalars(rows.order_by(MinutesPart.id)))


def waiting_parts(actor: Actor) -> list[MinutesPart]:
    """Give what the actor is asked to approve."""
    rows = select(MinutesPart).join(MinutesPart.meeting).join(Meeting.network)
    rows = rows.options(contains_eager(MinutesPart.meeting).contains_eager(Meeting.network))
    mine = rows.where(MinutesPart.speaker_id == actor.person_id, MinutesPart.state == "proposed")
    return list(session.scalars(mine.order_by(MinutesPart.id)))


def members(network_id: int) -> list[Person]:
    """Give those in a network who can sign in, by name: they can speak for themselves and be given homework."""
    rows = select(Person).join(NetworkMember, NetworkMember.person_id == Person.id)
    rows = rows.join(Account, Account.person_id == Person.id).options(joinedload(Person.place))
    inside = rows.where(NetworkMember.network_id == network_id, Person.left_at.is_(None), *opens())
    return list(session.scalars(inside.order_by(Person.name, Person.id)))


def account_of(person_id: int) -> Account | None:
    """Give somebody's account with the person, if it opens the house."""
    rows = select(Account).join(Account.person).options(contains_eager(Account.person))
    return session.scalar(rows.where(Account.person_id == person_id, *opens()))


def accounts_of_comers(meeting: Meeting) -> list[Account]:
    """Give the accounts of those who come, with their people; one statement."""
    rows = select(Account).join(Account.person).options(contains_eager(Account.person))
    coming_ids = _comers(meeting).with_only_columns(MeetingSignUp.person_id)
    return list(session.scalars(rows.where(Account.person_id.in_(coming_ids), *opens()).order_by(Account.id)))


def calendar_of_network(network_id: int) -> list[Meeting]:
    """Give a network's meetings that are for everyone, from half a year back."""
    rows = _with_network().where(Meeting.network_id == network_id, Meeting.audience == EVERYONE)
    return list(session.scalars(_in_calendar(rows)))


def calendar_of(actor: Actor) -> list[Meeting]:
    """Give the meetings of the actor's networks and those they said they come to, from half a year back."""
    signed = select(MeetingSignUp.meeting_id).where(
        MeetingSignUp.person_id == actor.person_id, MeetingSignUp.is_coming.is_(True)
    )
    mine = or_(Meeting.network_id.in_(sorted(actor.network_ids)), Meeting.id.in_(signed))
    return list(session.scalars(_in_calendar(_with_network().where(mine, seen(actor)))))


def calendar_number(person_id: int) -> int:
    """Give the number that somebody's calendar address is made with."""
    key = session.get(CalendarKey, person_id)
    return key.number if key is not None else 1


def attendance(network_id: int, since: date, until: date) -> Attendance:
    """Tell which meetings a network held from one day to another, both counted, and how many were there; two statements."""
    first, after = (datetime.combine(day, time(), clock.HERE) for day in (since, until + timedelta(days=1)))
    held = and_(
        Meeting.network_id == network_id,
        Meeting.cancelled_at.is_(None),
        Meeting.starts_at >= first,
        Meeting.starts_at < min(after, clock.now()),
    )
    was_there = and_(MeetingSignUp.meeting_id == Meeting.id, MeetingSignUp.attended.is_(True))
    rows = select(Meeting, func.count(MeetingSignUp.person_id)).outerjoin(MeetingSignUp, was_there).where(held)
    found = session.execute(rows.group_by(Meeting.id).order_by(Meeting.starts_at, Meeting.id))
    people = select(func.count(MeetingSignUp.person_id.distinct())).join(Meeting, was_there).where(held)
    return Attendance([Attended(one, count) for one, count in found], session.scalar(people) or 0)


def due_for_reminder(until: datetime) -> list[Meeting]:
    """Give the meetings to come before a moment to which somebody comes who is not reminded."""
    waiting = exists().where(
        MeetingSignUp.meeting_id == Meeting.id, MeetingSignUp.is_coming.is_(True), MeetingSignUp.reminded_at.is_(None)
    )
    rows = select(Meeting).where(Meeting.starts_at > clock.now(), Meeting.starts_at < until, waiting)
    return list(session.scalars(rows.where(Meeting.cancelled_at.is_(None)).order_by(Meeting.id)))


def waiting_comers(meeting: Meeting, signed_before: datetime) -> list[MeetingSignUp]:
    """Give those who come, said so before a moment, and are not reminded yet."""
    rows = _comers(meeting).where(MeetingSignUp.reminded_at.is_(None), MeetingSignUp.signed_at < signed_before)
    return list(session.scalars(rows.order_by(MeetingSignUp.person_id)))


def homework_to_remind_of(until: date) -> list[Homework]:
    """Give homework that is due from today to a day and that nobody was reminded of."""
    rows = select(Homework).where(Homework.due_on >= clock.today(), Homework.due_on <= until)
    return list(session.scalars(rows.where(Homework.reminded_at.is_(None)).order_by(Homework.id)))


def have_not_done(homework: Homework, network_id: int) -> list[int]:
    """Give the ids of those in the network who have yet to do it."""
    done = select(HomeworkDone.person_id).where(HomeworkDone.homework_id == homework.id)
    rows = select(NetworkMember.person_id).where(
        NetworkMember.network_id == network_id, NetworkMember.person_id.not_in(done)
    )
    if not homework.is_everybodys:
        rows = rows.where(NetworkMember.person_id == homework.person_id)
    return list(session.scalars(rows.order_by(NetworkMember.person_id)))


def _todos(actor: Actor, *conditions: ColumnElement[bool]) -> list[Todo]:
    me = actor.person_id or 0
    of_it = HomeworkDone.homework_id == Homework.id
    done = select(func.count()).select_from(HomeworkDone).where(of_it).scalar_subquery()
    whose = case((Homework.is_everybodys.is_(True), me), else_=func.coalesce(Homework.person_id, 0))
    settled = exists().where(of_it, HomeworkDone.person_id == whose)
    rows = select(Homework, Meeting, done, settled).join(Meeting, Meeting.id == Homework.meeting_id)
    rows = rows.where(*conditions).options(joinedload(Homework.person))
    by_day = rows.order_by(Homework.due_on.is_(None), Homework.due_on, Homework.id).limit(MOST)
    return [
        Todo(one, meeting, count or 0, one.is_everybodys or one.person_id == me, bool(is_done))
        for one, meeting, count, is_done in session.execute(by_day)
    ]


def _comers(meeting: Meeting) -> Select[MeetingSignUp]:
    return select(MeetingSignUp).where(MeetingSignUp.meeting_id == meeting.id, MeetingSignUp.is_coming.is_(True))


def _in_calendar(rows: Select[Meeting]) -> Select[Meeting]:
    return rows.where(Meeting.ends_at > clock.now() - CALENDAR_BACK).order_by(Meeting.starts_at, Meeting.id).limit(MOST)


def _with_network() -> Select[Meeting]:
    return select(Meeting).join(Meeting.network).options(contains_eager(Meeting.network))
