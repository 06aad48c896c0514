"""How the site is used and where knowledge is missing, for everyone to see."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup

from kunnskap import clock
from kunnskap.db import session
from kunnskap.overview import queries
from kunnskap.people.models import PersonTheme
from kunnskap.places.models import Place, PlaceSuccession
from tests import factories

PAGE = "/oversikt"


@pytest.fixture
def telemark(database):
    return factories.county("Telemark", "40")


@pytest.fixture
def skien(telemark):
    return factories.place("Skien", "4003", county_id=telemark.id, latitude=59.2, longitude=9.6)


@pytest.fixture
def bamble(telemark):
    return factories.place("Bamble", "4012", county_id=telemark.id, latitude=59.0, longitude=9.6)


def shown(client, address=PAGE):
    answer = client.get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def figures(page):
    return {
        one.dt.get_text(" ", strip=True): one.dd.get_text(" ", strip=True) for one in page.select(".k-figures > div")
    }


def helps(person, theme, level="guide"):
    factories.keep(PersonTheme(person_id=person.id, theme_id=theme.id, level=level))


def rows(page, caption):
    table = next(one for one in page.select("table") if caption in one.caption.get_text())
    return {
        row.th.a.get_text(strip=True): [cell.get_text(strip=True) for cell in row.select("td")]
        for row in table.select("tbody tr")
    }


def test_the_site_is_told_in_short(browser, member, skien, bamble):
    author, helper = member(place=skien), member(place=skien)
    now = clock.now()
    for hours in (1, 3, 50):
        asked = factories.question(author, published_at=now - timedelta(days=5))
        factories.answer(asked, author, published_at=now - timedelta(days=5) + timedelta(minutes=1))
        factories.answer(asked, helper, published_at=now - timedelta(days=5) + timedelta(hours=hours))
    factories.question(author)
    told = figures(shown(browser()))
    assert told["medlemmer"] == "2"
    assert told["av 2 kommuner har noen i katalogen"] == "1"
    assert told["spørsmål"] == "4"
    assert told["av spørsmålene er besvart"] == "75 %"
    assert told["til første svar for halvparten"] == "3 timer"


def test_an_empty_site_has_a_page_too(browser):
    assert figures(shown(browser()))["av spørsmålene er besvart"] == "–"


def test_growth_is_a_chart_with_a_name_and_the_same_numbers_in_a_table(browser, member, skien):
    author = member(place=skien)
    factories.question(author)
    factories.experience(author, published_at=clock.now() - timedelta(days=3000))
    page = shown(browser())
    chart = page.select_one("svg[role=img]")
    assert chart["aria-labelledby"].split() == [chart.title["id"], chart.desc["id"]]
    assert len(chart.select("rect")) == 24
    assert page.select("[style]") == []
    months = queries.growth()
    assert (months[-1].new["question"], months[-1].total["experience"], months[-1].new["experience"]) == (1, 1, 0)
    assert months[-1].total["members"] == 1


def test_what_is_closed_or_nameless_counts_in_totals_and_for_no_place(browser, member, skien):
    author, network = member(place=skien), factories.network()
    facts = {"place_id": skien.id}
    factories.question(author, audience="members", **facts)
    factories.question(author, audience="network", for_network_id=network.id, **facts)
    factories.question(author, hides_author=True, **facts)
    open_one = factories.question(author, **facts)
    factories.question(author, hidden_at=clock.now(), **facts)
    factories.answer(open_one, author, **facts)
    page = shown(browser(author))
    assert figures(page)["spørsmål"] == "4"
    assert rows(page, "Fylke for fylke")["Telemark"] == ["1", "1", "1", "0", "0"]


def test_who_is_not_in_the_directory_covers_no_municipality(browser, member, skien, bamble):
    member(place=skien, listed=False)
    factories.person("Test Sluttet", bamble, left_at=clock.now())
    told = figures(shown(browser()))
    assert told["av 2 kommuner har noen i katalogen"] == "0"


@pytest.fixture
def merged(telemark, skien, bamble):
    """Gamlevik became Skien in 2024; Delt was split between Skien and Bamble in 2020. Both lay in Grenland then."""
    before = date(2023, 12, 31)
    grenland = factories.keep(
        Place(kind="county", name="Grenland", number="08", valid_from=date(1960, 1, 1), valid_to=before)
    )
    facts = {"kind": "municipality", "county_id": grenland.id, "valid_from": date(1960, 1, 1)}
    old = factories.keep(Place(name="Gamlevik", number="0899", valid_to=before, **facts))
    split = factories.keep(Place(name="Delt", number="0898", valid_to=date(2019, 12, 31), **facts))
    for one, other, change in ((old, skien, "merged"), (split, skien, "split_merged"), (split, bamble, "split_merged")):
        day = one.valid_to + timedelta(days=1)
        session.add(PlaceSuccession(old_id=one.id, new_id=other.id, happened_on=day, change=change))
    session.add(PlaceSuccession(old_id=grenland.id, new_id=telemark.id, happened_on=date(2024, 1, 1), change="merged"))
    session.commit()
    return old, split


def test_counts_are_given_by_todays_boundaries_or_those_then(browser, member, merged, skien):
    old, split = merged
    author = member("Test Testesen", place=skien)
    for place in (old, old, split, skien):
        factories.experience(author, place_id=place.id)
    client = browser()
    assert rows(shown(client), "Fylke for fylke") == {"Telemark": ["1", "0", "0", "4", "0"]}
    then = rows(shown(client, f"{PAGE}?grenser=da"), "Fylke for fylke")
    assert then == {"Grenland": ["0", "0", "0", "3", "0"], "Telemark": ["1", "0", "0", "1", "0"]}
    inside = rows(shown(client, f"{PAGE}?fylke=40"), "kommune for kommune")
    assert inside["Skien"][3] == "3"
    assert inside["Delt"][3] == "1"
    assert inside["Bamble"][3] == "0"
    before = rows(shown(client, f"{PAGE}?fylke=08&grenser=da"), "kommune for kommune")
    assert {name: cells[3] for name, cells in before.items()} == {"Delt": "1", "Gamlevik": "2"}
    assert "(delt i 2020)" in shown(client, f"{PAGE}?fylke=40").get_text(" ", strip=True)


@pytest.mark.parametrize(
    "query", ["?grenser=x", "?fylke=99", "?fylke=abc", "?fylke=4003", "?fylke=%00", "?grenser=da&fylke="]
)
def test_odd_addresses_show_the_whole_country(browser, skien, query):
    assert "Fylke for fylke" in shown(browser(), PAGE + query).get_text()


def test_municipalities_and_themes_without_anyone_are_listed_by_county(browser, skien, bamble):
    above = factories.theme("klimatilpasning", "Klimatilpasning")
    flood, drought = (
        factories.theme(slug, name, parent_id=above.id) for slug, name in (("flom", "Flom"), ("torke", "Tørke"))
    )
    bikes = factories.theme("sykkel", "Sykkel")
    helps(factories.person("Test Hjelper", skien), flood)
    helps(factories.person("Test Lærling", bamble), bikes, level="learn")
    helps(factories.person("Test Sluttet", bamble, left_at=clock.now()), bikes)
    found = queries.coverage()
    assert [theme.slug for theme in found.themes] == ["torke", "sykkel"]
    assert [place.name for place in next(iter(found.alone.values()))] == ["Bamble"]
    words = shown(browser()).select_one("#dekning").parent.get_text(" ", strip=True)
    assert "Sykkel" in words
    assert "Telemark (1)" in words
    assert drought.slug != bikes.slug


def test_somebody_elsewhere_does_not_help_a_county(skien):
    theme, far = (
        factories.theme(),
        factories.place("Langtunna", "5601", county_id=factories.county("Finnmark", "56").id),
    )
    helps(factories.person("Test Hjelper", far), theme)
    assert queries.coverage().themes == []
    assert [one.id for one in queries.coverage(skien.county_id).themes] == [theme.id]


def test_questions_are_counted_for_a_period_and_for_some_people(member, skien, bamble):
    mine, other = member(place=skien), member(place=bamble)
    now = clock.now()
    old = factories.question(mine, place_id=skien.id, published_at=now - timedelta(days=100))
    factories.answer(old, other, published_at=now - timedelta(days=99))
    factories.question(other, place_id=bamble.id)
    factories.question(mine, place_id=skien.id, hides_author=True)
    assert queries.questions().asked == 3
    assert queries.questions(now - timedelta(days=30)).asked == 2
    ours = queries.questions(place_ids=[skien.id])
    assert (ours.asked, ours.answered, ours.wait) == (1, 1, timedelta(days=1))
    assert queries.questions(person_ids=[other.person_id]).asked == 1
    assert queries.questions(until=now - timedelta(days=50)).share == 100


def test_an_own_answer_counts_as_an_answer_but_not_as_time_waited(member, skien):
    mine = member(place=skien)
    factories.answer(factories.question(mine), mine)
    found = queries.questions()
    assert (found.asked, found.answered, found.share, found.wait) == (1, 1, 100, None)


def test_the_page_takes_few_statements_also_after_a_change(browser, member, skien, count_sql):
    author = member(place=skien)
    factories.question(author)
    client = browser()
    client.get(PAGE)
    factories.question(author)
    for address in (PAGE, f"{PAGE}?fylke=40&grenser=da"):
        with count_sql() as statements:
            client.get(address)
        assert len(statements) <= 6, statements
