"""Following what is not a post: themes, places and what more has a page."""

from collections.abc import Callable

import pytest

from kunnskap.places import queries as places
from kunnskap.places import register as place_register
from kunnskap.themes import queries as themes
from kunnskap.themes import register as theme_register
from tests.browsing import Browser
from tests.loading import load_once

Open = Callable[..., Browser]


@pytest.fixture
def reference(database: object) -> None:
    load_once("places and themes", place_register.load, theme_register.load)


@pytest.mark.parametrize("kind", ["place", "theme"])
def test_a_member_follows_and_stops(reference: None, browser: Open, member: Callable, kind: str) -> None:
    number, page = {
        "place": (places.by_number("4003").id, "/kommuner/4003-skien"),
        "theme": (themes.by_slug("flom").id, "/tema/flom"),
    }[kind]
    reader = browser(member())
    assert "Slutt å følge" not in reader.get(page).text
    answer = reader.post(f"/folg/{kind}/{number}", data={"folg": "1"})
    assert (answer.status_code, answer.location) == (303, page)
    assert "Slutt å følge" in reader.get(page).text
    reader.post(f"/folg/{kind}/{number}", data={"folg": "0"})
    assert "Slutt å følge" not in reader.get(page).text


def test_what_does_not_exist_cannot_be_followed(browser: Open, member: Callable) -> None:
    reader = browser(member())
    for target in ("place/999999", "theme/999999", "planet/1", "place/99999999999999999999"):
        assert reader.post(f"/folg/{target}").status_code == 404, target


def test_a_visitor_is_shown_the_way_in(reference: None, browser: Open) -> None:
    answer = browser().post(f"/folg/theme/{themes.by_slug('flom').id}")
    assert answer.status_code in {302, 303}
    assert "/logg-inn" in answer.location
