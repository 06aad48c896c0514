"""Somebody reports, a moderator hides it, the author appeals, and another moderator undoes it, all on phones."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.arriving import make_administrator, sign_up
from tests.mailbox import letter_mailed_to, link_mailed_to

PHONE = {"width": 390, "height": 800}
TITLE = "Kan noen anbefale en rimelig kvoteselger?"


@pytest.fixture
def open_for(chromium, address):
    """Open a browser of somebody's own; with JavaScript or without, as wide as told."""
    opened = []

    def browser(**more):
        context = chromium.new_context(base_url=address, locale="nb-NO", **more)
        context.set_default_timeout(10_000)
        opened.append(context)
        return context.new_page()

    yield browser
    for context in opened:
        context.close()


@pytest.mark.timeout(240)
def test_from_report_to_an_appeal_that_is_heard(open_for, instance):
    author, reader = open_for(viewport=PHONE), open_for(viewport=PHONE, java_script_enabled=False)
    sign_up(author, instance, "Selge Testesen", "selge.testesen@skien.kommune.no")
    sign_up(reader, instance, "Varsle Testesen", "varsle.testesen@porsgrunn.kommune.no")
    question = _asks(author)
    reader.goto(question)
    reader.locator("article summary", has_text="Mer").first.click()
    reader.get_by_role("link", name="Meld fra").first.click()
    reader.get_by_label("Reklame eller søppel").check()
    reader.get_by_label("Fortell mer").fill("Dette er vel et salgsframstøt?")
    reader.get_by_role("button", name="Send til moderatorene").click()
    reader.get_by_text("Takk for at du sier fra").wait_for()

    desk = _moderator(open_for, instance, "Moder Testesen", "moder.testesen@skien.kommune.no")
    desk.goto("/moderering")
    _looks_right(desk)
    desk.get_by_role("link", name=TITLE).click()
    desk.get_by_text("Dette er vel et salgsframstøt?").wait_for()
    _looks_right(desk)
    desk.get_by_label("Skjul", exact=True).check()
    desk.get_by_label("Hvorfor?").select_option(label="Reklame eller søppel")
    desk.get_by_role("button", name="Gå videre").click()
    assert "Dette leses som reklame" in desk.get_by_label("Til den det gjelder").input_value()
    _looks_right(desk)
    desk.get_by_role("button", name="Skjul", exact=True).click()
    desk.get_by_text("Avgjørelsen er skrevet ned og sendt.").wait_for()

    assert reader.goto(question).status == 404
    author.goto(question)
    author.get_by_text("Dette leses som reklame").wait_for()
    _looks_right(author)
    author.goto(link_mailed_to("selge.testesen@skien.kommune.no", instance, "/moderering/klage/"))
    _looks_right(author)
    author.get_by_label("Hvorfor mener du at avgjørelsen er feil?").fill("Jeg spør, jeg selger ikke.")
    author.get_by_role("button", name="Send klagen").click()
    author.get_by_text("Klagen er sendt. Du får svar på e-post.").first.wait_for()

    other = _moderator(open_for, instance, "Annen Testesen", "annen.testesen@skien.kommune.no")
    other.goto("/moderering?vis=klager")
    other.locator("main article a").first.click()
    other.get_by_text("Jeg spør, jeg selger ikke.").wait_for()
    _looks_right(other)
    other.get_by_label("Avgjørelsen gjøres om").check()
    other.get_by_label("Til den som klaget").fill("Det har du rett i. Beklager.")
    other.get_by_role("button", name="Send svaret").click()
    other.get_by_text("Svaret er sendt").wait_for()

    assert reader.goto(question).status == 200
    assert "medhold" in letter_mailed_to("selge.testesen@skien.kommune.no", instance, "medhold")


def _moderator(open_for, instance, name, address):
    """Somebody the operator has made an administrator, on a phone."""
    page = open_for(viewport=PHONE)
    sign_up(page, instance, name, address)
    make_administrator(instance, address)
    return page


def _asks(page):
    page.goto("/sporsmal/nytt")
    page.locator("input[name=title]").fill(TITLE)
    page.locator("textarea[name=body]").fill("Vi vil gjerne vite hvem andre bruker.")
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    page.locator("input[name=themes]").first.check()
    page.locator("main").get_by_role("button", name="Still spørsmålet", exact=True).click()
    page.wait_for_load_state()
    if page.url.endswith("/nytt"):
        page.get_by_role("button", name="Still spørsmålet likevel").first.click()
    page.get_by_text("Spørsmålet er lagt ut.").wait_for()
    return page.url.split("#")[0]


def _looks_right(page):
    """No sideways scrolling on a phone, and nothing that axe finds wrong."""
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url
    assert Axe().run(page).response["violations"] == [], page.url
