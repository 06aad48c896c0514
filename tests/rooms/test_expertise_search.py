"""Finding the one who can help: by words or theme, in order, with the reasons in plain words."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from kunnskap import clock
from kunnskap.db import session
from kunnskap.expertise.models import TrackRecord
from kunnskap.people.models import DONE, GUIDE, LEARN, Person, PersonTheme
from kunnskap.places import comparing
from kunnskap.search.models import SynonymGroup
from tests import factories
from tests.browsing import tell

PAGE = "/folk/hvem-kan-hjelpe"


@pytest.fixture
def skien(database):
    return factories.place(
        "Skien", "4003", county_id=factories.county().id, population=56_000, latitude=59.2, longitude=9.6
    )


@pytest.fixture
def drainage(database):
    top = factories.theme("klimatilpasning", "Klimatilpasning", name_en="Climate adaptation")
    return factories.theme("overvann", "Overvann", parent_id=top.id, name_nn="Overvatn", name_en="Stormwater")


def knows(name, theme, level=GUIDE, place=None, **facts):
    made = factories.person(name, place, **facts)
    factories.keep(PersonTheme(person_id=made.id, theme_id=theme.id, level=level))
    return made


def shown(client, **asked):
    answer = client.get(PAGE, query_string=asked)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def names(page):
    return [tag.get_text(strip=True) for tag in page.select(".k-card__title")]


def card(page, name):
    return next(tag.get_text(" ", strip=True) for tag in page.select(".k-card") if name in tag.get_text())


def test_the_themes_own_come_first_with_the_reasons(browser, skien, drainage):
    knows("Gjort Testesen", drainage, DONE, skien)
    guide = knows("Kan Testesen", drainage, GUIDE, skien)
    knows("Lære Testesen", drainage, LEARN)
    latest = clock.now().replace(year=2026, month=3, day=5)
    counts = {"answers": 3, "accepted": 1, "experiences": 2, "latest_at": latest}
    factories.keep(TrackRecord(person_id=guide.id, theme_id=drainage.id, **counts))
    page = shown(browser(), tema="overvann")
    assert names(page) == ["Kan Testesen", "Gjort Testesen"]
    told = card(page, "Kan Testesen")
    assert "Kan veilede i overvann" in told
    assert (
        "Har svart på 3 om overvann, sist i mars 2026 (det løste spørsmålet). Har delt 2 erfaringer om overvann" in told
    )
    assert "Har gjort det: overvann" in card(page, "Gjort Testesen")


@pytest.mark.parametrize(
    "words", ["overvann", "hvem kan overvannet i sentrum", "overvatn", "stormwater", "regnvannshåndtering"]
)
def test_words_name_a_theme_in_any_language_or_by_another_word_for_it(browser, drainage, words):
    factories.keep(SynonymGroup(words="overvann = regnvannshåndtering"))
    knows("Kan Testesen", drainage)
    page = shown(browser(), q=words)
    assert names(page) == ["Kan Testesen"]
    assert "Du spør om: Overvann" in page.get_text(" ", strip=True)


def test_whoever_answered_what_fits_the_words_is_found_though_they_said_nothing_themselves(browser, drainage):
    answerer, asker = factories.person("Svar Testesen"), factories.person("Spør Testesen")
    asked = factories.question(asker, title="Hvem har tømt rister for kvist og kvast?", themes=[drainage])
    factories.answer(asked, answerer)
    tell()
    page = shown(browser(), q="rister for kvist")
    assert names(page) == ["Svar Testesen"]
    assert "Har svart på ett spørsmål om overvann" in card(page, "Svar Testesen")


@pytest.mark.parametrize(
    "facts", [{"hides_author": True}, {"audience": "members"}], ids=lambda facts: next(iter(facts))
)
def test_nobody_is_found_by_what_not_everybody_may_see_with_their_name(browser, member, drainage, facts):
    factories.experience(factories.person("Skjult Testesen"), title="Rister for kvist", themes=[drainage], **facts)
    tell()
    for client in (browser(), browser(member()), browser(member(role="moderator"))):
        assert "Skjult Testesen" not in shown(client, q="rister kvist").get_text()


@pytest.mark.parametrize(
    "facts",
    [
        {"listed": False},
        {"left_at": clock.now()},
        {"confirmed_at": clock.now() - timedelta(days=500)},
    ],
    ids=lambda facts: next(iter(facts)),
)
def test_only_those_who_can_be_asked_are_put_forward(browser, drainage, facts):
    knows("Skjult Testesen", drainage, **facts)
    assert names(shown(browser(), tema="overvann")) == []


def test_who_is_away_stands_lower_with_the_one_to_ask_instead(browser, drainage):
    instead = factories.person("Vara Testesen")
    today = clock.today()
    knows("Borte Testesen", drainage, away_from=today, away_until=today, stand_in_id=instead.id)
    knows("Hemmelig Testesen", drainage, away_from=today, stand_in_id=factories.person("Ulistet", listed=False).id)
    knows("Her Testesen", drainage, asks_a_week=0)
    page = shown(browser(), tema="overvann")
    assert names(page)[0] == "Her Testesen"
    assert "Vil ikke spørres automatisk" in card(page, "Her Testesen")
    assert "Borte til" in card(page, "Borte Testesen")
    assert "spør Vara Testesen" in card(page, "Borte Testesen")
    assert "Ulistet" not in page.get_text()


def test_the_list_is_narrowed_by_level_county_size_kind_and_role_and_each_filter_counts(browser, skien, drainage):
    knows("Kan Testesen", drainage, GUIDE, skien, role="Klimarådgiver")
    knows("Gjort Testesen", drainage, DONE, workplace_kind="state", organisation="Prøve", role="Ingeniør")
    client = browser()
    for narrowed, left in (
        ({"niva": "guide"}, ["Kan Testesen"]),
        ({"niva": "done"}, ["Gjort Testesen"]),
        ({"fylke": "40"}, ["Kan Testesen"]),
        ({"storrelse": "over-50000"}, ["Kan Testesen"]),
        ({"sted": "state"}, ["Gjort Testesen"]),
        ({"rolle": "ingeniør"}, ["Gjort Testesen"]),
        ({"kommune": "4003"}, ["Kan Testesen"]),
        ({"niva": "finnes-ikke"}, []),
    ):
        assert names(shown(client, tema="overvann", **narrowed)) == left, narrowed
    levels = shown(client, tema="overvann").select_one("#niva").get_text(" ", strip=True)
    assert "Kan veilede (1)" in levels
    assert "Har gjort det (1)" in levels


def test_the_map_shows_the_same_with_links(browser, skien, drainage):
    knows("Kan Testesen", drainage, GUIDE, skien)
    page = shown(browser(), tema="overvann", vis="kart")
    link = page.select_one("svg.k-map a")
    assert "Skien" in link.get_text()
    assert "kommune=4003" in link["href"]
    assert names(page) == ["Kan Testesen"]


def test_an_empty_result_leads_on_with_the_words(browser, drainage):
    page = shown(browser(), q="overvann", fylke="40")
    links = {tag.get_text(strip=True): tag["href"] for tag in page.select("main a")}
    assert links["Hele landet"] == f"{PAGE}?q=overvann"
    assert "title=overvann" in links["Still spørsmålet"]
    assert "theme=overvann" in links["Still spørsmålet"]
    wider = {tag.get_text(strip=True): tag["href"] for tag in shown(browser(), tema="overvann").select("main a")}
    assert wider["Klimatilpasning"] == f"{PAGE}?tema=klimatilpasning"


@pytest.mark.parametrize(
    "query", ["", "q=%00", "tema=finnes-ikke", "q=" + "x" * 500, "side=99&tema=overvann", "q=%27%22%3Cb%3E"]
)
def test_odd_questions_still_give_a_page(browser, drainage, query):
    assert browser().get(f"{PAGE}?{query}").status_code == 200


def test_the_page_takes_few_statements_however_many_can_help(browser, member, skien, drainage, count_sql):
    for number in range(15):
        knows(f"Test {number:02}", drainage, GUIDE, skien)
    client = browser(member(place=skien))
    client.get(f"{PAGE}?q=overvann")
    with count_sql() as statements:
        client.get(f"{PAGE}?q=overvann&vis=kart")
    assert len(statements) <= 10, str(statements)


def test_a_persons_page_tells_what_they_have_shown(browser, drainage):
    made = factories.person("Vist Testesen")
    factories.keep(TrackRecord(person_id=made.id, theme_id=drainage.id, documents=1, latest_at=clock.now()))
    assert "Har delt et dokument om overvann" in browser().get(f"/folk/{made.slug}").text


def test_a_themes_page_shows_people_by_level(browser, drainage):
    knows("Gjort Testesen", drainage, DONE)
    knows("Kan Testesen", drainage, GUIDE)
    text = (
        BeautifulSoup(browser().get("/tema/overvann").text, "html.parser").select_one("aside").get_text(" ", strip=True)
    )
    assert text.index("Kan veilede Kan Testesen") < text.index("Har gjort det Gjort Testesen")


def test_the_directory_has_the_most_alike_first_for_those_who_ask_for_it(browser, member, skien, database):
    far = factories.place(
        "Utsira", "1151", county_id=factories.county("Rogaland", "11").id, population=200, centrality=6
    )
    alike = factories.place("Porsgrunn", "4001", county_id=skien.county_id, population=37_000)
    factories.person("Anna Testesen", far)
    factories.person("Berit Testesen", alike)
    comparing.recompute()
    session.commit()
    client = browser(member("Leser Testesen", place=skien))
    by_name = BeautifulSoup(client.get("/folk").text, "html.parser")
    by_likeness = BeautifulSoup(client.get("/folk?sorter=lik").text, "html.parser")
    assert names(by_name) == ["Anna Testesen", "Berit Testesen", "Leser Testesen"]
    assert names(by_likeness) == ["Leser Testesen", "Berit Testesen", "Anna Testesen"]
    assert "sorter" not in browser().get("/folk").text


def test_a_changed_profile_is_in_the_directory_at_once(browser, skien, drainage):
    client = browser()
    assert names(BeautifulSoup(client.get("/folk").text, "html.parser")) == []
    made = knows("Ny Testesen", drainage, GUIDE, skien)
    assert names(BeautifulSoup(client.get("/folk?tema=overvann&niva=guide").text, "html.parser")) == ["Ny Testesen"]
    session.get_one(Person, made.id).listed = False
    session.commit()
    assert names(BeautifulSoup(client.get("/folk").text, "html.parser")) == []
