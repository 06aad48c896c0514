"""Somebody in several networks leaves: each of them still has a coordinator, or moderators are told."""

from datetime import date, timedelta

import pytest

from kunnskap import clock
from kunnskap.audit import AuditEntry
from kunnskap.db import session
from kunnskap.handover.models import Handover
from kunnskap.meetings.models import Homework, HomeworkDone, Meeting
from kunnskap.networks.models import NetworkMember
from kunnskap.people.models import Person
from tests import factories

PAGE = "/overtakelse"
KINDS = ["questions", "networks"]


@pytest.fixture
def leaver(member, skien):
    return member("Test Slutter", place=skien)


@pytest.fixture
def heir(member, skien):
    return member("Test Tarover", place=skien)


@pytest.fixture
def three(leaver):
    """The leaver coordinates the first network alone and the second with somebody, and is a member of the third."""
    made = [factories.network(slug, slug.title()) for slug in ("alene", "sammen", "med")]
    for network, role in zip(made, ("coordinator", "coordinator", "member"), strict=True):
        belongs(network, leaver, role)
    return made


def belongs(network, account, role="member"):
    return factories.keep(NetworkMember(network_id=network.id, person_id=account.person_id, role=role))


def leave(client, **fields):
    sent = {"leaves_on": clock.today().isoformat(), "to": "person", "successor": "Test Tarover", "kinds": KINDS}
    return client.post(PAGE, data=sent | {"bekreft": "1"} | fields)


def roles(account):
    rows = session.query(NetworkMember).filter_by(person_id=account.person_id)
    return {row.network_id: row.role for row in rows}


def test_the_successor_coordinates_and_belongs_where_the_leaver_did(browser, leaver, heir, three, member):
    belongs(three[1], member("Annen Koordinator"), "coordinator")
    assert leave(browser(leaver)).status_code == 302
    assert roles(heir) == {three[0].id: "coordinator", three[1].id: "coordinator", three[2].id: "member"}
    assert roles(leaver) == {}
    entries = session.query(AuditEntry).filter_by(act="network role")
    assert {entry.target for entry in entries} == {f"network:{one.id}" for one in three[:2]}


def test_a_plain_member_lets_nobody_into_a_closed_network(browser, leaver, heir):
    closed = factories.network("lukket", "Lukket", is_open=False)
    belongs(closed, leaver)
    leave(browser(leaver))
    assert roles(heir) == {}


def test_the_last_coordinator_must_choose_another_when_there_is_no_successor(browser, leaver, heir, three, member):
    other = member("Test Medlem")
    belongs(three[0], other)
    belongs(three[1], other, "coordinator")
    client = browser(leaver)
    refused = leave(client, to="place", successor="")
    assert refused.status_code == 422
    assert "Velg hvem som skal koordinere Alene." in refused.text
    assert "Test Medlem" in refused.text
    stranger = {f"coordinator-{three[0].id}": heir.person_id}
    assert leave(client, to="place", successor="", **stranger).status_code == 422, "no member"
    chosen = {f"coordinator-{three[0].id}": other.person_id}
    assert leave(client, to="place", successor="", **chosen).status_code == 302
    assert roles(other) == {three[0].id: "coordinator", three[1].id: "coordinator"}


def test_moderators_are_told_when_nobody_can_coordinate(browser, leaver, heir, three, member, sent):
    moderator = member("Test Moderator", role="moderator")
    belongs(three[1], member("Annen Koordinator"), "coordinator")
    answer = leave(browser(leaver), to="place", successor="", **{f"coordinator-{three[0].id}": "0"})
    assert answer.status_code == 302
    letters = [letter for letter in sent if letter.to == moderator.email]
    assert len(letters) == 1
    assert "Alene" in letters[0].text
    assert "Sammen" not in letters[0].text
    assert session.query(Handover).one().what["without_coordinator"] == [three[0].id]


def test_who_moves_on_keeps_their_place_in_networks_but_not_the_work(browser, leaver, heir, three, member):
    belongs(three[1], member("Annen Koordinator"), "coordinator")
    leave(browser(leaver), moves="y")
    assert roles(leaver) == {one.id: "member" for one in three}
    assert roles(heir)[three[0].id] == "coordinator"


def test_who_moves_on_without_handing_networks_over_goes_on_coordinating(browser, leaver, heir, three):
    assert leave(browser(leaver), moves="y", kinds=["questions"]).status_code == 302
    assert roles(leaver)[three[0].id] == "coordinator"
    assert roles(heir) == {}


def test_homework_that_is_not_done_is_dropped(browser, leaver, heir, three, member):
    belongs(three[1], member("Annen Koordinator"), "coordinator")
    now = clock.now()
    meeting = factories.keep(
        Meeting(
            network_id=three[0].id, title="Møte", starts_at=now, ends_at=now.replace(year=now.year + 1), uid="møte@test"
        )
    )
    for words in ("Ikke gjort", "Gjort"):
        factories.keep(
            Homework(meeting_id=meeting.id, words=words, person_id=leaver.person_id, due_on=date(2030, 1, 1))
        )
    done = session.query(Homework).filter_by(words="Gjort").one()
    factories.keep(HomeworkDone(homework_id=done.id, person_id=leaver.person_id))
    leave(browser(leaver))
    assert [one.words for one in session.query(Homework)] == ["Gjort"]


def test_the_successor_sees_networks_and_who_coordinates_them(browser, leaver, heir, three, member):
    belongs(three[2], member("Test Leder"), "coordinator")
    belongs(three[1], member("Annen Koordinator"), "coordinator")
    address = leave(browser(leaver)).location
    page = browser(heir).get(address).text
    assert "Alene" in page
    assert "Koordineres av Test Leder" in page


def test_the_successor_sees_coming_meetings(browser, leaver, heir, three, member):
    belongs(three[1], member("Annen Koordinator"), "coordinator")
    soon = clock.now() + timedelta(days=3)
    for title, network in (("Møtet vårt", three[0]), ("Andres møte", factories.network("andres", "Andres"))):
        factories.keep(
            Meeting(network_id=network.id, title=title, starts_at=soon, ends_at=soon + timedelta(hours=1), uid=title)
        )
    page = browser(heir).get(leave(browser(leaver)).location).text
    assert "Møtet vårt" in page
    assert "Andres møte" not in page


def test_a_coordinator_finds_the_way_from_the_page_of_one_who_has_left(browser, leaver, member):
    network, coordinator = factories.network(), member("Test Koordinator")
    belongs(network, leaver)
    belongs(network, coordinator, "coordinator")
    session.query(Person).filter_by(id=leaver.person_id).update({"left_at": clock.now()})
    session.commit()
    address = f"{PAGE}/for/{leaver.person_id}"
    page = f"/folk/{leaver.person_id}-test-slutter"
    assert address in browser(coordinator).get(page).text
    assert address not in browser(member()).get(page).text


@pytest.mark.parametrize(
    ("kinds", "picked", "said"),
    [(KINDS, "", "Test Tarover"), (["questions"], "other", "Test Medlem"), (KINDS, "0", "Moderatorene får beskjed")],
)
def test_it_is_shown_before_who_will_coordinate(browser, leaver, heir, three, member, kinds, picked, said):
    other = member("Test Medlem")
    belongs(three[0], other)
    belongs(three[1], member("Annen Koordinator"), "coordinator")
    fields = {f"coordinator-{three[0].id}": other.person_id if picked == "other" else picked}
    sent = {"leaves_on": clock.today().isoformat(), "to": "person", "successor": "Test Tarover", "kinds": kinds}
    page = browser(leaver).post(PAGE, data=sent | fields)
    assert page.status_code == 200
    assert said in page.text.partition("Koordinerer Alene")[2]
