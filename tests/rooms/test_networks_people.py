"""People in networks: roles and tasks, who is named to whom, taking in and leaving, and the last coordinator."""

import re

import pytest
from sqlalchemy import select

from kunnskap import clock
from kunnskap.audit import AuditEntry
from kunnskap.db import session
from kunnskap.networks import queries
from kunnskap.networks.models import COORDINATOR, MEMBER, Network, NetworkMember
from kunnskap.people.models import Person
from tests import factories

HERE = "/nettverk/provenettverket"
NEW = {"name": "Klimanett Prøve", "description": "Vi prøver sammen.", "is_open": "y", "coordinator": "Første Testesen"}


@pytest.fixture
def network(database):
    return factories.network("provenettverket", "Prøvenettverket")


def enrol(network, account, role=MEMBER, **facts):
    factories.keep(NetworkMember(network_id=network.id, person_id=account.person_id, role=role, **facts))
    return account


def role_of(network, account):
    found = session.get(NetworkMember, (network.id, account.person_id), populate_existing=True)
    return found and found.role


def acts():
    return [one.act for one in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


@pytest.fixture
def host(browser, member, network):
    return browser(enrol(network, member("Koordinator Testesen"), COORDINATOR))


def test_those_who_do_not_stand_in_the_directory_are_named_to_members_only(browser, member, network):
    enrol(network, member("Synlig Testesen"))
    hidden = enrol(network, member("Ulistet Testesen", listed=False))
    leader = enrol(network, member("Ulistet Koordinator", listed=False), COORDINATOR)
    factories.question(hidden, title="Fra en som ikke står i katalogen")
    for client in (browser(), browser(member())):
        for address in (HERE, f"{HERE}/medlemmer", "/nettverk"):
            text = client.get(address).text
            assert "Ulistet" not in text, address
            assert "Fra en som ikke" not in text
        assert "Synlig Testesen" in client.get(HERE).text
        assert "2 personer er med uten å stå i katalogen" in client.get(f"{HERE}/medlemmer").text
        assert "ser hvem som koordinerer det" in client.get(HERE).text
    for account in (hidden, leader, member(role="moderator")):
        for address in (HERE, f"{HERE}/medlemmer"):
            text = browser(account).get(address).text
            assert "Ulistet Testesen" in text
            assert "Ulistet Koordinator" in text


def test_a_page_of_one_who_is_not_listed_tells_strangers_of_no_network(browser, member, network):
    hidden, shown = member("Ulistet Testesen", listed=False), member("Synlig Testesen")
    colleague = enrol(network, member())
    for account in (hidden, shown):
        enrol(network, account)
    for client, expected in ((browser(), False), (browser(member()), False), (browser(colleague), True)):
        assert ("Prøvenettverket" in client.get(f"/folk/{hidden.person.slug}").text) is expected
        assert "Prøvenettverket" in client.get(f"/folk/{shown.person.slug}").text
    assert 'href="/nettverk/mine"' in browser(shown).get(f"/folk/{shown.person.slug}").text


def test_tasks_are_written_and_shown(host, browser, member, network):
    other = enrol(network, member("Prøve Person"))
    address = f"{HERE}/medlemmer/{other.person_id}/oppgave"
    assert host.post(address, data={"task": " Leder   overvannsgruppa "}).status_code == 303
    assert "Leder overvannsgruppa" in browser().get(f"{HERE}/medlemmer").text
    assert host.post(address, data={"task": "x" * 81}).status_code == 422
    assert host.post(address, data={"task": "Født 010190 12480"}).status_code == 422
    assert browser(other).post(address, data={"task": "Konge"}).status_code == 403
    assert host.post(f"{HERE}/medlemmer/999999/oppgave", data={"task": "Ingen"}).status_code == 404


def test_a_long_list_of_people_comes_in_pages_by_workplace(browser, member, network, monkeypatch, skien):
    monkeypatch.setattr(queries, "SIZE", 3)
    bamble = factories.place("Bamble", "4012")
    for number in range(3):
        enrol(network, member(f"Skien {number}", place=skien))
        enrol(network, member(f"Bamble {number}", place=bamble))
    enrol(network, member("Åse Koordinator"), COORDINATOR)
    first, last = (browser().get(f"{HERE}/medlemmer?side={number}").text for number in (1, 3))
    assert "7 medlemmer" in first
    assert first.index("Åse Koordinator") < first.index("Bamble 0") < first.index("Bamble 1")
    assert "Skien 0" not in first
    assert "Skien 2" in last
    assert "Bamble" not in last
    assert "7 medlemmer" in browser().get(f"{HERE}/medlemmer?side=99").text


def test_a_coordinator_takes_in_somebody_by_name_who_is_told_and_leaves_with_one_press(
    host, browser, member, network, sent
):
    guest = member("Ny Testesen")
    for _ in range(2):
        assert host.post(f"{HERE}/medlemmer", data={"person": "ny testesen"}).status_code == 303
    assert role_of(network, guest) == MEMBER
    letters = [one for one in sent if one.to == guest.email]
    assert len(letters) == 1
    assert "Koordinator Testesen har tatt deg med i Prøvenettverket" in letters[0].text
    leave = re.search(r"http://localhost(/nettverk/ut/\S+)", letters[0].text)[1]
    outside = browser()
    assert "Vil du forlate Prøvenettverket?" in outside.get(leave).text
    assert role_of(network, guest) == MEMBER, "mail scanners open links"
    for _ in range(2):
        assert "Du er ute av Prøvenettverket" in outside.post(leave).text
    assert role_of(network, guest) is None
    assert acts() == ["network member added"]


@pytest.mark.parametrize("mark", ["tull", "x" * 300, "eyJ0ZXN0Ijox.abc.def"])
def test_a_link_out_that_we_never_made_leads_nowhere(browser, network, mark):
    assert browser().get(f"/nettverk/ut/{mark}").status_code == 404
    assert browser().post(f"/nettverk/ut/{mark}").status_code == 404


def test_only_people_who_are_on_the_site_are_taken_in(host, member, network, skien):
    factories.person("Uten Konto")
    member("Ulistet Testesen", listed=False)
    member("Kari Testesen", place=skien)
    kari = member("Kari Testesen", place=factories.place("Bamble", "4012"))
    for name, said in (
        ("", "Skriv navnet"),
        ("Finnes Ikke", "Vi finner ingen"),
        ("Uten Konto", "Vi finner ingen"),
        ("Ulistet Testesen", "Vi finner ingen"),
        ("Kari Testesen", "Flere heter dette"),
        ("Kari\x00", "Noen av tegnene"),
    ):
        answer = host.post(f"{HERE}/medlemmer", data={"person": name})
        assert answer.status_code == 422
        assert said in answer.text
    assert host.post(f"{HERE}/medlemmer", data={"person": "Kari Testesen, Bamble"}).status_code == 303
    assert role_of(network, kari) == MEMBER


def test_a_task_with_signs_nobody_can_keep_is_kept_without_them(host, member, network):
    other = enrol(network, member("Medlem Testesen"))
    assert host.post(f"{HERE}/medlemmer/{other.person_id}/oppgave", data={"task": "Lager\x00kaffe"}).status_code == 303
    assert "Lager kaffe" in host.get(f"{HERE}/medlemmer").text


@pytest.mark.parametrize("way", ["email", "other_contact"])
def test_nobody_is_taken_in_so_that_others_see_what_only_their_own_networks_may(host, member, network, sent, way):
    careful = member("Prøve Varsom", other_contact="prove.varsom på Teams", **{f"{way}_for": "networks"})
    shown = getattr(careful.person, way)
    answer = host.post(f"{HERE}/medlemmer", data={"person": "Prøve Varsom"})
    assert answer.status_code == 422
    assert "Send en invitasjon i stedet" in answer.text
    assert role_of(network, careful) is None
    assert shown not in host.get(f"/folk/{careful.person.slug}").text
    assert not sent


def test_others_take_nobody_in(browser, member, network):
    guest, inside = member("Ny Testesen"), enrol(network, member())
    for account in (inside, member()):
        assert browser(account).post(f"{HERE}/medlemmer", data={"person": "Ny Testesen"}).status_code == 403
    assert role_of(network, guest) is None


def test_the_last_coordinator_stays_until_there_is_another(browser, member, network):
    boss, other = enrol(network, member("Siste Testesen"), COORDINATOR), enrol(network, member("Prøve Person"))
    client, mine = browser(boss), f"{HERE}/medlemmer/{boss.person_id}"
    for address, sent in ((f"{HERE}/forlat", {}), (f"{mine}/rolle", {"role": MEMBER}), (f"{mine}/fjern", {})):
        for more in ({}, {"uten": "1"}):
            answer = client.post(address, data=sent | more)
            assert answer.status_code == 422
            assert "Nettverket trenger en koordinator" in answer.text
            assert "Velg en ny koordinator" in answer.text
            assert "uten koordinator</button>" not in answer.text
    assert role_of(network, boss) == COORDINATOR
    client.post(f"{HERE}/medlemmer/{other.person_id}/rolle", data={"role": COORDINATOR})
    assert client.post(f"{HERE}/forlat").status_code == 302
    assert (role_of(network, boss), role_of(network, other)) == (None, COORDINATOR)


def test_one_who_has_left_the_site_does_not_count_as_a_coordinator(browser, member, network):
    boss = enrol(network, member("Siste Testesen"), COORDINATOR)
    gone = enrol(network, member("Borte Testesen"), COORDINATOR)
    session.get_one(Person, gone.person_id).left_at = clock.now()
    session.commit()
    assert browser(boss).post(f"{HERE}/forlat").status_code == 422


def test_a_moderator_may_leave_a_network_without_a_coordinator_when_they_say_so(browser, member, network):
    boss, other = enrol(network, member("Siste Testesen"), COORDINATOR), enrol(network, member())
    client = browser(member(role="moderator"))
    assert "Prøvenettverket" not in client.get("/nettverk/uten-koordinator").text
    address = f"{HERE}/medlemmer/{boss.person_id}/fjern"
    answer = client.post(address)
    assert answer.status_code == 422
    assert "La nettverket stå uten koordinator" in answer.text
    assert role_of(network, boss) == COORDINATOR
    assert client.post(address, data={"uten": "1"}).status_code == 302
    assert role_of(network, boss) is None
    assert "Prøvenettverket" in client.get("/nettverk/uten-koordinator").text
    client.post(f"{HERE}/medlemmer/{other.person_id}/rolle", data={"role": COORDINATOR})
    assert "Prøvenettverket" not in client.get("/nettverk/uten-koordinator").text
    assert browser(other).get("/nettverk/uten-koordinator").status_code == 403


def test_a_moderator_removes_one_of_two_coordinators_without_more_ado(browser, member, network):
    first = enrol(network, member("Første Testesen"), COORDINATOR)
    enrol(network, member("Andre Testesen"), COORDINATOR)
    client = browser(member(role="moderator"))
    assert client.post(f"{HERE}/medlemmer/{first.person_id}/fjern").status_code == 302
    assert role_of(network, first) is None


def test_one_who_was_taken_out_has_no_power_left(browser, member, network):
    first = enrol(network, member("Første Testesen"), COORDINATOR)
    second = enrol(network, member("Andre Testesen"), COORDINATOR)
    assert browser(first).post(f"{HERE}/medlemmer/{second.person_id}/fjern").status_code == 302
    assert browser(second).post(f"{HERE}/medlemmer/{first.person_id}/fjern").status_code == 403
    assert role_of(network, first) == COORDINATOR
    assert acts() == ["network member removed"]


def test_a_moderator_makes_a_network_with_its_first_coordinator(browser, member, sent):
    boss, client = member("Første Testesen"), browser(member(role="moderator"))
    theme = factories.theme("overvann", "Overvann")
    assert client.get("/nettverk/nytt").status_code == 200
    for _ in range(2):
        answer = client.post("/nettverk/nytt", data=NEW | {"themes": [theme.slug]})
        assert (answer.status_code, answer.location) == (303, "/nettverk/klimanett-prove")
    made = session.scalars(select(Network)).one()
    assert role_of(made, boss) == COORDINATOR
    assert [one.to for one in sent] == [boss.email]
    assert acts() == ["network made"]
    assert "Overvann" in browser().get("/nettverk/klimanett-prove").text
    assert "Klimanett Prøve" in browser().get("/nettverk?tema=overvann").text
    assert "Klimanett Prøve" in browser().get("/nettverk?q=overvann").text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": " "}, "Skriv hva nettverket heter."),
        ({"name": "x" * 101}, "høyst 100 tegn"),
        ({"name": "Kari 010190 12480"}, "fødselsnummer"),
        ({"name": "Prøvenettverket"}, "Det finnes et nettverk med dette navnet"),
        ({"description": ""}, "Skriv hva nettverket er."),
        ({"themes": ["finnes-ikke"]}, "Velg en av verdiene"),
        ({"coordinator": ""}, "Skriv hvem som skal være koordinator."),
        ({"coordinator": "Finnes Ikke"}, "Vi finner ingen"),
    ],
)
def test_what_cannot_be_a_network_is_explained(browser, member, network, sent, said):
    member("Første Testesen")
    answer = browser(member(role="moderator")).post("/nettverk/nytt", data=NEW | sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert session.query(Network).count() == 1


def test_an_address_of_ours_is_no_networks(browser, member):
    member("Første Testesen")
    answer = browser(member(role="moderator")).post("/nettverk/nytt", data=NEW | {"name": "Nytt"})
    assert answer.location == "/nettverk/nytt-nettverk"


def test_others_make_no_network(browser, member, host):
    for client in (browser(member()), host):
        assert client.get("/nettverk/nytt").status_code == 403
        assert client.post("/nettverk/nytt", data=NEW).status_code == 403


def test_one_joins_from_ones_own_page_what_ones_municipality_takes_part_in(browser, member, network, skien):
    from_before = factories.place("Gamle Skien", "0806", valid_to=clock.today())
    factories.belongs(network, skien)
    factories.belongs(factories.network("lukket", "Lukket nettverk", is_open=False), skien)
    factories.belongs(factories.network("andres", "Andres nettverk"), from_before)
    account = member(place=skien)
    client = browser(account)
    for address in ("/min-side", "/nettverk/mine"):
        text = client.get(address).text
        assert "Kommunen din er med i" in text
        assert f'action="{HERE}/bli-med"' in text
        assert "Lukket nettverk" in text
        assert 'action="/nettverk/lukket/bli-med"' not in text
        assert "Andres nettverk" not in text
    assert client.post(f"{HERE}/bli-med").status_code == 302
    assert f'action="{HERE}/forlat"' in client.get("/nettverk/mine").text
    assert f'action="{HERE}/bli-med"' not in client.get("/min-side").text


def test_one_is_in_three_networks_everywhere(browser, member, network, skien):
    every = [network, factories.network("to", "Nettverk to"), factories.network("tre", "Nettverk tre")]
    account = member("Tre Testesen", place=skien)
    for number, one in enumerate(every):
        enrol(one, account, COORDINATOR if number else MEMBER)
        factories.question(title=f"Bare for {number}", audience="network", for_network_id=one.id)
    client = browser(account)
    form = client.get("/sporsmal/nytt").text
    for number, one in enumerate(every):
        assert f'value="network:{one.id}"' in form
        assert one.name in client.get("/nettverk/mine").text
        assert one.name in client.get("/min-side").text
        assert f"Bare for {number}" in client.get(f"/nettverk/{one.slug}").text
        assert f"Bare for {number}" in client.get("/sporsmal").text
    found = client.get("/sok?q=Bare for").text
    assert all(f"{number}" in found for number in range(3))
    assert client.get("/nettverk/to/rediger").status_code == 200
    assert client.get(f"{HERE}/rediger").status_code == 403
