"""Changing collections: wrong input, two at the same time, sent twice, and those who may not."""

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from kunnskap.audit import AuditEntry
from kunnskap.collections import rules
from kunnskap.collections.models import Collection, CollectionItem
from kunnskap.db import session
from kunnskap.networks.models import COORDINATOR, MEMBER
from tests import factories
from tests.curating import begun, enrol, items_of, put

TOLD = {"title": "Kom i gang med overvann", "introduction": "For **nye** rådgivere.", "audience": "everyone"}


@pytest.fixture
def network(database):
    return factories.network("provenettverket", "Prøvenettverket")


@pytest.fixture
def coordinator(member, network):
    return enrol(network, member("Koordinator Testesen"), COORDINATOR)


@pytest.fixture
def host(browser, coordinator):
    return browser(coordinator)


@pytest.mark.parametrize("role", [None, MEMBER])
def test_others_change_nothing(browser, member, network, role):
    account, made = member(), begun(network)
    item = put(made, url="https://example.org/", title="Lenke")
    if role:
        enrol(network, account, role)
    client = browser(account)
    assert client.get(f"/samlinger/{made.id}/rediger").status_code == 403
    assert client.get("/nettverk/provenettverket/samlinger/ny").status_code == 403
    assert client.get("/nettverk/provenettverket/festet").status_code == 403
    here = f"/samlinger/{made.id}"
    for address, sent in (
        ("/nettverk/provenettverket/samlinger/ny", TOLD),
        (f"{here}/rediger", TOLD),
        (f"{here}/innhold", {"what": "https://ond.example/", "title": "Ond"}),
        (f"{here}/innhold/{item.id}", {"title": "Ond"}),
        (f"{here}/innhold/{item.id}/flytt", {"til": "opp"}),
        (f"{here}/innhold/{item.id}/fjern", {}),
        (f"{here}/publiser", {"ut": "0"}),
        (f"{here}/fjern", {}),
        (f"{here}/del", {"nettverk": network.slug}),
        (f"{here}/kopier", {"nettverk": network.slug}),
        ("/nettverk/provenettverket/festet", {"what": "1"}),
    ):
        assert client.post(address, data=sent).status_code == 403, address
        assert browser().post(address, data=sent).status_code == 302, address
    assert [(one.title, one.url) for one in items_of(made)] == [("Lenke", "https://example.org/")]
    assert session.query(Collection).count() == 1


def test_sent_twice_is_made_once_and_put_in_once(host, network):
    for _ in range(2):
        assert host.post("/nettverk/provenettverket/samlinger/ny", data=TOLD).status_code == 303
    made = session.scalars(select(Collection)).one()
    question = factories.question()
    for _ in range(2):
        assert host.post(f"/samlinger/{made.id}/innhold", data={"what": str(question.id)}).status_code == 303
        link = {"what": "https://example.org/", "title": "Lenke"}
        assert host.post(f"/samlinger/{made.id}/innhold", data=link).status_code == 303
    assert len(items_of(made)) == 2


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"what": ""}, "Lim inn en adresse"),
        ({"what": "999999"}, "Vi finner ikke dette innlegget"),
        ({"what": "99999999999999999999"}, "Vi finner ikke dette innlegget"),
        ({"what": "/folk/999999-ingen"}, "Vi finner ikke denne personen"),
        ({"what": "/samlinger/1-en"}, "En samling kan ikke stå i en annen samling"),
        ({"what": "/om"}, "Denne siden kan ikke stå i en samling"),
        ({"what": "http://example.org/", "title": "Usikker"}, "https://"),
        ({"what": "javascript:alert(1)", "title": "Ond"}, "https://"),
        ({"what": "https://", "title": "Tom"}, "https://"),
        ({"what": "https://navn:passord@example.org/", "title": "Ond"}, "https://"),
        ({"what": "https://localhost/", "title": "Ond"}, "https://"),
        ({"what": "https://example.org:abc/", "title": "Ond"}, "https://"),
        ({"what": 'https://example.org/"><script>', "title": "Ond"}, "https://"),
        ({"what": "//example.org/", "title": "Ond"}, "https://"),
        ({"what": "https://example.org/"}, "Skriv hva lenken heter"),
        ({"what": "https://example.org/", "title": "x" * 151}, "høyst 150"),
        ({"what": "https://example.org/", "title": "Lenke", "note": "x" * 501}, "høyst 500"),
        ({"what": "https://example.org/", "title": "Lenke", "note": "Født 010190 12480"}, "fødselsnummer"),
        ({"what": "https://example.org/" + "x" * 1000, "title": "Lang"}, "høyst 1000"),
        ({"what": "https://example.org/\x00", "title": "Nul"}, "https://"),
    ],
)
def test_what_cannot_stand_in_a_collection_is_explained(host, network, sent, said):
    made = begun(network)
    answer = host.post(f"/samlinger/{made.id}/innhold", data=sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert items_of(made) == []


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"title": " "}, "Gi samlingen et navn."),
        ({"title": "x" * 151}, "høyst 150"),
        ({"introduction": "x" * 10_001}, "høyst 10000"),
        ({"audience": "alle"}, "Velg en av verdiene"),
        ({"introduction": "Kari er født 010190 12480"}, "fødselsnummer"),
    ],
)
def test_what_a_collection_may_not_say_is_explained(host, network, sent, said):
    made = begun(network)
    assert said in host.post("/nettverk/provenettverket/samlinger/ny", data=TOLD | sent).text
    answer = host.post(f"/samlinger/{made.id}/rediger", data=TOLD | sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert session.query(Collection).count() == 1


def test_a_collection_is_full_at_its_limit(host, network, monkeypatch):
    monkeypatch.setattr(rules, "MOST_ITEMS", 2)
    made = begun(network)
    for number in range(2):
        put(made, url=f"https://example.org/{number}", title="Lenke")
    answer = host.post(f"/samlinger/{made.id}/innhold", data={"what": "https://example.org/3", "title": "For mye"})
    assert answer.status_code == 422
    assert "Samlingen er full" in answer.text


def test_the_second_of_two_editors_sees_what_the_first_wrote_and_loses_nothing(host, browser, member, network):
    made = begun(network)
    other = browser(enrol(network, member(), COORDINATOR))
    opened = rules.fingerprint_of(session.get_one(Collection, made.id))
    first = TOLD | {"introduction": "Den førstes ord", "read": opened}
    assert host.post(f"/samlinger/{made.id}/rediger", data=first).status_code == 303
    second = TOLD | {"introduction": "Den andres ord", "read": opened}
    answer = other.post(f"/samlinger/{made.id}/rediger", data=second)
    assert answer.status_code == 422
    assert "Noen andre har endret dette" in answer.text
    assert "Den førstes ord" in answer.text
    assert "Den andres ord" in answer.text
    again = BeautifulSoup(answer.text, "html.parser").select_one("input[name=read]")["value"]
    answer = other.post(f"/samlinger/{made.id}/rediger", data=second | {"read": again})
    assert answer.status_code == 303
    assert session.get_one(Collection, made.id).introduction == "Den andres ord"


def test_two_who_write_the_same_note_lose_nothing(host, network):
    made = begun(network)
    item = put(made, url="https://example.org/", title="Lenke", note="Før")
    address = f"/samlinger/{made.id}/innhold/{item.id}"
    read_at = BeautifulSoup(host.get(address).text, "html.parser").select_one("input[name=read]")["value"]
    assert host.post(address, data={"title": "Lenke", "note": "Den første", "read": read_at}).status_code == 303
    answer = host.post(address, data={"title": "Lenke", "note": "Den andre", "read": read_at})
    assert answer.status_code == 422
    assert "Den første" in answer.text
    assert "Den andre" in answer.text
    assert items_of(made)[0].note == "Den første"


def test_an_empty_collection_is_not_put_out_and_one_that_is_out_is_not_removed(host, network):
    made = begun(network, published_at=None)
    assert "Samlingen er tom" in host.post(f"/samlinger/{made.id}/publiser", data={"ut": "1"}).text
    put(made, url="https://example.org/", title="Lenke")
    host.post(f"/samlinger/{made.id}/publiser", data={"ut": "1"})
    assert host.post(f"/samlinger/{made.id}/fjern").status_code == 422
    host.post(f"/samlinger/{made.id}/publiser", data={"ut": "0"})
    assert host.post(f"/samlinger/{made.id}/fjern").status_code == 303
    assert session.query(Collection).count() == session.query(CollectionItem).count() == 0
    acts = [one.act for one in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert acts == ["collection published", "collection taken down", "collection removed"]


def test_what_is_added_by_number_of_something_closed_is_refused(host, network, coordinator):
    made = begun(network)
    closed = factories.question(audience="place", for_place_id=factories.place().id)
    answer = host.post(f"/samlinger/{made.id}/innhold", data={"what": str(closed.id)})
    assert "Vi finner ikke dette innlegget" in answer.text
