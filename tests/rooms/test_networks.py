"""Networks: finding, reading, joining and leaving, and what coordinators may do."""

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from kunnskap import clock
from kunnskap.audit import AuditEntry
from kunnskap.db import session
from kunnskap.networks import queries, register
from kunnskap.networks.models import COORDINATOR, MEMBER, Network, NetworkMember, NetworkPlace
from kunnskap.people.models import Person
from tests import factories


@pytest.fixture
def skien(database):
    telemark = factories.county()
    return factories.place("Skien", "4003", county_id=telemark.id)


@pytest.fixture
def network(database, skien):
    made = factories.network(
        "provenettverket",
        "Prøvenettverket",
        description="Kommuner som **prøver** sammen.",
        topics="Prøving; Feiling",
        coordinated_by="Prøve kommune",
        members_note="og noen til",
        since=2019,
        source_url="https://example.org/nettverk",
    )
    factories.keep(NetworkPlace(network_id=made.id, place_id=skien.id))
    return made


def enrol(network, account, role=MEMBER):
    factories.keep(NetworkMember(network_id=network.id, person_id=account.person_id, role=role))
    return account


def titles(answer):
    return [tag.get_text(strip=True) for tag in BeautifulSoup(answer.text, "html.parser").select(".k-card__title")]


def role_of(network, account):
    found = session.get(NetworkMember, (network.id, account.person_id))
    return found and found.role


def test_networks_are_found_by_words_and_county(browser, network):
    factories.network("annet", "Et annet nettverk", description="Om skog og ÅPNE data")
    client = browser()
    assert titles(client.get("/nettverk")) == ["Et annet nettverk", "Prøvenettverket"]
    assert titles(client.get("/nettverk?q=prøving")) == ["Prøvenettverket"]
    assert titles(client.get("/nettverk?q=åpne skog")) == ["Et annet nettverk"]
    assert titles(client.get("/nettverk?fylke=40")) == ["Prøvenettverket"]
    assert titles(client.get("/nettverk?fylke=03")) == []
    assert titles(client.get("/nettverk", query_string={"q": "%"})) == []


@pytest.mark.parametrize("query", ["q=%00", "q=" + "x" * 5000, "fylke=%00'", "side=-1"])
def test_odd_questions_of_the_list_still_give_a_page(browser, network, query):
    assert browser().get(f"/nettverk?{query}").status_code == 200


def test_a_page_tells_what_a_network_is_and_who_belongs(browser, member, network, skien):
    enrol(network, member("Åse Koordinator"), COORDINATOR)
    enrol(network, member("Arne Medlem"))
    page = BeautifulSoup(browser().get("/nettverk/provenettverket").text, "html.parser")
    text = page.get_text(" ", strip=True)
    for expected in ("prøver", "Prøving; Feiling", "Prøve kommune", "og noen til", "2019", "Åse Koordinator"):
        assert expected in text
    assert page.select_one("a[href='/kommuner/4003-skien']")
    assert page.select_one("a[href='https://example.org/nettverk']")
    assert text.index("Åse Koordinator") < text.index("Arne Medlem")
    assert "Bli med" not in text


def test_a_page_shows_what_its_people_and_places_share_and_wonder(browser, member, network, skien):
    inside = enrol(network, member())
    factories.experience(inside, title="Fra et medlem")
    factories.experience(title="Om et sted", places=[skien])
    factories.experience(title="Fra andre")
    factories.question(title="Hvem kan hjelpe Skien", place_id=skien.id)
    factories.question(title="Skjult spørsmål", place_id=skien.id, audience="members")
    text = browser().get("/nettverk/provenettverket").text
    assert "Fra et medlem" in text
    assert "Om et sted" in text
    assert "Hvem kan hjelpe Skien" in text
    assert "Fra andre" not in text
    assert "Skjult spørsmål" not in text


def test_an_unknown_network_is_not_found(browser, member):
    assert browser().get("/nettverk/finnes-ikke").status_code == 404
    client = browser(member())
    for address in ("bli-med", "forlat", "rediger", "medlemmer/1/rolle", "medlemmer/1/fjern"):
        assert client.post(f"/nettverk/finnes-ikke/{address}").status_code == 404


def test_a_member_joins_twice_as_once_and_leaves_twice_as_once(browser, member, network):
    account = member("Test Testesen")
    client = browser(account)
    assert "Bli med" in client.get("/nettverk/provenettverket").text
    for _ in range(2):
        answer = client.post("/nettverk/provenettverket/bli-med", follow_redirects=True)
        assert "Du er nå med i Prøvenettverket." in answer.text
    assert role_of(network, account) == MEMBER
    assert queries.of_person(account.person_id) == [session.get(Network, network.id)]
    for _ in range(2):
        answer = client.post("/nettverk/provenettverket/forlat", follow_redirects=True)
        assert answer.status_code == 200
    assert role_of(network, account) is None


def test_a_coordinator_who_leaves_has_no_power_left_and_that_is_written_down(browser, member, network):
    account = member()
    enrol(network, account, COORDINATOR)
    enrol(network, member("Prøve Person"), COORDINATOR)
    client = browser(account)
    assert client.get("/invitasjoner").status_code == 200
    assert client.post("/nettverk/provenettverket/forlat").status_code == 302
    assert client.get("/invitasjoner").status_code == 403
    assert client.post("/nettverk/provenettverket/bli-med").status_code == 302
    assert client.get("/invitasjoner").status_code == 403
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.facts) == ("network role", {"person": account.person_id, "was": "coordinator"})


def test_visitors_cannot_join(browser, network):
    assert browser().post("/nettverk/provenettverket/bli-med").status_code == 302
    assert session.query(NetworkMember).count() == 0


def test_nobody_joins_a_closed_network_by_themselves(browser, member, network):
    session.get_one(Network, network.id).is_open = False
    session.commit()
    client = browser(member())
    assert "Bli med" not in client.get("/nettverk/provenettverket").text
    assert client.post("/nettverk/provenettverket/bli-med").status_code == 403


def test_a_coordinator_tells_what_the_network_is(browser, member, network):
    client = browser(enrol(network, member(), COORDINATOR))
    assert client.get("/nettverk/provenettverket/rediger").status_code == 200
    sent = {"description": "Nå med <script>alert(1)</script>", "topics": "Alt"}
    answer = client.post("/nettverk/provenettverket/rediger", data=sent, follow_redirects=True)
    assert "Nå med" in answer.text
    assert "<script>alert" not in answer.text
    assert session.get_one(Network, network.id).is_open is False


def test_what_coordinators_wrote_stands_when_the_register_is_loaded_again(browser, member, monkeypatch, network):
    browser(enrol(network, member(), COORDINATOR)).post(
        "/nettverk/provenettverket/rediger", data={"description": "Våre egne ord", "topics": "Vårt"}
    )
    entry = register.Entry("provenettverket", "Nytt navn", "klimagass", "Kildens ord", "Alt", "", "", None, "")
    monkeypatch.setattr(register, "read", lambda _folder: register.Register([entry], []))
    register.load()
    kept = session.get_one(Network, network.id)
    assert (kept.name, kept.description, kept.topics) == ("Nytt navn", "Våre egne ord", "Vårt")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"description": " "}, "Skriv hva nettverket er."),
        ({"description": "x" * 4001}, "høyst 4000 tegn"),
        ({"description": "Fint", "topics": "x" * 501}, "høyst 500 tegn"),
        ({"description": "Nul\x00tegn"}, "Noen av tegnene"),
    ],
)
def test_what_cannot_be_kept_is_explained(browser, member, network, sent, said):
    client = browser(enrol(network, member(), COORDINATOR))
    answer = client.post("/nettverk/provenettverket/rediger", data=sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert session.get_one(Network, network.id).description == "Kommuner som **prøver** sammen."


def test_coordinators_make_coordinators_and_take_people_out(browser, member, network):
    boss, other = enrol(network, member(), COORDINATOR), enrol(network, member("Prøve Person"))
    client, address = browser(boss), f"/nettverk/provenettverket/medlemmer/{other.person_id}"
    assert "Gjør til koordinator" in client.get("/nettverk/provenettverket/medlemmer").text
    assert client.post(f"{address}/rolle", data={"role": COORDINATOR}).status_code == 302
    assert role_of(network, other) == COORDINATOR
    assert client.post(f"{address}/rolle", data={"role": "konge"}).status_code == 422
    assert role_of(network, other) == COORDINATOR
    assert client.post(f"{address}/rolle", data={"role": MEMBER}).status_code == 302
    assert client.post(f"{address}/fjern").status_code == 302
    assert role_of(network, other) is None
    assert client.post(f"{address}/fjern").status_code == 404
    assert client.post("/nettverk/provenettverket/medlemmer/999999/rolle", data={"role": MEMBER}).status_code == 404


@pytest.mark.parametrize("role", [None, MEMBER])
def test_others_look_after_nothing(browser, member, network, role):
    account, other = member(), enrol(network, member("Prøve Person"))
    if role:
        enrol(network, account, role)
    client, address = browser(account), f"/nettverk/provenettverket/medlemmer/{other.person_id}"
    assert "Gjør til koordinator" not in client.get("/nettverk/provenettverket/medlemmer").text
    assert client.get("/nettverk/provenettverket/rediger").status_code == 403
    assert client.post("/nettverk/provenettverket/rediger", data={"description": "Kapret"}).status_code == 403
    assert client.post(f"{address}/rolle", data={"role": COORDINATOR}).status_code == 403
    assert client.post(f"{address}/fjern").status_code == 403
    assert role_of(network, other) == MEMBER


def test_a_coordinator_of_one_network_looks_after_no_other(browser, member, network):
    elsewhere = factories.network("annet", "Et annet nettverk")
    client = browser(enrol(elsewhere, member(), COORDINATOR))
    assert client.get("/nettverk/provenettverket/rediger").status_code == 403


@pytest.mark.parametrize("role", ["moderator", "administrator"])
def test_moderators_look_after_every_network(browser, member, network, role):
    other = enrol(network, member("Prøve Person"))
    client = browser(member(role=role))
    answer = client.post("/nettverk/provenettverket/rediger", data={"description": "Rettet", "is_open": "y"})
    assert answer.status_code == 302
    address = f"/nettverk/provenettverket/medlemmer/{other.person_id}/rolle"
    assert client.post(address, data={"role": COORDINATOR}).status_code == 302
    assert role_of(network, other) == COORDINATOR


def test_a_form_from_another_site_is_refused(browser, member, network):
    headers = {"Origin": "https://ond.example"}
    assert browser(member()).post("/nettverk/provenettverket/bli-med", headers=headers).status_code == 403
    assert session.query(NetworkMember).count() == 0


def test_a_network_is_followed_and_let_go(browser, member, network):
    client = browser(member())
    for wish, shown in (("1", "Slutt å følge"), ("0", "Følg")):
        assert shown in client.post(f"/folg/network/{network.id}", data={"folg": wish}, follow_redirects=True).text


def test_members_without_a_name_are_former_members(browser, network):
    gone = factories.person("")
    factories.keep(NetworkMember(network_id=network.id, person_id=gone.id))
    for address in ("/nettverk/provenettverket", "/nettverk/provenettverket/medlemmer"):
        assert "Tidligere medlem" in browser().get(address).text


def test_an_empty_network_says_so(browser, network):
    assert "Ingen har meldt seg inn" in browser().get("/nettverk/provenettverket").text
    assert "Ingen har meldt seg inn" in browser().get("/nettverk/provenettverket/medlemmer").text


def test_networks_are_found_by_place(database, network, skien):
    assert [one.id for one in queries.of_place(skien.id)] == [network.id]
    assert queries.of_place(skien.county_id) == []


def test_the_list_takes_at_most_six_statements_and_a_page_fourteen(browser, member, network, skien, count_sql):
    for number in range(5):
        inside = enrol(network, member(f"Test {number}", place=skien))
        factories.experience(inside, themes=[factories.theme(f"tema-{number}")], places=[skien])
        factories.question(inside, place_id=skien.id)
    for client in (browser(), browser(member())):
        for address, most in (("", 6), ("/provenettverket", 14), ("/provenettverket/medlemmer", 6)):
            with count_sql() as statements:
                assert client.get(f"/nettverk{address}").status_code == 200
            assert len(statements) <= most, f"{address}\n{statements}"


def test_whoever_has_left_the_site_is_in_no_network_any_more(browser, member, network):
    gone, there = member("Borte Testesen"), member("Her Testesen")
    for one in (gone, there):
        factories.keep(NetworkMember(network_id=network.id, person_id=one.person_id))
    session.get_one(Person, gone.person_id).left_at = clock.now()
    session.commit()
    for address in (f"/nettverk/{network.slug}", f"/nettverk/{network.slug}/medlemmer"):
        page = browser().get(address).text
        assert "Her Testesen" in page
        assert "Borte Testesen" not in page
    assert [one.people for one in queries.listed()] == [1]
