"""A message that somebody reports: moderators read that one, and whoever sent it is told why it was hidden."""

import pytest

from kunnskap.db import session
from kunnskap.messages.models import Conversation, Message
from kunnskap.moderation.models import Decision, Report
from tests.moderating import WORDS, appeal_link, decide, only, report, the


@pytest.fixture
def kari(member):
    return member("Kari Testesen")


@pytest.fixture
def ola(member):
    return member("Ola Testesen")


@pytest.fixture
def written(browser, kari, ola):
    """Two messages from Kari to Ola; the number of the first."""
    client = browser(kari)
    facts = {"subject": "Et tilbud", "body": "Kjøp varmepumper av meg"}
    client.post(f"/meldinger/ny?til={ola.person_id}", data=facts)
    client.post(f"/meldinger/{only(Conversation).id}", data={"body": "Dette er bare mellom oss"})
    return session.query(Message).order_by(Message.id).first().id


@pytest.fixture
def desk(browser, member):
    return browser(member("Moder Testesen", role="moderator"))


def test_moderators_read_the_one_message_that_is_reported(browser, desk, ola, written):
    assert desk.get(f"/moderering/melding/{written}").status_code == 404
    reader = browser(ola)
    form = reader.get(f"/meld/melding/{written}").text
    assert "denne ene meldingen" in form
    assert report(reader, f"melding/{written}", words="Han maser").status_code == 303
    assert "Melding fra Kari Testesen" in desk.get("/moderering").text
    page = desk.get(f"/moderering/melding/{written}").text
    assert "Kjøp varmepumper" in page
    assert "Han maser" in page
    assert "bare mellom oss" not in page
    assert desk.get(f"/moderering/melding/{written + 1}").status_code == 404
    assert desk.get(f"/meldinger/{only(Conversation).id}").status_code == 404


def test_a_hidden_message_is_read_by_its_sender_alone_who_is_told_why(browser, desk, kari, ola, written, sent):
    report(browser(ola), f"melding/{written}")
    sent.clear()
    for _again in range(2):
        assert decide(desk, f"melding/{written}", "hide").status_code == 303
    assert len([letter for letter in sent if letter.to == kari.email]) == 1
    letter = next(letter for letter in sent if letter.to == kari.email)
    assert "Meldingen din" in letter.subject
    assert WORDS in letter.text
    assert ola.email in {one.to for one in sent}
    address = f"/meldinger/{only(Conversation).id}"
    assert "Kjøp varmepumper" not in browser(ola).get(address).text
    assert "Kjøp varmepumper" not in browser(ola).get("/meldinger").text
    assert browser(ola).get(f"/meld/melding/{written}").status_code == 404
    mine = browser(kari).get(address).text
    assert "Kjøp varmepumper" in mine
    assert f"/moderering/klage/{only(Decision).id}" in mine
    assert "Kjøp varmepumper" in browser(kari).get("/moderering/mine").text
    decide(desk, f"melding/{written}", "restore")
    assert "Kjøp varmepumper" in browser(ola).get(address).text


def test_an_appeal_that_is_heard_brings_the_message_back(browser, desk, member, kari, ola, written, sent):
    report(browser(ola), f"melding/{written}")
    sent.clear()
    decide(desk, f"melding/{written}", "hide")
    link = appeal_link(next(letter for letter in sent if letter.to == kari.email))
    assert browser().post(link, data={"words": "Det var en spøk"}).status_code == 303
    other = browser(member("Annen Moder", role="moderator"))
    assert "Klage" in other.get("/moderering").text
    answer = {"outcome": "undone", "words": "Vi er enige"}
    assert other.post(f"/moderering/avgjorelse/{only(Decision).id}", data=answer).status_code == 303
    assert the(Message, written).hidden_at is None


def test_only_the_one_who_was_written_to_reports(browser, member, desk, kari, ola, written):
    assert browser(member("Annen Testesen")).get(f"/meld/melding/{written}").status_code == 404
    assert report(browser(member("Annen Testesen")), f"melding/{written}").status_code == 404
    assert report(browser(kari), f"melding/{written}").status_code == 403
    assert report(desk, f"melding/{written}").status_code == 404
    assert browser().get(f"/meld/melding/{written}").status_code == 302
    assert session.query(Report).count() == 0


def test_a_moderator_sees_to_no_message_of_their_own(browser, member, ola):
    moderator = member("Moder Testesen", role="moderator")
    client = browser(moderator)
    client.post(f"/meldinger/ny?til={ola.person_id}", data={"subject": "Hei", "body": "Min egen melding"})
    number = only(Message).id
    report(browser(ola), f"melding/{number}")
    assert "Melding fra" not in client.get("/moderering").text
    assert client.get(f"/moderering/melding/{number}").status_code == 403
    assert decide(client, f"melding/{number}", "hide").status_code == 403


def test_what_was_let_stand_can_be_read_and_is_told(browser, desk, ola, written, sent):
    report(browser(ola), f"melding/{written}")
    sent.clear()
    assert desk.post(f"/moderering/melding/{written}/la-sta").status_code == 303
    assert [letter.to for letter in sent] == [ola.email]
    assert report(browser(ola), f"melding/{written}").status_code == 303
