"""What lifts a hit a little, and the one switch there is."""

import pytest
from bs4 import BeautifulSoup

from kunnskap import clock
from kunnskap.actor import ANYONE, Actor
from kunnskap.db import session
from kunnskap.networks.models import NetworkPlace
from kunnskap.search import queries
from kunnskap.search.preferences import preferences
from kunnskap.search.results import Wanted
from tests import factories


@pytest.fixture
def skien(database):
    telemark = factories.county()
    made = factories.place("Skien", "4003", county_id=telemark.id, population=56_000)
    network = factories.network("telenett")
    factories.keep(NetworkPlace(network_id=network.id, place_id=made.id))
    return made


def look(browser, account=None, **query) -> BeautifulSoup:
    return BeautifulSoup(browser(account).get("/sok", query_string=query).get_data(as_text=True), "html.parser")


def lifted(actor, **wanted) -> dict[str, frozenset[str]]:
    return {one.reason: one.values for one in preferences(actor, **wanted)}


def test_everybody_gets_answered_confirmed_and_endorsed_lifted(database):
    year = clock.now().year
    assert lifted(ANYONE) == {
        "answered": {"answered"}, "confirmed": {f"confirmed-{year}", f"confirmed-{year - 1}"}, "endorsed": {"endorsed"},
    }  # fmt: skip


def test_who_is_signed_in_gets_what_is_like_home_lifted_unless_it_is_not_wanted(skien):
    actor = Actor(person_id=1, role="member", place_id=skien.id)
    like = {"county": {"40"}, "size": {"over-50000"}, "network": {"telenett"}}
    assert lifted(actor) == lifted(ANYONE) | like
    assert lifted(actor, alike=False) == lifted(ANYONE)
    assert {one.reason for one in queries.asked(actor, Wanted("sol")).preferences} == lifted(actor).keys()


def test_a_county_has_no_size(database):
    county = factories.county(population=178_000)
    assert lifted(Actor(person_id=1, place_id=county.id)).keys() - lifted(ANYONE).keys() == {"county"}


def test_no_preference_outweighs_the_words():
    actor = Actor(person_id=1, place_id=None)
    assert sum(one.weight for one in preferences(actor)) < 0.5


def test_the_switch_is_in_the_address_and_only_for_those_with_a_municipality(browser, member, skien):
    factories.question(title="Solceller")
    place = session.merge(skien)
    at_home, elsewhere = member(place=place), member()
    page = look(browser, at_home, q="solceller")
    assert "Det som ligner på kommunen din, er løftet litt fram." in page.text
    assert page.find("a", string="Slå av")["href"] == "/sok?q=solceller&likt=nei"
    page = look(browser, at_home, q="solceller", likt="nei")
    assert page.find("a", string="Løft fram det som ligner på kommunen min")["href"] == "/sok?q=solceller"
    for account in (elsewhere, None):
        assert "kommunen din" not in look(browser, account, q="solceller").text
