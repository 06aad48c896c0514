"""Whoever cannot use the site says so: by keyboard alone, on a narrow screen, with and without JavaScript."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

FOCUSED = "document.activeElement.hasAttribute('data-error-summary')"


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_somebody_forgets_what_is_hard_is_told_and_sends_it(chromium, address, scripts):
    narrow = {"width": 390, "height": 800}
    with chromium.new_context(
        base_url=address, locale="nb-NO", java_script_enabled=scripts, viewport=narrow
    ) as context:
        page = context.new_page()
        page.goto("/tilgjengelighet")
        page.get_by_label("Hvilken side gjelder det?").fill("/sok")
        page.keyboard.press("Enter")
        expect(page).to_have_title(re.compile("^Feil:"))
        if scripts:
            assert page.evaluate(FOCUSED)
            assert page.evaluate("document.documentElement.scrollWidth") <= narrow["width"]
            assert Axe().run(page).response["violations"] == []
        assert page.get_by_label("Hvilken side gjelder det?").input_value() == "/sok"
        page.get_by_label("Hva er vanskelig?").focus()
        page.keyboard.type("Treffene leses ikke opp.")
        for _field in ("e-mail", "button"):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/tilgjengelighet/takk")
        assert page.get_by_role("heading", level=1).inner_text() == "Takk for at du sa fra"
