"""Municipalities that are like one's own: computed, compared, and what sorts lists by it."""

import dataclasses
import logging
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import delete, func, select

from kunnskap import clock, create_app
from kunnskap.actor import Actor
from kunnskap.cli import mergers
from kunnskap.cli.starting import load_reference_data
from kunnskap.db import session
from kunnskap.documents.models import DocumentDetails
from kunnskap.files import StoredFile
from kunnskap.places import comparing
from kunnskap.places.likeness import WEIGHTS
from kunnskap.places.models import Likeness, Place, PlaceSuccession
from kunnskap.posts import nearness
from kunnskap.posts import queries as posts
from kunnskap.posts.kinds import DOCUMENT, QUESTION
from kunnskap.posts.models import Post
from kunnskap.search import indexing
from tests import factories
from tests.browsing import sign_in

SORTED = "?sorter=lik"
LISTS = ("/sporsmal", "/erfaringer", "/dokumenter")


def towns_and_county() -> dict[str, Place]:
    telemark, capital = factories.county(), factories.county("Oslo", "03")
    small = {"centrality": 5, "kostra_group": "6", "county_id": telemark.id, "language_form": "nynorsk"}
    made = {
        "tinn": factories.place("Tinn", "4026", population=5_600, latitude=59.88, longitude=8.59, **small),
        "vinje": factories.place("Vinje", "4036", population=5_000, latitude=59.63, longitude=7.99, **small),
        "oslo": factories.place(
            "Oslo", "0301", population=728_714, centrality=1, kostra_group="13", county_id=capital.id,
            language_form="nøytral", latitude=59.91, longitude=10.75,
        ),
        "gamleby": factories.place("Gamleby", "0899", valid_to=date(2019, 12, 31)),
        "telemark": telemark,
    }  # fmt: skip
    old, new = made["gamleby"].id, made["vinje"].id
    factories.keep(PlaceSuccession(old_id=old, new_id=new, happened_on=date(2020, 1, 1), change="merged"))
    comparing.recompute()
    session.commit()
    return made


@pytest.fixture
def towns(database):
    """Our small Tinn; Vinje, which is like it; Oslo, which is not; and Gamleby, which became part of Vinje."""
    return towns_and_county()


@pytest.fixture
def adviser(member, towns):
    return member("Test Testesen", place=towns["tinn"])


@pytest.fixture
def questions(towns):
    """Five questions, the newest last: three are from or about somewhere, one is without any place."""
    anybody, now = factories.person("Prøve Person"), clock.now()
    places = {
        "Fra Gamleby": {"place_id": towns["gamleby"].id},
        "Om Vinje": {"place_id": towns["oslo"].id, "places": [towns["vinje"]]},
        "Fra Tinn": {"place_id": towns["tinn"].id},
        "Fra Oslo": {"place_id": towns["oslo"].id},
        "Uten sted": {},
    }
    return [
        factories.question(anybody, title=title, published_at=now - timedelta(hours=9 - hour), **facts)
        for hour, (title, facts) in enumerate(places.items())
    ]


def share_document(title: str, place: Place, letter: str) -> Post:
    made = factories.post(DOCUMENT, title=title, status="plan", place_id=place.id)
    factories.keep(StoredFile(sha256=letter * 64, size=1, media_type="application/pdf"))
    factories.keep(DocumentDetails(post_id=made.id, sha256=letter * 64, filename="plan.pdf"))
    return made


def page(browser, address, account=None) -> BeautifulSoup:
    answer = browser(account).get(address)
    assert answer.status_code == 200, answer.status
    return BeautifulSoup(answer.text, "html.parser")


def titles(soup: BeautifulSoup) -> list[str]:
    return [one.get_text(strip=True) for one in soup.select(".k-card__title")]


def orders(soup: BeautifulSoup) -> list[str]:
    return [one["value"] for one in soup.select("#sorter option")]


def test_loading_reference_data_computes_every_pair_both_ways_and_again_changes_nothing(app):
    with app.app_context():
        assert "127092 pairs of municipalities" in load_reference_data()
        assert load_reference_data().endswith("; 0 new or changed.")
    home = session.scalar(select(Place.id).where(Place.number == "4026"))
    scores = comparing.scores(home)
    assert scores.keys() > comparing.facts().keys()
    assert len(comparing.facts()) == 357
    alike = comparing.most_alike(home)
    assert [one.alike.score for one in alike] == pytest.approx([scores[one.place.id] for one in alike])
    assert len(alike) == 10
    in_sql = comparing.near(home)
    assert dict(session.execute(select(in_sql.c.place_id, in_sql.c.score)).all()) == dict(scores)


def test_what_is_missing_after_an_upgrade_is_computed_by_the_worker(towns):
    session.execute(delete(Likeness))
    session.commit()
    assert comparing.scores(towns["tinn"].id).keys() == {towns["tinn"].id}
    comparing.compute_missing()
    session.commit()
    assert session.scalar(select(func.count()).select_from(Likeness)) == 6
    assert comparing.scores(towns["tinn"].id)[towns["vinje"].id] > 0.8


def test_without_places_there_is_nothing_to_compute(database):
    assert comparing.recompute() == 0
    comparing.compute_missing()
    assert comparing.load().counts == {"pairs of municipalities": 0}


def test_when_facts_change_and_municipalities_merge_all_is_computed_anew(towns):
    tinn, vinje, oslo = (towns[name].id for name in ("tinn", "vinje", "oslo"))
    before = comparing.scores(tinn)[vinje]
    session.get_one(Place, vinje).population = 90_000
    assert comparing.recompute() == 6
    session.commit()
    assert comparing.scores(tinn)[vinje] < before
    session.get_one(Place, vinje).valid_to = date(2025, 12, 31)
    session.add(PlaceSuccession(old_id=vinje, new_id=tinn, happened_on=date(2026, 1, 1), change="merged"))
    mergers.follow()
    comparing.recompute()
    session.commit()
    assert session.scalar(select(func.count()).select_from(Likeness)) == 2
    assert comparing.scores(tinn) == {
        tinn: 1.0,
        vinje: 1.0,
        towns["gamleby"].id: 1.0,
        oslo: comparing.scores(tinn)[oslo],
    }
    assert comparing.scores(vinje) == comparing.scores(tinn)


def test_a_former_place_is_as_alike_as_the_one_it_became_and_counties_are_alike_nobody(towns):
    scores = comparing.scores(towns["tinn"].id)
    assert scores[towns["gamleby"].id] == scores[towns["vinje"].id] > scores[towns["oslo"].id]
    assert comparing.scores(towns["gamleby"].id)[towns["gamleby"].id] == 1
    assert comparing.scores(towns["telemark"].id) == comparing.scores(None) == {}
    assert comparing.most_alike(towns["telemark"].id) == comparing.most_alike(None) == []


def test_an_adviser_has_the_most_alike_first_with_the_reason_on_each_card(browser, adviser, questions):
    soup = page(browser, f"/sporsmal{SORTED}", adviser)
    assert titles(soup) == ["Fra Tinn", "Om Vinje", "Fra Gamleby", "Fra Oslo", "Uten sted"]
    cards = [" ".join(card.get_text(" ", strip=True).split()) for card in soup.select(".k-card")]
    assert "Fra eller om deres egen kommune" in cards[0]
    told = "ligner dere: omtrent like mange innbyggere (5 000), like sentral (5 av 6), samme KOSTRA-gruppe"
    assert f"Vinje {told}" in cards[1]
    assert f"Gamleby {told}" in cards[2]
    assert "dere" not in cards[3] + cards[4]
    assert soup.find("a", string="Slik regner vi ut likhet")["href"] == "/om/likhet"
    assert titles(page(browser, "/sporsmal", adviser))[0] == "Uten sted"


def test_experiences_and_documents_are_sorted_alike(browser, adviser, towns):
    for title, town, letter in (("Nær", "vinje", "a"), ("Fjern", "oslo", "b")):
        factories.experience(title=title, place_id=towns[town].id)
        share_document(title, towns[town], letter)
    for address in LISTS[1:]:
        assert titles(page(browser, address, adviser)) == ["Fjern", "Nær"]
        assert titles(page(browser, address + SORTED, adviser)) == ["Nær", "Fjern"]
        assert "Vinje ligner dere:" in page(browser, address + SORTED, adviser).text


@pytest.mark.parametrize("address", LISTS)
def test_only_those_who_work_in_a_municipality_are_offered_the_order(browser, member, towns, address):
    county, nowhere = member(place=towns["telemark"]), member()
    assert "lik" in orders(page(browser, address, member(place=towns["tinn"])))
    assert "lik" in orders(page(browser, address, member(place=towns["gamleby"])))
    for account in (county, nowhere, None):
        assert "lik" not in orders(page(browser, address, account))
        page(browser, address + SORTED, account)


def test_a_county_adviser_who_asks_for_it_all_the_same_gets_the_newest_first(browser, member, towns, questions):
    for account in (member(place=towns["telemark"]), None):
        assert titles(page(browser, f"/sporsmal{SORTED}", account))[0] == "Uten sted"
        assert "ligner dere" not in page(browser, f"/sporsmal{SORTED}", account).text


def test_pages_of_a_sorted_list_hold_each_post_once_and_the_total_is_right(browser, adviser, towns):
    near, far = towns["vinje"].id, towns["oslo"].id
    asked = factories.person("Prøve Person")
    for number in range(45):
        factories.question(asked, title=f"Nummer {number}", place_id=near if number % 2 else far)
    seen = []
    for number in (1, 2, 3):
        soup = page(browser, f"/sporsmal{SORTED}&side={number}", adviser)
        assert soup.select_one("p[role=status]").get_text() == "45 spørsmål"
        seen += titles(soup)
    assert len(seen) == len(set(seen)) == 45
    assert seen[0] == "Nummer 43"
    assert {int(title.split()[1]) % 2 for title in seen[:22]} == {1}
    assert titles(page(browser, f"/sporsmal{SORTED}&side=9", adviser)) == []


@pytest.mark.parametrize("circles", [(), (1,), (2, 3), (1, 2, 3, 4, 5, 6)])
def test_looking_at_the_most_alike_places_first_changes_nothing_but_the_time(
    adviser, towns, questions, circles, monkeypatch
):
    monkeypatch.setattr(nearness, "CIRCLES", circles)
    actor = Actor(person_id=adviser.person_id, role="member", place_id=towns["tinn"].id)
    for name in ("vinje", "oslo", "tinn", "gamleby"):
        factories.question(title=f"Nyere fra {name}", place_id=towns[name].id)
        factories.question(title=f"Skjult fra {name}", place_id=towns[name].id, hides_author=True)
    wanted = posts.Filter(kinds=(QUESTION,), like=towns["tinn"].id)
    pages = [posts.page(actor, wanted, number, size=2) for number in range(1, 8)]
    assert {one.total for one in pages} == {13}
    assert [post.title for one in pages for post in one.items] == [
        "Nyere fra tinn", "Fra Tinn",
        "Nyere fra gamleby", "Nyere fra vinje", "Om Vinje", "Fra Gamleby",
        "Nyere fra oslo", "Fra Oslo",
        "Skjult fra gamleby", "Skjult fra tinn", "Skjult fra oslo", "Skjult fra vinje", "Uten sted",
    ]  # fmt: skip


def test_the_order_and_the_filters_work_together(browser, adviser, questions):
    soup = page(browser, f"/sporsmal{SORTED}&fylke=03", adviser)
    assert titles(soup) == ["Om Vinje", "Fra Oslo"]
    assert soup.select_one("p[role=status]").get_text() == "2 spørsmål"


def test_the_order_does_not_tell_where_somebody_wrote_who_keeps_it_to_themselves(browser, member, adviser, towns):
    author = member("Hemmelig Testesen", place=towns["vinje"])
    now = clock.now()
    hidden = {"hides_author": True, "place_id": towns["vinje"].id}
    factories.question(author, title="Skjult", published_at=now - timedelta(hours=3), **hidden)
    about = {"hides_author": True, "place_id": towns["oslo"].id, "places": [towns["vinje"]]}
    factories.question(author, title="Skjult om Vinje", published_at=now - timedelta(hours=5), **about)
    factories.question(title="Åpen i Oslo", place_id=towns["oslo"].id, published_at=now - timedelta(hours=4))
    for reader in (adviser, author, member(role="moderator", place=towns["tinn"])):
        soup = page(browser, f"/sporsmal{SORTED}", reader)
        assert titles(soup) == ["Skjult om Vinje", "Åpen i Oslo", "Skjult"]
        assert soup.text.count("ligner dere:") + soup.text.count("Fra eller om deres egen kommune") == 1


def test_what_is_not_for_the_reader_is_neither_sorted_nor_counted(browser, adviser, towns):
    factories.question(title="Åpen", place_id=towns["oslo"].id)
    factories.question(title="Borte", place_id=towns["vinje"].id, hidden_at=clock.now())
    factories.question(title="Lukket", place_id=towns["vinje"].id, audience="place", for_place_id=towns["vinje"].id)
    soup = page(browser, f"/sporsmal{SORTED}", adviser)
    assert titles(soup) == ["Åpen"]
    assert soup.select_one("p[role=status]").get_text() == "1 spørsmål"


def test_a_sorted_list_takes_few_statements_however_long_it_is(browser, adviser, questions, count_sql):
    reader = browser(adviser)
    reader.get(f"/sporsmal{SORTED}")
    with count_sql() as few:
        reader.get(f"/sporsmal{SORTED}")
    for number in range(12):
        factories.question(title=f"Flere {number}", place_id=questions[0].place_id)
    reader.get(f"/sporsmal{SORTED}")
    with count_sql() as many:
        reader.get(f"/sporsmal{SORTED}")
    assert len(many) <= len(few) <= 11, many


@pytest.fixture
def keeping(app, settings):
    """The same site, keeping pages."""
    engine, handlers = session.get_bind(), logging.getLogger().handlers[:]
    site = create_app(dataclasses.replace(settings, page_cache=True, database_url="sqlite://"))
    logging.getLogger().handlers[:] = handlers
    session.remove()
    session.configure(bind=engine)
    yield site
    indexing._connected[:] = [app.extensions["kunnskap.index"]]


def test_no_reader_is_given_a_page_that_was_sorted_for_another_municipality(keeping, member, towns, questions):
    first = {}
    readers = {"tinn": "Fra Tinn", "oslo": "Fra Oslo", "telemark": "Uten sted"}
    for _twice in range(2):
        for name, title in readers.items():
            client = keeping.test_client()
            sign_in(client, member(place=towns[name]))
            soup = BeautifulSoup(client.get(f"/sporsmal{SORTED}").text, "html.parser")
            assert titles(soup)[0] == title
            offered = BeautifulSoup(client.get("/sporsmal").text, "html.parser")
            assert ("lik" in orders(offered)) == (name != "telemark")
            first[name] = title
    assert titles(BeautifulSoup(keeping.test_client().get(f"/sporsmal{SORTED}").text, "html.parser"))[0] == "Uten sted"


def test_a_municipality_page_shows_the_most_alike_with_what_is_compared(browser, towns, adviser, count_sql):
    soup = page(browser, "/kommuner/4026-tinn")
    rows = [[cell.get_text(" ", strip=True).replace("\xa0", " ") for cell in row] for row in _rows(soup)]
    assert [row[0] for row in rows] == ["Tinn", "Vinje", "Oslo"]
    assert rows[1][3:9] == ["5 000", "5 av 6", "6", "Telemark", "Nynorsk", "44 km"]
    assert rows[1][2].startswith("omtrent like mange innbyggere (5 000), like sentral (5 av 6), samme KOSTRA-gruppe")
    assert "deres egen kommune" not in soup.text
    with count_sql() as statements:
        page(browser, "/kommuner/4036-vinje")
    assert len(statements) <= 19, statements
    mine = page(browser, "/kommuner/4036-vinje", adviser)
    assert "Vinje og deres egen kommune, Tinn, er 9" in mine.text
    assert "deres egen kommune" not in page(browser, "/kommuner/4026-tinn", adviser).text
    assert not page(browser, "/fylker/40-telemark", adviser).select("#ligner")


def _rows(soup):
    return [row.find_all(["th", "td"]) for row in soup.select("[aria-labelledby=ligner] tbody tr")]


def test_two_municipalities_are_compared_part_by_part(browser, towns):
    soup = page(browser, "/kommuner/4026-tinn/sammenlign?med=4036")
    assert soup.h1.get_text(strip=True) == "Tinn og Vinje"
    rows = {
        row.th.get_text(): [cell.get_text(strip=True) for cell in row.find_all("td")] for row in soup.select("tbody tr")
    }
    assert rows["KOSTRA-gruppe"] == ["6", "6", "100 %", "15 %"]
    assert rows["Avstand"][0] == "44 km mellom sentrene"
    assert rows["Kyst eller innland"] == ["Ikke kjent", "Ikke kjent", "–", "10 %"]
    for other in ("Vinje", "0899", "vinje (4036)"):
        assert page(browser, f"/kommuner/4026-tinn/sammenlign?med={other}").h1.get_text(strip=True) == "Tinn og Vinje"
    assert "Ingenting av det vi sammenligner, er likt." in page(browser, "/kommuner/4026-tinn/sammenlign?med=0301").text


def test_a_comparison_with_nobody_asks_whom_with_and_one_that_cannot_be_says_why(browser, towns):
    assert "Sammenlign Tinn med en annen kommune" in page(browser, "/kommuner/4026-tinn/sammenlign").text
    wrong = {
        "4026": "Velg en annen kommune enn Tinn.",
        "9999": "Vi finner ikke den kommunen.",
        "40": "Vi finner ikke den kommunen.",
        "<b>": "Vi finner ikke den kommunen.",
        "%00": "Vi finner ikke den kommunen.",
    }
    for number, words in wrong.items():
        answer = browser().get(f"/kommuner/4026-tinn/sammenlign?med={number}")
        assert answer.status_code == 404
        assert words in answer.text
    assert browser().get("/kommuner/4026/sammenlign?med=4036").location == "/kommuner/4026-tinn/sammenlign?med=4036"
    assert browser().get("/kommuner/0899-gamleby/sammenlign").location == "/kommuner/4036-vinje/sammenlign"
    assert browser().get("/kommuner/40-telemark/sammenlign").status_code == 404


def test_the_page_about_likeness_tells_the_weights_as_they_are_and_what_is_not_known(browser, towns):
    soup = page(browser, "/om/likhet")
    told = [row.td.get_text(strip=True) for row in soup.select("tbody tr")]
    assert told == [f"{round(100 * weight)} %" for weight in WEIGHTS.values()]
    assert "ikke med ennå" in soup.text
    session.get_one(Place, towns["tinn"].id).is_coastal = False
    session.commit()
    assert "ikke med ennå" not in page(browser, "/om/likhet").text
    assert "Innland" in page(browser, "/kommuner/4026-tinn").text


def test_databases_agree_on_what_is_most_alike_when_scores_are_equal(towns):
    twins = [factories.place(f"Tvilling {number}", f"490{number}", population=5_000) for number in (1, 2)]
    comparing.recompute()
    session.commit()
    found = [one.place.id for one in comparing.most_alike(towns["oslo"].id)]
    assert found.index(twins[0].id) < found.index(twins[1].id)
