"""What is for those in one network alone: there for them, and nowhere for others."""

import re

import pytest

from kunnskap import clock
from kunnskap.collections.models import Collection, CollectionItem, NetworkPin
from kunnskap.db import session
from kunnskap.networks.models import MEMBER, NetworkMember
from kunnskap.posts.kinds import DOCUMENT
from kunnskap.posts.models import Post
from tests import factories

HERE = "/nettverk/provenettverket"
SECRET = "Fortrolig"


@pytest.fixture
def network(database):
    return factories.network("provenettverket", "Prøvenettverket")


def enrol(network, account, role=MEMBER):
    factories.keep(NetworkMember(network_id=network.id, person_id=account.person_id, role=role))
    return account


@pytest.fixture
def inside(member, network):
    return enrol(network, member("Inne Testesen"))


@pytest.fixture
def closed(network, inside):
    """A question, an experience and a document for the network alone."""
    only = {"audience": "network", "for_network_id": network.id}
    return [
        factories.question(inside, title=f"{SECRET} spørsmål", **only),
        factories.experience(inside, title=f"{SECRET} erfaring", **only),
        factories.post(DOCUMENT, inside, title=f"{SECRET} dokument", **only),
    ]


def test_members_find_what_is_for_the_network(browser, network, inside, closed):
    client = browser(inside)
    for address in (HERE, f"{HERE}/internt"):
        text = client.get(address).text
        for post in closed:
            assert post.title in text
        for words in ("Spør nettverket", "Del et dokument med nettverket"):
            assert words in text


def outsiders(browser, member, network):
    elsewhere = factories.network("annet", "Et annet nettverk")
    former = enrol(network, member("Tidligere Testesen"))
    session.delete(session.get_one(NetworkMember, (network.id, former.person_id)))
    session.commit()
    return [browser(), browser(member()), browser(enrol(elsewhere, member())), browser(former)]


def test_others_find_nothing_of_it_anywhere(browser, member, network, inside, closed):
    collection = factories.keep(Collection(network_id=network.id, title="En åpen samling", published_at=clock.now()))
    for position, post in enumerate(closed):
        factories.keep(CollectionItem(collection_id=collection.id, position=position, post_id=post.id, note="Se her"))
        factories.keep(NetworkPin(network_id=network.id, position=position, post_id=post.id))
    addresses = [
        HERE, f"{HERE}/medlemmer", f"{HERE}/samlinger", "/nettverk", "/samlinger", f"/samlinger/{collection.slug}",
        "/", "/sporsmal", "/erfaringer", "/dokumenter", f"/sok?q={SECRET}", f"/api/v1/search?q={SECRET}",
        f"/folk/{inside.person_id}-inne-testesen", "/sitemap-1.xml", "/overblikk",
    ]  # fmt: skip
    for client in outsiders(browser, member, network):
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code in {200, 404}, address
            assert not any(post.title in re.sub("</?mark>", "", answer.text) for post in closed), address
        page = client.get(HERE).text
        for words in ("Bare for nettverket", "Spør nettverket", "internt", "Begynn her"):
            assert words not in page
        assert "Se her" not in client.get(f"/samlinger/{collection.slug}").text
        assert client.get(f"{HERE}/internt").status_code in {302, 404}
        for post in closed:
            assert client.get(f"/innlegg/{post.id}").status_code == 404
            assert client.get(f"/{post.kind.endpoint.split('.')[0]}/{post.slug}").status_code == 404


def test_others_are_told_no_number_of_what_they_may_not_see(browser, member, network, inside):
    before = [client.get(HERE).text for client in (browser(), browser(member("Utenfor Testesen")))]
    for number in range(3):
        factories.question(inside, title=f"{SECRET} {number}", audience="network", for_network_id=network.id)
    after = [client.get(HERE).text for client in (browser(), browser(member("Utenfor Testesen")))]

    def plain(page):
        return re.sub(r"\d{6,}|[0-9a-f]{32}", "", page)

    assert [plain(page) for page in before] == [plain(page) for page in after]


def test_moderators_see_it_but_ask_nothing_there(browser, member, network, closed):
    page = browser(member(role="moderator")).get(HERE).text
    assert f"{SECRET} spørsmål" in page
    assert "Spør nettverket" not in page


@pytest.mark.parametrize("form", ["/sporsmal/nytt", "/erfaringer/ny", "/dokumenter/nytt"])
def test_forms_opened_from_the_network_have_its_readers_chosen(browser, member, network, inside, form):
    chosen = re.compile(rf'value="network:{network.id}"[^>]*selected|selected[^>]*value="network:{network.id}"')
    assert chosen.search(browser(inside).get(f"{form}?nettverk=provenettverket").text)
    assert not chosen.search(browser(inside).get(form).text)
    assert f"network:{network.id}" not in browser(member()).get(f"{form}?nettverk=provenettverket").text
    for odd in ("finnes-ikke", "%00", "x" * 3000):
        assert browser(inside).get(f"{form}?nettverk={odd}").status_code == 200


def test_a_question_to_the_network_is_asked_read_and_answered_there(browser, member, network, inside):
    theme = factories.theme()
    client, colleague = browser(inside), browser(enrol(network, member("Kollega Testesen")))
    sent = {"title": "Hvem har prøvd dette før?", "body": "Vi lurer.", "themes": theme.slug, "language": "nb"}
    answer = client.post("/sporsmal/nytt?nettverk=provenettverket", data=sent | {"audience": f"network:{network.id}"})
    assert answer.status_code == 302
    asked = session.query(Post).one()
    assert "Hvem har prøvd dette før?" in colleague.get(HERE).text
    colleague.post(f"/sporsmal/{asked.id}/svar", data={"body": "Det har vi.", "language": "nb"})
    assert "Det har vi." in client.get(f"/sporsmal/{asked.slug}").text
    for outside in (browser(), browser(member())):
        assert outside.get(f"/sporsmal/{asked.slug}").status_code == 404
        assert "Hvem har prøvd" not in outside.get(HERE).text


def test_a_full_page_of_a_network_takes_few_statements(browser, member, network, inside, closed, skien, count_sql):
    factories.belongs(network, skien)
    for number in range(8):
        account = enrol(network, member(f"Test {number}", place=skien))
        shared = factories.experience(account, themes=[factories.theme(f"tema-{number}")], places=[skien])
        factories.question(account, place_id=skien.id)
        factories.keep(NetworkPin(network_id=network.id, position=number, post_id=shared.id))
        factories.keep(Collection(network_id=network.id, title=f"Samling {number}", published_at=clock.now()))
    for client in (browser(), browser(member()), browser(inside), browser(member(role="moderator"))):
        for address, most in ((HERE, 14), (f"{HERE}/medlemmer", 5)):
            with count_sql() as statements:
                assert client.get(address).status_code == 200
            assert len(statements) <= most, f"{address}\n{statements}"
    with count_sql() as statements:
        assert browser(inside).get(f"{HERE}/internt").status_code == 200
    assert len(statements) <= 8, statements
