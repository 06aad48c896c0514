"""Words nobody has written, searches that give nothing, and an index that is not there."""

import pytest
from bs4 import BeautifulSoup

from kunnskap.search import indexing, queries
from kunnskap.search.engines.protocol import Correction, IndexDown, Results
from tests import factories


@pytest.fixture
def corrected(monkeypatch):
    """Have the index mend klimabusjett, and remember what it was asked; with `gives` it finds what it finds."""
    asked = []
    find = indexing.Index.find

    def mend(index, query):
        asked.append(query)
        found = find(index, query)
        if query.literal or "busjett" not in query.words:
            return found
        meant = [Correction("klimabusjett", "klimabudsjett")]
        meant += [Correction("Skein", "skien")] if "Skein" in query.words else []
        return Results(found.hits, found.total, found.facets, found.terms, meant)

    monkeypatch.setattr(indexing.Index, "find", mend)
    return asked


@pytest.fixture
def down(monkeypatch):
    """Have the index be gone."""

    def fail(_index, _query):
        raise IndexDown

    monkeypatch.setattr(indexing.Index, "find", fail)


def look(browser, address="/sok", **query) -> BeautifulSoup:
    response = browser().get(address, query_string=query)
    assert response.status_code == 200
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def hrefs(page, selector="#treff a") -> dict[str, str]:
    return {" ".join(link.text.split()): link["href"] for link in page.select(selector)}


def test_a_word_that_was_mended_is_said_and_can_be_searched_for_as_it_stands(browser, corrected):
    factories.question(title="Klimabudsjett i praksis")
    page = look(browser, q="Klimabusjett klimabusjett praksis")
    assert "Vi søkte også etter «klimabudsjett»." in " ".join(page.select_one("#treff").text.split())
    assert hrefs(page)["«klimabudsjett»"] == "/sok?q=Klimabusjett+klimabudsjett+praksis"
    assert hrefs(page)["Søk bare etter «klimabusjett»"] == "/sok?q=Klimabusjett+klimabusjett+praksis&bare=ordrett"


def test_several_words_are_mended_at_once_and_keep_their_capitals(browser, corrected):
    factories.question(title="Klimabudsjett i Skien")
    page = look(browser, q="klimabusjett i Skein")
    assert hrefs(page)["«klimabudsjett Skien»"] == "/sok?q=klimabudsjett+i+Skien"
    assert hrefs(page)["Søk bare etter «klimabusjett Skein»"] == "/sok?q=klimabusjett+i+Skein&bare=ordrett"


def test_searching_for_the_words_as_they_stand_is_a_chip(browser, corrected):
    factories.question(title="Klimabudsjett i praksis")
    page = look(browser, q="klimabudsjett", bare="ordrett")
    assert corrected[-1].literal
    assert hrefs(page, "a.ds-chip[data-removable]") == {"Bare ordene slik de står": "/sok?q=klimabudsjett"}


def test_when_the_words_as_they_stand_give_nothing_what_was_meant_is_one_click_away(browser, corrected):
    page = look(browser, q="klimabusjett", bare="ordrett")
    assert "Mente du «klimabudsjett»?" in " ".join(page.select_one("#treff").text.split())
    assert hrefs(page)["Søk etter «klimabudsjett»"] == "/sok?q=klimabudsjett"


def test_what_was_looked_for_in_vain_is_asked_about(browser, corrected):
    page = look(browser, q="klimabusjett i Skein")
    assert "Mente du «klimabudsjett Skien»?" in " ".join(page.select_one("#treff").text.split())
    assert hrefs(page)["Søk etter «klimabudsjett i Skien»"] == "/sok?q=klimabudsjett+i+Skien"


def test_an_empty_page_leads_on_without_filters_in_the_text_too(browser):
    factories.question(title="Solceller")
    page = look(browser, q="solceller type:erfaring", status="i-drift")
    assert hrefs(page, ".k-empty a")["Søk uten filtrene"] == "/sok?q=solceller"


def test_a_search_without_an_index_says_so_and_leads_to_the_lists(browser, down):
    response = browser().get("/sok?q=solceller")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"
    page = BeautifulSoup(response.get_data(as_text=True), "html.parser")
    assert "Søket bygges opp igjen" in page.text
    for list_page in ("/sporsmal", "/erfaringer", "/dokumenter", "/folk"):
        assert page.select_one(f"main a[href='{list_page}']"), list_page
        assert browser().get(list_page).status_code == 200


@pytest.mark.parametrize("address", ["/sok/forslag?q=sol", "/sok/lignende?q=solceller"])
def test_what_comes_while_one_types_is_only_empty_without_an_index(browser, down, address):
    response = browser().get(address)
    assert response.status_code == 200
    assert b"<a" not in response.data


def test_every_other_page_works_without_an_index(browser, member, down):
    question = factories.question(title="Solceller")
    experience = factories.experience(title="Solceller i drift")
    account = member()
    for address in ("/", f"/sporsmal/{question.slug}", f"/erfaringer/{experience.slug}", "/sok", "/sporsmal/nytt"):
        assert browser(account).get(address).status_code == 200, address


def test_related_posts_are_none_without_an_index(app, actor, down):
    question = factories.question(title="Solceller")
    assert queries.similar(actor, question.title) == []


@pytest.mark.parametrize(
    "query",
    [
        '"', '"klima', "«»", '-"', "-", "- -", "tema:", "tema:\u202eklima", "år:9999999999", "forfatter:%", "kommune:'", ":::",
        "forfatter:\u0000x", 'type:"' * 60, "-a " * 150, '"a" ' * 120, "år:2019 " * 60, "*?~", "klima~2", "k*", "[a TO z]",
        "\u200f\u200eklima", "👩‍👩‍👧‍👦 år:👩", "hvem " * 90, "Skien " * 80, "og i på", "a" * 100_000, "100%", "%s %(x)s {0} {{ x }}",
        'tema:"%(x)s" "%(y)s" -%(z)s',
    ],
)  # fmt: skip
def test_whatever_is_written_gives_a_page(browser, query):
    factories.place("Skien", "4003")
    factories.question(title="Klima")
    for name in ("q", "tema", "kommune", "fylke", "forfatter", "ar", "nettverk", "storrelse", "ordrett", "side"):
        assert browser().get("/sok", query_string={"q": "klima"} | {name: query}).status_code == 200, name
