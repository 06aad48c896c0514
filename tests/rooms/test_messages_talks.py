"""A talk of half an hour: one suggests three times, the other chooses, and both get it in their calendar."""

from datetime import date, datetime, timedelta

import icalendar
import pytest

from kunnskap import clock
from kunnskap.db import session
from kunnskap.messages import rules
from kunnskap.messages.models import Conversation, Message, Talk

TEAMS = "https://teams.example/møte/1"
NEXT = clock.today() + timedelta(days=20)
DAYS = [NEXT, NEXT + timedelta(days=1), NEXT + timedelta(days=2)]
TIMES = {
    "first": f"{DAYS[0]}T10:00",
    "second": f"{DAYS[1]}T13:30",
    "third": f"{DAYS[2]:%d.%m.%Y} 09.00",
}


def at(day, hour, minute=0):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.HERE)


def told(day, hour, minute=0):
    return rules.written_time(at(day, hour, minute), "nb")


def last_sunday(month):
    """The next time the clock is changed in March or October."""
    today = clock.today()
    for year in (today.year, today.year + 1):
        day = date(year, month, 31)
        day -= timedelta(days=(day.weekday() + 1) % 7)
        if day > today + timedelta(days=2):
            return day
    raise AssertionError


@pytest.fixture
def kari(member):
    return member("Kari Testesen")


@pytest.fixture
def ola(member):
    return member("Ola Testesen")


@pytest.fixture
def address(browser, kari, ola):
    facts = {"subject": "Klimabudsjett", "body": "Hei"}
    browser(kari).post(f"/meldinger/ny?til={ola.person_id}", data=facts)
    session.rollback()
    return f"/meldinger/{session.query(Conversation).one().id}"


def suggest(client, address, **more):
    return client.post(f"{address}/samtale", data=TIMES | {"where": TEAMS, "body": "Kan vi snakke?"} | more)


def the_talk():
    session.rollback()
    return session.query(Talk).order_by(Talk.message_id.desc()).populate_existing().first()


def act(client, address, what, **data):
    return client.post(f"{address}/samtale/{the_talk().message_id}/{what}", data=data)


def entries(client, address):
    answer = client.get(f"{address}/samtale.ics")
    assert answer.mimetype == "text/calendar"
    return [
        (one["uid"], one.decoded("dtstart"), one["sequence"], one["status"])
        for one in icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    ]


def test_three_times_are_suggested_and_one_is_chosen(browser, kari, ola, address, sent):
    assert "norsk tid" in browser(kari).get(f"{address}/samtale").text
    sent.clear()
    assert suggest(browser(kari), address).status_code == 303
    assert sent[0].to == ola.email
    assert told(DAYS[0], 10) in sent[0].text
    assert told(DAYS[2], 9) in sent[0].text
    reader = browser(ola)
    page = reader.get(address).text
    assert f"Velg {told(DAYS[1], 13, 30)}" in page
    assert f"Velg {told(DAYS[1], 13, 30)}" not in browser(kari).get(address).text
    assert reader.get(f"{address}/samtale.ics").status_code == 404
    sent.clear()
    for _again in range(2):
        assert act(reader, address, "velg", tid=the_talk().times[1]).status_code == 303
    assert {letter.to for letter in sent} == {kari.email, ola.email}
    assert len(sent) == 2
    assert all(f"http://localhost{address}/samtale.ics" in letter.text and TEAMS in letter.text for letter in sent)
    for who in (kari, ola):
        assert [one[1:] for one in entries(browser(who), address)] == [(at(DAYS[1], 13, 30), 0, "CONFIRMED")]


def test_moving_and_calling_off_keep_the_name_and_raise_the_number(browser, kari, ola, address, sent):
    suggest(browser(kari), address)
    reader = browser(ola)
    act(reader, address, "velg", tid=the_talk().times[0])
    first = entries(reader, address)[0]
    act(reader, address, "velg", tid=the_talk().times[2])
    moved = entries(reader, address)[0]
    sent.clear()
    assert act(browser(kari), address, "avlys").status_code == 303
    off = entries(reader, address)[0]
    assert first[0] == moved[0] == off[0]
    assert [one[2] for one in (first, moved, off)] == [0, 1, 2]
    assert (moved[1], off[3]) == (at(DAYS[2], 9), "CANCELLED")
    assert {letter.to for letter in sent} == {kari.email, ola.email}
    assert act(browser(kari), address, "avlys").status_code == 303
    act(reader, address, "velg", tid=the_talk().times[0])
    assert the_talk().cancelled_at is not None


def test_the_other_says_that_none_fits_or_suggests_others(browser, kari, ola, address, sent):
    suggest(browser(kari), address)
    sent.clear()
    act(browser(ola), address, "avsla")
    act(browser(ola), address, "avsla")
    assert [letter.to for letter in sent] == [kari.email]
    assert "Ingen av tidspunktene" in browser(kari).get(address).text
    suggest(browser(kari), address)
    first = the_talk().message_id
    assert suggest(browser(ola), address, first=f"{NEXT + timedelta(days=7)}T10:00").status_code == 303
    assert session.get(Talk, first, populate_existing=True).declined_at is not None
    assert f"Velg {told(NEXT + timedelta(days=7), 10)}" in browser(kari).get(address).text


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"first": f"{clock.today() - timedelta(days=1)}T10:00"}, "har vært"),
        ({"first": "2019-05-03T10:00"}, "har vært"),
        ({"second": TIMES["first"]}, "allerede"),
        ({"second": f"{DAYS[0]:%d.%m.%Y} kl. 10.00"}, "allerede"),
        ({"third": f"{last_sunday(3)}T02:30"}, "stilles fram"),
        ({"third": "2026-02-30T10:00"}, "Skriv dag og klokkeslett"),
        ({"third": "i morgen"}, "Skriv dag og klokkeslett"),
        ({"third": "9999-12-31T23:59"}, "innen ett år"),
        ({"third": "0001-01-01T00:00"}, "Skriv dag og klokkeslett"),
        ({"third": ""}, "Velg dag og klokkeslett"),
        ({"where": " "}, "Skriv hvor dere snakker"),
        ({"where": "x" * 501}, "for lang"),
        ({"body": "Født 05109703232"}, "fødselsnummer"),
    ],
)
def test_times_that_cannot_be_are_said_at_their_field(browser, kari, address, more, problem):
    answer = suggest(browser(kari), address, **more)
    assert answer.status_code == 422
    assert problem in answer.text
    assert session.query(Talk).count() == 0


def test_the_hour_that_comes_twice_is_the_first_and_that_is_said(browser, kari, ola, address):
    night = last_sunday(10)
    before, after = night - timedelta(days=1), night + timedelta(days=1)
    times = {"first": f"{before}T10:00", "second": f"{after}T10:00", "third": f"{night}T02:30"}
    assert suggest(browser(kari), address, **times).status_code == 303
    page = browser(kari).get(address)
    assert the_talk().times[2] == f"{night}T00:30:00+00:00"
    assert "kl. 02.30 (UTC+2)" in page.text
    # Ten o'clock stays ten o'clock on both sides of the change.
    assert told(before, 10) in page.text
    assert told(after, 10) in page.text
    assert the_talk().times[:2] == [f"{before}T08:00:00+00:00", f"{after}T09:00:00+00:00"]


def test_what_has_passed_is_not_chosen(browser, kari, ola, address):
    suggest(browser(kari), address)
    talk = the_talk()
    talk.times = [(clock.now() - timedelta(hours=1)).isoformat(), *talk.times[1:]]
    session.commit()
    act(browser(ola), address, "velg", tid=the_talk().times[0])
    assert the_talk().chosen_at is None
    talk = the_talk()
    talk.times = [(clock.now() - timedelta(hours=hours)).isoformat() for hours in (1, 2, 3)]
    session.commit()
    assert "Tidspunktene har vært" in browser(ola).get(address).text
    act(browser(ola), address, "velg", tid="2026-12-01T09:00:00+00:00; drop")
    assert the_talk().chosen_at is None


def test_nobody_else_answers_and_nobody_answers_their_own(browser, member, kari, address):
    suggest(browser(kari), address)
    time = the_talk().times[0]
    other = browser(member("Annen Testesen", role="administrator"))
    for what in ("velg", "avsla", "avlys"):
        assert act(other, address, what, tid=time).status_code == 404
    assert other.get(f"{address}/samtale").status_code == 404
    assert suggest(other, address).status_code == 404
    assert other.get(f"{address}/samtale.ics").status_code == 404
    assert act(browser(kari), address, "velg", tid=time).status_code == 403
    assert act(browser(kari), address, "avsla").status_code == 403


def test_one_who_waits_for_an_answer_takes_the_suggestion_back(browser, kari, ola, address, sent):
    suggest(browser(kari), address)
    assert act(browser(ola), address, "avlys").status_code == 403
    sent.clear()
    act(browser(kari), address, "avlys")
    assert [(letter.to, "trukket tilbake" in letter.subject) for letter in sent] == [(ola.email, True)]


def test_a_suggestion_sent_twice_is_one(browser, kari, address):
    for _again in range(2):
        assert suggest(browser(kari), address, form_key="c" * 32).status_code == 303
    session.rollback()
    assert session.query(Talk).count() == 1
    assert session.query(Message).count() == 2


def test_who_is_not_wanted_agrees_to_nothing(browser, kari, ola, address):
    suggest(browser(kari), address)
    browser(kari).post(f"/meldinger/person/{ola.person_id}/ta-imot", data={"ja": 0})
    assert act(browser(ola), address, "velg", tid=the_talk().times[0]).status_code == 303
    assert the_talk().chosen_at is None
