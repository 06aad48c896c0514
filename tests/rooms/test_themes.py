"""Themes in two levels, and what has been shared about each."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup

from kunnskap.db import session
from kunnskap.people.models import PersonTheme
from kunnskap.posts.actions import Content, publish
from kunnskap.posts.kinds import EXPERIENCE, QUESTION
from kunnskap.themes import queries, register
from tests.browsing import Browser
from tests.loading import load_once

Open = Callable[..., Browser]


@pytest.fixture
def themes(database: object) -> None:
    load_once("themes", register.load)


def _page(browser: Browser, address: str) -> BeautifulSoup:
    answer = browser.get(address)
    assert answer.status_code == 200, answer.status
    return BeautifulSoup(answer.text, "html.parser")


def _titles(page: BeautifulSoup) -> list[str]:
    return [title.get_text(strip=True) for title in page.select(".k-card__title")]


def test_loading_the_register_again_changes_nothing(themes: None) -> None:
    assert register.load().changed == 0
    assert len(queries.tree()) == 13
    assert sum(len(below) for _, below in queries.tree()) == 72


def test_the_list_shows_both_levels_and_counts_each_post_once(themes: None, browser: Open, member: Callable) -> None:
    publish(member().actor, QUESTION, Content("", "Hvem kan flom?", themes=("flom", "overvann"), status="ubesvart"))
    session.commit()
    page = _page(browser(), "/tema")
    assert len(page.select("main h2 a")) >= 13
    assert len(page.select(".k-subthemes li")) == 72
    card = page.select_one('a[href="/tema/klimatilpasning"]').find_parent("li")
    assert card.p.get_text(strip=True) == "1 innlegg"
    assert page.select_one('a[href="/tema/flom"]').find_next("span").get_text() == "1"


def test_a_theme_shows_what_is_about_it_or_its_subthemes_by_kind(themes: None, browser: Open, member: Callable) -> None:
    author = member().actor
    publish(author, QUESTION, Content("", "Hvem kan flom?", themes=("flom",), status="ubesvart"))
    publish(author, EXPERIENCE, Content("", "Vi flyttet bekken", themes=("klimatilpasning",), status="pagar"))
    publish(author, QUESTION, Content("", "Hva med sykkel?", themes=("gange-sykkel",), status="ubesvart"))
    session.commit()
    reader = browser()
    assert _titles(_page(reader, "/tema/klimatilpasning")) == ["Vi flyttet bekken", "Hvem kan flom?"]
    assert _titles(_page(reader, "/tema/klimatilpasning?type=sporsmal")) == ["Hvem kan flom?"]
    assert _titles(_page(reader, "/tema/klimatilpasning?type=svar")) == ["Vi flyttet bekken", "Hvem kan flom?"]
    assert _titles(_page(reader, "/tema/flom")) == ["Hvem kan flom?"]
    page = _page(reader, "/tema/klimatilpasning")
    assert len(page.select(".k-chips li")) == 7
    assert page.select_one('main input[name="tema"]')["value"] == "klimatilpasning"


def test_a_theme_nobody_has_written_about_shows_ways_on(themes: None, browser: Open) -> None:
    page = _page(browser(), "/tema/hydrogen")
    assert "Energi" in page.select_one(".ds-breadcrumbs").get_text()
    assert page.select_one('.k-empty a[href="/sporsmal/nytt?theme=hydrogen"]')


def test_a_theme_shows_who_can_help(themes: None, browser: Open, member: Callable) -> None:
    helper = member("Prøve Person").person
    session.add(PersonTheme(person_id=helper.id, theme_id=queries.by_slug("flom").id, level="guide"))
    session.commit()
    assert "Prøve Person" in _page(browser(), "/tema/klimatilpasning").main.get_text()
    assert "Prøve Person" not in _page(browser(), "/tema/transport").main.get_text()


def test_themes_speak_the_readers_language(themes: None, browser: Open) -> None:
    reader = browser()
    reader.set_cookie("sprak", "nn")
    assert _page(reader, "/tema/flom").h1.get_text() == "Flaum"
    reader.set_cookie("sprak", "en")
    assert _page(reader, "/tema/flom").h1.get_text() == "Flooding"


def test_an_unknown_theme_is_not_found(themes: None, browser: Open) -> None:
    for slug in ("finnes-ikke", "flom%00", "flom'", "x" * 500):
        assert browser().get(f"/tema/{slug}").status_code == 404


def test_the_list_of_themes_takes_few_statements(
    themes: None, browser: Open, count_sql: Callable, member: Callable
) -> None:
    for reader in (browser(), browser(member())):
        with count_sql() as statements:
            reader.get("/tema")
        assert len(statements) <= 6, statements


def test_the_picker_is_named_in_the_readers_language(themes: None) -> None:
    top, below = queries.choices("nn")[9]
    assert (top.value, top.name) == ("klimatilpasning", "Klimatilpassing")
    assert ("flom", "Flaum") in [(one.value, one.name) for one in below]
