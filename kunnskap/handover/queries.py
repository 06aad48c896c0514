"""What somebody looks after, who may take it over, and what the successor finds on the first day."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from kunnskap import clock
from kunnskap.accounts.models import Account
from kunnskap.accounts.queries import opens
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import NotAllowed, NotFound
from kunnskap.experiences.models import ExperienceDetails
from kunnskap.following.models import Follow
from kunnskap.handover import rules
from kunnskap.handover.models import Handover
from kunnskap.networks.models import COORDINATOR, Network, NetworkMember
from kunnskap.people import rules as people_rules
from kunnskap.people.models import LEFT, Person, Position, ProfileReport
from kunnskap.places import queries as places
from kunnskap.places.models import Place
from kunnskap.posts import queries as posts
from kunnskap.posts.kinds import ANSWER, QUESTION, SOLVED
from kunnskap.posts.models import Post

MOST_COLLEAGUES, MOST_MEMBERS = 200, 100
NEWEST, KNOWN = 8, 30


def family(place_id: int | None) -> tuple[int, ...]:
    """Give the ids of a place and of every place it came from."""
    if place_id is None:
        return ()
    place = places.by_id(place_id)
    return (place.id, *(one.place.id for one in places.history(place)))


def looked_after(person_id: int, family: Collection[int]) -> ColumnElement[bool]:
    """The condition on Post for what somebody wrote from a workplace, or keeps, that stands and bears a name."""
    return and_(
        posts.stands(Post), Post.hides_author.is_(False), Post.merged_into_id.is_(None), _theirs(person_id, family)
    )


def nameless(person_id: int, family: Collection[int]) -> ColumnElement[bool]:
    """The condition on Post for what somebody asked without a name, and nobody else keeps."""
    own = and_(_theirs(person_id, family), Post.author_id == person_id, Post.parent_id.is_(None))
    return and_(posts.stands(Post), Post.hides_author, Post.merged_into_id.is_(None), own)


def of_kind(kind: str) -> ColumnElement[bool]:
    """The condition on Post for one of `rules.POSTS`; of questions those that are not solved."""
    is_kind = Post.kind_key == rules.POSTS[kind]
    return and_(is_kind, Post.status != SOLVED) if kind == rules.QUESTIONS else is_kind


def _theirs(person_id: int, family: Collection[int]) -> ColumnElement[bool]:
    unkept = and_(Post.author_id == person_id, Post.keeper_id.is_(None), Post.keeper_place_id.is_(None))
    return or_(and_(unkept, _from_here(family)), Post.keeper_id == person_id)


def _from_here(family: Collection[int]) -> ColumnElement[bool]:
    return or_(Post.place_id.in_(family), Post.place_id.is_(None)) if family else Post.place_id.is_(None)


def contact_for(person_id: int, family: Collection[int]) -> ColumnElement[bool]:
    """The condition on ExperienceDetails for experiences from a workplace that somebody is the contact of."""
    here = select(Post.id).where(_from_here(family))
    return and_(ExperienceDetails.contact_id == person_id, ExperienceDetails.post_id.in_(here))


def follows_of(person_id: int) -> ColumnElement[bool]:
    """The condition on Follow for what is handed over; that somebody asked without a name is not told by it."""
    own = select(Post.id).where(Post.author_id == person_id, Post.hides_author)
    is_secret = and_(Follow.target_kind == "post", Follow.target_id.in_(own))
    return and_(Follow.person_id == person_id, Follow.target_kind.in_(rules.FOLLOWED), ~is_secret)


def counts(person_id: int, place_id: int | None) -> dict[str, int]:
    """Count what somebody looks after, by kind (`rules.HANDED`); one statement."""
    here = family(place_id)
    mine = looked_after(person_id, here)
    wanted = {kind: _number(Post, mine, of_kind(kind)) for kind in rules.POSTS}
    wanted |= {
        rules.CONTACTS: _number(ExperienceDetails, contact_for(person_id, here)),
        rules.FOLLOWS: _number(Follow, follows_of(person_id)),
        rules.STAND_IN: _number(Person, Person.stand_in_id == person_id),
        rules.NETWORKS: _number(NetworkMember, NetworkMember.person_id == person_id),
        rules.NAMELESS: _number(Post, nameless(person_id, here)),
    }
    row = session.execute(select(*(rows.scalar_subquery() for rows in wanted.values()))).one()
    return {kind: row[place] or 0 for place, kind in enumerate(wanted)}


def _number(what: type[object], *conditions: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(what).where(*conditions)


def workplaces(person: Person) -> list[Place]:
    """Give the municipalities and counties somebody works and has worked at, today's first."""
    before = select(Position.place_id).where(Position.person_id == person.id, Position.place_id.is_not(None))
    rows = session.scalars(select(Place).where(or_(Place.id == person.place_id, Place.id.in_(before))))
    return sorted(rows, key=lambda place: (place.id != person.place_id, place.name))


def has_left(person: Person) -> bool:
    """Say whether somebody has left: the site knows it, or colleagues said so and nobody has said otherwise in time."""
    if person.left_at is not None:
        return True
    before = clock.now() - people_rules.TIME_TO_SAY_OTHERWISE
    said = select(ProfileReport.id).where(
        ProfileReport.person_id == person.id,
        ProfileReport.what == LEFT,
        ProfileReport.settled_at.is_(None),
        ProfileReport.made_at <= before,
    )
    return session.scalar(said.limit(1)) is not None


def person_for(actor: Actor, person_id: int) -> Person:
    """Give somebody who has left and whose things the actor may hand over; raises NotFound, NotAllowed."""
    found = session.scalar(select(Person).where(Person.id == person_id).options(joinedload(Person.place)))
    if found is None:
        raise NotFound
    networks = session.scalars(select(NetworkMember.network_id).where(NetworkMember.person_id == person_id)).all()
    if not rules.may_do_for(actor, found, networks, has_left=has_left(found)):
        raise NotAllowed
    return found


def colleagues(person: Person, place_id: int | None) -> list[Person]:
    """Give those with an account in the directory who work at the same place, by name."""
    rows = _candidates().where(Person.id != person.id, Person.place_id.in_(family(place_id)))
    return list(session.scalars(rows.order_by(Person.name, Person.id).limit(MOST_COLLEAGUES)))


def candidates(words: str) -> list[Person]:
    """Find those with an account in the directory by name, or name and place as in "Kari Nordmann, Skien"."""
    name, _, where = (part.strip() for part in words.partition(","))
    if not name or "\x00" in name:
        return []
    rows = _candidates().where(or_(Person.name == name, func.lower(Person.name) == name.lower()))
    found = list(session.scalars(rows.order_by(Person.id).limit(20)))
    return [one for one in found if not where or (one.place and one.place.name.casefold() == where.casefold())]


def account_of(person_id: int | None) -> Account | None:
    """Give the open account of somebody who has not left, with the person; none when there is none."""
    rows = select(Account).join(Account.person).options(joinedload(Account.person).joinedload(Person.place))
    return session.scalar(rows.where(Account.person_id == (person_id or 0), Person.left_at.is_(None), *opens()))


def _candidates() -> Select[Person]:
    in_directory = (Person.listed, Person.name != "", Person.left_at.is_(None))
    rows = select(Person).join(Account, Account.person_id == Person.id).where(*in_directory, *opens())
    return rows.options(joinedload(Person.place))


@dataclass(frozen=True)
class Orphan:
    """A network whose only coordinator is leaving, and the members who could be one."""

    network: Network
    members: list[Person] = field(default_factory=list)


def orphans(person_id: int) -> list[Orphan]:
    """Give the networks that nobody else coordinates, with their members who have an account; two statements at most."""
    other, face = aliased(NetworkMember), aliased(Person)
    others = select(other.network_id).join(face, face.id == other.person_id)
    others = others.where(other.role == COORDINATOR, other.person_id != person_id, face.left_at.is_(None))
    mine = select(NetworkMember.network_id).where(
        NetworkMember.person_id == person_id, NetworkMember.role == COORDINATOR, NetworkMember.network_id.not_in(others)
    )
    networks = list(session.scalars(select(Network).where(Network.id.in_(mine)).order_by(Network.name)))
    if not networks:
        return []
    members = _candidates().add_columns(NetworkMember.network_id)
    members = members.join(NetworkMember, NetworkMember.person_id == Person.id)
    members = members.where(NetworkMember.network_id.in_([one.id for one in networks]), Person.id != person_id)
    rows = session.execute(members.order_by(Person.name)).all()
    return [Orphan(one, [who for who, at in rows if at == one.id][:MOST_MEMBERS]) for one in networks]


def orphans_for(actor: Actor, person_id: int) -> list[Orphan]:
    """Give those of the `orphans` the actor may decide about: of one's own work all, and moderators.

    Another coordinator never coordinates them, since then they would be none.
    """
    return orphans(person_id) if actor.is_moderator or actor.person_id == person_id else []


def waiting_of(person_id: int) -> Handover | None:
    """Give the handover of somebody's that is to be carried out later."""
    rows = select(Handover).where(Handover.person_id == person_id, Handover.done_at.is_(None))
    return session.scalar(rows.options(*_FACES).limit(1))


def given_and_taken(actor: Actor) -> list[Handover]:
    """Give what has been handed over by the actor, or to them, newest first."""
    me = actor.person_id
    concerned = or_(Handover.person_id == me, Handover.successor_id == me, Handover.made_by_id == me)
    rows = select(Handover).where(concerned, Handover.done_at.is_not(None)).options(*_FACES)
    return list(session.scalars(rows.order_by(Handover.id.desc()).limit(20)))


def not_begun(actor: Actor) -> list[Handover]:
    """Give what was handed over to the actor until they say that they have begun, newest first; one statement."""
    mine = (Handover.successor_id == (actor.person_id or 0), Handover.done_at.is_not(None), Handover.seen_at.is_(None))
    return list(session.scalars(select(Handover).where(*mine).options(*_FACES).order_by(Handover.id.desc()).limit(20)))


_FACES = (joinedload(Handover.person), joinedload(Handover.successor), joinedload(Handover.place))


def handover(actor: Actor, number: int) -> Handover:
    """Give a handover to its successor (or all proven to work at the place), who left, and who made it; raises NotFound."""
    found = session.scalar(select(Handover).where(Handover.id == number).options(*_FACES))
    if found is None or not actor.is_member:
        raise NotFound
    concerned = actor.person_id in {found.person_id, found.made_by_id, found.successor_id}
    to_place = found.successor_id is None and found.done_at is not None and found.place_id is not None
    if concerned or (
        to_place and actor.proven_place_id == places.sole_successors().get(found.place_id or 0, found.place_id)
    ):
        return found
    raise NotFound


@dataclass(frozen=True)
class Starter:
    """What a successor finds: what was handed over, what the workplace has asked and told, whom it knows."""

    handed: list[Post]
    questions: list[Post]
    answers: list[tuple[Post, Post]]
    shared: list[Post]
    known: list["Acquaintance"]
    networks: list["Circle"]


def starter(actor: Actor, found: Handover) -> Starter:
    """Give the page of a handover as the actor may see it."""
    here = family(found.place_id)
    ids = [number for kind in rules.POSTS for number in found.what.get(kind, [])]
    handed = sorted(posts.by_ids(actor, ids[:500]).values(), key=lambda post: post.published_at, reverse=True)
    written = Post.place_id.in_(here), posts.names_author(actor.at_large), Post.id.not_in([post.id for post in handed])
    wanted = posts.Filter(kinds=(QUESTION,), also=written)
    return Starter(
        handed=handed,
        questions=posts.latest(actor, wanted, NEWEST) if here else [],
        answers=answers_from(actor, here) if here else [],
        shared=posts.latest(actor, posts.Filter(kinds=rules.SHARED, also=written), NEWEST) if here else [],
        known=known_people(actor, here) if here else [],
        networks=circles(actor),
    )


def answers_from(actor: Actor, family: Collection[int], size: int = NEWEST) -> list[tuple[Post, Post]]:
    """Give the newest answers written from a workplace, each with its question; one statement."""
    asked = aliased(Post)
    rows = (
        select(Post, asked)
        .join(asked, asked.id == Post.parent_id)
        .where(posts.visible(actor), posts.stands(Post), Post.kind_key == ANSWER.key, Post.place_id.in_(family))
        .where(posts.names_author(actor.at_large))
        .options(joinedload(Post.author))
        .order_by(Post.published_at.desc(), Post.id.desc())
    )
    return list(session.execute(rows.limit(size)))


@dataclass(frozen=True)
class Acquaintance:
    """Somebody a workplace has had to do with: how often they answered us, and we them."""

    person: Person
    answered_us: int
    answered_by_us: int


def known_people(actor: Actor, family: Collection[int], size: int = KNOWN) -> list[Acquaintance]:
    """Give those elsewhere who answered a workplace or were answered by it, the most familiar first; two statements.

    Only what the actor may see counts, and of that only what bears the names of both.
    """
    asked, answer = aliased(Post), Post
    shown = (
        posts.visible(actor),
        posts.stands(Post),
        posts.names_author(actor.at_large),
        asked.hides_author.is_(False),
    )
    pairs = select(answer.id).join(asked, asked.id == answer.parent_id).where(*shown)
    us_asking = and_(asked.place_id.in_(family), _elsewhere(answer.place_id, family))
    us_answering = and_(answer.place_id.in_(family), _elsewhere(asked.place_id, family))
    theirs = pairs.where(us_asking).with_only_columns(answer.author_id.label("who"), func.count().label("us"))
    ours = pairs.where(us_answering).with_only_columns(asked.author_id.label("who"), func.count().label("them"))
    counted: dict[int, list[int]] = {}
    for place, rows in enumerate((theirs.group_by(answer.author_id), ours.group_by(asked.author_id))):
        for who, number in session.execute(rows):
            counted.setdefault(who, [0, 0])[place] = number
    first = sorted(counted, key=lambda who: (-sum(counted[who]), who))[: size * 2]
    there = select(Person).where(Person.id.in_(first), Person.listed, Person.name != "", Person.left_at.is_(None))
    faces = {one.id: one for one in session.scalars(there.options(joinedload(Person.place)))}
    return [Acquaintance(faces[who], *counted[who]) for who in first if who in faces][:size]


def _elsewhere(place_id: InstrumentedAttribute[int | None], family: Collection[int]) -> ColumnElement[bool]:
    return or_(place_id.is_(None), place_id.not_in(family))


@dataclass(frozen=True)
class Circle:
    """A network the reader is in, and who coordinates it."""

    network: Network
    coordinators: list[Person]


def circles(actor: Actor) -> list[Circle]:
    """Give the networks the actor is in with those who coordinate them; two statements."""
    wanted = select(Network).where(Network.id.in_(sorted(actor.network_ids))).order_by(Network.name)
    networks = list(session.scalars(wanted))
    rows = select(NetworkMember.network_id, Person).join(Person, Person.id == NetworkMember.person_id)
    leading = NetworkMember.role == COORDINATOR
    rows = rows.where(leading, NetworkMember.network_id.in_([one.id for one in networks]), Person.left_at.is_(None))
    found = session.execute(rows.order_by(Person.name)).all()
    return [Circle(one, [who for at, who in found if at == one.id]) for one in networks]
