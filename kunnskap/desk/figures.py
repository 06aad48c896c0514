"""What a network's report counts, for a period of days in Norway, both counted; nothing closed to its reader is in it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import aliased

from kunnskap.actor import Actor
from kunnskap.collections.models import Collection
from kunnskap.db import session
from kunnskap.desk import rules
from kunnskap.desk.models import NetworkLetter
from kunnskap.desk.queries import of_network
from kunnskap.meetings.models import Meeting, MeetingSignUp
from kunnskap.networks.models import NetworkMember, NetworkPlace
from kunnskap.networks.queries import holds
from kunnskap.people.models import Person
from kunnskap.places.models import MUNICIPALITY, Place
from kunnskap.places.queries import sole_successors
from kunnskap.posts.kinds import ANSWER, DOCUMENT, EXPERIENCE, QUESTION, UNANSWERED
from kunnskap.posts.models import Post
from kunnskap.posts.queries import stands, visible


@dataclass(frozen=True)
class Met:
    """A meeting that was held, how many said they would come, and how many were there (None: nobody noted it)."""

    title: str
    day: datetime
    coming: int
    attended: int | None


@dataclass(frozen=True)
class FromPlace:
    """A municipality or county that belongs to the network, or has people in it: how many, and what came from there."""

    place: Place
    people: int
    posts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Figures:
    """The counts. `first_answers` are the times from question to first answer; `places` are today's."""

    members: int
    new_members: int
    coordinators: int
    municipalities: int
    posts: dict[str, int]
    answered: int
    first_answers: Sequence[timedelta]
    meetings: Sequence[Met]
    letters: int
    collections: int
    places: Sequence[FromPlace]

    @property
    def reached(self) -> int:
        """How many municipalities have somebody in the network or have shared something in the period."""
        return sum(
            1 for one in self.places if one.place.kind == MUNICIPALITY and (one.people or any(one.posts.values()))
        )

    @property
    def share_answered(self) -> float | None:
        """Which part of the questions has an answer; None when nobody asked."""
        asked = self.posts.get(QUESTION.key, 0)
        return self.answered / asked if asked else None

    @property
    def median_first_answer(self) -> timedelta | None:
        """How long half of the answered questions waited at most; None when nothing was answered."""
        waits = [wait.total_seconds() for wait in self.first_answers]
        return timedelta(seconds=median(waits)) if waits else None


def figures(actor: Actor, network_id: int, since: date, until: date) -> Figures:
    """Count for a period. A dozen statements, however large the network."""
    first, end = rules.begins(since), rules.ends(until)
    within = and_(Post.published_at >= first, Post.published_at < end)
    theirs = and_(of_network(network_id), visible(actor), stands(Post))
    posts = _posts(theirs, within)
    members = _members(network_id, end)
    answered, waits = _answered(and_(theirs, within))
    return Figures(
        members=len(members),
        new_members=sum(one.joined_at >= first for one in members),
        coordinators=sum(one.role == "coordinator" for one in members),
        municipalities=_municipalities(network_id, until),
        posts=_by_kind(posts),
        answered=answered,
        first_answers=waits,
        meetings=_meetings(network_id, first, end),
        letters=_count(NetworkLetter.network_id == network_id, NetworkLetter.sent_at.between(first, end)),
        collections=_count(Collection.network_id == network_id, Collection.published_at.between(first, end)),
        places=_places(network_id, until, posts),
    )


def _members(network_id: int, end: datetime) -> Sequence[NetworkMember]:
    rows = select(NetworkMember).join(Person, Person.id == NetworkMember.person_id)
    rows = rows.where(NetworkMember.network_id == network_id, NetworkMember.joined_at < end, Person.left_at.is_(None))
    return session.scalars(rows).all()


def _posts(theirs: ColumnElement[bool], within: ColumnElement[bool]) -> Counter[tuple[str, int | None]]:
    """Count by kind and by the place each was written from, which what is without a name does not tell."""
    place = case((Post.hides_author, None), else_=Post.place_id)
    rows = select(Post.kind_key, place, func.count()).where(theirs, within).group_by(Post.kind_key, place)
    return Counter({(kind, number): count for kind, number, count in session.execute(rows)})


def _by_kind(posts: Counter[tuple[str, int | None]]) -> dict[str, int]:
    found = dict.fromkeys((QUESTION.key, ANSWER.key, EXPERIENCE.key, DOCUMENT.key), 0)
    for (kind, _place), count in posts.items():
        found[kind] += count
    return found


def _answered(theirs: ColumnElement[bool]) -> tuple[int, list[timedelta]]:
    """Count questions that are answered, and say how long each waited for the first answer by somebody else."""
    answer = aliased(Post)
    rows = (
        select(Post.status, Post.published_at, func.min(answer.published_at))
        .outerjoin(answer, and_(answer.parent_id == Post.id, stands(answer), answer.author_id != Post.author_id))
        .where(theirs, Post.kind_key == QUESTION.key)
        .group_by(Post.id, Post.status, Post.published_at)
    )
    found = session.execute(rows).all()
    waits = [first - asked for _, asked, first in found if first is not None]
    return sum(status != UNANSWERED for status, *_ in found), waits


def _municipalities(network_id: int, day: date) -> int:
    rows = select(func.count()).select_from(NetworkPlace).join(Place, Place.id == NetworkPlace.place_id)
    return (
        session.scalar(rows.where(NetworkPlace.network_id == network_id, holds(day), Place.kind == MUNICIPALITY)) or 0
    )


def _meetings(network_id: int, first: datetime, end: datetime) -> list[Met]:
    coming = func.count().filter(MeetingSignUp.is_coming)
    there, noted = func.count().filter(MeetingSignUp.attended.is_(True)), func.count(MeetingSignUp.attended)
    rows = (
        select(Meeting.title, Meeting.starts_at, coming, there, noted)
        .outerjoin(MeetingSignUp, MeetingSignUp.meeting_id == Meeting.id)
        .where(Meeting.network_id == network_id, Meeting.starts_at >= first, Meeting.starts_at < end)
        .where(Meeting.cancelled_at.is_(None))
        .group_by(Meeting.id, Meeting.title, Meeting.starts_at)
        .order_by(Meeting.starts_at)
    )
    return [Met(title, day, will, was if said else None) for title, day, will, was, said in session.execute(rows)]


def _count(*conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(*conditions)) or 0


def _places(network_id: int, day: date, posts: Counter[tuple[str, int | None]]) -> list[FromPlace]:
    """Those that belong to the network or have people or posts in it, a former one as the one that took over after it."""
    todays = sole_successors()
    belonging = session.scalars(select(NetworkPlace.place_id).where(NetworkPlace.network_id == network_id, holds(day)))
    people = select(Person.place_id, func.count()).join(NetworkMember, NetworkMember.person_id == Person.id)
    people = people.where(
        NetworkMember.network_id == network_id, Person.left_at.is_(None), Person.place_id.is_not(None)
    )
    at: Counter[int] = Counter()
    for number, count in session.execute(people.group_by(Person.place_id)):
        at[todays.get(number or 0, number or 0)] += count
    shared: dict[int, Counter[str]] = {}
    for (kind, number), count in posts.items():
        if number is not None:
            shared.setdefault(todays.get(number, number), Counter())[kind] += count
    ids = {todays.get(number, number) for number in belonging} | set(at) | set(shared)
    rows = session.scalars(select(Place).where(Place.id.in_(ids)).order_by(Place.name, Place.number))
    return [FromPlace(place, at[place.id], dict(shared.get(place.id, {}))) for place in rows]
