"""Places and people in the words of a search: first, said in a chip, and never more than a wish."""

import pytest
from bs4 import BeautifulSoup

from kunnskap.actor import ANYONE
from kunnskap.search import indexing, queries
from kunnskap.search.results import Wanted
from tests import factories


@pytest.fixture
def skien(database):
    telemark = factories.county()
    return factories.place("Skien", "4003", county_id=telemark.id, population=56_000)


def look(browser, **query) -> BeautifulSoup:
    response = browser().get("/sok", query_string=query)
    assert response.status_code == 200
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def chips(page) -> dict[str, str]:
    return {" ".join(chip.text.split()): chip["href"] for chip in page.select("a.ds-chip[data-removable]")}


def links(page) -> dict[str, str]:
    return {" ".join(link.text.split()): link["href"] for link in page.select("#treff .k-results__head a.ds-link")}


def test_a_place_is_a_wish_that_can_be_taken_back_or_made_a_filter(browser, skien):
    factories.question(title="Byggeplass uten utslipp", place_id=skien.id)
    factories.question(title="Byggeplass andre steder")
    page = look(browser, q="byggeplass i Skien kommune")
    assert len(page.select("#treff .k-card")) == 2
    assert chips(page) == {"Treff fra Skien først": "/sok?q=byggeplass+i+Skien+kommune&ordrett=skien"}
    assert links(page) == {"Vis bare Skien": "/sok?q=byggeplass&kommune=4003"}
    assert chips(look(browser, q="byggeplass i Skien kommune", ordrett="skien")) == {}
    only = look(browser, q="byggeplass", kommune="4003")
    assert len(only.select("#treff .k-card")) == 1
    assert chips(only) == {"Skien": "/sok?q=byggeplass"}


def test_a_county_is_a_wish_too(browser, skien):
    factories.question(title="Solceller", place_id=skien.id)
    page = look(browser, q="solceller Telemark")
    assert chips(page) == {"Treff fra Telemark først": "/sok?q=solceller+Telemark&ordrett=telemark"}
    assert links(page) == {"Vis bare Telemark": "/sok?q=solceller&fylke=40"}


def test_who_asks_for_people_first(browser, skien):
    person = factories.person("Test Testesen", skien, role="Rådgiver for overvann")
    indexing.index().refresh(people=[person.id])
    factories.question(title="Overvann")
    page = look(browser, q="hvem kan overvann")
    assert chips(page) == {"Folk først": "/sok?q=hvem+kan+overvann&ordrett=hvem"}
    assert links(page) == {"Vis bare folk": "/sok?q=hvem+kan+overvann&type=person"}
    assert chips(look(browser, q="hvem kan overvann", type="person")) == {"Folk": "/sok?q=hvem+kan+overvann"}


def test_a_place_that_is_chosen_already_is_no_wish(browser, skien):
    factories.question(title="Solceller", place_id=skien.id)
    assert list(chips(look(browser, q="solceller Skien", kommune="4003"))) == ["Skien"]
    assert list(chips(look(browser, q="solceller Skien kommune:4003"))) == ["Skien"]


def test_what_is_understood_lifts_and_the_words_stay(app, skien):
    query = queries.asked(ANYONE, Wanted("hvem kan overvann i Skien"))
    assert query.words == "hvem kan overvann i Skien"
    lifted = {one.reason: (one.facet, one.values) for one in query.preferences}
    assert lifted["place"] == ("municipality", {"4003"})
    assert lifted["people"] == ("kind", {"person"})
    assert not query.kinds
    assert not query.municipalities


def test_a_place_of_before_brings_the_name_of_todays(app, skien):
    assert queries.asked(ANYONE, Wanted("4003 solceller")).words == "4003 solceller Skien"


def test_words_in_a_phrase_or_an_exclusion_are_no_places(app, skien):
    query = queries.asked(ANYONE, Wanted('"i Skien" -Skien sol'))
    assert (query.words, query.phrases, query.without) == ("sol", ("i Skien",), ("Skien",))
    assert "place" not in {one.reason for one in query.preferences}
