"""The site's main errand, from signing up to an answer that everybody finds."""

import time

from tests.arriving import sign_up

TITLE = "Hvem har prøvd utslippsfri snøbrøyting med lånt hjullaster?"
ANSWER = "Vi brøytet en hel vinter med en lånt elektrisk hjullaster."


def test_two_advisers_sign_up_and_one_gets_an_answer_that_all_can_find(chromium, address, instance):
    asked_for = {"base_url": address, "locale": "nb-NO"}
    with chromium.new_context(**asked_for) as hers, chromium.new_context(**asked_for) as his:
        hers.set_default_timeout(10_000)
        his.set_default_timeout(10_000)
        asker, helper = hers.new_page(), his.new_page()
        sign_up(asker, instance, "Test Testesen", "test.testesen@skien.kommune.no")
        _reads_what_others_have_done(asker)
        question = _asks(asker)

        sign_up(helper, instance, "Prøve Person", "prove.person@porsgrunn.kommune.no")
        helper.goto(question)
        helper.get_by_label("Svaret ditt").fill(ANSWER)
        helper.get_by_role("button", name="Legg ut svaret").click()
        helper.get_by_text("Takk! Svaret er lagt ut.").wait_for()

        asker.goto(question)
        asker.get_by_role("button", name="Dette løste det").click()
        asker.locator("main").get_by_text("Løst", exact=True).first.wait_for()

    time.sleep(1)
    with chromium.new_context(base_url=address, locale="nb-NO") as somebodys:
        visitor = somebodys.new_page()
        for words in ("utslippsfri snøbrøyting hjullaster", "lånt elektrisk hjullaster brøytet vinter"):
            visitor.goto(f"/sok?q={words}")
            visitor.locator("main").get_by_text(TITLE).first.wait_for()


def _reads_what_others_have_done(page):
    page.goto("/")
    page.locator("main input[type=search]").first.fill("klimabudsjett")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sok?*")
    page.goto("/sok?q=klimabudsjett&type=erfaring")
    page.locator("main ol a[href^='/erfaringer/']").first.click()
    page.wait_for_url("**/erfaringer/*")


def _asks(page):
    page.goto("/sporsmal/nytt")
    page.locator("input[name=title]").fill(TITLE)
    page.locator("textarea[name=body]").fill("Vi har en vinter til å finne ut av det.")
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    page.locator("input[name=themes]").first.check()
    page.locator("main").get_by_role("button", name="Still spørsmålet", exact=True).click()
    page.wait_for_load_state()
    if page.url.endswith("/nytt"):
        page.get_by_role("button", name="Still spørsmålet likevel").first.click()
    page.get_by_text("Spørsmålet er lagt ut.").wait_for()
    return page.url.split("#")[0]
