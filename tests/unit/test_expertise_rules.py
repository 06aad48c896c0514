"""In which order those who may help are shown, and who is put together with whom."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from kunnskap.expertise import rules
from kunnskap.expertise.rules import Known, Pair, Side
from kunnskap.people.models import DONE, GUIDE

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = date(2026, 11, 24)
SAYS = Known(1, place_id=7, said=rules.SAID[GUIDE])


def score(known, alike=None, asked=0):
    return rules.score(known, alike or {}, asked, NOW, TODAY)


def test_the_weights_sum_to_one_so_that_nobody_fits_better_than_fully():
    assert sum(rules.WEIGHTS.values()) == pytest.approx(1)
    best = replace(SAYS, points=1e9, latest=NOW, wrote=1.0)
    assert score(best, {7: 1.0}) == pytest.approx(1)
    assert score(Known(1)) == 0


def test_who_can_guide_stands_before_who_has_done_it():
    assert score(SAYS) > score(replace(SAYS, said=rules.SAID[DONE])) > 0


def test_answers_likeness_and_fitting_words_lift_somebody():
    assert score(replace(SAYS, points=3.0, latest=NOW)) > score(SAYS)
    assert score(SAYS, {7: 0.9}) > score(SAYS, {7: 0.2}) > score(SAYS)
    assert score(replace(SAYS, wrote=0.5)) > score(SAYS)


def test_the_first_answers_tell_more_than_the_later_ones():
    assert rules.shown(1) - rules.shown(0) > rules.shown(20) - rules.shown(19) > 0
    assert rules.shown(rules.HALF_WAY) == 0.5


def test_what_was_written_long_ago_fades():
    ages = [rules.freshness(NOW - timedelta(days=days), NOW) for days in (0, 300, 1_000, 4_000)]
    assert ages[0] == ages[1] == 1
    assert 0 < ages[2] < 1
    assert ages[3] == rules.freshness(None, NOW) == 0


def test_away_unwilling_and_tired_people_stand_lower_but_are_never_left_out():
    for harder in (
        score(replace(SAYS, away_from=TODAY, away_until=TODAY)),
        score(replace(SAYS, asks_a_week=0)),
        score(SAYS, asked=2),
    ):
        assert 0 < harder < score(SAYS)
    assert score(SAYS, asked=1) > score(SAYS, asked=2) == score(SAYS, asked=9)


@pytest.mark.parametrize(
    ("away_from", "away_until", "is_away"),
    [
        (None, None, False),
        (TODAY, None, True),
        (None, TODAY, True),
        (TODAY + timedelta(days=1), None, False),
        (None, TODAY - timedelta(days=1), False),
    ],
)
def test_the_first_and_the_last_day_of_an_absence_count(away_from, away_until, is_away):
    assert rules.is_away(replace(SAYS, away_from=away_from, away_until=away_until), TODAY) == is_away


def test_the_order_is_the_same_every_time():
    same = [replace(SAYS, person_id=number) for number in (3, 1, 2)]
    assert [one.person_id for one in rules.rank(same, {}, {1: 2}, NOW, TODAY)] == [2, 3, 1]


def side(number, county, knows=(), learns=(), level=GUIDE, place=0):
    return Side(number, place or number, county, dict.fromkeys(knows, level), frozenset(learns))


def paired(*sides, alike=None, refused=(), busy=()):
    return rules.pairs(sides, lambda _place: alike or {}, lambda pair: pair in refused, lambda one: one in busy)


def test_who_wants_to_learn_meets_who_knows_in_another_county():
    learner, near, far = side(1, "40", learns=[5]), side(2, "40", [5]), side(3, "46", [5])
    assert paired(learner, near, far) == [Pair(1, 3, 5)]
    assert paired(learner, near) == []


def test_the_more_alike_is_chosen_and_guides_go_before_those_who_have_done_it():
    learner, one, other = side(1, "40", learns=[5]), side(2, "46", [5]), side(3, "46", [5])
    assert paired(learner, one, other, alike={3: 0.9}) == [Pair(1, 3, 5)]
    assert paired(learner, side(2, "46", [5], level=DONE), other) == [Pair(1, 3, 5)]


def test_nobody_is_in_two_pairs_not_even_on_both_sides():
    middle = side(2, "46", [5], learns=[6])
    assert paired(side(1, "40", learns=[5]), middle, side(3, "40", [6])) in ([Pair(1, 2, 5)], [Pair(2, 3, 6)])
    assert len(paired(side(1, "40", learns=[5]), side(2, "41", learns=[5]), side(3, "46", [5]))) == 1


def test_refused_pairs_and_busy_guides_are_passed_over():
    sides = side(1, "40", learns=[5]), side(2, "46", [5]), side(3, "46", [5])
    assert paired(*sides, refused=[Pair(1, 2, 5)]) == [Pair(1, 3, 5)]
    assert paired(*sides, busy=[2, 3]) == []


def test_pairs_are_made_from_the_first_working_day_of_the_month_by_the_norwegian_calendar():
    assert not rules.is_time(date(2027, 1, 1))
    assert not rules.is_time(date(2027, 1, 3))
    assert rules.is_time(date(2027, 1, 4))
    assert rules.is_time(date(2026, 12, 1))
    assert rules.is_time(date(2026, 12, 8))
    assert not rules.is_time(date(2026, 12, 9))
