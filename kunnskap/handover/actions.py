"""Leaving one's work: what one looks after goes to a successor, or to all who work at the place.

Authors stay authors. What changes is who keeps the posts, who is asked and told, and who coordinates. All of it is one
transaction, in statements over whole sets, so that somebody who has written much takes little longer.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, case, delete, exists, insert, literal, null, or_, select, update
from sqlalchemy.orm import aliased

from kunnskap import audit, clock, events
from kunnskap.accounts.models import Account
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed
from kunnskap.experiences.models import ExperienceDetails
from kunnskap.following.models import Follow
from kunnskap.handover import queries, rules
from kunnskap.handover.events import HandedOver
from kunnskap.handover.models import Handover
from kunnskap.handover.rules import Wish
from kunnskap.i18n import say
from kunnskap.meetings.models import Homework, HomeworkDone
from kunnskap.messages import queries as messages
from kunnskap.networks.models import COORDINATOR, MEMBER, Network, NetworkMember
from kunnskap.people.events import PersonChanged
from kunnskap.people.models import LEFT, Person, ProfileReport
from kunnskap.posts import queries as posts
from kunnskap.posts.events import PostChanged
from kunnskap.posts.models import Post
from kunnskap.rights import MEMBER as PLAIN
from kunnskap.routing import actions as asking

log = logging.getLogger(__name__)
SENT_TWICE = timedelta(minutes=5)
"""A form that says the same again within this time was sent twice."""
AT_ONCE = 20
"""How many handovers are carried out at a time."""


def make(actor: Actor, person: Person, wish: Wish) -> Handover:
    """Say that somebody leaves and what becomes of what they look after; done at once when the day is come.

    Raises NotAllowed, and Invalid by field of the form.
    """
    is_own = actor.person_id == person.id
    if actor.person_id is None or not (is_own or queries.person_for(actor, person.id)):
        raise NotAllowed
    check(actor, person, wish)
    _hold(person.id, wish.successor_id)
    what = {"kinds": sorted(wish.kinds), "moves": wish.moves, "coordinators": _as_text(wish.coordinators)}
    if not is_own and not actor.is_moderator:
        what["within"] = sorted(actor.coordinated_ids)
    first = _made_lately(actor, person, wish, what)
    if first is not None:
        return first
    if queries.waiting_of(person.id) is not None:
        raise Invalid(leaves_on=rules.WAITING)
    made = Handover(
        person_id=person.id,
        successor_id=wish.successor_id,
        place_id=wish.place_id,
        made_by_id=actor.person_id,
        words=wish.words.strip(),
        leaves_on=wish.leaves_on,
        what=what,
    )
    session.add(made)
    session.flush()
    if not is_own:
        audit.note(actor, "handover", f"person:{person.id}", {"person": wish.successor_id, "place": wish.place_id})
    if made.leaves_on <= clock.today():
        carry_out(actor, made.id)
    return made


def _made_lately(actor: Actor, person: Person, wish: Wish, what: dict[str, Any]) -> Handover | None:
    """Find what the same form has just made."""
    same = select(Handover).where(
        Handover.person_id == person.id,
        Handover.made_by_id == actor.person_id,
        Handover.leaves_on == wish.leaves_on,
        Handover.made_at > clock.now() - SENT_TWICE,
    )
    told = wish.successor_id, wish.place_id, wish.words.strip()
    for made in session.scalars(same.order_by(Handover.id)):
        is_alike = (made.successor_id, made.place_id, made.words) == told
        if is_alike and all(made.what.get(name) == chosen for name, chosen in what.items()):
            return made
    return None


def check(actor: Actor, person: Person, wish: Wish) -> None:
    """Raise Invalid, by field of the form, for what cannot be kept.

    Whoever does it for another decides nothing about what that person asked without a name.
    """
    problems = rules.problems(wish, person.id, clock.today())
    if rules.NAMELESS in wish.kinds and actor.person_id != person.id:
        problems["kinds"] = rules.NO_SUCH_KIND
    if wish.successor_id is not None and "successor" not in problems and not _can_take_over(person, wish.successor_id):
        problems["successor"] = rules.NOT_FOUND
    for orphan in () if wish.moves and rules.NETWORKS not in wish.kinds else queries.orphans_for(actor, person.id):
        chosen = wish.coordinators.get(orphan.network.id)
        may = {wish.successor_id, rules.TO_MODERATORS, *(one.id for one in orphan.members)} - {None}
        if chosen not in may and (chosen is not None or not _goes_to_successor(wish)):
            problems[f"coordinator-{orphan.network.id}"] = say(rules.NO_COORDINATOR, network=orphan.network.name)
    if problems:
        raise Invalid(**problems)


def _can_take_over(person: Person, successor_id: int) -> bool:
    """Whether somebody has an open account and takes messages from the leaver, whose words they are sent."""
    return queries.account_of(successor_id) is not None and not messages.is_blocked_between(person.id, successor_id)


def _goes_to_successor(wish: Wish) -> bool:
    return wish.successor_id is not None and rules.NETWORKS in wish.kinds


def _as_text(coordinators: Any) -> dict[str, int]:
    return {str(number): person_id for number, person_id in coordinators.items()}


def cancel(actor: Actor, made: Handover) -> None:
    """Take back what has not been carried out. Raises NotAllowed to others than the one who leaves and who made it."""
    if actor.person_id not in {made.person_id, made.made_by_id}:
        raise NotAllowed
    hold(made)
    if made.done_at is not None:
        raise Invalid(leaves_on=rules.DONE)
    session.delete(made)


def note_begun(actor: Actor, made: Handover) -> None:
    """Note that the successor has seen what was handed over."""
    if actor.person_id != made.successor_id:
        raise NotAllowed
    made.seen_at = made.seen_at or clock.now()


def carry_out_due() -> None:
    """Carry out what is due today; several workers may do so at the same time."""
    due = select(Handover.id).where(Handover.done_at.is_(None), Handover.leaves_on <= clock.today())
    for number in session.scalars(due.order_by(Handover.id).limit(AT_ONCE)).all():
        try:
            with session.begin_nested():
                carry_out(None, number)
        except Exception:
            log.exception("handover %s could not be carried out; it is tried again", number)


@dataclass
class _Leaving:
    """Who leaves, what is handed over to whom, and what came of it."""

    person: Person
    heir: Account | None
    place_id: int | None
    family: tuple[int, ...]
    kinds: Collection[str]
    moves: bool
    coordinators: dict[str, int]
    within: Collection[int] | None = None
    """The networks that may be given away; none when it is all."""
    what: dict[str, Any] = field(default_factory=dict)
    changed: set[tuple[int, int]] = field(default_factory=set)

    @property
    def heir_id(self) -> int | None:
        """The successor, when there is one who can take over today."""
        return self.heir.person_id if self.heir else None


def carry_out(actor: Actor | None, number: int) -> bool:
    """Hand over, once; False when that is done, or taken back. `actor` is none for the site itself."""
    one = select(Handover).where(Handover.id == number, Handover.done_at.is_(None)).with_for_update()
    made = session.scalar(one.execution_options(populate_existing=True))
    if made is None or made.person_id is None:
        return False
    leaving = _begin(made)
    _give_posts(leaving)
    _give_nameless(leaving)
    _give_follows(leaving)
    _give_contacts(leaving)
    _give_stand_in(leaving)
    _give_networks(actor, leaving)
    _let_go(leaving, made)
    made.what, made.done_at = dict(made.what) | leaving.what, clock.now()
    events.emit_all(PostChanged(post_id, root_id) for post_id, root_id in sorted(leaving.changed))
    events.emit_all(PersonChanged(one) for one in (leaving.person.id, leaving.heir_id) if one is not None)
    events.emit(HandedOver(made.id))
    session.flush()
    return True


def _begin(made: Handover) -> _Leaving:
    """Hold both people; a successor who cannot take over any more leaves it to the place."""
    _hold(made.person_id, made.successor_id)
    person = session.get_one(Person, made.person_id, populate_existing=True)
    chosen = made.what
    return _Leaving(
        person=person,
        heir=queries.account_of(made.successor_id),
        place_id=made.place_id,
        family=queries.family(made.place_id),
        kinds=chosen["kinds"],
        moves=chosen["moves"],
        coordinators=chosen["coordinators"],
        within=chosen.get("within"),
    )


def _hold(*ids: int | None) -> None:
    """Have others who hold these people wait."""
    rows = select(Person.id).where(Person.id.in_([number for number in ids if number is not None]))
    session.execute(rows.order_by(Person.id).with_for_update(key_share=True))


def _change(statement: Any) -> None:
    session.execute(statement, execution_options={"synchronize_session": False})


def _give_posts(leaving: _Leaving) -> None:
    """Have the successor, or the place, keep what the leaver looks after; the successor follows it."""
    chosen = [kind for kind in rules.POSTS if kind in leaving.kinds]
    if not chosen or (leaving.heir is None and leaving.place_id is None):
        return
    theirs = queries.looked_after(leaving.person.id, leaving.family)
    which = and_(theirs, or_(*(queries.of_kind(kind) for kind in chosen)))
    names = {key: kind for kind, key in rules.POSTS.items()}
    rows = session.execute(select(Post.id, Post.kind_key).where(which).order_by(Post.id)).all()
    leaving.what |= {kind: [] for kind in chosen}
    for number, key in rows:
        leaving.what[names[key]].append(number)
    leaving.changed |= {(number, number) for number, _key in rows}
    if leaving.heir is not None:
        _follow(leaving, select(literal("post"), Post.id).where(which), "post", Post.id)
    to_place = leaving.place_id if leaving.heir is None else None
    _change(update(Post).where(which).values(keeper_id=leaving.heir_id, keeper_place_id=to_place))


def _give_nameless(leaving: _Leaving) -> None:
    """What was asked without a name goes to the place only, so that nobody is told who asked."""
    if rules.NAMELESS not in leaving.kinds or leaving.place_id is None:
        return
    which = queries.nameless(leaving.person.id, leaving.family)
    ids = session.scalars(select(Post.id).where(which)).all()
    leaving.changed |= {(number, number) for number in ids}
    _change(update(Post).where(which).values(keeper_place_id=leaving.place_id))


def _give_follows(leaving: _Leaving) -> None:
    """Have the successor follow what the leaver follows and the successor may see; nothing is taken from anybody."""
    if rules.FOLLOWS not in leaving.kinds or leaving.heir is None:
        return
    reader = leaving.heir.acting_as(PLAIN)
    seen = select(Post.id).where(posts.visible(reader))
    shown = or_(Follow.target_kind != "post", Follow.target_id.in_(seen))
    rows = select(Follow.target_kind, Follow.target_id).where(queries.follows_of(leaving.person.id), shown)
    leaving.what[rules.FOLLOWS] = [f"{kind}:{number}" for kind, number in session.execute(rows)]
    _follow(leaving, rows, Follow.target_kind, Follow.target_id)


def _follow(leaving: _Leaving, rows: Any, kind: Any, number: Any) -> None:
    """Add follows to those the successor has."""
    mine = aliased(Follow)
    known = exists().where(mine.person_id == leaving.heir_id, mine.target_kind == kind, mine.target_id == number)
    new = rows.where(~known).add_columns(literal(leaving.heir_id), literal(clock.now(), Follow.since.type))
    columns = ["target_kind", "target_id", "person_id", "since"]
    session.execute(insert(Follow).from_select(columns, new, include_defaults=False))


def _give_contacts(leaving: _Leaving) -> None:
    """Have the successor be asked about experiences; without one, the shared mailbox stands alone."""
    if rules.CONTACTS not in leaving.kinds:
        return
    which = queries.contact_for(leaving.person.id, leaving.family)
    ids = list(session.scalars(select(ExperienceDetails.post_id).where(which).order_by(ExperienceDetails.post_id)))
    leaving.what[rules.CONTACTS] = ids
    leaving.changed |= {(number, number) for number in ids}
    _change(update(ExperienceDetails).where(which).values(contact_id=leaving.heir_id))


def _give_stand_in(leaving: _Leaving) -> None:
    if rules.STAND_IN not in leaving.kinds:
        return
    which = Person.stand_in_id == leaving.person.id
    leaving.what[rules.STAND_IN] = list(session.scalars(select(Person.id).where(which)))
    other = case((Person.id == leaving.heir_id, null()), else_=literal(leaving.heir_id)) if leaving.heir else None
    _change(update(Person).where(which).values(stand_in_id=other))


def _give_networks(actor: Actor | None, leaving: _Leaving) -> None:
    """Have the successor belong to the leaver's networks, and see that each still has somebody who coordinates it.

    A coordinator may let somebody into a network, a plain member only into one that is open to all; and whoever does it
    for another gives away only what they coordinate themselves.
    """
    theirs = select(NetworkMember.network_id).where(NetworkMember.person_id == leaving.person.id)
    networks = session.scalars(select(Network).where(Network.id.in_(theirs)).order_by(Network.id).with_for_update())
    by_id = {network.id: network for network in networks}
    everybody = session.scalars(select(NetworkMember).where(NetworkMember.network_id.in_(by_id))).all()
    members = {(row.network_id, row.person_id): row for row in everybody}
    orphaned = {one.network.id for one in queries.orphans(leaving.person.id)}
    given: dict[int, str] = {}
    for number, network in by_id.items():
        mine = members[number, leaving.person.id]
        if mine.role == COORDINATOR:
            heir_id = _coordinator(leaving, number, members, is_needed=number in orphaned)
            if heir_id is not None:
                _join(members, number, heir_id).role = given[number] = COORDINATOR
                audit.note(actor, "network role", f"network:{number}", {"person": heir_id, "role": COORDINATOR})
                mine.role = MEMBER
        elif rules.NETWORKS in leaving.kinds and leaving.heir_id and network.is_open:
            _join(members, number, leaving.heir_id)
            given[number] = MEMBER
    leaving.what[rules.NETWORKS] = sorted(given)
    leaving.what["without_coordinator"] = sorted(
        orphaned - {number for number, role in given.items() if role != MEMBER}
    )


def _coordinator(leaving: _Leaving, network_id: int, members: Any, *, is_needed: bool) -> int | None:
    if leaving.within is not None and network_id not in leaving.within:
        return None
    successor = leaving.heir_id if rules.NETWORKS in leaving.kinds else None
    heir_id = rules.heir_of(network_id, leaving.coordinators, successor) if is_needed else successor
    if heir_id is None or heir_id == leaving.heir_id:
        return heir_id
    is_there = (network_id, heir_id) in members and queries.account_of(heir_id) is not None
    return heir_id if is_there else successor


def _join(members: dict[tuple[int, int], NetworkMember], network_id: int, person_id: int) -> NetworkMember:
    known = members.get((network_id, person_id))
    if known is None:
        known = NetworkMember(network_id=network_id, person_id=person_id, role=MEMBER)
        session.add(known)
    return known


def _let_go(leaving: _Leaving, made: Handover) -> None:
    """Take who is really gone out of the directory and of networks, and drop what nobody else can do for them."""
    person = leaving.person
    if leaving.moves or person.place_id not in {None, made.place_id, *leaving.family}:
        return
    session.flush()
    _change(delete(NetworkMember).where(NetworkMember.person_id == person.id))
    asking.give_back(person.id)
    done = exists().where(HomeworkDone.homework_id == Homework.id, HomeworkDone.person_id == person.id)
    _change(delete(Homework).where(Homework.person_id == person.id, ~done))
    said = (ProfileReport.person_id == person.id, ProfileReport.what == LEFT, ProfileReport.settled_at.is_(None))
    person.left_at = person.left_at or clock.now()
    _change(update(ProfileReport).where(*said).values(settled_at=person.left_at))
