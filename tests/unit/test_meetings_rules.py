"""When meetings are by the clock on the wall, who may do what, and what minutes hold."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from kunnskap import clock
from kunnskap.actor import ANYONE, Actor
from kunnskap.errors import Invalid
from kunnskap.meetings import rules, times
from kunnskap.meetings.models import Homework, Meeting
from kunnskap.meetings.rules import Plan
from kunnskap.meetings.times import Written

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
INSIDE = Actor(person_id=2, role="member", network_ids=frozenset({7}))
COORDINATOR = Actor(person_id=3, role="member", network_ids=frozenset({7}), coordinated_ids=frozenset({7}))
OUTSIDE = Actor(person_id=4, role="member", network_ids=frozenset({8}))
MODERATOR = Actor(person_id=5, role="moderator")


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def refused(written):
    with pytest.raises(Invalid) as caught:
        times.read(written)
    return caught.value.problems


def test_times_are_norwegian_and_kept_in_utc():
    winter = times.read(Written("2026-12-01", "09:00", "11:30"))
    assert (winter.starts_at, winter.ends_at) == (
        datetime(2026, 12, 1, 8, 0, tzinfo=UTC),
        datetime(2026, 12, 1, 10, 30, tzinfo=UTC),
    )
    assert times.read(Written("2027-06-01", "9", "kl. 10.15")).starts_at == datetime(2027, 6, 1, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "at"),
    [("9", time(9)), ("09:30", time(9, 30)), ("9.30", time(9, 30)), ("0930", time(9, 30)), ("kl 23.59", time(23, 59))],
)
def test_times_are_read_as_people_write_them(words, at):
    assert times.read_time(words) == at


@pytest.mark.parametrize("words", ["", "24", "9:60", "ni", "٩", "9:3", "09:30:00"])
def test_what_is_no_time_is_told(words):
    assert refused(Written("2026-12-01", words, "11:00"))["starts"] == times.NO_TIME


@pytest.mark.parametrize("words", ["", "31.02.2027", "2026-13-01", "i morgen", "0001-01-01", "9999-12-31", "1.1.26"])
def test_what_is_no_day_is_told_once_at_its_field(words):
    assert set(refused(Written(words, "09:00", "11:00"))) == {"day"}


def test_the_hour_that_is_left_out_in_march_is_refused_kindly():
    assert refused(Written("2026-03-29", "02:30", "04:00")) == {"starts": times.LEFT_OUT}
    assert refused(Written("28.3.2027", "01:30", "02:00")) == {"ends": times.LEFT_OUT}


def test_a_meeting_across_the_night_in_march_is_an_hour_shorter_than_the_clock_says():
    span = times.read(Written("2026-03-29", "01:30", "03:30"))
    assert span.ends_at - span.starts_at == timedelta(hours=1)
    assert not span.is_twice


def test_the_hour_that_comes_twice_in_october_is_taken_in_summer_time_and_said():
    span = times.read(Written("2026-10-25", "02:30", "03:30"))
    assert span.is_twice
    assert span.starts_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert span.ends_at - span.starts_at == timedelta(hours=2)
    assert not times.read(Written("2026-10-25", "01:30", "03:30")).is_twice


def test_a_meeting_ends_after_it_begins_and_lasts_two_weeks_at_most():
    assert set(refused(Written("2026-12-01", "11:00", "11:00"))) == {"ends"}
    assert set(refused(Written("2026-12-01", "11:00", "09:00"))) == {"ends"}
    assert set(refused(Written("2026-12-01", "11:00", "09:00", "2026-11-30"))) == {"ends"}
    assert set(refused(Written("2026-12-01", "09:00", "09:30", "2026-12-15"))) == {"ends"}
    assert times.read(Written("2026-12-01", "09:00", "09:00", "2026-12-15")).ends_at.day == 15


def test_every_quarter_of_two_years_is_read_back_as_it_was_written():
    day, wrong = date(2026, 1, 1), []
    while day.year < 2028:
        for at in (time(0), time(2, 30), time(12, 15), time(23, 59)):
            try:
                found = times.moment(day, at).at.astimezone(clock.HERE)
            except ValueError:
                assert (day.month, at) == (3, time(2, 30))
                continue
            if (found.date(), found.time()) != (day, at):
                wrong.append((day, at))
        day += timedelta(days=1)
    assert wrong == []


def test_the_form_shows_what_was_written():
    span = times.read(Written("2026-12-01", "22:00", "01:00", "2026-12-02"))
    assert times.form_values(span.starts_at, span.ends_at) == {
        "day": "2026-12-01", "starts": "22:00", "ends": "01:00", "until_day": "2026-12-02",
    }  # fmt: skip


def test_when_is_written_with_the_day_of_the_week():
    span = times.read(Written("2026-11-24", "09:00", "11:00"))
    assert times.written(span.starts_at, span.ends_at) == "tirsdag 24. november 2026 kl. 09.00–11.00"
    assert times.written(span.starts_at, span.ends_at, "nn") == "tysdag 24. november 2026 kl. 09.00–11.00"
    assert times.written(span.starts_at, span.ends_at, "en") == "Tuesday 24 November 2026, 09:00–11:00"
    long = times.read(Written("2026-11-24", "22:00", "01:00", "2026-11-25"))
    assert times.written(long.starts_at, long.ends_at).endswith("kl. 22.00 – onsdag 25. november 2026 kl. 01.00")


def test_reminders_come_in_the_morning_of_the_working_day_before():
    monday = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
    assert times.reminds_at(monday) == datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
    after_easter = datetime(2026, 4, 7, 7, 0, tzinfo=UTC)
    assert times.reminds_at(after_easter) == datetime(2026, 4, 1, 5, 0, tzinfo=UTC)


def test_homework_is_reminded_of_three_working_days_before():
    assert not times.homework_reminds(date(2026, 12, 1), date(2026, 11, 25))
    assert times.homework_reminds(date(2026, 12, 1), date(2026, 11, 26))
    assert times.homework_reminds(date(2026, 12, 1), date(2026, 12, 1))
    assert not times.homework_reminds(date(2026, 12, 1), date(2026, 12, 2))


def plan(**facts):
    given = {
        "title": "Prøvemøte", "starts_at": NOW + timedelta(days=1), "ends_at": NOW + timedelta(days=1, hours=1), "location": "Rådhuset",
    }  # fmt: skip
    return Plan(**(given | facts))


def test_a_meeting_in_the_past_is_refused_unless_it_is_said_that_it_has_been():
    past = {"starts_at": NOW - timedelta(days=1), "ends_at": NOW - timedelta(hours=23)}
    assert set(rules.problems(plan(**past))) == {"day"}
    assert rules.problems(plan(**past, has_been=True)) == {}
    assert rules.problems(plan(**past), Meeting(**past)) == {}, "other things of a past meeting may be changed"


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("title", {"title": " "}),
        ("title", {"title": "x" * 151}),
        ("location", {"location": ""}),
        ("link", {"link": "http://example.org/mote"}),
        ("link", {"link": "javascript:alert(1)"}),
        ("link", {"link": "https://a@example.org"}),
        ("link", {"link": "https://exa mple.org"}),
        ("audience", {"audience": "place"}),
        ("description", {"description": "x" * 10_001}),
    ],
)
def test_what_is_wrong_with_a_meeting_is_told_at_its_field(field, facts):
    assert set(rules.problems(plan(**facts))) == {field}


def test_a_link_alone_is_enough():
    assert rules.problems(plan(location="", link="https://teams.example.org/l/meetup?x=1#a")) == {}


def test_who_may_see_sign_up_and_run():
    def meeting(audience, **facts):
        return Meeting(network_id=7, audience=audience, starts_at=NOW, ends_at=NOW + timedelta(hours=1), **facts)

    people = (ANYONE, OUTSIDE, INSIDE, COORDINATOR, MODERATOR)
    for audience, seers in (("everyone", people), ("members", people[1:]), ("network", people[2:])):
        assert [one for one in people if rules.may_see(one, meeting(audience))] == list(seers)
        coming = [one for one in people if rules.may_sign_up(one, meeting(audience))]
        assert coming == [one for one in seers if one.is_member]
    assert not rules.may_sign_up(INSIDE, meeting("network", cancelled_at=NOW))
    assert not rules.may_sign_up(INSIDE, Meeting(network_id=7, audience="network", ends_at=NOW))
    assert [one for one in people if rules.may_run(one, 7)] == [COORDINATOR, MODERATOR]


def test_homework_is_settled_by_whom_it_was_given_to():
    mine, everybodys, nobodys = Homework(person_id=2), Homework(is_everybodys=True), Homework()
    assert rules.may_settle(INSIDE, mine, 7)
    assert not rules.may_settle(COORDINATOR, mine, 7)
    assert rules.may_settle(COORDINATOR, everybodys, 7)
    assert not rules.may_settle(OUTSIDE, everybodys, 7)
    assert not rules.may_settle(INSIDE, nobodys, 7)


def test_minutes_are_parted_at_headings_of_level_two_and_three():
    minutes = "Til stede\n\n## Overvann ##\n\nVi *grov*.\n\n### Rør\nStore rør\n#### Mer\nog mer\n# Slutt\nikke med\n##Ikke en\n"
    found = [(one.number, one.heading, one.body) for one in rules.sections(minutes)]
    assert found == [(1, "Overvann", "Vi *grov*."), (2, "Rør", "Store rør\n#### Mer\nog mer")]


def test_headings_in_code_are_no_headings():
    minutes = "## En\n```\n## ikke\n```\ntekst\n~~~~\n## heller ikke\n~~~\n~~~~\n## To\nb"
    assert [one.heading for one in rules.sections(minutes)] == ["En", "To"]


def test_minutes_without_headings_have_no_parts_and_odd_ones_take_no_time():
    assert rules.sections("bare tekst") == []
    assert len(rules.sections("## " + "#" * 50_000 + " " * 50_000)) <= 1
    assert rules.sections("## \n###") == []
