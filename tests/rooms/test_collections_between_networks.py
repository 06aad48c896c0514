"""Collections that other networks show or begin with, and what networks pin up."""

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from kunnskap import clock
from kunnskap.audit import AuditEntry
from kunnskap.collections import rules
from kunnskap.collections.models import Collection, CollectionItem, CollectionShare, NetworkPin
from kunnskap.db import session
from kunnskap.networks.models import COORDINATOR, MEMBER, NetworkMember
from kunnskap.posts.models import Post
from tests import factories


def enrol(network, account, role=MEMBER):
    factories.keep(NetworkMember(network_id=network.id, person_id=account.person_id, role=role))
    return account


@pytest.fixture
def lender(database):
    return factories.network("utlaner", "Utlånernettverket")


@pytest.fixture
def borrower(database):
    return factories.network("laner", "Lånernettverket")


@pytest.fixture
def guest(browser, member, borrower):
    """One who coordinates the network that borrows."""
    return browser(enrol(borrower, member("Låner Testesen"), COORDINATOR))


@pytest.fixture
def host(browser, member, lender):
    """One who coordinates the network that lends."""
    return browser(enrol(lender, member("Utlåner Testesen"), COORDINATOR))


@pytest.fixture
def collection(lender):
    facts = {"title": "Om overvann", "introduction": "Les **dette**.", "published_at": clock.now()}
    return factories.keep(Collection(network_id=lender.id, **facts))


def put(collection, position=1, **facts):
    return factories.keep(CollectionItem(collection_id=collection.id, position=position, **facts))


def change(collection, **facts):
    row = session.get_one(Collection, collection.id)
    for name, value in facts.items():
        setattr(row, name, value)
    session.commit()


def is_at_borrowers(client):
    return "Om overvann" in client.get("/nettverk/laner/samlinger").text


def share(client, collection, **more):
    return client.post(f"/samlinger/{collection.id}/del", data={"nettverk": "laner"} | more)


def test_another_network_shows_a_collection_among_its_own_and_no_longer(browser, guest, collection):
    assert "Vis den også hos oss" in guest.get(f"/samlinger/{collection.slug}").text
    for _ in range(2):
        assert share(guest, collection).status_code == 303
    assert is_at_borrowers(browser())
    assert "Om overvann" in browser().get("/nettverk/laner").text
    assert "Utlånernettverket" in browser().get("/nettverk/laner/samlinger").text
    for _ in range(2):
        assert share(guest, collection, **{"del": "0"}).status_code == 303
    assert not is_at_borrowers(browser())
    acts = [(one.act, one.target) for one in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    target = f"collection:{collection.id}"
    assert acts == [("collection shared", target), ("collection share ended", target)]


def test_those_who_lend_may_end_it(browser, member, guest, host, collection):
    share(guest, collection)
    assert "Lånernettverket" in host.get(f"/samlinger/{collection.id}/rediger").text
    assert share(browser(member()), collection, **{"del": "0"}).status_code == 403
    assert is_at_borrowers(browser())
    assert share(host, collection, **{"del": "0"}).status_code == 303
    assert not is_at_borrowers(browser())


def test_nobody_lends_to_a_network_they_do_not_look_after(browser, host, guest, collection):
    assert share(host, collection).status_code == 403
    assert guest.post(f"/samlinger/{collection.id}/del", data={"nettverk": "utlaner"}).status_code == 403
    assert guest.post(f"/samlinger/{collection.id}/del", data={"nettverk": "finnes-ikke"}).status_code == 404
    assert session.query(CollectionShare).count() == 0


def test_what_is_for_one_network_stays_there_even_for_one_who_is_in_both(browser, member, guest, lender, collection):
    share(guest, collection)
    change(collection, audience="network")
    inside = browser(enrol(lender, member()))
    for client in (browser(), browser(member()), guest, inside):
        assert not is_at_borrowers(client)
    both = member("Begge Testesen")
    enrol(lender, both)
    enrol(factories.network("tredje", "Et tredje nettverk"), both, COORDINATOR)
    client = browser(both)
    assert "Vis den også hos oss" not in client.get(f"/samlinger/{collection.slug}").text
    for address in ("del", "kopier"):
        answer = client.post(f"/samlinger/{collection.id}/{address}", data={"nettverk": "tredje"})
        assert answer.status_code == 422
        assert "bare for sitt eget nettverk" in answer.text


def test_a_collection_that_is_taken_down_is_taken_down_everywhere(browser, guest, host, collection):
    share(guest, collection)
    change(collection, published_at=None)
    for client in (browser(), guest):
        assert not is_at_borrowers(client)
        assert client.get(f"/samlinger/{collection.slug}").status_code == 404
    assert not is_at_borrowers(host)


def test_a_copy_has_what_the_copier_may_see_and_lives_its_own_life(browser, guest, lender, borrower, collection):
    open_post = factories.question(title="Åpent").id
    put(collection, 1, post_id=open_post, note="Begynn her")
    put(collection, 2, post_id=factories.question(audience="network", for_network_id=lender.id).id, note="Hemmelig")
    put(collection, 3, post_id=factories.question(withdrawn_at=clock.now()).id)
    put(collection, 4, person_id=factories.person(listed=False).id)
    put(collection, 5, url="https://example.org/", title="Lenke")
    for _ in range(2):
        answer = guest.post(f"/samlinger/{collection.id}/kopier", data={"nettverk": "laner"})
        assert answer.status_code == 303
    made = session.scalars(select(Collection).where(Collection.id != collection.id)).one()
    assert (made.network_id, made.copied_from_id, made.published_at) == (borrower.id, collection.id, None)
    rows = session.scalars(select(CollectionItem).where(CollectionItem.collection_id == made.id)).all()
    assert [(one.post_id, one.url, one.note) for one in rows] == [
        (open_post, "", "Begynn her"),
        (None, "https://example.org/", ""),
    ]
    assert not is_at_borrowers(browser())
    guest.post(f"/samlinger/{made.id}/publiser", data={"ut": "1"})
    text = browser().get(f"/samlinger/{made.slug}").text
    assert "begynte som en kopi av" in text
    assert "Utlånernettverket" in text
    change(collection, published_at=None)
    text = browser().get(f"/samlinger/{made.slug}").text
    assert "begynte som en kopi av" not in text
    assert "Begynn her" in text


def test_only_coordinators_copy(browser, member, borrower, collection):
    client = browser(enrol(borrower, member()))
    assert client.post(f"/samlinger/{collection.id}/kopier", data={"nettverk": "laner"}).status_code == 403


def pinned(client, slug="utlaner"):
    page = BeautifulSoup(client.get(f"/nettverk/{slug}").text, "html.parser")
    section = page.select_one("section[aria-labelledby=festet]")
    return [link.get_text(strip=True) for link in section.select("a")] if section else []


def test_posts_and_collections_are_pinned_ordered_and_taken_down(browser, host, lender, collection):
    question = factories.question(title="Les dette først")
    for what in (str(question.id), f"http://localhost/samlinger/{collection.slug}", str(question.id)):
        assert host.post("/nettverk/utlaner/festet", data={"what": what}).status_code == 303
    assert pinned(browser()) == ["Les dette først", "Om overvann"]
    first, second = session.scalars(select(NetworkPin.id).order_by(NetworkPin.position)).all()
    assert host.post(f"/nettverk/utlaner/festet/{second}/flytt", data={"til": "opp"}).status_code == 303
    assert pinned(browser()) == ["Om overvann", "Les dette først"]
    for _ in range(2):
        assert host.post(f"/nettverk/utlaner/festet/{first}/fjern").status_code == 303
    assert pinned(browser()) == ["Om overvann"]
    assert host.post(f"/nettverk/utlaner/festet/{first}/flytt", data={"til": "opp"}).status_code == 404
    assert "Om overvann" in host.get("/nettverk/utlaner/festet").text


def test_each_reader_sees_what_they_may_of_what_is_pinned(browser, member, host, lender, collection):
    closed = factories.question(title="Bare oss", audience="network", for_network_id=lender.id)
    gone = factories.question(title="Trukket tilbake")
    for what in (closed.id, gone.id):
        host.post("/nettverk/utlaner/festet", data={"what": str(what)})
    host.post("/nettverk/utlaner/festet", data={"what": f"/samlinger/{collection.slug}"})
    session.get_one(Post, gone.id).withdrawn_at = clock.now()
    session.commit()
    change(collection, audience="members")
    assert pinned(browser()) == []
    assert pinned(browser(member())) == ["Om overvann"]
    assert pinned(browser(enrol(lender, member()))) == ["Bare oss", "Om overvann"]
    text = host.get("/nettverk/utlaner/festet").text
    assert "leserne ser det ikke" in text
    assert "Trukket tilbake eller lukket" in text


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("", "Lim inn en adresse"),
        ("999999", "Vi finner ikke dette"),
        ("/samlinger/999999-ingen", "Vi finner ikke dette"),
        ("https://example.org/", "Dere kan feste innlegg og samlinger."),
        ("/folk/1-noen", "Dere kan feste innlegg og samlinger."),
        ("/om", "Denne siden kan ikke stå"),
    ],
)
def test_what_cannot_be_pinned_is_explained(host, what, said):
    answer = host.post("/nettverk/utlaner/festet", data={"what": what})
    assert answer.status_code == 422
    assert said in answer.text
    assert session.query(NetworkPin).count() == 0


def test_what_is_for_another_network_is_not_pinned_here(browser, member, guest, lender, borrower, collection):
    both = member("Begge Testesen")
    enrol(lender, both)
    enrol(borrower, both, COORDINATOR)
    closed = factories.question(title="Bare dem", audience="network", for_network_id=lender.id)
    change(collection, audience="network")
    client = browser(both)
    for what in (str(closed.id), f"/samlinger/{collection.slug}"):
        assert client.post("/nettverk/laner/festet", data={"what": what}).status_code == 422
    assert guest.post("/nettverk/utlaner/festet", data={"what": "1"}).status_code == 403


def test_there_is_a_limit_to_what_is_pinned(host, monkeypatch):
    monkeypatch.setattr(rules, "MOST_PINS", 1)
    one, other = factories.question().id, factories.question().id
    assert host.post("/nettverk/utlaner/festet", data={"what": str(one)}).status_code == 303
    answer = host.post("/nettverk/utlaner/festet", data={"what": str(other)})
    assert answer.status_code == 422
