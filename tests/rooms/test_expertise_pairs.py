"""Those who want to learn are put together with those who know, once a month."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from kunnskap import clock
from kunnskap.db import session
from kunnskap.events import Outbox
from kunnskap.expertise import pairing
from kunnskap.expertise.listeners import Matchmaker
from kunnskap.expertise.models import LearningPair
from kunnskap.messages.models import Block
from kunnskap.people.models import DONE, GUIDE, LEARN, Person, PersonTheme
from tests import factories


@pytest.fixture
def drainage(database, monkeypatch):
    monkeypatch.setattr(pairing.rules, "is_time", lambda _today: True)
    return factories.theme("overvann", "Overvann", name_nn="Overvatn")


@pytest.fixture
def skien(database):
    return factories.place("Skien", "4003", county_id=factories.county().id)


@pytest.fixture
def voss(database):
    return factories.place("Voss", "4621", county_id=factories.county("Vestland", "46").id)


@pytest.fixture
def learner(member, skien, drainage):
    return somebody(member, "Lære Testesen", skien, drainage, LEARN)


@pytest.fixture
def guide(member, voss, drainage):
    return somebody(member, "Kari Testesen", voss, drainage, GUIDE, language="nn", organisation="Voss herad")


def somebody(member, name, place, theme, level, **facts):
    made = member(name, place=place, **({"wants_pairs": True} | facts))
    factories.keep(PersonTheme(person_id=made.person_id, theme_id=theme.id, level=level))
    return made


def seek(asked=None):
    Matchmaker("http://localhost", lambda _ids: asked or {}, "test").suggest()
    session.commit()


def pairs():
    return [(one.learner_id, one.guide_id) for one in session.scalars(select(LearningPair).order_by(LearningPair.id))]


def wants_pairs(account):
    session.rollback()
    return session.get_one(Person, account.person_id, populate_existing=True).wants_pairs


def mail():
    rows = session.scalars(select(Outbox.facts).where(Outbox.name == "MailWanted").order_by(Outbox.id))
    return {facts["to"]: facts for facts in map(json.loads, rows)}


def test_both_get_a_letter_in_their_language_with_whom_and_how(learner, guide):
    seek()
    assert pairs() == [(learner.person_id, guide.person_id)]
    to_learner, to_guide = mail()[learner.email], mail()[guide.email]
    assert "Kari Testesen" in to_learner["subject"]
    for words in ("Overvann", "Voss herad", f"/meldinger/ny?til={guide.person_id}", "/folk/par/stopp/"):
        assert words in to_learner["text"]
    assert "Overvatn" in to_guide["text"]
    assert f"/meldinger/ny?til={learner.person_id}" in to_guide["text"]
    assert "Skien" in to_guide["text"]


def test_a_month_is_done_once_however_often_it_is_tried(learner, guide, member, skien, voss, drainage):
    seek()
    somebody(member, "Sein Testesen", skien, drainage, LEARN)
    somebody(member, "Sein Prøvesen", voss, drainage, DONE)
    seek()
    assert len(pairs()) == 1
    assert len(mail()) == 2


def test_the_same_two_and_theme_never_meet_twice(learner, guide, monkeypatch):
    seek()
    later = clock.now() + timedelta(days=32)
    monkeypatch.setattr(clock, "now", lambda: later)
    seek()
    assert len(pairs()) == 1


def test_nobody_is_put_together_who_did_not_ask_for_it(learner, guide):
    guide.person.wants_pairs = False
    session.commit()
    seek()
    assert pairs() == []


@pytest.mark.parametrize(
    "facts",
    [{"closed_at": clock.now()}, {"listed": False}, {"left_at": clock.now()}, {"confirmed_at": None}],
    ids=["closed", "unlisted", "left", "unconfirmed account"],
)
def test_only_those_who_can_be_asked_and_sign_in_are_put_together(learner, member, voss, drainage, facts):
    somebody(member, "Kari Testesen", voss, drainage, GUIDE, **facts)
    seek()
    assert pairs() == []
    assert mail() == {}


def test_a_profile_nobody_has_confirmed_for_long_is_left_out(learner, guide):
    guide.person.confirmed_at = clock.now() - timedelta(days=500)
    session.commit()
    seek()
    assert pairs() == []


@pytest.mark.parametrize("way", [("learner", "guide"), ("guide", "learner")], ids=["one way", "the other"])
def test_who_has_blocked_the_other_never_meets_them(learner, guide, way):
    who = {"learner": learner.person_id, "guide": guide.person_id}
    factories.keep(Block(blocker_id=who[way[0]], blocked_id=who[way[1]]))
    seek()
    assert pairs() == []


def test_who_was_asked_enough_this_week_is_left_in_peace(learner, guide):
    seek({guide.person_id: 2})
    assert pairs() == []


def test_two_from_the_same_county_are_not_put_together(learner, member, skien, drainage):
    somebody(member, "Kari Testesen", skien, drainage, GUIDE)
    seek()
    assert pairs() == []


def test_nothing_happens_before_it_is_time(learner, guide, monkeypatch):
    monkeypatch.setattr(pairing.rules, "is_time", lambda _today: False)
    seek()
    assert pairs() == []


def test_the_link_in_the_letter_stops_the_suggestions_after_a_press(learner, guide, browser):
    seek()
    link = re.search(r"http://localhost(/folk/par/stopp/\S+)", mail()[learner.email]["text"])[1]
    client = browser()
    page = client.get(link)
    assert "Stopp forslagene" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert wants_pairs(learner)
    assert "Du får ikke flere forslag" in client.post(link).text
    assert not wants_pairs(learner)
    assert client.post(link).status_code == 200


@pytest.mark.parametrize("mark", ["x", "eyJwZXJzb24iOjF9.x.y"])
def test_a_link_we_never_made_stops_nothing(browser, drainage, mark):
    assert browser().get(f"/folk/par/stopp/{mark}").status_code == 404
    assert browser().post(f"/folk/par/stopp/{mark}").status_code == 404
