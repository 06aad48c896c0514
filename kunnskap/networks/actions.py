"""Joining, leaving and looking after networks."""

from kunnskap import audit, clock, events, personal_numbers
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed, NotFound
from kunnskap.i18n import mark, say
from kunnskap.networks import queries, rules
from kunnskap.networks.models import COORDINATOR, Network, NetworkMember
from kunnskap.people.events import PersonChanged


def join(actor: Actor, network: Network) -> None:
    """Become a member; joining twice is joining once. Raises NotAllowed when the network is closed."""
    if actor.person_id is None:
        raise NotAllowed
    hold(network)
    mine = queries.member(network, actor.person_id)
    if mine is not None:
        return
    if not rules.may_join(actor, network, mine):
        raise NotAllowed
    session.add(NetworkMember(network_id=network.id, person_id=actor.person_id))
    session.flush()
    events.emit(PersonChanged(actor.person_id))


def leave(actor: Actor, network: Network) -> None:
    """Stop being a member; leaving twice is leaving once."""
    hold(network)
    mine = _mine(actor, network)
    if mine is not None:
        if mine.role == COORDINATOR:
            audit.note(actor, "network role", f"network:{network.id}", {"person": actor.person_id, "was": COORDINATOR})
        session.delete(mine)
        session.flush()
        events.emit(PersonChanged(mine.person_id))


def edit(actor: Actor, network: Network, *, description: str, topics: str, is_open: bool) -> None:
    """Change what a network says of itself and whether people may join by themselves."""
    _expect_coordinator(actor, network)
    if not description.strip():
        raise Invalid(description=mark("Skriv hva nettverket er."))
    sizes = {"description": (description, rules.LONGEST_DESCRIPTION), "topics": (topics, rules.LONGEST_TOPICS)}
    too_long = {
        name: say("Teksten er for lang. Den kan ha høyst %(max)s tegn.", max=most)
        for name, (words, most) in sizes.items()
        if len(words) > most
    }
    if problems := too_long | personal_numbers.problems({"description": description, "topics": topics}):
        raise Invalid(**problems)
    network.description, network.topics, network.is_open = description, topics, is_open
    network.edited_at = clock.now()
    audit.note(actor, "network edited", f"network:{network.id}")


def set_role(actor: Actor, network: Network, person_id: int, role: str) -> None:
    """Make a member a coordinator, or the other way round."""
    _expect_coordinator(actor, network)
    if role not in rules.ROLES:
        raise Invalid(role=mark("Velg en av verdiene i listen."))
    member = _member(network, person_id)
    if member.role != role:
        member.role = role
        audit.note(actor, "network role", f"network:{network.id}", {"person": person_id, "role": role})


def remove(actor: Actor, network: Network, person_id: int) -> None:
    """Take somebody out of a network."""
    _expect_coordinator(actor, network)
    session.delete(_member(network, person_id))
    audit.note(actor, "network member removed", f"network:{network.id}", {"person": person_id})
    events.emit(PersonChanged(person_id))


def _mine(actor: Actor, network: Network) -> NetworkMember | None:
    return queries.member(network, actor.person_id) if actor.person_id is not None else None


def _member(network: Network, person_id: int) -> NetworkMember:
    found = queries.member(network, person_id)
    if found is None:
        raise NotFound
    return found


def _expect_coordinator(actor: Actor, network: Network) -> None:
    if not rules.may_coordinate(actor, _mine(actor, network)):
        raise NotAllowed
