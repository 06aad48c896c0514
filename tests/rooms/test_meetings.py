"""Meetings: who sees them, who makes and changes them, and who comes."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from kunnskap import clock
from kunnskap.audit import AuditEntry
from kunnskap.db import session
from kunnskap.meetings import queries
from kunnskap.meetings.models import Meeting, MeetingSignUp
from kunnskap.networks.models import COORDINATOR
from tests import factories
from tests.meeting import enrol, form, meeting_of

RUN = ("rediger", "avlys", "dagsorden", "dagsorden/1", "referat", "referat/deler/1", "oppgaver", "oppmote")
"""What only those who run a meeting open, below its address."""
NUMBER = "05109703232"


@pytest.fixture
def network(database):
    return factories.network("provenettverket", "Prøvenettverket")


@pytest.fixture
def coordinator(network, member):
    return enrol(network, member("Koordinator Testesen"), COORDINATOR)


@pytest.fixture
def inside(network, member):
    return enrol(network, member("Inne Testesen"))


def words(answer):
    return BeautifulSoup(answer.text, "html.parser").get_text(" ", strip=True)


def problems(answer):
    assert answer.status_code == 422
    return words(answer)


def all_meetings():
    session.expire_all()
    return session.scalars(select(Meeting).order_by(Meeting.id)).all()


def test_a_coordinator_makes_a_meeting_and_others_find_it(browser, coordinator, inside):
    client = browser(coordinator)
    answer = client.post("/nettverk/provenettverket/moter/nytt", data=form(), follow_redirects=True)
    assert "Møtet er satt opp" in words(answer)
    made = all_meetings()[0]
    assert answer.request.path == f"/moter/{made.slug}"
    assert made.audience == "network"
    for path in ("/moter", "/nettverk/provenettverket/moter", f"/moter/{made.slug}"):
        assert "Høstmøte" in words(browser(inside).get(path)), path
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "meeting made")).one()
    assert entry.target == f"meeting:{made.id}"


def test_only_coordinators_and_moderators_make_and_change_meetings(browser, network, inside, member):
    meeting = meeting_of(network)
    for account in (inside, enrol(factories.network("annet", "Annet"), member("Annen Testesen"), COORDINATOR)):
        client = browser(account)
        assert client.get("/nettverk/provenettverket/moter/nytt").status_code == 403
        assert client.post("/nettverk/provenettverket/moter/nytt", data=form()).status_code == 403
        status = {403} if account is inside else {404}
        for path in (*RUN, "referat/deler"):
            assert client.get(f"/moter/{meeting.id}/{path}").status_code in status, path
        for path in (*RUN, "dagsorden/hent"):
            assert client.post(f"/moter/{meeting.id}/{path}", data=form()).status_code in status, path
    assert browser(member("Mod Testesen", role="moderator")).get(f"/moter/{meeting.id}/rediger").status_code == 200
    assert len(all_meetings()) == 1


def test_a_meeting_shows_to_those_it_is_for_and_nobody_else(browser, network, inside, member):
    outside = member("Ute Testesen")
    moderator = member("Mod Testesen", role="moderator")
    meetings = {
        audience: meeting_of(network, title=f"Møte for {audience}", audience=audience)
        for audience in ("everyone", "members", "network")
    }
    seen_by = {None: {"everyone"}, outside: {"everyone", "members"}, inside: set(meetings), moderator: set(meetings)}
    for account, seen in seen_by.items():
        client = browser(account)
        lists = words(client.get("/moter")), words(client.get("/nettverk/provenettverket/moter"))
        for audience, meeting in meetings.items():
            is_seen = audience in seen
            assert client.get(f"/moter/{meeting.slug}").status_code == (200 if is_seen else 404)
            assert client.get(f"/moter/{meeting.id}/mote.ics").status_code == (200 if is_seen else 404)
            assert [meeting.title in one for one in lists] == [is_seen, is_seen]
            if account is not None and not is_seen:
                assert client.post(f"/moter/{meeting.id}/kommer", data={"kommer": "1"}).status_code == 404


def test_a_wrong_title_in_the_address_leads_to_the_right_one(browser, network):
    meeting = meeting_of(network, audience="everyone")
    answer = browser().get(f"/moter/{meeting.id}-noe-annet")
    assert (answer.status_code, answer.location) == (301, f"/moter/{meeting.slug}")
    assert browser().get("/moter/99999-borte").status_code == 404
    assert browser().get("/moter/x").status_code == 404


def test_a_meeting_in_the_past_is_refused_until_it_is_said_that_it_has_been(browser, coordinator):
    client, past = browser(coordinator), form(day="2020-03-02")
    answer = client.post("/nettverk/provenettverket/moter/nytt", data=past)
    assert "Dette tidspunktet har vært" in problems(answer)
    assert 'value="2020-03-02"' in answer.text, "what was typed is kept"
    answer = client.post("/nettverk/provenettverket/moter/nytt", data=past | {"has_been": "y"}, follow_redirects=True)
    assert "mandag 2. mars 2020" in words(answer)


def test_a_time_that_comes_twice_is_said_and_one_that_is_left_out_refused(browser, coordinator, monkeypatch):
    client = browser(coordinator)
    year = clock.now().year + 1
    last = {month: max(day for day in range(25, 32) if _weekday(year, month, day) == 6) for month in (3, 10)}
    answer = client.post("/nettverk/provenettverket/moter/nytt", data=form(day=f"{year}-03-{last[3]}", starts="02:30"))
    assert "finnes ikke" in problems(answer)
    twice = form(day=f"{year}-10-{last[10]}", starts="02:30", ends="04:00")
    answer = client.post("/nettverk/provenettverket/moter/nytt", data=twice, follow_redirects=True)
    assert "to ganger denne natten" in words(answer)
    made = all_meetings()[-1]
    assert made.ends_at - made.starts_at == timedelta(hours=2, minutes=30)


def _weekday(year, month, day):
    return clock.now().replace(year=year, month=month, day=day).weekday()


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"ends": "08:00"}, "slutte etter"),
        ({"until_day": "2099-01-01"}, "Se over årstallet"),
        ({"title": ""}, "hva møtet heter"),
        ({"location": "", "link": ""}, "et sted eller en lenke"),
        ({"link": "javascript:alert(1)"}, "begynner med https://"),
        ({"description": f"Ring {NUMBER}"}, "fødselsnummer"),
        ({"location": f"Rom {NUMBER}"}, "fødselsnummer"),
        ({"audience": "alle"}, "verdiene i listen"),
        ({"title": "a\x00b"}, "kunne ikke leses"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_made(browser, coordinator, facts, told):
    assert told in problems(browser(coordinator).post("/nettverk/provenettverket/moter/nytt", data=form(**facts)))
    assert all_meetings() == []


def test_the_same_form_sent_twice_makes_one_meeting(browser, coordinator):
    client, sent = browser(coordinator), form(form_key="a" * 32)
    first, second = (client.post("/nettverk/provenettverket/moter/nytt", data=sent) for _ in range(2))
    assert first.location == second.location
    assert len(all_meetings()) == 1


def test_a_member_signs_up_changes_their_mind_and_is_counted(browser, network, inside, member):
    meeting = meeting_of(network, audience="members")
    client, outside = browser(inside), browser(member("Ute Testesen"))
    path = f"/moter/{meeting.slug}"
    for _ in range(2):
        assert "Du er påmeldt" in words(
            client.post(f"/moter/{meeting.id}/kommer", data={"kommer": "1"}, follow_redirects=True)
        )
    outside.post(f"/moter/{meeting.id}/kommer", data={"kommer": "1"})
    assert "2 kommer" in words(client.get(path))
    assert "Ute Testesen" in words(client.get(path))
    page = words(outside.get(path))
    assert "2 kommer" in page
    assert "Inne Testesen" not in page, "who comes is told to the network only"
    client.post(f"/moter/{meeting.id}/kommer", data={"kommer": "0"})
    assert "1 kommer" in words(client.get(path))
    assert session.scalar(select(func.count()).select_from(MeetingSignUp)) == 2


def test_visitors_do_not_learn_how_many_come(browser, network, inside):
    meeting = meeting_of(network, audience="everyone")
    browser(inside).post(f"/moter/{meeting.id}/kommer", data={"kommer": "1"})
    page = words(browser().get(f"/moter/{meeting.slug}"))
    assert "1 kommer" not in page
    assert "Inne Testesen" not in page
    assert "Logg inn for å melde deg på" in page


def test_nobody_signs_up_for_what_is_over_or_cancelled(browser, network, inside):
    over = meeting_of(network, starts_at=clock.now() - timedelta(hours=3))
    off = meeting_of(network, cancelled_at=clock.now())
    under_way = meeting_of(network, starts_at=clock.now() - timedelta(minutes=5))
    client = browser(inside)
    for meeting, status in ((over, 403), (off, 403), (under_way, 302)):
        assert client.post(f"/moter/{meeting.id}/kommer", data={"kommer": "1"}).status_code == status


def test_a_cancelled_meeting_says_so_and_is_changed_no_more(browser, network, coordinator):
    meeting = meeting_of(network)
    client = browser(coordinator)
    for _ in range(2):
        assert client.post(f"/moter/{meeting.id}/avlys").status_code == 302
    assert "Møtet er avlyst" in words(client.get(f"/moter/{meeting.slug}"))
    assert meeting.title not in words(client.get("/moter"))
    assert "Avlyst" in words(client.get("/nettverk/provenettverket/moter"))
    assert client.post(f"/moter/{meeting.id}/rediger", data=form()).status_code == 403
    assert all_meetings()[0].sequence == 1
    past = meeting_of(network, starts_at=clock.now() - timedelta(days=2))
    assert client.post(f"/moter/{past.id}/avlys").status_code == 403


def test_own_networks_come_first_in_the_list_of_all(browser, network, inside):
    other = factories.network("annet", "Annet")
    meeting_of(other, title="Først i tid", audience="everyone", starts_at=clock.now() + timedelta(hours=1))
    meeting_of(network, title="Mitt eget")
    page = words(browser(inside).get("/moter"))
    assert page.index("Mitt eget") < page.index("Først i tid")


def test_a_meeting_that_400_come_to_is_shown_in_few_statements(browser, network, inside, count_sql):
    meeting = meeting_of(network)
    people = [factories.Person(name=f"Test Nummer{n}") for n in range(400)]
    session.add_all(people)
    session.flush()
    session.add_all(MeetingSignUp(meeting_id=meeting.id, person_id=one.id) for one in people)
    session.commit()
    client = browser(inside)
    with count_sql() as statements:
        answer = client.get(f"/moter/{meeting.slug}")
    assert len(statements) <= 8
    assert "400 kommer" in words(answer)
    assert answer.text.count("Test Nummer") == 400


def test_lists_of_meetings_take_few_statements(browser, network, inside, count_sql):
    for number in range(30):
        meeting_of(network, title=f"Møte {number}")
    client = browser(inside)
    for path, most in (("/moter", 3), ("/nettverk/provenettverket/moter", 5)):
        with count_sql() as statements:
            assert client.get(path).status_code == 200
        assert len(statements) <= most, path


def test_the_desk_is_given_what_comes_and_who_was_there(network, inside, coordinator):
    meeting_of(network, title="Kommer")
    held = meeting_of(network, starts_at=clock.now() - timedelta(days=2))
    meeting_of(network, starts_at=clock.now() - timedelta(days=2), cancelled_at=clock.now())
    for account, attended in ((inside, True), (coordinator, False)):
        factories.keep(MeetingSignUp(meeting_id=held.id, person_id=account.person_id, attended=attended))
    assert [one.title for one in queries.coming(_actor(inside), network.id, 5)] == ["Kommer"]
    today = clock.today()
    found = queries.attendance(network.id, today - timedelta(days=3), today)
    assert ([one.meeting.id for one in found.meetings], found.total, found.people) == ([held.id], 1, 1)
    assert queries.attendance(network.id, today - timedelta(days=30), today - timedelta(days=10)).meetings == []


def _actor(account):
    session.expire_all()
    return queries.account_of(account.person_id).actor
