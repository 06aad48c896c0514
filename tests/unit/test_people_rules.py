"""Who may change a profile, and what it may say."""

from dataclasses import replace

import pytest

from kunnskap.actor import ANYONE, Actor
from kunnskap.people import rules
from kunnskap.people.models import Person
from kunnskap.people.rules import Profile

TOLD = Profile("Test Testesen", workplace_kind="municipality", place_id=1, place_kind="municipality")


def test_oneself_and_moderators_may_change_a_profile():
    person = Person(id=1, name="Test Testesen")
    assert rules.may_edit(Actor(1, "member"), person)
    assert rules.may_edit(Actor(2, "moderator"), person)
    assert not rules.may_edit(Actor(2, "member"), person)
    assert not rules.may_edit(ANYONE, Person(id=None, name=""))


def test_contact_is_for_those_who_are_signed_in():
    assert rules.may_see_contact(Actor(1, "member"))
    assert not rules.may_see_contact(ANYONE)


def test_a_plain_profile_is_fine():
    assert rules.problems(TOLD) == {}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"about": "x" * 2001}, "about"),
        ({"workplace_kind": "månen"}, "workplace_kind"),
        ({"place_id": None}, "place"),
        ({"workplace_kind": "county"}, "place"),
        ({"workplace_kind": "state"}, "organisation"),
        ({"guide": [str(number) for number in range(11)]}, "guide"),
        ({"learn": [str(number) for number in range(11)]}, "learn"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(changed, field):
    assert list(rules.problems(replace(TOLD, **changed))) == [field]
