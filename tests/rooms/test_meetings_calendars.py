"""Calendars of meetings: one file, a network's feed and one's own secret address."""

from datetime import timedelta

import icalendar
import pytest
from bs4 import BeautifulSoup

from kunnskap import clock
from kunnskap.accounts.models import Account
from kunnskap.db import session
from kunnskap.meetings.models import MeetingSignUp
from kunnskap.networks.models import NetworkMember
from tests import factories
from tests.meeting import enrol, meeting_of


@pytest.fixture
def network(database):
    return factories.network("provenettverket", "Prøvenettverket")


@pytest.fixture
def inside(network, member):
    return enrol(network, member("Inne Testesen"))


def events(answer):
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    assert "private" in answer.headers["Cache-Control"]
    return icalendar.Calendar.from_ical(answer.data).walk("VEVENT")


def titles(answer):
    return sorted(str(one["summary"]) for one in events(answer))


def address(client):
    page = BeautifulSoup(client.get("/kalender").text, "html.parser")
    return page.select_one("#adresse")["value"].removeprefix("http://localhost")


def test_a_meeting_is_fetched_as_a_calendar_file(browser, network):
    meeting = meeting_of(
        network,
        audience="everyone",
        description_html="<p>Ta med <b>kaffe</b></p>",
        link="https://example.org/m",
        sequence=3,
    )
    (event,) = events(browser().get(f"/moter/{meeting.id}/mote.ics"))
    assert event.decoded("dtstart") == meeting.starts_at.replace(microsecond=0)
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(hours=2)
    assert (str(event["uid"]), event["sequence"], str(event["status"])) == (meeting.uid, 3, "CONFIRMED")
    assert str(event["url"]) == f"http://localhost/moter/{meeting.slug}"
    assert "Ta med kaffe" in str(event["description"])


def test_a_cancelled_meeting_is_cancelled_in_calendars(browser, network):
    meeting = meeting_of(network, audience="everyone", cancelled_at=clock.now())
    (event,) = events(browser().get(f"/moter/{meeting.id}/mote.ics"))
    assert str(event["status"]) == "CANCELLED"


def test_a_networks_feed_holds_what_is_for_everyone_and_no_more(browser, network, inside):
    for audience in ("everyone", "members", "network"):
        meeting_of(network, title=audience, audience=audience)
    meeting_of(network, title="for lenge siden", audience="everyone", starts_at=clock.now() - timedelta(days=200))
    for client in (browser(), browser(inside)):
        assert titles(client.get("/kalender/nettverk/provenettverket.ics")) == ["everyone"]
    assert browser().get("/kalender/nettverk/finnes-ikke.ics").status_code == 404


def test_ones_own_address_needs_no_sign_in_and_holds_ones_networks_and_what_one_comes_to(browser, network, inside):
    other = factories.network("annet", "Annet")
    meeting_of(network, title="i nettverket")
    open_one = meeting_of(other, title="påmeldt", audience="members")
    declined = meeting_of(other, title="sagt nei", audience="members")
    closed = meeting_of(other, title="lukket for meg", audience="network")
    meeting_of(other, title="ikke påmeldt", audience="everyone")
    for meeting, is_coming in ((open_one, True), (declined, False), (closed, True)):
        factories.keep(MeetingSignUp(meeting_id=meeting.id, person_id=inside.person_id, is_coming=is_coming))
    assert titles(browser().get(address(browser(inside)))) == ["i nettverket", "påmeldt"]


def test_a_new_address_shuts_the_old_one(browser, network, inside):
    meeting_of(network)
    client = browser(inside)
    old = address(client)
    client.post("/kalender")
    new = address(client)
    assert browser().get(old).status_code == 404
    assert titles(browser().get(new)) == ["Prøvemøte"]
    client.post("/kalender")
    assert browser().get(new).status_code == 404


@pytest.mark.parametrize("gone", [{"closed_at": clock.now()}, {"suspended_until": clock.now() + timedelta(days=3)}])
def test_an_account_that_is_shut_sees_no_more(browser, network, inside, gone):
    found = address(browser(inside))
    assert browser().get(found).status_code == 200
    account = session.get_one(Account, inside.id)
    for name, value in gone.items():
        setattr(account, name, value)
    session.commit()
    assert browser().get(found).status_code == 404


def test_whoever_leaves_the_network_sees_its_meetings_no_more(browser, network, inside):
    meeting = meeting_of(network)
    factories.keep(MeetingSignUp(meeting_id=meeting.id, person_id=inside.person_id))
    found = address(browser(inside))
    assert titles(browser().get(found)) == ["Prøvemøte"]
    session.delete(session.get_one(NetworkMember, (network.id, inside.person_id)))
    session.commit()
    assert titles(browser().get(found)) == []


def test_a_moderators_address_tells_what_a_plain_member_may_see(browser, network, member):
    meeting_of(network)
    assert titles(browser().get(address(browser(member("Mod Testesen", role="moderator"))))) == []


def test_addresses_that_were_not_given_out_open_nothing(browser, inside, app):
    found = address(browser(inside))
    for wrong in (found.replace(".ics", "x.ics"), "/kalender/x.ics", "/kalender/" + "a" * 500 + ".ics"):
        assert browser().get(wrong).status_code == 404


def test_the_page_with_the_address_is_kept_nowhere(browser, inside):
    assert browser(inside).get("/kalender").headers["Cache-Control"] == "no-store"
    assert browser().get("/kalender").status_code == 302
