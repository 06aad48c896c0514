"""By which boundaries places are counted: merged, renumbered and split ones; and how waits and months are told."""

from datetime import date, timedelta

import pytest

from kunnskap.overview import rules
from kunnskap.overview.rules import THEN, TODAY, Wait

OLD, RENUMBERED, NOW = 706, 710, 3907
OTHER = 719
SPLIT, NORTH, SOUTH = 1850, 1875, 1806
TORN, EAST, WEST = 5012, 5061, 3301
VESTFOLD, OLD_VESTFOLD, NORDLAND, TRONDELAG, BUSKERUD = 39, 7, 18, 50, 33
LEADS = {
    OLD: [RENUMBERED],
    OTHER: [RENUMBERED],
    RENUMBERED: [NOW],
    SPLIT: [SOUTH, NORTH],
    TORN: [EAST, WEST],
    OLD_VESTFOLD: [VESTFOLD],
}
COUNTIES = {
    OLD: OLD_VESTFOLD, OTHER: OLD_VESTFOLD, RENUMBERED: OLD_VESTFOLD, NOW: VESTFOLD, SPLIT: NORDLAND, NORTH: NORDLAND,
    SOUTH: NORDLAND, TORN: TRONDELAG, EAST: TRONDELAG, WEST: BUSKERUD, VESTFOLD: None, OLD_VESTFOLD: None,
}  # fmt: skip
COUNTS = {OLD: 2, OTHER: 1, NOW: 4, SPLIT: 3, NORTH: 5}


def test_merged_and_renumbered_places_count_with_todays_by_todays_boundaries():
    assert rules.counted(COUNTS, LEADS, TODAY) == {NOW: 7, SPLIT: 3, NORTH: 5}


def test_every_place_counts_for_itself_by_the_boundaries_then():
    assert rules.counted(COUNTS, LEADS, THEN) == COUNTS


def test_a_place_that_was_split_counts_for_itself_but_in_the_county_its_parts_lie_in():
    assert rules.home(SPLIT, LEADS, TODAY) == SPLIT
    assert rules.county(SPLIT, COUNTIES, LEADS, TODAY) == NORDLAND


def test_a_place_that_was_split_between_counties_stays_in_the_one_it_lay_in():
    assert rules.county(TORN, COUNTIES, LEADS, TODAY) == TRONDELAG


def test_counties_are_counted_as_they_are_or_as_they_were():
    assert rules.counted_by_county(COUNTS, COUNTIES, LEADS, TODAY) == {VESTFOLD: 7, NORDLAND: 8}
    assert rules.counted_by_county(COUNTS, COUNTIES, LEADS, THEN) == {OLD_VESTFOLD: 3, VESTFOLD: 4, NORDLAND: 8}


def test_a_county_that_became_another_counts_with_it():
    assert rules.county(OLD_VESTFOLD, COUNTIES, LEADS, TODAY) == VESTFOLD
    assert rules.county(OLD_VESTFOLD, COUNTIES, LEADS, THEN) == OLD_VESTFOLD


def test_months_go_back_over_the_turn_of_the_year():
    assert rules.months(date(2026, 2, 27), 4) == [
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
    ]


def test_a_month_begins_at_midnight_in_norway_summer_and_winter():
    assert [rules.starts(date(2026, month, 1)).utcoffset() for month in (1, 7)] == [
        timedelta(hours=1),
        timedelta(hours=2),
    ]


@pytest.mark.parametrize(
    ("wait", "said"),
    [
        (timedelta(0), Wait(0, "minutes")),
        (timedelta(minutes=119), Wait(119, "minutes")),
        (timedelta(hours=2), Wait(2, "hours")),
        (timedelta(hours=47), Wait(47, "hours")),
        (timedelta(days=2, hours=14), Wait(3, "days")),
    ],
)
def test_a_wait_is_told_in_the_largest_unit_there_are_two_of(wait, said):
    assert rules.spoken(wait) == said


def test_half_of_those_who_waited_waited_at_most_that_long():
    assert rules.typical(timedelta(hours=one) for one in (1, 2, 30)) == timedelta(hours=2)
    assert rules.typical([]) is None


def test_a_share_of_nothing_is_nothing():
    assert rules.share(1, 3) == 33
    assert rules.share(0, 0) is None
