"""Inviting colleagues, and coming in by an invitation."""

import re
from datetime import timedelta

import pytest

from kunnskap import clock, events
from kunnskap.accounts import queries as accounts
from kunnskap.accounts.models import Account
from kunnskap.audit import AuditEntry
from kunnskap.db import session
from kunnskap.invitations import actions
from kunnskap.invitations.models import Invitation
from kunnskap.networks.models import COORDINATOR, NetworkMember, NetworkPlace
from kunnskap.people.models import Person
from tests import factories

PASSWORD = "fire helt tilfeldige ord"
ELSEWHERE = {"workplace_kind": "other", "organisation": "Prøvefirma AS"}


@pytest.fixture
def network(database):
    return factories.network(name="Prøvenettverket", is_open=False)


@pytest.fixture
def coordinator(member, network, skien):
    """Somebody who coordinates a network and is proven to work in Skien."""
    made = member("Koordinator Testesen", place=skien, organisation="Skien kommune")
    factories.keep(NetworkMember(network_id=network.id, person_id=made.person_id, role=COORDINATOR))
    return made


@pytest.fixture
def host(browser, coordinator):
    return browser(coordinator)


def invite(client, email="ny.person@skien.kommune.no", **more):
    return client.post("/invitasjoner/ny", data={"email": email} | more)


def link_in(letter):
    return re.search(r"/invitasjon/[\w-]+", letter.text)[0]


def account(email):
    session.expire_all()
    return accounts.by_email(email)


def is_in(network, person_id):
    session.expire_all()
    return session.get(NetworkMember, (network.id, person_id)) is not None


def test_a_colleague_is_invited_presses_the_button_and_is_in(host, browser, network, sent, skien):
    assert invite(host, name="Ny Person", network=str(network.id)).status_code == 303
    assert sent[-1].to == "ny.person@skien.kommune.no"
    assert "Koordinator Testesen i Skien kommune" in sent[-1].text
    guest, link = browser(), link_in(sent[-1])
    page = guest.get(link)
    assert "Prøvenettverket" in page.text
    assert 'value="Ny Person"' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    answer = guest.post(link, data={"name": "Ny Person", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/nettverk/testnettverk")
    assert guest.get("/konto").status_code == 200
    made = account("ny.person@skien.kommune.no")
    assert (made.is_active, made.trusted_at is not None, made.place_id) == (True, True, skien.id)
    assert made.person.organisation == "Skien kommune"
    assert made.person.listed
    assert is_in(network, made.person_id)


def test_reading_the_page_uses_nothing_and_the_link_works_once(host, browser, sent):
    invite(host)
    link = link_in(sent[-1])
    for _ in range(3):
        assert browser().get(link).status_code == 200
    assert browser().post(link, data={"name": "Ny Person"}).status_code == 303
    assert browser().post(link, data={"name": "En Annen"}).status_code == 410
    assert account("ny.person@skien.kommune.no").person.name == "Ny Person"


def test_a_wrong_form_uses_nothing(host, browser, sent):
    invite(host)
    link = link_in(sent[-1])
    page = browser().post(link, data={"name": "Ny Person", "password": "kort"})
    assert page.status_code == 422
    assert "minst 12 tegn" in page.text
    assert browser().post(link, data={"name": ""}).status_code == 422
    assert browser().post(link, data={"name": "Ny Person"}).status_code == 303


@pytest.mark.parametrize(
    "ended", [{"expires_at": clock.now() - timedelta(1)}, {"withdrawn_at": clock.now()}, {"uses_left": 0}]
)
def test_a_link_that_is_over_says_so(host, browser, sent, ended):
    invite(host)
    made = session.query(Invitation).one()
    for name, value in ended.items():
        setattr(made, name, value)
    session.commit()
    link = link_in(sent[-1])
    assert browser().get(link).status_code == 410
    assert browser().post(link, data={"name": "Ny Person"}).status_code == 410
    assert host.get(link).status_code == 410
    assert account("ny.person@skien.kommune.no") is None


@pytest.mark.parametrize("token", ["x", "x" * 500, "%00", "..%2f", "æøå", "' or 1=1 --"])
def test_a_link_that_never_was_says_the_same(browser, token):
    assert browser().get(f"/invitasjon/{token}").status_code in {404, 410}
    assert browser().post(f"/invitasjon/{token}", data={"name": "Ny"}).status_code in {404, 405, 410}


def test_who_works_at_a_place_whose_domain_nobody_knows_must_be_said_to(host):
    page = invite(host, "konsulent@ukjent.example")
    assert page.status_code == 422
    assert "Vi kjenner ikke domenet i adressen" in page.text
    assert 'value="konsulent@ukjent.example"' in page.text
    assert session.query(Invitation).count() == 0


def test_an_invitation_vouches_for_one_from_an_unknown_domain(host, browser, sent):
    invite(host, "konsulent@ukjent.example", **ELSEWHERE)
    assert "Prøvefirma AS" in browser().get(link_in(sent[-1])).text
    browser().post(link_in(sent[-1]), data={"name": "Konsulent Testesen"})
    made = account("konsulent@ukjent.example")
    assert made.is_active
    assert made.trusted_at is not None
    assert (made.person.workplace_kind, made.person.organisation) == ("other", "Prøvefirma AS")


def says_skien(client, sent, browser, email="ekstern@ukjent.example"):
    invite(client, email, workplace_kind="municipality", organisation="Skien kommune")
    browser().post(link_in(sent[-1]), data={"name": "Ekstern Testesen"})
    return account(email)


def test_a_colleague_of_the_same_municipality_proves_where_somebody_works(host, sent, browser, skien):
    made = says_skien(host, sent, browser)
    assert (made.place_id, made.person.place_id) == (skien.id, skien.id)


def test_one_from_elsewhere_proves_nothing_of_where_somebody_works(member, network, sent, browser, skien):
    other = member("Annen Koordinator", place=factories.place("Porsgrunn", "4001"))
    factories.keep(NetworkMember(network_id=network.id, person_id=other.person_id, role=COORDINATOR))
    made = says_skien(browser(other), sent, browser)
    assert made.is_active
    assert (made.place_id, made.person.place_id) == (None, skien.id)


def test_one_who_only_says_where_they_work_proves_nothing_of_others(member, network, sent, browser, skien):
    other = member("Annen Koordinator", place=skien)
    other.place_id = None
    session.merge(other)
    session.commit()
    factories.keep(NetworkMember(network_id=network.id, person_id=other.person_id, role=COORDINATOR))
    assert says_skien(browser(other), sent, browser).place_id is None


def test_who_coordinates_a_network_proves_for_the_places_in_it(member, network, sent, browser, skien):
    other = member("Annen Koordinator")
    factories.keep(NetworkMember(network_id=network.id, person_id=other.person_id, role=COORDINATOR))
    factories.keep(NetworkPlace(network_id=network.id, place_id=skien.id))
    assert says_skien(browser(other), sent, browser).place_id == skien.id


def test_a_place_that_has_left_the_network_is_not_proven(member, network, sent, browser, skien):
    other = member("Annen Koordinator")
    factories.keep(NetworkMember(network_id=network.id, person_id=other.person_id, role=COORDINATOR))
    past = clock.now().date() - timedelta(1)
    factories.keep(NetworkPlace(network_id=network.id, place_id=skien.id, until=past))
    assert says_skien(browser(other), sent, browser).place_id is None


def test_an_invitation_is_worth_no_more_than_the_power_behind_it(host, coordinator, network, browser, sent):
    invite(host)
    session.delete(session.get(NetworkMember, (network.id, coordinator.person_id)))
    session.commit()
    assert browser().get(link_in(sent[-1])).status_code == 410


def test_a_suspended_coordinators_invitations_are_worth_nothing(host, coordinator, browser, sent):
    invite(host)
    session.get_one(Account, coordinator.id).suspended_until = clock.now() + timedelta(1)
    session.commit()
    assert browser().get(link_in(sent[-1])).status_code == 410


def test_nothing_tells_whether_an_address_has_an_account(host, member, sent):
    there = member("Finnes Testesen", email="finnes@skien.kommune.no")
    closed = member("Slutta Testesen", email="slutta@skien.kommune.no", closed_at=clock.now())
    pages = [invite(host, email) for email in (there.email, "finnes.ikke@skien.kommune.no", closed.email)]
    assert {(page.status_code, page.location) for page in pages} == {(303, "/invitasjoner")}
    assert {one.to for one in sent} == {there.email, "finnes.ikke@skien.kommune.no"}
    assert "Du har en konto fra før" in next(one.text for one in sent if one.to == there.email)
    shown = host.get("/invitasjoner").text
    assert shown.count("Venter") == 3


def test_one_who_has_an_account_signs_in_and_joins_the_network(host, member, network, browser, sent):
    there = member("Finnes Testesen", email="finnes@skien.kommune.no")
    invite(host, there.email, network=str(network.id))
    link, guest = link_in(sent[-1]), browser()
    assert "Du har en konto fra før" in guest.get(link).text
    answer = guest.post(link)
    assert answer.status_code == 303
    assert answer.location.startswith("/logg-inn?til=/invitasjon/")
    assert guest.get("/konto").status_code == 302
    guest.sign_in(there)
    assert "Bli med i nettverket" in guest.get(link).text
    assert guest.post(link).location == "/nettverk/testnettverk"
    assert is_in(network, there.person_id)
    assert browser(member()).post(link).status_code == 410


def test_one_who_waits_is_let_in_by_the_invitation_but_not_signed_in(host, member, browser, sent):
    waits = member("Venter Testesen", email="venter@ukjent.example", approved_at=None, trusted_at=None, listed=False)
    invite(host, waits.email, **ELSEWHERE)
    guest, link = browser(), link_in(sent[-1])
    assert guest.post(link).location.startswith("/logg-inn")
    assert guest.get("/konto").status_code == 302
    assert account(waits.email).is_active
    assert account(waits.email).trusted_at is not None


def test_a_strangers_password_is_dropped_when_the_owner_of_the_address_comes(host, browser, sent):
    browser().post("/registrer", data={"name": "Fremmed", "email": "ny.person@skien.kommune.no", "password": PASSWORD})
    invite(host)
    browser().post(link_in(sent[-1]), data={"name": "Ny Person"})
    made = account("ny.person@skien.kommune.no")
    assert made.is_active
    assert made.password_hash is None
    assert made.person.name == "Ny Person"


def test_fields_that_are_not_in_the_form_change_nothing(host, browser, sent):
    invite(host)
    more = {
        "role_": "administrator",
        "email": "annen@skien.kommune.no",
        "place_id": "1",
        "approved_at": "x",
        "trusted_at": "x",
    }
    browser().post(link_in(sent[-1]), data={"name": "Ny Person", "role": "administrator"} | more)
    made = account("ny.person@skien.kommune.no")
    assert (made.role, made.person.role) == ("member", "administrator")
    assert account("annen@skien.kommune.no") is None


def make_link(client, **more):
    page = client.post("/invitasjoner/lenke", data={"uses": "2", "days": "7"} | more)
    assert page.status_code == 200, page.text
    return re.search(r"/invitasjon/[\w-]+", page.text)[0]


def confirm(client, letter):
    return client.post(re.search(r"http://localhost(/registrer/bekreft/\S+)", letter.text)[1])


def test_several_come_with_the_same_link_and_confirm_their_addresses(host, browser, network, sent):
    link = make_link(host, network=str(network.id), **ELSEWHERE)
    for number in (1, 2):
        guest, email = browser(), f"person{number}@ukjent.example"
        assert guest.post(link, data={"name": f"Person {number}", "email": email}).location == "/sjekk-eposten"
        assert not account(email).is_active
        answer = confirm(guest, sent[-1])
        assert account(email).is_active
        assert account(email).place_id is None
        assert account(email).trusted_at is None, "the link may have been passed on, so a first post waits"
        assert guest.post(answer.location).location == "/nettverk/testnettverk"
        assert is_in(network, account(email).person_id)
    assert browser().post(link, data={"name": "Person 3", "email": "person3@ukjent.example"}).status_code == 410


def test_what_marks_a_used_link_is_of_use_to_nobody_else(host, browser, member, network, sent):
    link = make_link(host, uses="1", network=str(network.id), **ELSEWHERE)
    guest = browser()
    guest.post(link, data={"name": "Person 1", "email": "person1@ukjent.example"})
    there = confirm(guest, sent[-1]).location
    assert browser(member()).post(there).status_code == 410
    assert browser(member()).post(f"{link}?brukt=tull").status_code == 410
    assert guest.post(there).status_code == 303


def test_a_link_for_several_proves_no_place_even_from_a_colleague(host, browser, sent, skien):
    link = make_link(host, workplace_kind="municipality", organisation="Skien kommune")
    guest = browser()
    guest.post(link, data={"name": "Person 1", "email": "person1@ukjent.example"})
    confirm(guest, sent[-1])
    made = account("person1@ukjent.example")
    assert (made.place_id, made.person.place_id) == (None, skien.id)


def test_a_link_for_several_does_not_tell_who_has_an_account(host, browser, member, sent):
    there = member("Finnes Testesen", email="finnes@skien.kommune.no")
    link = make_link(host)
    answer = browser().post(link, data={"name": "Noen", "email": there.email})
    assert answer.location == "/sjekk-eposten"
    assert "har en konto fra før" in sent[-1].text
    session.expire_all()
    assert session.query(Invitation).one().uses_left == 1


@pytest.mark.parametrize(
    "field",
    [
        {"uses": "0"},
        {"uses": "101"},
        {"uses": "mange"},
        {"days": "31"},
        {"days": "-1"},
        {"days": "9" * 50},
        {"organisation": "Bare navn"},
    ],
)
def test_a_link_has_limits(host, field):
    page = host.post("/invitasjoner/lenke", data={"uses": "2", "days": "7"} | field)
    assert page.status_code == 422
    assert session.query(Invitation).count() == 0


def test_the_link_itself_is_kept_nowhere(host, sent):
    link = make_link(host)
    invite(host)
    secrets = [link.rpartition("/")[2], link_in(sent[-1]).rpartition("/")[2]]
    kept = repr([vars(one) for one in session.query(Invitation)]) + repr(
        [vars(one) for one in session.query(AuditEntry)]
    )
    kept += repr([one.facts for one in session.query(events.Outbox)])
    assert not any(secret in kept for secret in secrets)


def test_one_withdraws_own_invitations_and_nobody_elses(host, browser, member, coordinator, network):
    invite(host)
    number = session.query(Invitation).one().id
    other, elsewhere = member("Annen Koordinator"), factories.network("annet", "Et annet nettverk")
    factories.keep(NetworkMember(network_id=elsewhere.id, person_id=other.person_id, role=COORDINATOR))
    theirs = browser(other)
    assert theirs.post(f"/invitasjoner/{number}/trekk").status_code == 404
    assert "ny.person" not in theirs.get("/invitasjoner").text
    moderator = browser(member(role="moderator"))
    assert "ny.person" in moderator.get("/invitasjoner").text
    assert moderator.post(f"/invitasjoner/{number}/trekk").status_code == 303
    assert host.post(f"/invitasjoner/{number}/trekk").status_code == 303
    assert "Trukket tilbake" in host.get("/invitasjoner").text
    assert host.post("/invitasjoner/999999/trekk").status_code == 404
    assert session.query(AuditEntry).filter_by(act="invitation withdrawn").count() == 1


def test_only_coordinators_invite_and_only_to_their_own_network(host, browser, member, sent):
    plain = browser(member())
    assert plain.get("/invitasjoner").status_code == 403
    assert invite(plain).status_code == 403
    assert browser().get("/invitasjoner").status_code == 302
    other = factories.network("annet", "Annet nettverk")
    assert invite(host, network=str(other.id)).status_code == 422
    assert invite(host, network="1 or 1").status_code == 422
    assert (
        host.post("/invitasjoner/lenke", data={"uses": "2", "days": "7", "network": str(other.id)}).status_code == 422
    )
    assert sent == []


def test_every_act_is_written_down_without_names_or_addresses(host, network):
    invite(host, network=str(network.id))
    make_link(host)
    noted = session.query(AuditEntry).order_by(AuditEntry.id).all()
    assert [one.act for one in noted] == ["invited", "link made"]
    assert all("@" not in repr(one.facts) + one.target for one in noted)


def test_invitations_are_forgotten_when_they_have_been_of_no_use_for_a_month(host):
    invite(host, "gammel@skien.kommune.no")
    invite(host, "ny@skien.kommune.no")
    old = session.query(Invitation).filter_by(email="gammel@skien.kommune.no").one()
    old.expires_at = clock.now() - timedelta(days=31)
    session.commit()
    actions.tidy()
    session.commit()
    assert [one.email for one in session.query(Invitation)] == ["ny@skien.kommune.no"]


def test_somebody_of_the_directory_keeps_what_it_says_of_them(host, browser, sent, skien):
    listed = factories.person("Liste Testesen", skien, email="liste@skien.kommune.no", role="Klimarådgiver")
    invite(host, "liste@skien.kommune.no")
    browser().post(link_in(sent[-1]), data={"name": "Noe Annet", "role": "Sjef"})
    made = account("liste@skien.kommune.no")
    assert made.person_id == listed.id
    kept = session.get_one(Person, listed.id)
    assert (kept.name, kept.role) == ("Liste Testesen", "Klimarådgiver")
