"""The rules of asking: who is refused, when the next step is due, and what is said of why."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm.attributes import set_committed_value

from kunnskap import clock
from kunnskap.accounts.models import Account
from kunnskap.actor import Actor
from kunnskap.people.models import Person
from kunnskap.posts.models import Post
from kunnskap.routing import rules
from kunnskap.routing.models import Ladder, Offer

NOW = datetime(2026, 11, 24, 12, tzinfo=clock.HERE)
TODAY = date(2026, 11, 24)


def question(**facts):
    return Post(**({"kind_key": "question", "author_id": 1, "audience": "everyone", "answer_count": 0} | facts))


def account(network=None, **facts):
    """Somebody who may be asked twice a week."""
    person = Person(**({"id": 7, "name": "Test Testesen", "listed": True, "asks_a_week": 2} | facts))
    made = Account(person_id=7, role="member", confirmed_at=NOW, approved_at=NOW, trusted_at=NOW)
    made.person = person
    set_committed_value(made, "memberships", f"member:{network}" if network else None)
    return made


def refusal(one, asked=0, **facts):
    return rules.refusal(one, question(**facts), asked, TODAY)


@pytest.mark.parametrize(
    ("facts", "is_open"),
    [
        ({}, True),
        ({"answer_count": 1}, False),
        ({"locked_at": NOW}, False),
        ({"hidden_at": NOW}, False),
        ({"held_at": NOW}, False),
        ({"withdrawn_at": NOW}, False),
        ({"merged_into_id": 3}, False),
        ({"kind_key": "experience"}, False),
    ],
)
def test_a_question_is_open_until_it_has_an_answer_or_can_get_none(facts, is_open):
    assert rules.is_open(question(**facts), None) is is_open
    assert not rules.is_open(question(**facts), 9)
    assert not rules.is_open(None, None)


def test_what_was_brought_in_or_has_stood_long_is_not_asked_about():
    assert rules.is_fresh(question(published_at=NOW - timedelta(days=13)), NOW)
    assert not rules.is_fresh(question(published_at=NOW - timedelta(days=15)), NOW)
    assert not rules.is_fresh(question(published_at=NOW, external_id="import:1"), NOW)


@pytest.mark.parametrize(
    ("step", "taken", "due"),
    [
        ("first", date(2026, 11, 24), date(2026, 11, 26)),
        ("first", date(2026, 11, 27), date(2026, 12, 1)),  # over a weekend
        ("wider", date(2026, 12, 22), date(2026, 12, 28)),  # over Christmas, the 24th is a day off
        ("coordinator", date(2026, 11, 24), date(2026, 11, 27)),
        ("county", date(2026, 11, 24), date(2026, 11, 27)),
    ],
)
def test_the_next_step_is_due_in_working_days(step, taken, due):
    assert rules.due_after(step, taken) == due


def test_all_steps_taken_on_time_come_after_two_four_and_seven_working_days():
    began = day = date(2026, 11, 23)
    for step in rules.ORDER[1:]:
        day = rules.due_after(rules.ORDER[rules.ORDER.index(step) - 1], day)
        assert rules.working_days.between(began, day) == rules.DAYS[step]
    assert rules.following("county") is None


def test_somebody_who_may_be_asked_is_until_they_have_had_enough():
    assert refusal(account()) is None
    assert refusal(account(), asked=1) is None
    assert refusal(account(), asked=2) == rules.HAS_ENOUGH


def test_those_who_may_not_be_asked_are_refused_alike():
    """Nobody can tell from the words whether somebody asked, wants none, is unlisted or may not see the question."""
    shut = account()
    shut.closed_at = NOW
    refused = [None, shut, account(asks_a_week=0), account(listed=False), account(left_at=NOW)]
    assert {refusal(one) for one in refused} == {rules.MAY_NOT}
    assert refusal(account(id=1)) == rules.MAY_NOT
    assert refusal(account(), audience="network", for_network_id=3) == rules.MAY_NOT
    assert refusal(account(), audience="place", for_place_id=3) == rules.MAY_NOT
    assert refusal(account(network=3), audience="network", for_network_id=3) is None


def test_one_who_is_away_is_said_to_be():
    assert refusal(account(away_from=TODAY, away_until=TODAY)) == rules.IS_AWAY
    assert refusal(account(away_from=TODAY + timedelta(days=1))) is None


def test_an_offer_waits_until_somebody_says_no_and_is_over_after_a_month():
    assert rules.is_waiting(Offer(reply=None))
    assert rules.is_waiting(Offer(reply="yes"))
    assert not rules.is_waiting(Offer(reply="not-now"))
    assert not rules.is_over(Offer(reply=None, offered_at=NOW - timedelta(days=29)), NOW)
    assert rules.is_over(Offer(reply=None, offered_at=NOW - timedelta(days=31)), NOW)
    assert not rules.is_over(Offer(reply="yes", offered_at=NOW - timedelta(days=31)), NOW)


def test_a_ladder_has_ended_when_nothing_more_is_due():
    assert rules.has_ended(Ladder(stopped_at=NOW, due_on=None))
    assert not rules.has_ended(Ladder(stopped_at=NOW, due_on=TODAY))
    assert not rules.has_ended(Ladder(stopped_at=None, due_on=TODAY))


def test_why_somebody_is_asked_is_said_in_plain_words():
    shown = [str(one) for one in rules.reasons({"overvann": 3}, ["overvann"], 0.8)]
    assert shown == [
        "Du har svart på eller delt 3 om overvann.",
        "Du jobber i en kommune som ligner på kommunen som spør.",
    ]
    assert [str(one) for one in rules.reasons({}, ["overvann", "flom"], 0.2)] == [
        "Du har sagt at du kan hjelpe med overvann, flom."
    ]


def test_a_nameless_question_is_asked_from_nowhere():
    assert rules.asked_from(question(place_id=4, hides_author=False)) == 4
    assert rules.asked_from(question(place_id=4, hides_author=True)) is None


def test_only_the_asker_follows_where_it_stands():
    assert rules.may_follow(Actor(1, "member"), question())
    assert not rules.may_follow(Actor(2, "administrator"), question())
    assert not rules.may_follow(Actor(), question())
