"""Joining, leaving and looking after networks.

Whoever changes who is in a network, and as what, holds the network first and looks anew at what they are in it
themselves: of two coordinators who take each other out at the same time, one does.
"""

from datetime import date

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from kunnskap import audit, clock, events
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed, NotFound
from kunnskap.i18n import mark
from kunnskap.networks import queries, rules
from kunnskap.networks.events import MemberAdded, NetworkPlaceChanged
from kunnskap.networks.models import COORDINATOR, MEMBER, Network, NetworkMember, NetworkPlace, NetworkTheme
from kunnskap.networks.rules import LastCoordinator, Told
from kunnskap.people.events import PersonChanged
from kunnskap.people.models import Person
from kunnskap.people.rules import keeps_way_to_networks
from kunnskap.places.models import Place


def join(actor: Actor, network: Network) -> None:
    """Become a member; joining twice is joining once. Raises NotAllowed when the network is closed."""
    if actor.person_id is None:
        raise NotAllowed
    hold(network)
    if queries.member(network, actor.person_id) is not None:
        return
    if not network.is_open:
        raise NotAllowed
    _come(network, actor.person_id)


def leave(actor: Actor, network: Network, *, without_coordinator: bool = False) -> None:
    """Stop being a member; leaving twice is leaving once. Raises LastCoordinator as `remove`."""
    hold(network)
    mine = queries.member(network, actor.person_id) if actor.person_id is not None else None
    if mine is None:
        return
    if mine.role == COORDINATOR:
        _keep_a_coordinator(actor, network, mine, without_coordinator)
        audit.note(actor, "network role", f"network:{network.id}", {"person": actor.person_id, "was": COORDINATOR})
    _go(mine)


def add(actor: Actor, network: Network, person: Person) -> None:
    """Take in somebody who is on the site already; they are told, and may leave at once. Twice is once.

    Raises NotAllowed, and Invalid for those who themselves choose the networks that see how to reach them.
    """
    _begin(actor, network)
    if queries.member(network, person.id) is not None:
        return
    if person.id != actor.person_id and keeps_way_to_networks(person):
        raise Invalid(person=rules.CHOOSES_NETWORKS)
    _come(network, person.id)
    audit.note(actor, "network member added", f"network:{network.id}", {"person": person.id})
    if person.id != actor.person_id:
        events.emit(MemberAdded(network.id, person.id, actor.person_id or 0))


def make(actor: Actor, name: str, told: Told, coordinator: Person) -> Network:
    """Begin a network with its first coordinator; sent twice it is made once. Raises NotAllowed and Invalid."""
    if not actor.may("moderate"):
        raise NotAllowed
    kept, (called, slug) = rules.checked(told), rules.checked_name(name)
    made = Network(slug=slug, name=called, edited_at=clock.now())
    made.description, made.topics, made.is_open = kept.description, kept.topics, kept.is_open
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        there = queries.by_slug(slug)
        first = queries.member(there, coordinator.id)
        if there.description == kept.description and first is not None and first.role == COORDINATOR:
            return there
        raise Invalid(name=mark("Det finnes et nettverk med dette navnet fra før.")) from None
    _set_themes(made, kept)
    _come(made, coordinator.id, COORDINATOR)
    audit.note(actor, "network made", f"network:{made.id}", {"person": coordinator.id})
    if coordinator.id != actor.person_id:
        events.emit(MemberAdded(made.id, coordinator.id, actor.person_id or 0))
    return made


def edit(actor: Actor, network: Network, told: Told) -> None:
    """Change what a network says of itself and whether people may join by themselves. Raises NotAllowed and Invalid."""
    _begin(actor, network)
    kept = rules.checked(told)
    network.description, network.topics, network.is_open = kept.description, kept.topics, kept.is_open
    network.edited_at = clock.now()
    _set_themes(network, kept)
    audit.note(actor, "network edited", f"network:{network.id}")


def _set_themes(network: Network, told: Told) -> None:
    session.execute(delete(NetworkTheme).where(NetworkTheme.network_id == network.id))
    session.add_all(NetworkTheme(network_id=network.id, theme_id=number) for number in told.theme_ids)
    session.flush()


def set_role(actor: Actor, network: Network, person_id: int, role: str, *, without_coordinator: bool = False) -> None:
    """Make a member a coordinator, or the other way round. Raises LastCoordinator as `remove`."""
    _begin(actor, network)
    if role not in rules.ROLES:
        raise Invalid(role=mark("Velg en av verdiene i listen."))
    member = _member(network, person_id)
    if member.role == role:
        return
    if role == MEMBER:
        _keep_a_coordinator(actor, network, member, without_coordinator)
    member.role = role
    session.flush()
    audit.note(actor, "network role", f"network:{network.id}", {"person": person_id, "role": role})


def set_task(actor: Actor, network: Network, person_id: int, task: str) -> None:
    """Say what else somebody does in the network. Raises Invalid."""
    _begin(actor, network)
    member, kept = _member(network, person_id), rules.checked_task(task)
    if member.task != kept:
        member.task = kept
        audit.note(actor, "network role", f"network:{network.id}", {"person": person_id})


def remove(actor: Actor, network: Network, person_id: int, *, without_coordinator: bool = False) -> None:
    """Take somebody out of a network.

    Raises LastCoordinator when no coordinator would be left; a moderator may say that it shall be so.
    """
    _begin(actor, network)
    member = _member(network, person_id)
    if member.role == COORDINATOR:
        _keep_a_coordinator(actor, network, member, without_coordinator)
    _go(member)
    audit.note(actor, "network member removed", f"network:{network.id}", {"person": person_id})


def add_place(actor: Actor, network: Network, place: Place, since: date | None) -> None:
    """Have a municipality or county belong to the network; one that had left begins anew. Raises Invalid."""
    _begin(actor, network)
    rules.check_days(since, None, clock.today())
    there = session.get(NetworkPlace, (network.id, place.id), populate_existing=True)
    if there is not None and there.until is None:
        there.since = since if since is not None else there.since
        return
    if there is None:
        there = NetworkPlace(network_id=network.id, place_id=place.id)
        session.add(there)
    there.since, there.until = since, None
    session.flush()
    audit.note(actor, "network place added", f"network:{network.id}", {"place": place.id})
    events.emit(NetworkPlaceChanged(network.id, place.id))


def end_place(actor: Actor, network: Network, place_id: int, until: date | None) -> None:
    """Say when a place left the network (today when nothing is said). Raises NotFound and Invalid."""
    _begin(actor, network)
    there, last = _place(network, place_id), until or clock.today()
    rules.check_days(there.since, last, clock.today())
    if there.until != last:
        there.until = last
        audit.note(actor, "network place ended", f"network:{network.id}", {"place": place_id})
        events.emit(NetworkPlaceChanged(network.id, place_id))


def take_place_back(actor: Actor, network: Network, place_id: int) -> None:
    """Take away a place that never belonged to the network; twice is once."""
    _begin(actor, network)
    there = session.get(NetworkPlace, (network.id, place_id), populate_existing=True)
    if there is not None:
        session.delete(there)
        session.flush()
        audit.note(actor, "network place removed", f"network:{network.id}", {"place": place_id})
        events.emit(NetworkPlaceChanged(network.id, place_id))


def _begin(actor: Actor, network: Network) -> None:
    """Hold the network, and let in those who coordinate it as of now. Raises NotAllowed."""
    hold(network)
    mine = queries.member(network, actor.person_id) if actor.person_id is not None else None
    if not actor.is_moderator and (mine is None or mine.role != COORDINATOR):
        raise NotAllowed


def _keep_a_coordinator(actor: Actor, network: Network, member: NetworkMember, without: bool) -> None:
    if member.role != COORDINATOR or queries.has_coordinator(network, besides=member.person_id):
        return
    if not (without and actor.is_moderator):
        raise LastCoordinator


def _come(network: Network, person_id: int, role: str = MEMBER) -> None:
    session.add(NetworkMember(network_id=network.id, person_id=person_id, role=role))
    session.flush()
    events.emit(PersonChanged(person_id))


def _go(member: NetworkMember) -> None:
    session.delete(member)
    session.flush()
    events.emit(PersonChanged(member.person_id))


def _member(network: Network, person_id: int) -> NetworkMember:
    found = queries.member(network, person_id)
    if found is None:
        raise NotFound
    return found


def _place(network: Network, place_id: int) -> NetworkPlace:
    found = session.get(NetworkPlace, (network.id, place_id), populate_existing=True)
    if found is None:
        raise NotFound
    return found
