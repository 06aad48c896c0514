"""Municipality pages are the memory: what was written from there, across people, mergers, splits and new numbers."""

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup

from kunnskap import clock
from kunnskap.places import queries, register
from tests import factories
from tests.loading import load_once


@pytest.fixture
def places(database):
    load_once("places", register.load)


def shown(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.status
    return BeautifulSoup(answer.text, "html.parser")


def place(number):
    return queries.by_number(number)


def words(page):
    return " ".join(page.main.get_text(" ", strip=True).split())


def test_old_numbers_and_names_lead_to_todays_page_in_several_steps(places, browser):
    client = browser()
    for old in ("0706", "0706-sandefjord", "0710-sandefjord", "3804-sandefjord", "0719-andebu"):
        answer = client.get(f"/kommuner/{old}")
        assert (answer.status_code, answer.location) == (301, "/kommuner/3907-sandefjord"), old
    assert "tidligere Andebu" in words(shown(client, "/kommuner?navn=andebu"))


def test_all_that_was_written_through_the_years_stands_on_todays_page(places, browser, member):
    today = place("3907")
    gone = factories.person("Test Sluttet", today, left_at=clock.now())
    now = member("Test Ansatt", place=today)
    facts = {"published_at": datetime(2015, 12, 31, 23, 30, tzinfo=UTC)}
    factories.experience(gone, title="Fra gamle Sandefjord", place_id=place("0706").id, **facts)
    factories.experience(gone, title="Fra Andebu", place_id=place("0719").id)
    factories.question(now, title="Fra dagens kommune", place_id=today.id)
    page = shown(browser(), "/kommuner/3907-sandefjord")
    for title in ("Fra gamle Sandefjord", "Fra Andebu", "Fra dagens kommune"):
        assert title in words(page)
    table = next(one for one in page.select("table") if "år for år" in one.caption.get_text())
    rows = {
        row.th.get_text(): [cell.get_text(strip=True) for cell in row.select("td")] for row in table.select("tbody tr")
    }
    assert rows == {str(clock.now().year): ["1", "1"], "2016": ["0", "1"]}
    people = page.select_one("#folk").parent.get_text(" ", strip=True)
    assert "Test Ansatt" in people
    assert "Test Sluttet" not in people


def test_the_memory_is_narrowed_by_kind(places, browser):
    sandefjord = place("3907")
    factories.question(title="Et spørsmål herfra", place_id=sandefjord.id)
    factories.experience(title="En erfaring herfra", place_id=sandefjord.id)
    page = shown(browser(), "/kommuner/3907-sandefjord?type=erfaring")
    titles = [title.get_text(strip=True) for title in page.select(".k-card__title")]
    assert titles == ["En erfaring herfra"]
    assert len(shown(browser(), "/kommuner/3907-sandefjord?type=tull").select(".k-card__title")) == 2


def test_what_came_from_a_municipality_that_was_split_is_reached_from_each_that_took_over(places, browser):
    factories.experience(title="Fra Tysfjord", place_id=place("1850").id)
    for number in ("1806-narvik", "1875-hamaroy"):
        page = shown(browser(), f"/kommuner/{number}")
        assert "1 innlegg er skrevet fra Tysfjord (delt i 2020)" in words(page)
        assert page.select_one('main a[href="/kommuner/1850-tysfjord"]')
    assert "Fra Tysfjord" in words(shown(browser(), "/kommuner/1850-tysfjord"))


def test_nothing_closed_or_nameless_is_counted_for_others(places, browser, member):
    sandefjord = place("3907")
    author, other = member(place=sandefjord), member()
    for facts in (
        {"audience": "place", "for_place_id": sandefjord.id},
        {"hides_author": True},
        {"withdrawn_at": clock.now()},
    ):
        factories.question(author, title="Ikke for alle", place_id=sandefjord.id, **facts)
    secret = factories.question(author, title="Uten navn", place_id=sandefjord.id, hides_author=True)
    factories.answer(secret, other, place_id=place("4003").id)
    factories.answer(secret, author, place_id=sandefjord.id, hides_author=True)
    for reader in (browser(), browser(other)):
        page = shown(reader, "/kommuner/3907-sandefjord")
        assert "Ikke for alle" not in words(page)
        assert "År for år" not in words(page)
        assert not page.select_one("#kjenner")
        assert not page.select_one("#svar-herfra")


def test_people_the_municipality_knows_are_those_it_answered_and_was_answered_by(places, browser, member):
    sandefjord, skien = place("3907"), place("4003")
    here, there = member("Test Her", place=sandefjord), member("Test Der", place=skien)
    unlisted = member("Test Skjult", place=skien, listed=False)
    ours = factories.question(here, title="Vårt spørsmål", place_id=place("0706").id)
    theirs = factories.question(there, title="Deres spørsmål", place_id=skien.id)
    factories.answer(ours, there, place_id=skien.id)
    factories.answer(ours, here, place_id=sandefjord.id)
    factories.answer(ours, unlisted, place_id=skien.id)
    factories.answer(theirs, here, place_id=sandefjord.id)
    page = shown(browser(), "/kommuner/3907-sandefjord")
    known = page.select_one("#kjenner").parent.get_text(" ", strip=True)
    assert "Test Der , Skien svarte 1 gang, fikk svar 1 gang" in known
    assert "Test Skjult" not in known
    assert "Test Her" not in known
    assert "Deres spørsmål" in page.select_one("#svar-herfra").parent.get_text()


def test_a_county_shows_what_came_from_its_former_municipalities_and_counts_by_both_boundaries(places, browser):
    factories.experience(title="Fra gamle Sandefjord", place_id=place("0706").id)
    page = shown(browser(), "/fylker/39-vestfold?grenser=i-dag")
    assert "Fra gamle Sandefjord" in words(page)
    count = {
        row.th.a.get_text(strip=True): row.select("td")[3].get_text(strip=True) for row in page.select("#tall tbody tr")
    }
    assert count["Sandefjord"] == "1"
    then = shown(browser(), "/fylker/39-vestfold?grenser=da")
    assert "Sandefjord" not in [row.th.a.get_text(strip=True) for row in then.select("#tall tbody tr")]


def test_the_page_of_a_municipality_takes_few_statements_however_much_there_is(places, browser, member, count_sql):
    sandefjord = place("3907")
    author, other = member(place=sandefjord), member("Test Der", place=place("4003"))
    taken = []
    for number in (1, 15):
        for _ in range(number):
            asked = factories.question(other, place_id=place("4003").id)
            factories.answer(asked, author, place_id=sandefjord.id)
            factories.experience(author, place_id=sandefjord.id)
        client = browser()
        client.get("/kommuner/3907-sandefjord")
        with count_sql() as statements:
            client.get("/kommuner/3907-sandefjord")
        taken.append(len(statements))
    assert taken[1] <= taken[0] + 1 <= 26, statements
