"""Once a year people are asked whether their profile holds; who does not answer is not led to any more."""

import re
from datetime import timedelta

import pytest
from babel.dates import format_date
from sqlalchemy import select

from kunnskap import clock
from kunnskap.accounts import queries as accounts
from kunnskap.db import session
from kunnskap.people import rules
from kunnskap.people.asking import can_be_asked, is_here
from kunnskap.people.listeners import Reminders
from kunnskap.people.models import LEFT, WRONG, Person, ProfileReport
from tests import factories
from tests.browsing import tell

START = clock.now()
"""What is to be delivered is so by the real clock, so this one only goes forward from it."""


@pytest.fixture
def at(monkeypatch):
    """Move the clock to so many days after the start."""

    def move(days):
        monkeypatch.setattr(clock, "now", lambda: START + timedelta(days=days))

    move(0)
    return move


@pytest.fixture
def ask(app, sent):
    """Do what the worker does every hour; gives the letters that went out."""

    def run():
        sent.clear()
        Reminders("http://localhost", "test", accounts.can_sign_in).remind()
        session.commit()
        tell()
        return list(sent)

    return run


@pytest.fixture
def somebody(member):
    """Make somebody with an account who said at the start that their profile holds."""

    def make(**facts):
        made = member("Test Testesen", **facts)
        session.get_one(Person, made.person_id).confirmed_at = START
        session.commit()
        return made

    return make


def day(moment):
    return format_date(moment.astimezone(clock.HERE), "d. MMMM y", locale="nb")


def link_in(letter):
    return re.search(r"http://localhost(/folk/stemmer/\S+)", letter.text)[1]


def test_a_year_later_one_letter_and_four_weeks_after_that_one_more(somebody, at, ask):
    somebody()
    told = []
    for day in range(0, 3 * 365, 5):
        at(day)
        told += [(day, "én gang til" in letter.text) for letter in ask()]
    assert [is_again for _day, is_again in told] == [False, True, False, True]
    days = [day for day, _is_again in told]
    assert days[:2] == [365, 395]
    assert days[2] - days[0] >= 365


def test_one_click_confirms_the_profile_and_a_scanner_does_not(browser, somebody, at, ask):
    me = somebody()
    at(366)
    (letter,) = ask()
    assert letter.to == me.email
    visitor = browser()
    visitor.get(link_in(letter))
    assert session.get_one(Person, me.person_id, populate_existing=True).confirmed_at == START
    assert "Profilen er bekreftet" in visitor.post(link_in(letter)).text
    assert session.get_one(Person, me.person_id, populate_existing=True).confirmed_at == clock.now()
    at(400)
    assert ask() == []
    at(2 * 366 + 2)
    assert len(ask()) == 1


def test_a_letter_is_written_in_the_language_of_its_reader(somebody, at, ask):
    me = somebody(language="en")
    at(366)
    (letter,) = ask()
    assert f"/folk/{me.person_id}/rediger" in letter.text
    assert session.get_one(Person, me.person_id).language == "en"


@pytest.mark.parametrize(
    "account",
    [
        {"closed_at": START},
        {"suspended_until": START + timedelta(days=999)},
        {"approved_at": None},
        {"listed": False},
        {"left_at": START},
    ],
)
def test_only_those_with_an_open_account_in_the_directory_are_asked(somebody, at, ask, account):
    somebody(**account)
    factories.person("Uten Konto Testesen", email="uten.konto@skien.kommune.no", confirmed_at=START)
    at(366)
    assert ask() == []


def test_two_workers_ask_once(somebody, at, ask):
    somebody()
    at(366)
    assert len(ask()) == 1
    assert ask() == []


def test_the_page_says_kindly_that_nobody_has_confirmed_it(browser, member):
    me, then = member("Test Testesen"), rules.confirmed_since(clock.now())
    page, since = f"/folk/{me.person.slug}", f"Ikke bekreftet siden {day(then)}."
    assert "Ikke bekreftet siden" not in browser(me).get(page).text
    session.get_one(Person, me.person_id).confirmed_at = then
    session.commit()
    assert since in browser().get(page).text
    mine = browser(me).get(page).text
    assert since in mine
    assert "Derfor foreslår vi deg ikke" in mine
    assert since in browser(me).get(f"/folk/{me.person_id}/rediger").text


def test_the_condition_in_sql_and_the_rule_agree_about_everybody(database, at):
    at(0)
    now = clock.now()
    states = [
        {}, {"listed": False}, {"name": ""}, {"left_at": now}, {"confirmed_at": rules.confirmed_since(now)},
        {"confirmed_at": rules.confirmed_since(now) + timedelta(seconds=1)},
    ]  # fmt: skip
    reported = [None, now - timedelta(days=13, hours=23), now - timedelta(days=14)]
    made = {}
    for state in states:
        for since in reported:
            one = factories.person(**({"name": "Test Testesen"} | state))
            made[one.id] = rules.can_be_asked(one, since, now)
            if since:
                factories.keep(ProfileReport(person_id=one.id, what=LEFT, made_at=since))
    settled, wrong = factories.person("Avklart Testesen"), factories.person("Feil Testesen")
    old = now - timedelta(days=30)
    factories.keep(ProfileReport(person_id=settled.id, what=LEFT, made_at=old, settled_at=now))
    factories.keep(ProfileReport(person_id=wrong.id, what=WRONG, made_at=old))
    made |= {settled.id: True, wrong.id: True}
    found = set(session.scalars(select(Person.id).where(can_be_asked(now))))
    assert found == {number for number, can_be in made.items() if can_be}
    assert True in made.values()


def test_who_is_here_is_the_same_in_sql_as_by_the_rule(database):
    today = clock.today()
    day = timedelta(days=1)
    for first in (None, today - day, today, today + day):
        for last in (None, today - day, today, today + day):
            factories.person("Test Testesen", away_from=first, away_until=last)
    found = set(session.scalars(select(Person.id).where(is_here(today))))
    everybody = session.scalars(select(Person)).all()
    assert found == {one.id for one in everybody if not rules.is_away(one, today)}
    assert 0 < len(found) < len(everybody)
