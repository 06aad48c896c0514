"""Links that lead into networks: making, seeing and revoking them, and whom they let in."""

import re
from datetime import timedelta

import pytest

from kunnskap import clock
from kunnskap.accounts import queries as accounts
from kunnskap.accounts.queries import digest
from kunnskap.db import session
from kunnskap.invitations.models import Invitation
from kunnskap.networks.models import COORDINATOR, MEMBER, NetworkMember
from tests import factories

LINK = "/invitasjon/hemmelig"


@pytest.fixture
def network(database):
    return factories.network("lukket", "Lukket nettverk", is_open=False)


def enrol(network, account, role=MEMBER):
    factories.keep(NetworkMember(network_id=network.id, person_id=account.person_id, role=role))
    return account


@pytest.fixture
def coordinator(member, network):
    return enrol(network, member("Koordinator Testesen"), COORDINATOR)


def is_in(network, account):
    return session.get(NetworkMember, (network.id, account.person_id), populate_existing=True) is not None


def invitation(network, coordinator, **facts):
    given = {"digest": digest("hemmelig"), "uses_left": 5, "expires_at": clock.now() + timedelta(days=7)} | facts
    return factories.keep(Invitation(network_id=network.id, invited_by_id=coordinator.person_id, **given))


def test_a_coordinator_makes_copies_sees_and_revokes_a_link_and_it_lets_members_in_meanwhile(
    browser, member, network, coordinator
):
    host, first, second = browser(coordinator), member("Første Testesen"), member("Andre Testesen")
    factories.network("annet", "Et annet nettverk")
    page = host.get("/invitasjoner/lenke?nettverk=lukket").text
    assert re.search(rf'value="{network.id}"[^>]*selected|selected[^>]*value="{network.id}"', page)
    sent = {"uses": "2", "days": "7", "network": str(network.id)}
    link = re.search(r"/invitasjon/[\w-]+", host.post("/invitasjoner/lenke", data=sent).text)[0]
    listed = host.get("/invitasjoner").text
    assert "Lukket nettverk" in listed
    assert "kan brukes 2 ganger til" in listed
    guest = browser(first)
    assert guest.post("/nettverk/lukket/bli-med").status_code == 403
    assert "Bli med i nettverket" in guest.get(link).text
    assert guest.post(link, follow_redirects=True).status_code == 200
    assert is_in(network, first)
    number = session.query(Invitation).one().id
    assert host.post(f"/invitasjoner/{number}/trekk").status_code == 303
    late = browser(second)
    for answer in (late.get(link), late.post(link)):
        assert answer.status_code == 410
        assert "Den er trukket tilbake." in answer.text
        assert "Be den som inviterte deg" in answer.text
    assert not is_in(network, second)


def test_those_who_coordinate_together_look_after_each_others_links(browser, member, network, coordinator):
    made = invitation(network, coordinator)
    other = browser(enrol(network, member("Medkoordinator"), COORDINATOR))
    assert "Lukket nettverk" in other.get("/invitasjoner").text
    assert other.post(f"/invitasjoner/{made.id}/trekk").status_code == 303
    elsewhere = factories.network("annet", "Et annet nettverk")
    stranger = browser(enrol(elsewhere, member(), COORDINATOR))
    assert "Lukket nettverk" not in stranger.get("/invitasjoner").text
    assert stranger.post(f"/invitasjoner/{made.id}/trekk").status_code == 404


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        ({"withdrawn_at": clock.now()}, "Den er trukket tilbake."),
        ({"expires_at": clock.now() - timedelta(minutes=1)}, "Den er for gammel."),
        ({"uses_left": 0}, "Den er brukt opp."),
    ],
)
def test_a_link_that_is_over_says_why_and_lets_nobody_in(browser, member, network, coordinator, ended, said):
    invitation(network, coordinator, **ended)
    account = member()
    for client in (browser(account), browser()):
        for answer in (client.get(LINK), client.post(LINK, data={"name": "Ny", "email": "ny@skien.kommune.no"})):
            assert answer.status_code == 410
            assert said in answer.text
    assert not is_in(network, account)
    assert accounts.by_email("ny@skien.kommune.no") is None


def test_the_link_of_one_who_coordinates_no_more_lets_nobody_in(browser, member, network, coordinator):
    invitation(network, coordinator)
    session.get_one(NetworkMember, (network.id, coordinator.person_id)).role = MEMBER
    session.commit()
    account = member()
    answer = browser(account).post(LINK)
    assert answer.status_code == 410
    assert "Den er trukket tilbake." in answer.text
    assert not is_in(network, account)


def test_an_invitation_to_one_person_is_of_no_use_to_another(browser, member, network, coordinator):
    addressed = member("Rette Vedkommende", email="rette@skien.kommune.no")
    made = invitation(network, coordinator, email=addressed.email, uses_left=1)
    other = member("En Annen")
    client = browser(other)
    for answer in (client.get(LINK), client.post(LINK)):
        assert answer.status_code == 403
        assert "Invitasjonen er til en annen" in answer.text
        assert "Lukket nettverk" not in answer.text
        assert addressed.email not in answer.text
    assert not is_in(network, other)
    assert session.get_one(Invitation, made.id, populate_existing=True).uses_left == 1
    assert browser(addressed).post(LINK).status_code == 303
    assert is_in(network, addressed)


def test_one_from_an_unknown_domain_is_told_so_and_not_let_in(browser, network, coordinator, skien):
    made = invitation(network, coordinator)
    guest = browser()
    answer = guest.post(LINK, data={"name": "Utenfor Testesen", "email": "utenfor@ukjent.example"})
    assert answer.status_code == 422
    assert "vi kjenner ikke denne adressen" in answer.text
    assert 'value="utenfor@ukjent.example"' in answer.text
    assert accounts.by_email("utenfor@ukjent.example") is None
    assert session.get_one(Invitation, made.id, populate_existing=True).uses_left == 5
    inside = guest.post(LINK, data={"name": "Innenfor Testesen", "email": "innenfor@skien.kommune.no"})
    assert inside.status_code == 303


def test_a_link_used_twice_by_the_same_person_is_used_once(browser, member, network, coordinator):
    made, account = invitation(network, coordinator), member()
    client = browser(account)
    for _ in range(2):
        assert client.post(LINK).location == "/nettverk/lukket"
    assert session.get_one(Invitation, made.id, populate_existing=True).uses_left == 4
