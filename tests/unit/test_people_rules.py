"""Who may change a profile, who may see how to reach somebody, and what a profile may say."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from kunnskap.actor import ANYONE, Actor
from kunnskap.people import rules
from kunnskap.people.models import EVERYONE, FORMER, MEMBERS, NETWORKS, NOBODY, SEEN_BY, WAYS, Person
from kunnskap.people.rules import Former, Profile, Work

TOLD = Profile(name="Test Testesen", workplace_kind="municipality", place_id=1, place_kind="municipality")
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
THEIRS = frozenset({7})
VIEWERS = {
    "visitor": ANYONE,
    "member": Actor(2, "member", network_ids=frozenset({8})),
    "fellow": Actor(3, "member", network_ids=frozenset({7, 8})),
    "self": Actor(1, "member"),
    "moderator": Actor(4, "moderator"),
    "fellow moderator": Actor(5, "administrator", network_ids=THEIRS),
}
SEEN = {
    EVERYONE: set(VIEWERS),
    MEMBERS: set(VIEWERS) - {"visitor"},
    NETWORKS: {"self", "fellow", "fellow moderator"},
    NOBODY: {"self"},
}


def somebody(**more):
    told = {"id": 1, "name": "Test Testesen", "role": "Rådgiver", "listed": True, "confirmed_at": NOW}
    told |= {"workplace_kind": "municipality", "place_id": 1, "organisation": "Skien kommune"}
    return Person(**(told | more))


def test_oneself_and_moderators_may_change_a_profile():
    person = somebody()
    assert rules.may_edit(Actor(1, "member"), person)
    assert rules.may_edit(Actor(2, "moderator"), person)
    assert not rules.may_edit(Actor(2, "member"), person)
    assert not rules.may_edit(ANYONE, Person(id=None, name=""))


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("level", SEEN_BY)
@pytest.mark.parametrize("way", WAYS)
def test_each_sees_the_ways_they_may_see_and_no_other(way, level, viewer):
    shut = dict.fromkeys([f"{one}_for" for one in WAYS], NOBODY)
    person = somebody(**(shut | {f"{way}_for": level}))
    seen = rules.may_see_way(VIEWERS[viewer], person, way, THEIRS)
    assert seen == (viewer in SEEN[level])
    others = [one for one in WAYS if one != way and rules.may_see_way(VIEWERS[viewer], person, one, THEIRS)]
    assert (others == []) or viewer == "self"


@pytest.mark.parametrize("viewer", [name for name in VIEWERS if name != "self"])
@pytest.mark.parametrize(
    "state", [{"left_at": NOW}, {"listed": False}, {"name": ""}, {"external_id": f"{FORMER}1"}], ids=str
)
def test_those_who_left_hide_or_are_former_show_no_way_to_others(state, viewer):
    person = somebody(**({f"{way}_for": EVERYONE for way in WAYS} | state))
    assert not any(rules.may_see_way(VIEWERS[viewer], person, way, THEIRS) for way in WAYS)


def test_what_is_not_known_is_denied():
    person = somebody(email_for="a level of tomorrow", phone_for=EVERYONE)
    assert not rules.may_see_way(VIEWERS["fellow moderator"], person, "email", THEIRS)
    assert not rules.may_see_way(VIEWERS["self"], person, "working_days", THEIRS)
    assert not rules.may_see_way(VIEWERS["fellow"], somebody(email_for=NETWORKS), "email", frozenset())


def test_only_the_person_chooses_a_phone_number_and_who_sees_it():
    person, mine, other = somebody(phone="1", phone_for=NETWORKS), Actor(1, "member"), Actor(2, "moderator")
    assert rules.may_give_phone(mine, person, replace(TOLD, phone="2", phone_for=EVERYONE))
    assert rules.may_give_phone(other, person, replace(TOLD, phone="1", phone_for=NETWORKS))
    assert rules.may_give_phone(other, person, replace(TOLD, phone=""))
    assert not rules.may_give_phone(other, person, replace(TOLD, phone="1", phone_for=EVERYONE))
    assert not rules.may_give_phone(other, person, replace(TOLD, phone="2", phone_for=NETWORKS))


def test_a_plain_profile_is_fine():
    assert rules.problems(TOLD, TODAY) == {}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"about": "x" * 2001}, "about"),
        ({"contact_about": "x" * 201}, "contact_about"),
        ({"other_contact": "x" * 121}, "other_contact"),
        ({"workplace_kind": "månen"}, "workplace_kind"),
        ({"place_id": None}, "place"),
        ({"workplace_kind": "county"}, "place"),
        ({"workplace_kind": "state"}, "organisation"),
        ({"guide": [str(number) for number in range(11)]}, "guide"),
        ({"learn": [str(number) for number in range(11)]}, "learn"),
        ({"email_for": "alle"}, "email_for"),
        ({"phone_for": ""}, "phone_for"),
        ({"other_contact_for": "x"}, "other_contact_for"),
        ({"working_days": ""}, "working_days"),
        ({"working_days": "189"}, "working_days"),
        ({"language": "tlh"}, "language"),
        ({"asks_a_week": 11}, "asks_a_week"),
        ({"asks_a_week": -1}, "asks_a_week"),
        ({"since": date(1900, 1, 1)}, "since"),
        ({"since": date(2031, 1, 1)}, "since"),
        ({"away_from": date(2026, 12, 2), "away_until": date(2026, 12, 1)}, "away_until"),
        ({"away_until": date(2099, 1, 1)}, "away_until"),
        ({"phone": "35 58 10 00"}, "shows_phone"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(changed, field):
    assert list(rules.problems(replace(TOLD, **changed), TODAY)) == [field]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"since": date(2027, 1, 1)}, "since"),
        ({"until": date(2027, 1, 1)}, "until"),
        ({"since": date(2020, 1, 2), "until": date(2020, 1, 1)}, "until"),
        ({"role": "x" * 121}, "role"),
        ({"place_id": None}, "place"),
    ],
)
def test_what_is_wrong_with_a_former_position_is_named_by_its_field(changed, field):
    former = Former(role="Planlegger", workplace_kind="municipality", place_id=1, place_kind="municipality")
    assert rules.former_problems(former, TODAY) == {}
    assert list(rules.former_problems(replace(former, **changed), TODAY)) == [field]


@pytest.mark.parametrize(
    ("was", "now", "is_new"),
    [
        ({}, {}, False),
        ({}, {"organisation": "Klimaavdelingen"}, False),
        ({}, {"role": "  RÅDGIVER "}, False),
        ({}, {"role": "Leder"}, True),
        ({}, {"place_id": 2}, True),
        ({}, {"workplace_kind": "state", "place_id": None, "organisation": "Prøveverket"}, True),
        ({"role": ""}, {"role": "Leder"}, False),
        ({"workplace_kind": "other", "place_id": None, "organisation": ""}, {}, False),
        ({"workplace_kind": "state", "place_id": None, "organisation": "A"}, {"workplace_kind": "state", "place_id": None, "organisation": "B"}, True),
    ],
)  # fmt: skip
def test_another_role_or_workplace_is_new_work_and_what_is_filled_in_is_not(was, now, is_new):
    told = {"role": "Rådgiver", "workplace_kind": "municipality", "place_id": 1, "organisation": "Skien kommune"} | now
    assert rules.has_new_work(somebody(**was), Work(**told)) == is_new


@pytest.mark.parametrize(
    ("was", "told", "since", "until"),
    [
        (None, None, None, TODAY),
        (date(2020, 1, 1), date(2026, 8, 1), date(2020, 1, 1), date(2026, 8, 1)),
        (date(2020, 1, 1), date(2020, 1, 1), date(2020, 1, 1), TODAY),
        (date(2020, 1, 1), date(2027, 1, 1), date(2020, 1, 1), TODAY),
        (date(2025, 1, 1), date(2024, 1, 1), None, date(2024, 1, 1)),
    ],
)
def test_what_one_did_before_ended_when_the_new_began_or_else_today(was, told, since, until):
    kept = rules.former_of(somebody(since=was), Work(since=told), TODAY)
    assert (kept.role, kept.place_id, kept.since, kept.until) == ("Rådgiver", 1, since, until)


@pytest.mark.parametrize(
    ("state", "reported", "can_be"),
    [
        ({}, None, True),
        ({"listed": False}, None, False),
        ({"name": ""}, None, False),
        ({"left_at": NOW}, None, False),
        ({"confirmed_at": datetime(2025, 9, 24, 12, 1, tzinfo=UTC)}, None, True),
        ({"confirmed_at": datetime(2025, 9, 24, 12, tzinfo=UTC)}, None, False),
        ({}, NOW - timedelta(days=13), True),
        ({}, NOW - timedelta(days=14), False),
    ],
)
def test_who_can_be_asked(state, reported, can_be):
    assert rules.can_be_asked(somebody(**state), reported, NOW) == can_be


def test_months_are_counted_as_people_count_them():
    assert rules.months_before(datetime(2026, 3, 31, tzinfo=UTC), 1) == datetime(2026, 2, 28, tzinfo=UTC)
    assert rules.months_before(datetime(2026, 1, 15, tzinfo=UTC), 14) == datetime(2024, 11, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "last", "day", "is_away"),
    [
        (None, None, TODAY, False),
        (TODAY, TODAY, TODAY, True),
        (TODAY, None, TODAY + timedelta(days=400), True),
        (None, TODAY, TODAY - timedelta(days=400), True),
        (TODAY, TODAY + timedelta(days=2), TODAY + timedelta(days=2), True),
        (TODAY, TODAY + timedelta(days=2), TODAY + timedelta(days=3), False),
        (TODAY, TODAY + timedelta(days=2), TODAY - timedelta(days=1), False),
    ],
)
def test_somebody_is_away_from_the_first_day_to_the_last(first, last, day, is_away):
    assert rules.is_away(somebody(away_from=first, away_until=last), day) == is_away


def test_colleagues_report_others_and_those_who_look_after_them_settle_it():
    person, coordinator = somebody(), Actor(2, "member", network_ids=THEIRS, coordinated_ids=THEIRS)
    assert rules.may_report(Actor(2, "member"), person)
    assert not rules.may_report(Actor(1, "member"), person)
    assert not rules.may_report(ANYONE, person)
    assert not rules.may_report(Actor(2, "member"), somebody(left_at=NOW))
    assert rules.may_settle(coordinator, person, THEIRS)
    assert not rules.may_settle(coordinator, person, frozenset({9}))
    assert not rules.may_settle(Actor(2, "member", network_ids=THEIRS), person, THEIRS)
    assert rules.may_settle(Actor(3, "moderator"), person, frozenset())
    assert not rules.may_settle(Actor(1, "moderator", coordinated_ids=THEIRS), person, THEIRS)


def test_a_report_that_something_is_wrong_says_what():
    assert rules.report_problems("left", "") == {}
    assert list(rules.report_problems("wrong", " ")) == ["words"]
    assert list(rules.report_problems("wrong", "x" * 1001)) == ["words"]
    assert list(rules.report_problems("gone", "")) == ["what"]
