"""Who may do what in a network."""

import pytest

from kunnskap.actor import ANYONE, Actor
from kunnskap.networks import rules
from kunnskap.networks.models import Network

HERE, ELSEWHERE = frozenset({1}), frozenset({9})
OUTSIDE, MODERATOR = Actor(1, "member"), Actor(2, "moderator")
INSIDE, COORDINATES = Actor(1, "member", network_ids=HERE), Actor(1, "member", network_ids=HERE, coordinated_ids=HERE)
COORDINATES_ANOTHER = Actor(1, "member", network_ids=HERE | ELSEWHERE, coordinated_ids=ELSEWHERE)


def network(is_open=True):
    return Network(id=1, is_open=is_open)


@pytest.mark.parametrize(
    ("actor", "is_open", "may"),
    [(ANYONE, True, False), (OUTSIDE, True, True), (OUTSIDE, False, False), (INSIDE, True, False)],
)
def test_members_join_open_networks_they_are_not_in(actor, is_open, may):
    assert rules.may_join(actor, network(is_open)) is may


def test_only_those_inside_may_leave():
    assert rules.may_leave(INSIDE, network())
    assert not rules.may_leave(OUTSIDE, network())
    assert not rules.may_leave(ANYONE, network())


@pytest.mark.parametrize(
    ("actor", "may"),
    [
        (ANYONE, False),
        (OUTSIDE, False),
        (INSIDE, False),
        (COORDINATES, True),
        (COORDINATES_ANOTHER, False),
        (MODERATOR, True),
    ],
)
def test_coordinators_and_moderators_look_after_a_network(actor, may):
    assert rules.may_coordinate(actor, network()) is may
