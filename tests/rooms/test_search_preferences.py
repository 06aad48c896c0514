"""What lifts a hit a little, and the one switch there is."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from kunnskap import clock
from kunnskap.actor import ANYONE, Actor
from kunnskap.db import session
from kunnskap.networks.models import NetworkPlace
from kunnskap.places import comparing
from kunnskap.places.models import Place
from kunnskap.search import preferences as rules
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


def titles(page: BeautifulSoup) -> list[str]:
    return [" ".join(one.get_text().split()) for one in page.select(".k-card__title")]


def lifted(actor, **wanted) -> dict[str, frozenset[str]]:
    return {one.reason: one.values for one in preferences(actor, **wanted)}


def test_everybody_gets_answered_confirmed_and_endorsed_lifted(database):
    year = clock.now().year
    assert lifted(ANYONE) == {
        "answered": {"answered"}, "confirmed": {f"confirmed-{year}", f"confirmed-{year - 1}"}, "endorsed": {"endorsed"},
    }  # fmt: skip


def test_who_is_signed_in_gets_what_is_like_home_lifted_unless_it_is_not_wanted(skien):
    actor = Actor(person_id=1, role="member", place_id=skien.id)
    like = {"county": {"40"}, "size": {"over-50000"}, "network": {"telenett"}, "own": {"4003"}}
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
    assert "Treff fra kommuner som ligner deres, er løftet fram." in page.text
    assert page.find("a", string="Slå av")["href"] == "/sok?q=solceller&likt=nei"
    page = look(browser, at_home, q="solceller", likt="nei")
    assert page.find("a", string="Løft fram treff fra kommuner som ligner vår")["href"] == "/sok?q=solceller"
    for account in (elsewhere, None):
        assert "kommunen din" not in look(browser, account, q="solceller").text


@pytest.fixture
def alike(skien):
    """Porsgrunn, which is like Skien, and Utsira, which is not."""
    facts = {"centrality": 3, "kostra_group": "9", "latitude": 59.1, "longitude": 9.6}
    made = factories.place("Porsgrunn", "4001", county_id=skien.county_id, population=38_000, **facts)
    far = {"centrality": 6, "kostra_group": "2", "latitude": 59.3, "longitude": 4.9}
    utsira = factories.place("Utsira", "1151", county_id=factories.county("Rogaland", "11").id, population=219, **far)
    for name, value in facts.items():
        setattr(session.merge(skien), name, value)
    comparing.recompute()
    session.commit()
    return {"porsgrunn": made, "utsira": utsira}


def test_circles_of_the_most_alike_lie_within_one_another_and_leave_the_own_out(skien, alike, monkeypatch):
    monkeypatch.setattr(rules, "CIRCLES", (1, 2))
    actor = Actor(person_id=1, role="member", place_id=skien.id)
    circles = [one.values for one in preferences(actor) if one.reason == "alike"]
    assert circles == [{"4001"}, {"4001", "1151"}]
    assert "alike" not in lifted(actor, alike=False)
    assert {"alike", "own"}.isdisjoint(lifted(Actor(person_id=1, place_id=session.get_one(Place, skien.id).county_id)))


def test_what_comes_from_an_alike_municipality_is_lifted_says_so_and_can_be_left_as_it_was(
    browser, member, skien, alike, monkeypatch
):
    monkeypatch.setattr(rules, "CIRCLES", (1,))
    older, newer = clock.now() - timedelta(days=2), clock.now() - timedelta(days=1)
    factories.question(title="Solceller A", place_id=alike["porsgrunn"].id, published_at=older)
    factories.question(title="Solceller B", place_id=alike["utsira"].id, published_at=newer)
    adviser = member(place=session.merge(skien))
    page = look(browser, adviser, q="solceller")
    assert titles(page) == ["Solceller A", "Solceller B"]
    told = "Kommer fra eller handler om en kommune som ligner deres"
    assert page.text.count(told) == 1
    assert page.find("a", string="Slik regner vi ut likhet")["href"] == "/om/likhet"
    off = look(browser, adviser, q="solceller", likt="nei")
    assert titles(off) == ["Solceller B", "Solceller A"]
    assert told not in off.text
    kept = off.select_one("main form[action='/sok'] input[name=likt]")
    assert kept["value"] == "nei"
    assert not page.select("main form[action='/sok'] input[name=likt]")


def test_nothing_is_lifted_for_where_somebody_wrote_who_keeps_it_to_themselves(browser, member, skien, alike):
    author = member("Hemmelig Testesen", place=alike["porsgrunn"])
    factories.question(author, title="Solceller", place_id=alike["porsgrunn"].id, hides_author=True)
    factories.question(title="Solcelletak", place_id=skien.id, hides_author=True)
    page = look(browser, member(place=session.merge(skien)), q="solceller solcelletak")
    assert len(page.select(".k-card__title")) == 2
    for told in ("ligner deres\n", "en kommune som ligner deres", "handler om kommunen din"):
        assert told not in page.select_one("ol.k-cards").text


def test_a_county_is_told_of_its_county_and_not_of_likeness(browser, member, skien):
    factories.question(title="Solceller")
    county = session.get_one(Place, session.merge(skien).county_id)
    page = look(browser, member(place=county), q="solceller")
    assert "Treff fra fylket deres er løftet litt fram." in page.text
    assert "kommuner som ligner" not in page.text
    off = look(browser, member(place=county), q="solceller", likt="nei")
    assert off.find("a", string="Løft fram treff fra fylket vårt")
