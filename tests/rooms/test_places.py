"""Municipalities and counties, today's and those before them."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup

from kunnskap.db import session
from kunnskap.networks import register as networks
from kunnskap.places import queries, register
from kunnskap.posts.actions import Content, publish
from kunnskap.posts.kinds import EXPERIENCE
from tests.browsing import Browser
from tests.loading import load_once

Open = Callable[..., Browser]
FOUND = {
    ("skien", ""): ["Skien"],
    ("Guovdageaidnu", ""): ["Kautokeino"],
    ("kaivuono", ""): ["Kåfjord"],
    ("porsangu", ""): ["Porsanger"],
    ("bjugn", ""): ["Ørland"],
    ("tysfjord", ""): ["Hamarøy", "Narvik"],
    ("4003", ""): ["Skien"],
    ("HERØY", "15"): ["Herøy"],
    ("finnes ikke", ""): [],
    ("", "99"): [],
}
MOVED = {
    "/kommuner/0301": "/kommuner/0301-oslo",
    "/kommuner/0301-kristiania": "/kommuner/0301-oslo",
    "/kommuner/1601-trondheim": "/kommuner/5001-trondheim",
    "/kommuner/1627-bjugn": "/kommuner/5057-orland",
    "/kommuner/0137-valer": "/kommuner/3114-valer",
    "/kommuner/46-vestland": "/fylker/46-vestland",
    "/fylker/16-sor-trondelag": "/fylker/50-trondelag",
    "/fylker/0301-oslo": "/kommuner/0301-oslo",
}
SPLIT = {"/kommuner/1850-tysfjord": ["Hamarøy", "Narvik"], "/fylker/30-viken": ["Akershus", "Buskerud", "Østfold"]}


@pytest.fixture
def places(database: object) -> None:
    load_once("places and networks", register.load, networks.load)


def _page(browser: Browser, address: str) -> BeautifulSoup:
    answer = browser.get(address)
    assert answer.status_code == 200, answer.status
    return BeautifulSoup(answer.text, "html.parser")


def test_loading_the_registers_again_changes_nothing(places: None) -> None:
    assert register.load().changed == 0
    assert networks.load().changed == 0
    session.expire_all()
    assert len(queries.municipalities()) == 357
    assert len(queries.counties()) == 15


def test_every_municipality_is_in_the_list_and_on_the_map(places: None, browser: Open) -> None:
    page = _page(browser(), "/kommuner")
    assert len(page.select("tbody tr")) == 357
    assert len(page.select("svg a circle")) == 357
    assert page.select_one("svg a")["href"].startswith("/kommuner/")


def test_municipalities_are_found_by_any_name_they_have_or_had(places: None) -> None:
    every = queries.municipalities()
    for (name, county), found in FOUND.items():
        assert [one.place.name for one in queries.search(every, name, county)] == found, name


def test_the_list_is_narrowed_by_name_and_county_in_a_plain_form(places: None, browser: Open) -> None:
    page = _page(browser(), "/kommuner?navn=bjugn&fylke=50")
    assert [row.get_text() for row in page.select("tbody th a")] == ["Ørland"]
    assert "tidligere Bjugn" in page.tbody.get_text()
    assert page.select_one("#navn")["value"] == "bjugn"
    assert page.select_one("#fylke option[selected]")["value"] == "50"
    assert len(page.select(".k-dot--faint")) == 356


def test_a_county_shows_its_municipalities_only(places: None, browser: Open) -> None:
    assert len(_page(browser(), "/kommuner?fylke=55").select("tbody tr")) == 21
    page = _page(browser(), "/fylker/55-troms")
    assert page.h1.get_text() == "Troms"
    assert [name["lang"] for name in page.select(".k-lead span")] == ["se", "fkv"]
    assert len(page.select(".k-names li")) == 21
    assert len(_page(browser(), "/fylker").select("main li h2")) == 15


def test_a_municipality_shows_facts_people_networks_and_what_it_has_shared(
    places: None, browser: Open, member: Callable
) -> None:
    haugesund = queries.by_number("1106")
    account = member("Prøve Person", place=haugesund)
    publish(account.actor, EXPERIENCE, Content("Kort fortalt.", "Vi byttet ut gravemaskinen", status="pagar"))
    session.commit()
    page = _page(browser(), "/kommuner/1106-haugesund")
    words = page.main.get_text(" ", strip=True)
    for wanted in ("Prøve Person", "Klimanettverk Haugalandet", "Vi byttet ut gravemaskinen", "Rogaland", "Bokmål"):
        assert wanted in words
    assert page.select_one('a[href="https://www.haugesund.kommune.no/"]')


def test_old_numbers_and_names_lead_to_todays_page(places: None, browser: Open) -> None:
    for old, today in MOVED.items():
        answer = browser().get(old)
        assert (answer.status_code, answer.location) == (301, today), old


def test_a_place_that_was_split_lists_those_that_took_over(places: None, browser: Open) -> None:
    for old, names in SPLIT.items():
        assert [link.get_text() for link in _page(browser(), old).select("main .ds-list a")] == names


@pytest.mark.parametrize("number", ["9999", "abc", "0301x", "4003%00"])
def test_an_unknown_place_is_not_found(browser: Open, number: str) -> None:
    assert browser().get(f"/kommuner/{number}").status_code == 404


def test_lists_of_places_take_few_statements(
    places: None, browser: Open, count_sql: Callable, member: Callable
) -> None:
    for reader in (browser(), browser(member())):
        for address in ("/kommuner?navn=a", "/fylker"):
            with count_sql() as statements:
                reader.get(address)
            assert len(statements) <= 6, statements


def test_places_are_found_by_what_people_type_and_by_mail_domain(places: None) -> None:
    assert queries.by_words("skien").number == "4003"
    assert queries.by_words("Våler (3419)").number == "3419"
    assert queries.by_words("Oslo").number == "0301"
    assert queries.by_words("Oslo (03)").number == "03"
    assert queries.by_words("Herøy") is None
    assert queries.by_words("Ingensteds") is None
    assert queries.by_domain("post.skien.kommune.no").number == "4003"
    assert queries.by_domain("notskien.kommune.no") is None
    assert queries.by_domain("trondelagfylke.no").number == "50"
    assert "Herøy (1818)" in queries.options()
