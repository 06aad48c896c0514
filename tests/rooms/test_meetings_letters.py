"""Letters about meetings, who was there, and homework."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from kunnskap import clock
from kunnskap.db import session
from kunnskap.meetings import actions
from kunnskap.meetings.models import Homework, HomeworkDone, Meeting, MeetingSignUp
from kunnskap.networks.models import COORDINATOR, NetworkMember
from kunnskap.web.limits import limiter
from tests import factories
from tests.browsing import tell
from tests.meeting import enrol, form, meeting_of

TUESDAY = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def network(database):
    return factories.network("provenettverket", "Prøvenettverket")


@pytest.fixture
def coordinator(network, member):
    return enrol(network, member("Koordinator Testesen"), COORDINATOR)


@pytest.fixture
def inside(network, member):
    return enrol(network, member("Inne Testesen"))


@pytest.fixture
def at(monkeypatch):
    def set_clock(moment):
        monkeypatch.setattr(clock, "now", lambda: moment)

    return set_clock


def comes(meeting, account, **facts):
    given = {"signed_at": datetime(2026, 11, 1, tzinfo=UTC)}
    return factories.keep(MeetingSignUp(meeting_id=meeting.id, person_id=account.person_id, **(given | facts)))


def look():
    tell()
    actions.find_due()
    session.commit()
    tell()


def words(answer):
    return BeautifulSoup(answer.text, "html.parser").get_text(" ", strip=True)


def event_in(letter):
    return icalendar.Calendar.from_ical(letter.calendar).walk("VEVENT")[0]


def test_whoever_moves_a_meeting_again_and_again_is_asked_to_wait(browser, network, coordinator, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    client, address = browser(coordinator), f"/moter/{meeting_of(network).id}/rediger"
    codes = [client.post(address, data=form(location=f"Sted {number}")).status_code for number in range(6)]
    limiter.reset()
    assert codes == [302] * 5 + [429]


def test_those_who_come_are_told_when_a_meeting_is_moved_and_cancelled(
    browser, sent, network, coordinator, inside, member
):
    meeting = meeting_of(network)
    comes(meeting, inside)
    comes(meeting, enrol(network, member("Nei Testesen")), is_coming=False)
    client = browser(coordinator)
    client.post(f"/moter/{meeting.id}/rediger", data=form(title="Prøvemøte", location="Et annet sted"))
    (letter,) = sent
    assert letter.to == inside.email
    assert "Et annet sted" in letter.text
    event = event_in(letter)
    assert (str(event["uid"]), event["sequence"], str(event["status"])) == (meeting.uid, 1, "CONFIRMED")
    client.post(f"/moter/{meeting.id}/avlys")
    event = event_in(sent[-1])
    assert (len(sent), str(event["uid"]), event["sequence"], str(event["status"])) == (2, meeting.uid, 2, "CANCELLED")


def test_the_calendar_file_goes_with_the_mail(browser, mailbox, network, coordinator, inside):
    meeting = meeting_of(network)
    comes(meeting, inside)
    browser(coordinator).post(f"/moter/{meeting.id}/avlys")
    (letter,) = mailbox()
    (file,) = letter.iter_attachments()
    assert file.get_content_type() == "text/calendar"
    assert "STATUS:CANCELLED" in file.get_content()


def test_a_change_of_the_words_alone_raises_the_number_but_writes_to_nobody(
    browser, sent, network, coordinator, inside
):
    meeting = meeting_of(network, starts_at=clock.now().replace(second=0, microsecond=0) + timedelta(days=7))
    comes(meeting, inside)
    client, path = browser(coordinator), f"/moter/{meeting.id}/rediger"
    page = BeautifulSoup(client.get(path).text, "html.parser")
    filled = {
        box["name"]: box.get("value", "") for box in page.select("form.k-form input[name]") if box["type"] != "checkbox"
    }
    filled |= {"audience": "network", "description": ""}
    client.post(path, data=filled)
    assert session.get_one(Meeting, meeting.id).sequence == 0
    client.post(path, data=filled | {"description": "Nye ord"})
    session.expire_all()
    assert session.get_one(Meeting, meeting.id).sequence == 1
    assert sent == []


def test_whoever_may_see_a_meeting_no_more_is_told_nothing(browser, sent, network, coordinator, inside):
    meeting = meeting_of(network)
    comes(meeting, inside)
    session.delete(session.get_one(NetworkMember, (network.id, inside.person_id)))
    session.commit()
    browser(coordinator).post(f"/moter/{meeting.id}/avlys")
    assert sent == []


def test_those_who_come_are_reminded_once_the_working_day_before_in_their_language(sent, at, network, inside, member):
    monday = TUESDAY + timedelta(days=6)
    at(TUESDAY - timedelta(days=10))
    meeting = meeting_of(network, starts_at=monday)
    english = enrol(network, member("Engelsk Testesen", language="en"))
    for account in (inside, english):
        comes(meeting, account)
    comes(meeting, enrol(network, member("Nei Testesen")), is_coming=False)
    comes(meeting, enrol(network, member("Sen Testesen")), signed_at=monday - timedelta(days=1))
    at(monday - timedelta(days=3, hours=4))
    look()
    assert sent == [], "it is not morning yet"
    at(monday - timedelta(days=3))
    for _ in range(3):
        look()
    assert sorted(one.to for one in sent) == sorted([inside.email, english.email])
    texts = {one.to: one.text for one in sent}
    assert "mandag 7. desember 2026 kl. 10.00–12.00" in texts[inside.email]
    assert "Monday 7 December 2026, 10:00–12:00" in texts[english.email]


def test_nobody_is_reminded_of_what_is_cancelled_and_a_moved_meeting_reminds_anew(
    browser, sent, at, network, coordinator, inside
):
    at(TUESDAY - timedelta(days=10))
    off, moved = (
        meeting_of(network, starts_at=TUESDAY, cancelled_at=clock.now()),
        meeting_of(network, starts_at=TUESDAY),
    )
    for meeting in (off, moved):
        comes(meeting, inside)
    at(TUESDAY - timedelta(days=1))
    look()
    assert len(sent) == 1
    browser(coordinator).post(f"/moter/{moved.id}/rediger", data=form(day="2026-12-08"))
    sent.clear()
    at(TUESDAY + timedelta(days=6))
    look()
    assert [one.to for one in sent] == [inside.email]


def test_a_coordinator_writes_down_who_was_there_also_those_who_had_not_signed_up(
    browser, network, coordinator, inside, member
):
    meeting = meeting_of(network, starts_at=clock.now() - timedelta(hours=3))
    outside = member("Ute Testesen")
    comes(meeting, inside)
    client, path = browser(coordinator), f"/moter/{meeting.id}/oppmote"
    assert "Inne Testesen" in words(client.get(path))
    sent = {"person": [coordinator.person_id, outside.person_id, "x", "9" * 40]}
    for _ in range(2):
        assert "1 person var der" in words(client.post(path, data=sent, follow_redirects=True))
    session.expire_all()
    rows = {row.person_id: (row.is_coming, row.attended) for row in session.scalars(select(MeetingSignUp))}
    assert rows == {inside.person_id: (True, False), coordinator.person_id: (False, True)}
    ahead = meeting_of(network)
    assert client.get(f"/moter/{ahead.id}/oppmote").status_code == 403


def test_attendance_of_400_is_written_down_in_one_form(browser, network, coordinator, count_sql):
    meeting = meeting_of(network, starts_at=clock.now() - timedelta(hours=3))
    people = [factories.Person(name=f"Test Nummer{n}") for n in range(400)]
    session.add_all(people)
    session.flush()
    session.add_all(NetworkMember(network_id=network.id, person_id=one.id) for one in people)
    session.commit()
    client, path = browser(coordinator), f"/moter/{meeting.id}/oppmote"
    with count_sql() as statements:
        assert client.get(path).text.count("Test Nummer") == 400
    assert len(statements) <= 4
    with count_sql() as statements:
        client.post(path, data={"person": [one.id for one in people]})
    assert len(statements) <= 20


def give(client, meeting, **facts):
    sent = {"words": "Prøv regnbed", "person": "", "due": ""}
    return client.post(f"/moter/{meeting.id}/oppgaver", data=sent | facts)


def test_homework_is_given_done_and_left_for_the_next_meeting(browser, network, coordinator, inside):
    meeting, after = meeting_of(network), meeting_of(network, title="Neste", starts_at=clock.now() + timedelta(days=30))
    for _ in range(2):
        assert give(browser(coordinator), meeting, person=str(inside.person_id)).status_code == 303
    give(browser(coordinator), meeting, words="Les rapporten")
    assert len(session.scalars(select(Homework)).all()) == 2
    client = browser(inside)
    assert "Gjenstår fra tidligere møter" in words(client.get(f"/moter/{after.slug}"))
    assert "Prøv regnbed" in words(client.get("/min-side"))
    for one in session.scalars(select(Homework)).all():
        for _ in range(2):
            client.post(f"/moter/oppgaver/{one.id}", data={"gjort": "1", "fra": "mine"})
    assert len(session.scalars(select(HomeworkDone)).all()) == 2
    assert "Prøv regnbed" not in words(client.get("/min-side"))
    assert "Gjenstår" not in words(client.get(f"/moter/{after.slug}"))
    assert "Les rapporten" in words(browser(coordinator).get(f"/moter/{after.slug}")), "everybody's is each one's own"
    client.post(
        f"/moter/oppgaver/{session.scalars(select(Homework.id).order_by(Homework.id)).first()}", data={"gjort": "0"}
    )
    assert "Prøv regnbed" in words(client.get("/min-side"))


def test_homework_is_the_networks_own(browser, network, coordinator, inside, member):
    meeting, outside = meeting_of(network, audience="everyone"), member("Ute Testesen")
    give(browser(coordinator), meeting)
    give(browser(coordinator), meeting, words="Bare koordinator", person=str(coordinator.person_id))
    everybodys, hers = session.scalars(select(Homework.id).order_by(Homework.id)).all()
    for reader in (browser(), browser(outside)):
        assert "Prøv regnbed" not in words(reader.get(f"/moter/{meeting.slug}"))
    assert browser(outside).post(f"/moter/oppgaver/{everybodys}", data={"gjort": "1"}).status_code == 404
    assert browser(inside).post(f"/moter/oppgaver/{hers}", data={"gjort": "1"}).status_code == 403
    assert browser(inside).post(f"/moter/oppgaver/{hers}/fjern").status_code == 403
    assert browser(coordinator).post(f"/moter/oppgaver/{hers}/fjern").status_code == 303


@pytest.mark.parametrize(
    "facts",
    [
        {"words": ""},
        {"words": "Ring 05109703232"},
        {"person": "99999"},
        {"person": "x"},
        {"due": "2020-01-01"},
        {"due": "snart"},
    ],
)
def test_what_is_wrong_with_homework_is_told(browser, network, coordinator, facts):
    assert give(browser(coordinator), meeting_of(network), **facts).status_code == 422
    assert session.scalars(select(Homework)).all() == []


def test_homework_is_reminded_of_once_three_working_days_before(sent, at, network, inside, coordinator):
    meeting = meeting_of(network, starts_at=TUESDAY - timedelta(days=30))
    due = (TUESDAY + timedelta(days=9)).date()
    task = factories.keep(Homework(meeting_id=meeting.id, words="Prøv regnbed", is_everybodys=True, due_on=due))
    factories.keep(Homework(meeting_id=meeting.id, words="Nobodys", due_on=due))
    factories.keep(HomeworkDone(homework_id=task.id, person_id=coordinator.person_id))
    at(TUESDAY + timedelta(days=3))
    look()
    assert sent == []
    at(TUESDAY + timedelta(days=6))
    for _ in range(2):
        look()
    assert [one.to for one in sent] == [inside.email]
    assert "Frist: 10. desember 2026" in sent[0].text
