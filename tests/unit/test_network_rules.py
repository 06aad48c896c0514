"""Who may do what in a network."""

import pytest

from kunnskap.actor import ANYONE, Actor
from kunnskap.networks import rules
from kunnskap.networks.models import COORDINATOR, MEMBER, Network, NetworkMember

MEMBER_ACTOR, MODERATOR = Actor(1, "member"), Actor(2, "moderator")


def place(role, person_id=1):
    return NetworkMember(network_id=1, person_id=person_id, role=role)


@pytest.mark.parametrize(
    ("actor", "is_open", "mine", "may"),
    [
        (ANYONE, True, None, False),
        (MEMBER_ACTOR, True, None, True),
        (MEMBER_ACTOR, False, None, False),
        (MEMBER_ACTOR, True, place(MEMBER), False),
    ],
)
def test_members_join_open_networks_they_are_not_in(actor, is_open, mine, may):
    assert rules.may_join(actor, Network(is_open=is_open), mine) is may


def test_only_those_inside_may_leave():
    assert rules.may_leave(place(MEMBER))
    assert not rules.may_leave(None)


@pytest.mark.parametrize(
    ("actor", "mine", "may"),
    [
        (ANYONE, None, False),
        (MEMBER_ACTOR, None, False),
        (MEMBER_ACTOR, place(MEMBER), False),
        (MEMBER_ACTOR, place(COORDINATOR), True),
        (MEMBER_ACTOR, place(COORDINATOR, person_id=9), False),
        (MODERATOR, None, True),
    ],
)
def test_coordinators_and_moderators_look_after_a_network(actor, mine, may):
    assert rules.may_coordinate(actor, mine) is may
