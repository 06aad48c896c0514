"""What comes while somebody writes an operator in a search field."""

import pytest
from bs4 import BeautifulSoup

from tests import factories


@pytest.fixture(autouse=True)
def _named(database):
    telemark = factories.county()
    factories.place("Skien", "4003", county_id=telemark.id)
    factories.place("Nordre Follo", "3207")
    factories.theme("energi", "Energi")
    factories.theme("bygg", "Bygg og energi")
    factories.network("follonett", "Follo klimanettverk")


def rows(browser, text) -> dict[str, str]:
    page = BeautifulSoup(browser().get("/sok/forslag", query_string={"q": text}).get_data(as_text=True), "html.parser")
    return {row.get_text(strip=True): row["href"] for row in page.select("[role=option]")}


@pytest.mark.parametrize(
    ("text", "proposed"),
    [
        ("sol tema:ener", ["tema:Energi", 'tema:"Bygg og energi"']),
        ("tema:", ['tema:"Bygg og energi"', "tema:Energi"]),
        ("kommune:sk", ["kommune:Skien"]),
        ('kommune:"nordre f', ['kommune:"Nordre Follo"']),
        ("fylke:tel", ["fylke:Telemark"]),
        ("nettverk:foll", ['nettverk:"Follo klimanettverk"']),
        ("type:erf", ["type:erfaring"]),
        ("status:under", ['status:"Under gjennomføring"']),
        ("storleik:over", ["storleik:over-50000"]),
    ],
)
def test_values_of_an_operator_are_proposed(browser, text, proposed):
    assert list(rows(browser, text)) == proposed


def test_a_row_leads_to_the_search_with_the_operator_written_out(browser):
    assert rows(browser, "sol kommune:nor") == {'kommune:"Nordre Follo"': "/sok?q=sol+kommune%3A%22Nordre+Follo%22"}


def test_every_value_that_is_proposed_is_understood(browser):
    for text in ("tema:", "kommune:", "fylke:", "nettverk:", "type:", "status:", "size:"):
        for address in rows(browser, text).values():
            page = BeautifulSoup(browser().get(address).get_data(as_text=True), "html.parser")
            assert len(page.select("a.ds-chip[data-removable]")) == 1, address


def test_at_most_eight_are_proposed_and_other_words_propose_as_ever(browser):
    for number in range(12):
        factories.place(f"Prøveby {number}", f"99{number:02}")
    assert len(rows(browser, "kommune:prø")) == 8
    factories.question(title="Solceller på tak")
    assert "Solceller på tak" in "".join(rows(browser, "solceller"))
