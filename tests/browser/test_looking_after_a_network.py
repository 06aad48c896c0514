"""A coordinator curates, calls a meeting and reports; and one who leaves hands over to the one who comes after."""

import io
from datetime import timedelta

import pytest
from docx import Document

from kunnskap import clock
from tests.arriving import coordinate, make_administrator, sign_up
from tests.mailbox import link_mailed_to

ASKED = "Hvem har målt klimagassutslipp fra kommunal snøbrøyting?"
NETWORK = "klimanettverk-nord-norge"


@pytest.mark.timeout(180)
def test_a_coordinator_makes_a_collection_a_meeting_and_a_report(chromium, address, instance):
    asked_for = {"base_url": address, "locale": "nb-NO"}
    with chromium.new_context(**asked_for) as theirs, chromium.new_context(**asked_for) as mine:
        asker, coordinator = theirs.new_page(), mine.new_page()
        sign_up(asker, instance, "Spør Prøvesen", "spor.provesen@rana.kommune.no")
        asks(asker, ASKED, "klimaregnskap")
        sign_up(coordinator, instance, "Koord Prøvesen", "koord.provesen@rana.kommune.no")
        make_administrator(instance, "koord.provesen@rana.kommune.no")
        coordinate(coordinator, NETWORK)

        _makes_a_collection(coordinator)
        _calls_a_meeting(coordinator)
        _reports(coordinator)


def _makes_a_collection(page):
    page.goto(f"/nettverk/{NETWORK}/samlinger/ny")
    page.locator("main").get_by_label("Navn", exact=True).fill("Kom i gang med klimaregnskap")
    page.get_by_label("Alle", exact=True).check()
    page.get_by_role("button", name="Gå videre").click()
    page.locator("input[name=what]").fill("https://www.miljodirektoratet.no/tjenester/klimagassutslipp-kommuner/")
    page.get_by_role("textbox", name="Hva heter lenken?").fill("Utslipp i kommuner")
    page.get_by_label("Hvorfor er dette nyttig?").fill("Begynn her: tallene for din kommune.")
    page.get_by_role("button", name="Legg i samlingen").click()
    page.get_by_role("link", name="Utslipp i kommuner").wait_for()
    page.get_by_role("button", name="Legg ut", exact=True).click()
    page.goto("/samlinger")
    page.get_by_role("link", name="Kom i gang med klimaregnskap").wait_for()


def _calls_a_meeting(page):
    page.goto(f"/nettverk/{NETWORK}/skrivebord")
    page.locator("main").get_by_role("link", name=ASKED).wait_for()
    page.get_by_role("link", name="Lag et møte").click()
    page.get_by_label("Hva heter møtet?").fill("Månedsmøte om snø")
    page.locator("input[name=day]").fill((clock.today() + timedelta(days=14)).isoformat())
    page.get_by_label("Fra klokka").fill("10:00")
    page.get_by_label("Til klokka").fill("11:30")
    page.get_by_role("textbox", name="Sted").fill("Fylkeshuset i Bodø")
    page.get_by_role("button", name="Sett opp møtet").click()
    page.get_by_role("heading", name="Månedsmøte om snø").wait_for()
    page.get_by_role("link", name="Dagsorden").first.click()
    page.get_by_label(ASKED).check()
    page.get_by_role("button", name="Legg til de valgte").click()
    page.locator("main ol").get_by_text(ASKED).wait_for()


def _reports(page):
    page.goto(f"/nettverk/{NETWORK}/rapporter")
    page.get_by_role("button", name="Lag utkast").click()
    page.get_by_role("rowheader", name="Spørsmål", exact=True).wait_for()
    page.get_by_role("rowheader", name="Rana").wait_for()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Last ned som Word").click()
    with open(fetched.value.path(), "rb") as file:  # noqa: PTH123 -- a path of the browser's own
        assert "Nettverksrapport" in Document(io.BytesIO(file.read())).paragraphs[0].text


@pytest.mark.timeout(180)
def test_somebody_leaves_and_the_one_who_comes_after_finds_everything(chromium, address, instance):
    asked_for = {"base_url": address, "locale": "nb-NO"}
    with chromium.new_context(**asked_for) as theirs, chromium.new_context(**asked_for) as mine:
        leaver, heir = theirs.new_page(), mine.new_page()
        sign_up(leaver, instance, "Slutter Prøvesen", "slutter.provesen@lier.kommune.no")
        asks(leaver, "Hvordan måler dere utslipp fra skolebussene?", "klimaregnskap")
        sign_up(heir, instance, "Etter Prøvesen", "etter.provesen@lier.kommune.no")

        leaver.goto("/overtakelse")
        leaver.get_by_label("Navn på kollegaen").fill("Etter Prøvesen")
        leaver.get_by_label("Noen ord til den som tar over").fill("Ring busselskapet først.")
        leaver.get_by_role("button", name="Se hva som skjer").click()
        leaver.get_by_role("button", name="Overlat nå").click()
        leaver.locator("main").get_by_text("overlatt").first.wait_for()

        heir.goto(link_mailed_to("etter.provesen@lier.kommune.no", instance, "/overtakelse/"))
        main = heir.locator("main")
        main.get_by_text("Ring busselskapet først.").wait_for()
        main.get_by_role("link", name="Hvordan måler dere utslipp fra skolebussene?").first.click()
        heir.locator("article summary", has_text="Mer").first.click()
        heir.get_by_role("link", name="Rediger").first.click()
        heir.get_by_role("heading", name="Rediger spørsmålet").wait_for()
        heir.goto("/folk?q=Slutter")
        heir.locator("main").get_by_text("0 personer").or_(heir.locator("main").get_by_text("Ingen")).first.wait_for()


def asks(page, title, theme):
    page.goto("/sporsmal/nytt")
    page.locator("input[name=title]").fill(title)
    page.locator("textarea[name=body]").fill("Vi vil gjerne høre hva andre gjør.")
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    page.locator(f"input[name=themes][value={theme}]").check()
    page.locator("main").get_by_role("button", name="Still spørsmålet", exact=True).click()
    page.wait_for_load_state()
    if page.url.endswith("/nytt"):
        page.get_by_role("button", name="Still spørsmålet likevel").first.click()
    page.get_by_text("Spørsmålet er lagt ut.").wait_for()
