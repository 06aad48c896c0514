"""Working days, calendars and signed links."""

from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from kunnskap import calendars, clock, signed, working_days
from kunnskap.calendars import Entry


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 24), True),
        (date(2026, 11, 28), False),
        (date(2026, 5, 17), False),
        (date(2027, 5, 17), False),
        (date(2026, 12, 24), False),
        (date(2026, 12, 28), True),
        (date(2026, 12, 31), False),
        (date(2026, 4, 2), False),
        (date(2026, 5, 14), False),
    ],
)
def test_weekends_holidays_and_the_eves_are_no_working_days(day, works):
    assert working_days.is_working_day(day) is works


def test_somebodys_own_week_counts():
    assert not working_days.is_working_day(date(2026, 11, 27), {1, 2, 3, 4})


@pytest.mark.parametrize(
    ("day", "count", "then"),
    [
        (date(2026, 11, 24), 2, date(2026, 11, 26)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 11, 28), 2, date(2026, 12, 1)),
        (date(2026, 12, 22), 4, date(2026, 12, 30)),
        (date(2027, 3, 24), 1, date(2027, 3, 30)),
        (date(2026, 11, 24), 0, date(2026, 11, 24)),
    ],
)
def test_days_are_counted_over_weekends_and_holidays(day, count, then):
    assert working_days.after(day, count) == then
    assert working_days.between(day, then) == count


def test_the_day_is_norways(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 6, 30, 22, 30, tzinfo=UTC))
    assert clock.today() == date(2026, 7, 1)


def test_a_calendar_holds_moments_in_utc_and_what_was_cancelled():
    starts = datetime(2026, 10, 25, 2, 30, tzinfo=clock.HERE, fold=1)
    entry = Entry("a@kunnskap", "Møte; med, tegn", starts, starts + timedelta(hours=1), "Linje\nto", is_cancelled=True)
    made = Calendar.from_ical(calendars.write([entry], "Nettverket"))
    event = made.walk("VEVENT")[0]
    assert event["dtstart"].dt.astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert (event["summary"], event["description"], event["status"]) == ("Møte; med, tegn", "Linje\nto", "CANCELLED")
    assert made["x-wr-calname"] == "Nettverket"


def test_a_link_says_what_it_was_made_for_and_nothing_else_does(monkeypatch):
    mark = signed.mark("secret", "offers", {"offer": 7})
    assert signed.facts("secret", "offers", mark) == {"offer": 7}
    assert signed.facts("secret", "profiles", mark) is None
    assert signed.facts("other", "offers", mark) is None
    assert signed.facts("secret", "offers", f"x{mark}") is None
    later = clock.now() + timedelta(days=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert signed.facts("secret", "offers", mark, timedelta(days=30)) is None
    assert signed.facts("secret", "offers", mark, timedelta(days=32)) == {"offer": 7}


def test_a_time_on_the_wall_is_one_moment_also_when_the_clock_is_changed():
    assert clock.moment_of(datetime.fromisoformat("2026-11-24 09:30")) == datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
    assert clock.moment_of(datetime.fromisoformat("2026-03-29 02:30")) is None, "skipped when the clock is set forward"
    first = clock.moment_of(datetime.fromisoformat("2026-10-25 02:30"))
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert clock.comes_twice(first)
    assert not clock.comes_twice(datetime(2026, 11, 24, 8, 30, tzinfo=UTC))
