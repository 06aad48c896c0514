"""What holds for every page: readable by all, on narrow screens, by keyboard and without JavaScript."""

import pytest
from axe_playwright_python.sync_playwright import Axe

MAIN_PAGES = [
    "/",
    "/sok?q=klimabudsjett",
    "/sporsmal",
    "/erfaringer",
    "/dokumenter",
    "/folk",
    "/kommuner",
    "/nettverk",
    "/tema",
    "/om",
    "/personvern",
    "/tilgjengelighet",
    "/logg-inn",
    "/registrer",
]
FIRST_OF = ["/sporsmal", "/erfaringer", "/folk", "/kommuner", "/nettverk", "/tema"]
BREAKS = ["serious", "critical", "moderate"]


@pytest.mark.parametrize("path", MAIN_PAGES)
def test_axe_finds_nothing_to_object_to(page, path):
    answer = page.goto(path)
    assert answer.status == 200
    assert _objections(page) == []


@pytest.mark.parametrize("path", FIRST_OF)
def test_axe_finds_nothing_to_object_to_on_the_first_page_of_each_list(page, path):
    page.goto(path)
    links = page.eval_on_selector_all("main a[href]", "links => links.map(link => link.getAttribute('href'))")
    first = next((link for link in links if link.startswith(f"{path}/") and link.split("/")[2][:1].isalnum()), None)
    if first is None:
        pytest.skip(f"nothing stands on {path}")
    page.goto(first)
    assert _objections(page) == []


@pytest.mark.parametrize("path", MAIN_PAGES)
def test_nothing_is_wider_than_a_narrow_screen(page, path):
    page.goto(path)
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", ["/", "/sporsmal"])
def test_the_first_key_leads_past_the_menu(page, path):
    page.goto(path)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#innhold"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "innhold"


def test_searching_works_without_javascript(chromium, address):
    with chromium.new_context(base_url=address, locale="nb-NO", java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/")
        page.locator("main input[type=search]").first.fill("klimabudsjett")
        page.keyboard.press("Enter")
        page.wait_for_url("**/sok?*")
        assert page.locator("main h1").count() == 1


def test_the_language_is_changed_in_the_footer(page):
    page.goto("/")
    page.get_by_role("contentinfo").get_by_text("English").click()
    page.wait_for_load_state()
    assert page.locator("html").get_attribute("lang") == "en"


def _objections(page):
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        f"{one['id']} ({one['impact']}): {one['help']} {[node['target'] for node in one['nodes']][:3]}"
        for one in found.response["violations"]
        if one["impact"] in BREAKS
    ]
