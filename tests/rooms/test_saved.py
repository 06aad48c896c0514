"""Saved searches: kept by their owner, and told about by mail when something new fits."""

import re
from datetime import datetime, timedelta
from urllib.parse import quote

import pytest

from kunnskap import clock
from kunnskap.db import session
from kunnskap.events import Outbox
from kunnskap.saved import actions, rules
from kunnskap.saved.events import NoticeDue
from kunnskap.saved.models import SavedSearch
from kunnskap.search.engines.protocol import IndexDown
from kunnskap.search.indexing import index
from tests import factories
from tests.browsing import tell

NOW = clock.now


@pytest.fixture
def me(member):
    return member("Lagre Testesen")


@pytest.fixture
def mine(browser, me):
    return browser(me)


def save(client, query="q=overvann"):
    return client.post("/lagrede-sok", data={"sok": f"/sok?{query}"})


def only():
    session.rollback()
    return session.query(SavedSearch).one()


def ask_for_mail(client, notice="daily", name="Overvann"):
    number = only().id
    return client.post(f"/lagrede-sok/{number}", data={f"sok-{number}-name": name, f"sok-{number}-notice": notice})


def time_passes(monkeypatch, **more):
    """Let the clock be later than it is."""
    later = NOW() + timedelta(**more)
    monkeypatch.setattr(clock, "now", lambda: later)


def look():
    """Do what a worker does now and then, once the index has heard what happened."""
    tell()
    actions.find_due()
    session.commit()
    tell()
    session.rollback()


def test_a_member_saves_a_search_from_the_search_page(mine):
    factories.question(title="Hvem har åpnet en bekk for overvann?")
    page = mine.get("/sok?q=overvann&type=sporsmal&side=1").text
    address = re.search(r'name="sok" value="([^"]+)"', page)[1].replace("&amp;", "&")
    answer = mine.post("/lagrede-sok", data={"sok": address})
    assert answer.status_code == 303
    shown = mine.get("/lagrede-sok").text
    assert "«overvann»" in shown
    assert "Spørsmål" in shown
    assert 'href="/sok?q=overvann&amp;type=sporsmal"' in shown
    assert "Ikke noe nytt siden sist" in shown
    assert "/lagrede-sok" in mine.get("/min-side").text


def test_a_search_saved_twice_is_one(mine):
    for query in ("q=overvann", "q=overvann&side=3", "q=+overvann+&tema="):
        save(mine, query)
    assert only().query == "q=overvann"


@pytest.mark.parametrize(
    "sent", ["", "/sok", "/sok?q=", "/sok?tull=1", "/sok?q=%00", "x" * 50_000, "/sok?q=" + "x" * 5_000]
)
def test_what_is_no_search_is_not_saved(mine, sent):
    assert mine.post("/lagrede-sok", data={"sok": sent}, follow_redirects=True).status_code == 200
    assert session.query(SavedSearch).count() == 0


def test_a_search_without_words_is_named_after_its_filters(mine):
    factories.theme("overvann", "Overvann")
    factories.county("Telemark", "40")
    save(mine, "tema=overvann&fylke=40&fylke=99&sprell=1")
    assert only().name == "Overvann, Telemark"
    assert "Telemark" in mine.get("/lagrede-sok").text


def test_there_is_an_end_to_how_many_one_may_save(mine):
    for number in range(51):
        save(mine, f"q=ord{number}")
    assert session.query(SavedSearch).count() == 50
    assert "høyst 50" in mine.get("/lagrede-sok").text


def test_a_search_is_renamed_and_removed_by_its_owner_alone(mine, browser, member):
    save(mine)
    number = only().id
    other = browser(member("Annen Testesen", role="administrator"))
    for path in ("", "/sett"):
        assert other.post(f"/lagrede-sok/{number}{path}").status_code == 404, path
    assert other.post(f"/lagrede-sok/{number}/fjern").status_code == 303
    assert browser().post(f"/lagrede-sok/{number}/fjern").status_code in {302, 303}
    assert ask_for_mail(mine, "weekly", "Mitt  søk").status_code == 303
    assert (only().name, only().notice) == ("Mitt søk", "weekly")
    answer = ask_for_mail(mine, "hourly", "")
    assert answer.status_code == 422
    assert "Skriv et navn på søket" in answer.text
    assert ask_for_mail(mine, "none", "x" * 101).status_code == 422
    mine.post(f"/lagrede-sok/{number}/fjern")
    assert session.query(SavedSearch).count() == 0


def test_what_is_new_since_last_seen_is_counted_and_can_be_taken_as_seen(mine, me):
    factories.question(title="Gammelt om overvann")
    save(mine)
    factories.question(title="Nytt om overvann")
    factories.question(me, title="Mitt eget om overvann")
    factories.question(title="Noe helt annet")
    factories.question(title="Skjult om overvann", hidden_at=clock.now())
    shown = mine.get("/lagrede-sok").text
    assert "1 nytt treff" in shown
    assert "Nytt om overvann" in shown
    assert "Gammelt" not in shown
    until = re.search(r'name="til" value="([^"]+)"', shown)[1]
    factories.question(title="Enda nyere om overvann")
    mine.post(f"/lagrede-sok/{only().id}/sett", data={"til": until})
    shown = mine.get("/lagrede-sok").text
    assert "1 nytt treff" in shown
    assert "Enda nyere" in shown
    for odd in ("2999-01-01T00:00:00+00:00", "2020-01-01", "tull"):
        mine.post(f"/lagrede-sok/{only().id}/sett", data={"til": odd})
    assert "Ikke noe nytt" in mine.get("/lagrede-sok").text


def test_what_is_written_between_the_words_counts_as_on_the_search_page(mine):
    telemark = factories.county("Telemark", "40")
    skien = factories.place("Skien", "4003", county_id=telemark.id)
    save(mine, "q=" + quote("overvann fylke:Telemark"))
    factories.question(title="Overvann på skolen", place_id=skien.id)
    factories.question(title="Overvann et annet sted")
    factories.question(title="Noe helt annet", place_id=skien.id)
    shown = mine.get("/lagrede-sok").text
    assert "1 nytt treff" in shown
    assert "på skolen" in shown


def test_one_of_many_words_is_not_enough_to_be_new(mine):
    for number in range(8):
        factories.question(title=f"Sak {number}", body="En kommune spør om noe annet. " * 20)
    factories.question(title="Klimabudsjett i en liten kommune")
    save(mine, "q=klimabudsjett+liten+kommune")
    factories.question(title="Sak", body="Spørsmål fra en kommune om noe annet enn det. " * 20)
    factories.question(title="Klimabudsjett", body="for en liten kommune")
    assert "1 nytt treff" in mine.get("/lagrede-sok").text


def test_the_list_stands_when_the_index_does_not(mine, monkeypatch):
    save(mine)
    factories.question(title="Nytt om overvann")

    def down(_query):
        raise IndexDown

    monkeypatch.setattr(index(), "find", down)
    assert "Søket svarer ikke akkurat nå" in mine.get("/lagrede-sok").text


def test_new_hits_are_told_in_one_mail_and_only_once(mine, me, sent, monkeypatch):
    save(mine)
    ask_for_mail(mine)
    save(mine, "q=flom")
    for saved in session.query(SavedSearch):
        actions.change(me.actor, saved.id, name=saved.name, notice="daily", language="nb")
    session.commit()
    first = factories.question(title="Nytt om overvann <b>og</b> mer")
    factories.question(title="Nytt om flom")
    time_passes(monkeypatch, days=2)
    look()
    assert len(sent) == 1
    assert sent[0].to == me.email
    assert sent[0].subject == "2 nye treff i de lagrede søkene dine"
    for part in ("Nytt om overvann <b>og</b> mer", f"http://localhost/sporsmal/{first.slug}", "Nytt om flom"):
        assert part in sent[0].text
    assert "http://localhost/sok?q=overvann" in sent[0].text
    time_passes(monkeypatch, days=4)
    look()
    assert len(sent) == 1, "nothing is new"


def test_an_event_heard_again_sends_nothing_more(mine, me, sent, monkeypatch):
    save(mine)
    ask_for_mail(mine)
    factories.question(title="Nytt om overvann")
    time_passes(monkeypatch, days=2)
    look()
    row = session.query(Outbox).filter_by(name=NoticeDue.__name__).one()
    row.told_at = None
    row.next_try_at = clock.now()
    session.commit()
    tell()
    assert len(sent) == 1


def test_nothing_is_told_of_what_the_reader_may_not_see_wrote_or_did_not_ask_for(mine, me, sent, monkeypatch):
    save(mine)
    ask_for_mail(mine)
    factories.question(me, title="Mitt eget om overvann")
    factories.question(title="Skjult om overvann", hidden_at=clock.now())
    factories.question(title="Trukket om overvann", withdrawn_at=clock.now())
    time_passes(monkeypatch, days=2)
    look()
    assert sent == []


def test_what_is_for_members_is_told_to_members(mine, sent, monkeypatch):
    save(mine)
    ask_for_mail(mine)
    factories.question(title="Bare for oss om overvann", audience="members")
    time_passes(monkeypatch, days=2)
    look()
    assert "Bare for oss" in sent[0].text


def test_whoever_did_not_ask_or_may_not_come_in_gets_no_mail(mine, me, sent, monkeypatch):
    save(mine)
    factories.question(title="Nytt om overvann")
    time_passes(monkeypatch, days=2)
    look()
    assert sent == []
    ask_for_mail(mine)
    session.get(type(me), me.id).closed_at = clock.now()
    session.commit()
    factories.question(title="Mer nytt om overvann")
    time_passes(monkeypatch, days=4)
    look()
    assert sent == []


def test_a_mail_is_written_in_the_language_its_reader_chose(mine, sent, monkeypatch):
    save(mine)
    mine.set_cookie("sprak", "en")
    ask_for_mail(mine)
    mine.delete_cookie("sprak")
    assert only().language == "en"
    factories.question(title="Nytt om overvann")
    time_passes(monkeypatch, days=2)
    look()
    assert len(sent) == 1


def test_the_index_away_when_it_is_time_is_asked_again_later(mine, sent, monkeypatch):
    save(mine)
    ask_for_mail(mine)
    factories.question(title="Nytt om overvann")
    tell()
    time_passes(monkeypatch, days=2)
    find = index().find

    def down(_query):
        raise IndexDown

    monkeypatch.setattr(index(), "find", down)
    look()
    assert sent == []
    monkeypatch.setattr(index(), "find", find)
    time_passes(monkeypatch, days=3)
    tell()
    assert len(sent) == 1


def test_a_link_in_the_mail_stops_it_without_signing_in(mine, browser, sent, monkeypatch):
    save(mine)
    ask_for_mail(mine)
    factories.question(title="Nytt om overvann")
    time_passes(monkeypatch, days=2)
    look()
    path = re.search(r"http://localhost(/lagrede-sok/stopp/\S+)", sent[0].text)[1]
    stranger = browser()
    assert "Stopp e-posten" in stranger.get(path).text
    assert only().notice == "daily"
    assert sent[0].stop.endswith(path)
    for _ in range(2):
        assert "er stoppet" in stranger.post(path).text
    assert (only().notice, only().due_at) == ("none", None)
    for false in (path[:-2], "/lagrede-sok/stopp/1", "/lagrede-sok/stopp/MQ.xyz"):
        assert stranger.get(false).status_code == 404
        assert stranger.post(false).status_code == 404


@pytest.mark.parametrize(
    ("notice", "now", "then"),
    [
        ("daily", "2026-11-24T04:00", "2026-11-24T05:00"),
        ("daily", "2026-11-24T05:00", "2026-11-25T05:00"),
        ("weekly", "2026-11-24T04:00", "2026-11-30T05:00"),
        ("weekly", "2026-11-30T04:00", "2026-11-30T05:00"),
        ("weekly", "2026-11-30T06:00", "2026-12-07T05:00"),
    ],
)
def test_mail_is_written_in_the_morning(notice, now, then):
    assert rules.next_time(notice, datetime.fromisoformat(now + "+00:00")) == datetime.fromisoformat(then + "+00:00")


def test_the_list_asks_little_of_the_database(mine, count_sql):
    for word in ("overvann", "flom", "skred"):
        save(mine, f"q={word}")
        factories.question(title=f"Nytt om {word}")
    mine.get("/lagrede-sok")
    with count_sql() as statements:
        mine.get("/lagrede-sok")
    assert len(statements) <= 8, statements
