"""Collections: making, filling, ordering, publishing and reading them, and who sees what."""

import pytest
from sqlalchemy import select

from kunnskap import clock
from kunnskap.audit import AuditEntry
from kunnskap.collections import rules
from kunnskap.collections.models import Collection
from kunnskap.db import session
from kunnskap.networks.models import COORDINATOR
from kunnskap.people.models import Person
from kunnskap.posts.models import Post
from tests import factories
from tests.curating import begun, enrol, items_of, put, read, shown

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


def test_a_coordinator_makes_fills_publishes_and_a_visitor_reads_a_collection(host, browser, network):
    question = factories.question(title="Hvordan måler dere overvann?")
    kari = factories.person("Prøve Person")
    assert "Lag en samling" in host.get("/nettverk/provenettverket/samlinger").text
    assert host.get("/nettverk/provenettverket/samlinger/ny").status_code == 200
    answer = host.post("/nettverk/provenettverket/samlinger/ny", data=TOLD)
    assert answer.status_code == 303
    made = session.scalars(select(Collection)).one()
    add = f"/samlinger/{made.id}/innhold"
    for sent in (
        {"what": f"http://localhost/sporsmal/{question.slug}", "note": "Begynn her."},
        {"what": f"/folk/{kari.slug}"},
        {"what": "https://www.miljodirektoratet.no/veiledere", "title": "Veilederne", "note": "Staten sier"},
    ):
        assert host.post(add, data=sent).status_code == 303
    assert browser().get(f"/samlinger/{made.slug}").status_code == 404
    assert host.post(f"/samlinger/{made.id}/publiser", data={"ut": "1"}).status_code == 303
    visitor = browser()
    assert shown(visitor, made) == ["Hvordan måler dere overvann?", "Prøve Person", "Veilederne"]
    text = visitor.get(f"/samlinger/{made.slug}").text
    assert "<strong>nye</strong>" in text
    assert "Begynn her." in text
    for address in ("/samlinger", "/nettverk/provenettverket/samlinger"):
        assert "Kom i gang med overvann" in visitor.get(address).text
    assert [one.act for one in session.scalars(select(AuditEntry))] == ["collection published"]


def test_the_old_name_of_a_collection_leads_to_the_new(browser, network):
    made = begun(network)
    answer = browser().get(f"/samlinger/{made.id}-noe-annet")
    assert (answer.status_code, answer.location) == (301, f"/samlinger/{made.slug}")
    for address in ("finnes-ikke", "999999", "0", "9" * 30):
        assert browser().get(f"/samlinger/{address}").status_code == 404


@pytest.mark.parametrize(
    ("audience", "for_visitor", "for_member", "for_network"),
    [("everyone", 200, 200, 200), ("members", 404, 200, 200), ("network", 404, 404, 200)],
)
def test_a_collection_is_read_by_those_it_is_for(
    browser, member, network, audience, for_visitor, for_member, for_network
):
    made = begun(network, audience=audience, title="Hemmelig navn")
    inside = enrol(network, member())
    for client, expected in (
        (browser(), for_visitor),
        (browser(member()), for_member),
        (browser(inside), for_network),
        (browser(member(role="moderator")), 200),
    ):
        assert read(client, made)[0] == expected
        for address in ("/samlinger", "/nettverk/provenettverket/samlinger", "/nettverk/provenettverket"):
            assert ("Hemmelig navn" in client.get(address).text) == (expected == 200), address


def test_what_is_not_out_is_seen_by_those_who_look_after_it(browser, member, network, host):
    made = begun(network, published_at=None, title="Halvferdig")
    inside = enrol(network, member())
    for client in (browser(), browser(member()), browser(inside)):
        assert read(client, made)[0] == 404
        assert "Halvferdig" not in client.get("/nettverk/provenettverket/samlinger").text
        assert client.post(f"/folg/collection/{made.id}").status_code in {302, 404}
    assert "Ikke lagt ut" in read(host, made)[1]


def test_items_the_reader_may_not_see_are_left_out_silently(browser, member, network, host):
    made = begun(network)
    elsewhere = factories.network("annet", "Et annet nettverk")
    put(made, post_id=factories.question(title="Åpent spørsmål").id)
    put(made, post_id=factories.question(title="For innloggede", audience="members").id)
    put(made, post_id=factories.question(title="Bare oss", audience="network", for_network_id=network.id).id)
    put(made, post_id=factories.question(title="Bare dem", audience="network", for_network_id=elsewhere.id).id)
    put(made, post_id=factories.question(title="Trukket", withdrawn_at=clock.now()).id)
    put(made, person_id=factories.person("Ulistet Testesen", listed=False).id)
    assert shown(browser(), made) == ["Åpent spørsmål"]
    assert shown(browser(member()), made) == ["Åpent spørsmål", "For innloggede"]
    assert shown(browser(enrol(network, member())), made) == ["Åpent spørsmål", "For innloggede", "Bare oss"]
    for client in (browser(), browser(member()), host):
        for address in (f"/samlinger/{made.slug}", f"/samlinger/{made.id}/rediger"):
            text = client.get(address).text
            assert "Bare dem" not in text
            assert "Ulistet" not in text
    assert "6" not in browser().get(f"/samlinger/{made.slug}").text.split("k-collection")[0].split("<main")[1][:200]


def test_editors_see_what_readers_do_not_marked(host, browser, member, network, coordinator):
    made = begun(network)
    mine = factories.question(coordinator, title="Trukket av meg", withdrawn_at=clock.now())
    put(made, post_id=mine.id)
    put(made, person_id=factories.person("Ulistet Testesen", listed=False).id)
    text = host.get(f"/samlinger/{made.id}/rediger").text
    assert "Trukket av meg" in text
    assert "Trukket tilbake eller skjult" in text
    assert "En person som ikke lenger står i katalogen" in text
    assert shown(host, made) == []


def test_a_post_without_a_name_is_without_a_name_here_too(browser, member, network, skien):
    made = begun(network)
    asker = member("Navnløs Testesen", place=skien)
    put(made, post_id=factories.question(asker, title="Et ømt spørsmål", hides_author=True, place_id=skien.id).id)
    text = browser().get(f"/samlinger/{made.slug}").text
    assert "Et ømt spørsmål" in text
    assert "Navnløs" not in text
    assert "Skien" not in text


def test_things_are_ordered_without_scripts(host, network):
    made = begun(network)
    for name in "abcd":
        put(made, url=f"https://example.org/{name}", title=name)
    ids = [one.id for one in items_of(made)]

    def order(number, to):
        assert host.post(f"/samlinger/{made.id}/innhold/{ids[number]}/flytt", data={"til": to}).status_code == 303
        return "".join(one.title for one in items_of(made))

    assert order(1, "opp") == "bacd"
    assert order(1, "opp") == "bacd"
    assert order(1, "ned") == "abcd"
    assert order(0, "4") == "bcda"
    assert order(0, "0") == "abcd"
    assert order(0, "99999999999") == "bcda"
    assert order(0, "tull") == "bcda"
    assert [one.position for one in items_of(made)] == [1, 2, 3, 4]
    assert host.post(f"/samlinger/{made.id}/innhold/999999/flytt", data={"til": "opp"}).status_code == 404


def test_things_are_taken_out_twice_as_once_and_only_from_their_own_collection(host, network):
    made, other = begun(network), begun(network, title="En annen")
    item = put(made, url="https://example.org/", title="Lenke")
    assert host.post(f"/samlinger/{other.id}/innhold/{item.id}/fjern").status_code == 303
    assert len(items_of(made)) == 1
    assert host.get(f"/samlinger/{other.id}/innhold/{item.id}").status_code == 404
    for _ in range(2):
        assert host.post(f"/samlinger/{made.id}/innhold/{item.id}/fjern").status_code == 303
    assert items_of(made) == []


def test_a_collection_is_followed_and_found_again_on_my_page(browser, member, network):
    made = begun(network)
    client = browser(member())
    answer = client.post(f"/folg/collection/{made.id}", follow_redirects=True)
    assert "Slutt å følge" in answer.text
    assert "Kom i gang med overvann" in client.get("/min-side").text
    session.get_one(Collection, made.id).audience = "network"
    session.commit()
    assert "Kom i gang med overvann" not in client.get("/min-side").text


def test_a_post_is_put_in_from_its_own_page(host, browser, member, network):
    made, question = begun(network), factories.question(title="Et godt spørsmål")
    assert f"/innlegg/{question.id}/samling" in host.get(f"/sporsmal/{question.slug}").text
    assert "Kom i gang med overvann" in host.get(f"/innlegg/{question.id}/samling").text
    assert host.post(f"/innlegg/{question.id}/samling", data={}).status_code == 422
    sent = {"collection": str(made.id), "note": "Les svarene"}
    assert host.post(f"/innlegg/{question.id}/samling", data=sent).status_code == 303
    assert [(one.post_id, one.note) for one in items_of(made)] == [(question.id, "Les svarene")]
    plain = browser(member())
    assert f"/innlegg/{question.id}/samling" not in plain.get(f"/sporsmal/{question.slug}").text
    assert plain.get(f"/innlegg/{question.id}/samling").status_code == 403
    elsewhere = begun(factories.network("annet", "Et annet"), title="Andres")
    assert host.post(f"/innlegg/{question.id}/samling", data={"collection": str(elsewhere.id)}).status_code == 422


def test_a_post_that_ends_leaves_the_collection_whole(browser, network):
    made, question = begun(network), factories.question()
    put(made, post_id=question.id)
    put(made, url="https://example.org/", title="Lenke")
    session.get_one(Post, question.id).hidden_at = clock.now()
    session.commit()
    assert shown(browser(), made) == ["Lenke"]


def test_whoever_leaves_the_site_stands_in_no_collection(browser, network):
    made, kari = begun(network), factories.person("Prøve Person")
    put(made, person_id=kari.id)
    assert shown(browser(), made) == ["Prøve Person"]
    session.get_one(Person, kari.id).left_at = clock.now()
    session.commit()
    assert shown(browser(), made) == []


def test_a_full_collection_takes_few_statements(browser, member, network, host, count_sql):
    made = begun(network)
    for number in range(12):
        asker = member(f"Test {number}", place=factories.place(f"Sted {number}", f"{5000 + number}"))
        put(made, post_id=factories.question(asker, themes=[factories.theme(f"tema-{number}")]).id)
        put(made, person_id=factories.person(f"Prøve {number}").id)
        begun(network, title=f"Samling {number}")
    for client in (browser(), browser(member()), host):
        for address, most in ((f"/samlinger/{made.slug}", 11), ("/samlinger", 4)):
            with count_sql() as statements:
                assert client.get(address).status_code == 200
            assert len(statements) <= most, f"{address}\n{statements}"
    with count_sql() as statements:
        assert host.get(f"/samlinger/{made.id}/rediger").status_code == 200
    assert len(statements) <= 11, statements


def test_moderators_look_after_every_collection(browser, member, network):
    made = begun(network)
    client = browser(member(role="moderator"))
    assert client.get(f"/samlinger/{made.id}/rediger").status_code == 200
    sent = TOLD | {"read": rules.fingerprint_of(session.get_one(Collection, made.id)), "title": "Rettet"}
    assert client.post(f"/samlinger/{made.id}/rediger", data=sent).status_code == 303
    assert session.get_one(Collection, made.id).title == "Rettet"
