"""What people tell is hard to use: sent without an account, kept, mailed, seen to and thrown away."""

import json
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from kunnskap import clock
from kunnskap.actor import ANYONE, Actor
from kunnskap.audit import AuditEntry
from kunnskap.db import session
from kunnskap.errors import NotAllowed
from kunnskap.events import Outbox
from kunnskap.home import actions, queries
from kunnskap.home.models import Feedback
from kunnskap.mail import MailWanted
from kunnskap.web.limits import limiter
from tests import factories

NUMBER = "01819000049"
"""Skatteetaten's numbers for tests have 80 added to the month; nobody has this one."""
TOLD = {"page": "/sok", "words": "Skjermleseren sier ikke hvor mange treff det er.", "email": "test.leser@example.org"}


def kept():
    return list(session.scalars(select(Feedback)))


def test_a_visitor_tells_what_is_hard_and_is_thanked_without_a_cookie(browser):
    visit = browser()
    answer = visit.post("/tilgjengelighet", data=TOLD)
    assert (answer.status_code, answer.location) == (303, "/tilgjengelighet/takk")
    assert "Set-Cookie" not in answer.headers
    assert "Takk" in visit.get(answer.location).text
    [told] = kept()
    assert (told.page, told.words, told.email) == tuple(TOLD.values())


def test_no_address_is_needed(browser):
    assert browser().post("/tilgjengelighet", data={"words": "For liten skrift"}).status_code == 303
    assert kept()[0].email == ""


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"words": "   "}, "words"),
        ({"words": "x" * 4_001}, "words"),
        ({"page": "y" * 301}, "page"),
        ({"email": "ikke en adresse"}, "email"),
        ({"words": "Skrift\x00en er borte"}, "words"),
        ({"words": f"Jeg heter Test og har nummer {NUMBER}"}, "words"),
        ({"page": NUMBER}, "page"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field_and_the_rest_stands(browser, sent, field):
    answer = browser().post("/tilgjengelighet", data=TOLD | sent)
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.find(id=field)["aria-invalid"] == "true"
    assert page.find(id=f"{field}-feil").get_text(strip=True)
    assert page.find(class_="ds-error-summary").find("a", href=f"#{field}")
    if field != "email":
        assert page.find(id="email")["value"] == TOLD["email"]
    if field != "words":
        assert TOLD["words"] in page.find(id="words").get_text()
    assert kept() == []


def test_what_is_sent_twice_is_kept_once_and_mailed_once(app, browser, monkeypatch):
    sent = []
    monkeypatch.setattr("kunnskap.home.actions.mail.send", lambda *letter: sent.append(letter))
    for _time in range(2):
        actions.tell(**TOLD, contact="drift@example.org")
    assert len(kept()) == len(sent) == 1
    to, subject, words = sent[0]
    assert (to, subject) == ("drift@example.org", "Tilbakemelding om tilgjengelighet")
    assert all(one in words for one in TOLD.values())


def test_what_somebody_writes_cannot_begin_a_header_of_the_mail(app):
    actions.tell("side\nBcc: alle@example.org", "Hei\nBcc: alle@example.org", contact="drift@example.org")
    session.flush()
    facts = json.loads(session.scalar(select(Outbox.facts).where(Outbox.name == MailWanted.__name__)))
    assert facts["to"] == "drift@example.org"
    assert "\n" not in facts["subject"]


def test_moderators_read_what_was_told_what_nobody_saw_to_first(browser, member):
    first = factories.keep(Feedback(words="Den første"))
    factories.keep(Feedback(words="Den andre"))
    answer = browser(member(role="moderator")).post(f"/administrasjon/tilbakemeldinger/{first.id}/behandlet")
    assert (answer.status_code, answer.location) == (303, "/administrasjon/tilbakemeldinger")
    page = queries.feedback(Actor(1, "moderator"))
    assert [told.words for told in page.items] == ["Den andre", "Den første"]
    assert page.total == 2
    assert session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.act == "feedback handled")) == 1


@pytest.mark.parametrize("who", [ANYONE, Actor(1, "member"), Actor(1, "member", coordinated_ids=frozenset({1}))])
def test_others_neither_read_what_was_told_nor_see_to_it(app, who):
    told = factories.keep(Feedback(words="Noe"))
    with pytest.raises(NotAllowed):
        queries.feedback(who)
    with pytest.raises(NotAllowed):
        actions.handle_feedback(who, told.id)
    assert told.handled_at is None


def test_there_must_be_something_to_see_to(browser, member):
    assert browser(member(role="moderator")).post("/administrasjon/tilbakemeldinger/99/behandlet").status_code == 404


def test_what_was_seen_to_is_thrown_away_after_a_year(app):
    long_ago = clock.now() - timedelta(days=366)
    factories.keep(Feedback(words="Behandlet i fjor", made_at=long_ago, handled_at=long_ago))
    factories.keep(Feedback(words="Venter ennå", made_at=long_ago))
    factories.keep(Feedback(words="Nettopp behandlet", handled_at=clock.now()))
    actions.tidy()
    assert {told.words for told in kept()} == {"Venter ennå", "Nettopp behandlet"}


@pytest.fixture
def counting(app, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    yield
    limiter.reset()


def test_a_flood_is_stopped(browser, counting):
    visit = browser()
    codes = [visit.post("/tilgjengelighet", data={"words": f"Nummer {number}"}).status_code for number in range(6)]
    assert codes == [303] * 5 + [429]
