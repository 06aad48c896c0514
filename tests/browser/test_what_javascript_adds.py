"""What is quicker with JavaScript: proposals while one types, menus that close, filters without a new page."""

import re

import pytest
from playwright.sync_api import expect

FIELD, LIST = "#sok-forside", "#sok-forside-forslag"


@pytest.fixture
def proposals(page):
    """The front page with "klimabudsj" typed and proposals under the field."""
    page.goto("/")
    page.locator(FIELD).press_sequentially("klimabudsj")
    expect(page.locator(FIELD)).to_have_attribute("aria-expanded", "true")
    return page.locator(f"{LIST} [role=option]")


def test_proposals_are_chosen_with_the_arrows_and_opened_with_enter(page, proposals):
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(proposals.nth(0)).to_have_attribute("aria-selected", "false")
    expect(proposals.nth(1)).to_have_attribute("aria-selected", "true")
    expect(page.locator(FIELD)).to_have_attribute("aria-activedescendant", proposals.nth(1).get_attribute("id"))
    wanted = proposals.nth(1).get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{wanted}*")


def test_the_last_arrow_down_leads_back_to_the_field(page, proposals):
    for _ in range(proposals.count() + 1):
        page.keyboard.press("ArrowDown")
    expect(page.locator(f"{LIST} [aria-selected=true]")).to_have_count(0)
    page.keyboard.press("ArrowUp")
    expect(proposals.last).to_have_attribute("aria-selected", "true")


def test_enter_without_a_choice_gives_the_full_result_page(page, proposals):
    page.keyboard.press("Enter")
    page.wait_for_url("**/sok?q=klimabudsj")


def test_escape_closes_the_proposals_and_leaves_the_words(page, proposals):
    page.keyboard.press("Escape")
    expect(page.locator(LIST)).to_be_hidden()
    expect(page.locator(FIELD)).to_have_value("klimabudsj")
    expect(page.locator(FIELD)).to_have_attribute("aria-expanded", "false")


def test_how_many_proposals_there_are_is_said_aloud(page, proposals):
    expect(page.locator("#opplest")).to_have_text(re.compile(r"\d+ forslag"))


def test_what_is_typed_comes_along_to_the_question_form(page):
    page.goto("/")
    page.locator(FIELD).fill("Solceller på rådhuset")
    page.get_by_role("option").first.wait_for()  # the list lies over the button until it is closed
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Spør kollegaene").click()
    page.wait_for_url(re.compile(r"Solceller"))


def test_a_menu_closes_with_escape_and_gives_focus_back(page):
    page.goto("/om")
    menu = page.locator("details[data-menu]", has_text="Bidra")
    menu.locator("summary").click()
    expect(menu.get_by_role("link", name="Still et spørsmål")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu.get_by_role("link", name="Still et spørsmål")).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()


def test_a_menu_closes_when_one_clicks_elsewhere(page):
    page.goto("/om")
    menu = page.locator("details[data-menu]", has_text="Bidra")
    menu.locator("summary").click()
    page.locator("h1").click()
    expect(menu.get_by_role("link", name="Still et spørsmål")).to_be_hidden()


def test_a_form_is_not_sent_twice(page):
    page.goto("/registrer")
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.route("**/registrer", lambda route: route.fulfill(status=204))
    button = page.locator("main").get_by_role("button", name="Registrer deg")
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    button.click()
    assert len(sent) == 1


def test_following_a_hit_tells_the_words_and_nothing_else(page):
    page.goto("/sok?q=klimabudsjett&type=sporsmal")
    with page.expect_request("**/sok/valgt") as told:
        page.locator("#treff ol a").first.click()
    assert told.value.post_data == "q=klimabudsjett"
    assert told.value.response().status == 204
