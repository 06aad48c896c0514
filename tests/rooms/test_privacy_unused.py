"""Accounts nobody uses are warned and then deleted, and what is old is kept no longer."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from kunnskap import clock
from kunnskap.accounts import sessions
from kunnskap.accounts.models import Account
from kunnskap.accounts.sessions import Device
from kunnskap.db import SiteVersion, session
from kunnskap.events import Outbox
from kunnskap.home.models import Feedback
from kunnskap.people.models import Person
from kunnskap.posts.models import Post
from kunnskap.privacy.listeners import Cleaner
from tests import factories
from tests.browsing import tell

START = datetime(2026, 1, 1, 9, tzinfo=UTC)
MONTH = timedelta(days=30.5)


@pytest.fixture
def at(monkeypatch):
    """Move the clock to so many months after the accounts were last used."""

    def move(months):
        monkeypatch.setattr(clock, "now", lambda: START + months * MONTH)

    move(0)
    return move


@pytest.fixture
def cleaner(app, settings):
    return Cleaner(settings.instance / "outbox", app.extensions["kunnskap.exporter"])


@pytest.fixture
def see_to(cleaner, sent, monkeypatch):
    """Do what the worker does every hour; gives the subjects of the mail that went out."""

    def run():
        sent.clear()
        cleaner.see_to_unused()
        session.commit()
        tell()
        return [letter.subject for letter in sent]

    return run


WARNING, DELETED = "Vil du beholde kontoen din hos Kunnskap?", "Kontoen din hos Kunnskap er slettet"


def standing(account):
    return session.get(Account, account.id, populate_existing=True) is not None


def test_a_quiet_account_is_warned_twice_and_then_deleted(at, member, see_to, sent):
    quiet = member("Test Testesen", seen_at=START)
    asked = factories.question(quiet, title="Står igjen")
    told = {}
    for months in range(26):
        at(months)
        told[months] = see_to()
    assert {months: subjects for months, subjects in told.items() if subjects} == {
        18: [WARNING],
        23: [WARNING],
        24: [DELETED],
    }
    assert not standing(quiet)
    assert session.get(Person, quiet.person_id) is None
    assert session.get_one(Person, session.get_one(Post, asked.id).author_id).is_former


def test_the_warning_says_when_and_what_to_do(at, member, see_to, sent):
    member("Test Testesen", email="test.stille@skien.kommune.no", seen_at=START)
    at(18.2)
    see_to()
    (letter,) = sent
    assert letter.to == "test.stille@skien.kommune.no"
    assert "sletter derfor kontoen din 1. januar 2028" in letter.text
    assert "http://localhost/logg-inn" in letter.text


def test_looking_twice_warns_once(at, member, see_to):
    member(seen_at=START)
    at(18.5)
    assert see_to() == [WARNING]
    assert see_to() == []


def test_whoever_comes_back_is_left_alone(at, member, see_to):
    back = member(seen_at=START)
    at(18.5)
    see_to()
    at(20)
    sessions.begin(session.get_one(Account, back.id), sessions.LINK, Device())
    session.commit()
    assert session.get(Account, back.id, populate_existing=True).warned_at is None
    for months in (24, 30, 37):
        at(months)
        assert see_to() == []
    at(38.5)
    assert see_to() == [WARNING]
    assert standing(back)


def test_nobody_is_deleted_without_a_warning_however_long_the_site_stood_still(at, member, see_to):
    quiet = member(seen_at=START)
    at(40)
    assert see_to() == [WARNING]
    at(40.5)
    assert see_to() == []
    assert standing(quiet)
    at(41)
    assert see_to() == [DELETED]
    assert not standing(quiet)


def test_the_last_administrator_is_never_deleted(at, member, see_to):
    last = member(role="administrator", seen_at=START)
    at(18)
    see_to()
    at(23)
    see_to()
    at(30)
    assert see_to() == []
    assert standing(last)


def test_a_closed_account_is_deleted_without_mail(at, member, see_to):
    closed = member(seen_at=START, closed_at=START)
    for months in (18, 23, 24):
        at(months)
        assert see_to() == []
    assert not standing(closed)


def test_people_without_an_account_stay(at, see_to):
    listed = factories.person("Prøve Person")
    at(60)
    see_to()
    assert session.get(Person, listed.id) is not None


def test_a_warning_makes_no_kept_page_old(at, member, see_to):
    member(seen_at=START)
    before = session.get_one(SiteVersion, 1).number
    at(18.5)
    see_to()
    assert session.get_one(SiteVersion, 1, populate_existing=True).number == before


def test_old_feedback_and_letters_nobody_could_deliver_are_forgotten(at, cleaner):
    old, new = START - timedelta(days=731), START - timedelta(days=700)
    factories.keep(Feedback(words="Gammelt", made_at=old))
    factories.keep(Feedback(words="Nytt", made_at=new))
    for days in (31, 29):
        moment = START - timedelta(days=days)
        factories.keep(Outbox(name="MailWanted", facts="{}", slow=True, set_aside_at=moment, happened_at=moment))
    factories.keep(Outbox(name="PostChanged", facts="{}", set_aside_at=START - timedelta(days=400)))
    cleaner.forget_old()
    session.commit()
    assert [one.words for one in session.query(Feedback)] == ["Nytt"]
    assert session.query(Outbox).filter_by(name="MailWanted").count() == 1
    assert session.query(Outbox).filter_by(name="PostChanged").count() == 1


def test_mail_that_stands_as_files_is_removed_after_thirty_days(at, cleaner, settings):
    folder = settings.instance / "outbox"
    folder.mkdir(exist_ok=True)
    for name, days in (("gammel.eml", 31), ("ny.eml", 29)):
        (folder / name).write_text("To: test@skien.kommune.no\n\nHei")
        moment = (START - timedelta(days=days)).timestamp()
        os.utime(folder / name, (moment, moment))
    cleaner.forget_old()
    assert not (folder / "gammel.eml").exists()
    assert (folder / "ny.eml").exists()
