"""Municipalities and counties in networks: when they came and went, and what became of those that merged."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup

from kunnskap import clock
from kunnskap.db import session
from kunnskap.networks import queries
from kunnskap.networks.models import COORDINATOR, NetworkMember, NetworkPlace
from kunnskap.places.models import PlaceSuccession
from tests import factories

HERE = "/nettverk/provenettverket"
MERGED = date(2020, 1, 1)


@pytest.fixture
def network(database):
    return factories.network("provenettverket", "Prøvenettverket")


@pytest.fixture
def skien(database):
    return factories.place(county_id=factories.county().id)


@pytest.fixture
def host(browser, member, network):
    account = member("Koordinator Testesen")
    factories.keep(NetworkMember(network_id=network.id, person_id=account.person_id, role=COORDINATOR))
    return browser(account)


def became(old, new):
    factories.keep(PlaceSuccession(old_id=old.id, new_id=new.id, happened_on=MERGED, change="merge"))


def facts(client):
    page = BeautifulSoup(client.get(HERE).text, "html.parser")
    terms = page.select(".k-facts dt")
    return {dt.get_text(strip=True): dt.find_next("dd").get_text(" ", strip=True) for dt in terms}


def row(network, place):
    return session.get(NetworkPlace, (network.id, place.id), populate_existing=True)


def test_a_place_comes_and_goes_and_is_shown_apart_afterwards(host, browser, network, skien):
    assert host.get(f"{HERE}/steder").status_code == 200
    for _ in range(2):
        sent = {"place": "Skien", "since": "2019-03-01"}
        assert host.post(f"{HERE}/steder", data=sent).status_code == 303
    told = facts(browser())
    assert "Skien (fra 1. mars 2019)" in " ".join(told["Deltakere"].split())
    assert "Tidligere deltakere" not in told
    answer = host.post(f"{HERE}/steder/{skien.id}/slutt", data={"until": "2024-06-30"})
    assert answer.status_code == 303
    told = facts(browser())
    assert "Deltakere" not in told
    assert "Skien (1. mars 2019 til 30. juni 2024)" in " ".join(told["Tidligere deltakere"].split())
    assert queries.of_place(skien.id) == []
    assert "Prøvenettverket" not in browser().get("/kommuner/4003-skien").text
    host.post(f"{HERE}/steder", data={"place": "Skien", "since": "2025-01-01"})
    assert (row(network, skien).since, row(network, skien).until) == (date(2025, 1, 1), None)


def test_a_place_that_ends_today_has_its_last_day_today(host, network, skien):
    factories.belongs(network, skien)
    assert host.post(f"{HERE}/steder/{skien.id}/slutt").status_code == 303
    assert row(network, skien).until == clock.today()
    assert [one.id for one in queries.of_place(skien.id)] == [network.id]


def test_a_place_added_by_mistake_is_taken_back_twice_as_once(host, network, skien):
    factories.belongs(network, skien)
    for _ in range(2):
        assert host.post(f"{HERE}/steder/{skien.id}/fjern").status_code == 303
    assert row(network, skien) is None


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"place": ""}, "Velg en kommune eller et fylke."),
        ({"place": "Atlantis"}, "Vi finner ikke «Atlantis»"),
        ({"place": "Skien", "since": "i fjor"}, "Skriv datoen som"),
        ({"place": "Skien", "since": "0001-01-01"}, "fra 1990"),
        ({"place": "Skien", "since": "9999-12-31"}, "fra 1990"),
    ],
)
def test_what_is_no_place_or_no_day_is_explained(host, network, skien, sent, said):
    answer = host.post(f"{HERE}/steder", data=sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert row(network, skien) is None


@pytest.mark.parametrize("until", ["2018-01-01", "tull", "9999-12-31"])
def test_a_place_cannot_end_before_it_began_or_on_no_day(host, network, skien, until):
    factories.belongs(network, skien, since=date(2019, 1, 1))
    assert host.post(f"{HERE}/steder/{skien.id}/slutt", data={"until": until}).status_code == 422
    assert row(network, skien).until is None
    assert host.post(f"{HERE}/steder/999999/slutt").status_code == 404


def test_others_change_no_places(browser, member, network, skien):
    factories.belongs(network, skien)
    client = browser(member())
    assert client.get(f"{HERE}/steder").status_code == 403
    assert client.post(f"{HERE}/steder", data={"place": "Skien"}).status_code == 403
    assert client.post(f"{HERE}/steder/{skien.id}/slutt").status_code == 403
    assert client.post(f"{HERE}/steder/{skien.id}/fjern").status_code == 403


def test_municipalities_that_merged_are_shown_as_what_they_became(browser, network, count_sql):
    county = factories.county("Innlandet", "34")
    one = factories.place("Gamle Ene", "0801", valid_to=MERGED)
    other = factories.place("Gamle Andre", "0802", valid_to=MERGED)
    new = factories.place("Nye Begge", "3801", county_id=county.id)
    became(one, new)
    became(other, new)
    factories.belongs(network, one, until=MERGED)
    factories.belongs(network, other)
    factories.question(title="Fra gamle dager", place_id=one.id)
    told = facts(browser())
    assert told["Deltakere"].startswith("Nye Begge")
    assert told["Deltakere"].count("Nye Begge") == 1
    assert "Gamle Ene, nå Nye Begge" in told["Tidligere deltakere"]
    assert "Gamle Andre, nå Nye Begge" in told["Tidligere deltakere"]
    assert "Fra gamle dager" in browser().get(HERE).text
    assert "Prøvenettverket" in browser().get("/kommuner/3801-nye-begge").text
    with count_sql() as statements:
        browser().get(HERE)
    assert len(statements) <= 14


def test_one_that_left_before_it_merged_stays_former(browser, network):
    old, new = factories.place("Gamle Ene", "0801", valid_to=MERGED), factories.place("Nye Begge", "3801")
    became(old, new)
    factories.belongs(network, old, until=MERGED - timedelta(days=400))
    told = facts(browser())
    assert "Deltakere" not in told
    assert "Gamle Ene" in told["Tidligere deltakere"]
    assert "Nye Begge" not in told["Tidligere deltakere"]


def test_one_that_was_split_belongs_to_nobody_in_particular(browser, network):
    old = factories.place("Delt", "1507", valid_to=MERGED)
    for number in ("1508", "1580"):
        became(old, factories.place(f"Del {number}", number))
    factories.belongs(network, old)
    told = facts(browser())
    assert "Deltakere" not in told
    assert "Delt" in told["Tidligere deltakere"]


def test_a_place_that_stands_in_both_ways_stands_once(browser, network):
    old, new = factories.place("Gamle Ene", "0801", valid_to=MERGED), factories.place("Nye Begge", "3801")
    became(old, new)
    factories.belongs(network, old)
    factories.belongs(network, new, since=MERGED)
    told = facts(browser())
    assert told["Deltakere"].count("Nye Begge") == 1
    assert "Gamle Ene, nå Nye Begge" in told["Tidligere deltakere"]
