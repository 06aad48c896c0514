"""Searching with a narrow screen: proposals by keyboard, answers in order, and why each hit was found."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

FIELD, LIST = "#sok-forside", "#sok-forside-forslag"
ROWS = f"{LIST} [role=option]"


@pytest.fixture
def phone(page):
    """The front page on a phone."""
    page.set_viewport_size({"width": 390, "height": 760})
    page.goto("/")
    return page


@pytest.fixture
def proposals(phone):
    """Proposals under the field."""
    phone.locator(FIELD).press_sequentially("klimabudsj")
    expect(phone.locator(FIELD)).to_have_attribute("aria-expanded", "true")
    return phone.locator(ROWS)


def test_a_proposal_is_reached_and_opened_by_keyboard_alone(phone, proposals):
    phone.keyboard.press("ArrowDown")
    phone.keyboard.press("End")
    expect(proposals.last).to_have_attribute("aria-selected", "true")
    phone.keyboard.press("Home")
    expect(proposals.first).to_have_attribute("aria-selected", "true")
    expect(phone.locator(FIELD)).to_have_attribute("aria-activedescendant", proposals.first.get_attribute("id"))
    wanted = proposals.first.get_attribute("href")
    phone.keyboard.press("Enter")
    phone.wait_for_url(f"**{wanted}*")


def test_home_and_end_move_in_the_words_while_no_row_is_chosen(phone, proposals):
    phone.keyboard.press("Home")
    assert phone.locator(FIELD).evaluate("field => field.selectionStart") == 0
    expect(phone.locator(f"{LIST} [aria-selected=true]")).to_have_count(0)


def test_proposals_fit_the_screen_and_everybody_can_use_them(phone, proposals):
    assert 1 <= proposals.count() <= 8
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert proposals.first.bounding_box()["height"] >= 24
    found = Axe().run(phone, options={"resultTypes": ["violations"]}).response["violations"]
    assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []


def test_an_answer_that_comes_late_is_not_shown(phone):
    held = []

    def hold(route):
        held.append(route)

    phone.route("**/sok/forslag?q=klima", hold)
    field = phone.locator(FIELD)
    with phone.expect_request("**/sok/forslag?q=klima"):
        field.press_sequentially("klima")
    with phone.expect_response("**/sok/forslag?q=overvann"):
        field.fill("overvann")
    expect(phone.locator(LIST)).to_be_visible()
    before = phone.locator(LIST).inner_text()
    for route in held:
        # The page has given it up by now, so there may be nobody to answer.
        route.fulfill(body='<div role="group"><div>Sent</div><a role="option" href="/">For sent</a></div>')
    phone.wait_for_timeout(300)
    assert phone.locator(LIST).inner_text() == before


def test_nothing_is_asked_while_a_letter_is_put_together(phone):
    asked = []
    phone.on("request", lambda request: asked.append(request.url) if "/sok/forslag" in request.url else None)
    field = phone.locator(FIELD)
    field.evaluate(
        """field => {
            field.focus();
            field.dispatchEvent(new CompositionEvent("compositionstart"));
            field.value = "klima";
            field.dispatchEvent(new InputEvent("input", { isComposing: true, bubbles: true }));
        }"""
    )
    phone.wait_for_timeout(400)
    assert asked == []
    with phone.expect_request("**/sok/forslag?q=klima"):
        field.evaluate("field => field.dispatchEvent(new CompositionEvent('compositionend'))")


def test_the_word_being_changed_in_the_middle_is_the_unfinished_one(phone):
    field = phone.locator(FIELD)
    field.fill("skole")
    phone.keyboard.press("Home")
    with phone.expect_request(re.compile(r"/sok/forslag\?q=skole%20solc$")):
        phone.keyboard.type("solc ")
        phone.keyboard.press("ArrowLeft")


def test_why_something_was_found_is_folded_out_by_keyboard(phone):
    phone.goto("/sok?q=klimabudsjett")
    why = phone.locator("#treff details.k-reasons").first
    expect(why.locator("li").first).to_be_hidden()
    why.locator("summary").focus()
    phone.keyboard.press("Enter")
    expect(why.locator("li").first).to_be_visible()
    expect(why).to_contain_text(re.compile("«.*klimabudsjett.*» står", re.IGNORECASE))
    assert 1 <= why.locator("li").count() <= 5
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    found = Axe().run(phone, options={"resultTypes": ["violations"]}).response["violations"]
    assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []


def test_posts_like_it_come_while_a_title_is_written(phone):
    answer = phone.request.get("/sok/lignende?til=erfaring&q=klimabudsjett i praksis")
    assert answer.ok
    assert "Kanskje har andre delt det samme" in answer.text()


def test_a_very_long_phrase_widens_no_page(phone):
    phone.goto(f"/sok?q=%22{'b' * 300}%22")
    assert phone.locator("#treff .ds-chip").count() == 1
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
