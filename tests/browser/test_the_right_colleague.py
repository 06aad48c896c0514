"""Somebody new finds municipalities like their own and whom to ring; a question that nobody answers climbs."""

import time

from tests.arriving import coordinate, fill_in_profile, make_administrator, sign_up
from tests.mailbox import letter_mailed_to

ASKED = "Hvem har erfaring med fordrøyning av overvann i bratt terreng?"
PHONE = "35 99 00 00"


def test_a_new_adviser_finds_who_is_alike_and_whom_to_ring_in_under_a_minute(chromium, address, instance):
    asked_for = {"base_url": address, "locale": "nb-NO"}
    with chromium.new_context(**asked_for) as theirs, chromium.new_context(**asked_for) as mine:
        knows, new = theirs.new_page(), mine.new_page()
        sign_up(knows, instance, "Vann Prøvesen", "vann.provesen@vik.kommune.no")
        fill_in_profile(knows, guide="overvann", phone=PHONE)

        sign_up(new, instance, "Ny Prøvesen", "ny.provesen@aure.kommune.no")
        began = time.monotonic()
        new.goto("/min-side")
        new.get_by_role("link", name="Kommuner").first.click()
        new.get_by_label("Navn").first.fill("Aure")
        new.keyboard.press("Enter")
        new.locator("main").get_by_role("link", name="Aure", exact=True).first.click()
        alike = new.get_by_role("region", name="Kommuner som ligner").get_by_role("rowheader")
        alike.nth(3).wait_for()  # after the municipality itself come three that are like it, and more

        new.get_by_role("link", name="Folk").first.click()
        new.get_by_label("Hva trenger du hjelp til?").fill("overvann")
        new.get_by_role("button", name="Finn folk").click()
        new.locator("main").get_by_role("link", name="Vann Prøvesen").first.click()
        new.get_by_role("link", name=PHONE).wait_for()
        assert time.monotonic() - began < 60


def test_a_question_without_an_answer_climbs_to_the_coordinator(chromium, moving_site):
    instance, asked_for = moving_site.instance, {"base_url": moving_site.address, "locale": "nb-NO"}
    with chromium.new_context(**asked_for) as one, chromium.new_context(**asked_for) as other:
        asker, coordinator = one.new_page(), other.new_page()
        sign_up(coordinator, instance, "Koordinator Prøvesen", "koordinator.provesen@alta.kommune.no")
        make_administrator(instance, "koordinator.provesen@alta.kommune.no")
        coordinate(coordinator, "klimanettverk-nord-norge")
        sign_up(asker, instance, "Alene Prøvesen", "alene.provesen@harstad.kommune.no")
        question = _asks(asker)

        for days, words in ((0, "videre krets"), (5, "koordinator")):
            moving_site.move_to(days)
            _sees(asker, question, words)
        moving_site.move_to(7)
        told = letter_mailed_to("koordinator.provesen@alta.kommune.no", instance, ASKED)
        assert "kan" in told


def _asks(page):
    page.goto("/sporsmal/nytt")
    page.locator("input[name=title]").fill(ASKED)
    page.locator("textarea[name=body]").fill("Vi bygger i en li der vannet kommer fort.")
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    page.locator("input[name=themes][value=overvann]").check()
    page.locator("main").get_by_role("button", name="Still spørsmålet", exact=True).click()
    page.get_by_text("Spørsmålet er lagt ut.").wait_for()
    return page.url.split("#")[0]


def _sees(page, address, words):
    """Wait until the question's page says where it stands in these words."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        page.goto(address)
        if words in page.locator("main").inner_text():
            return
        time.sleep(0.5)
    raise AssertionError(f"{words} is not said:\n{page.locator('main').inner_text()}")
