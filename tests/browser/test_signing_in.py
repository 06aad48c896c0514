"""Signing in with codes from an app and with passkeys, as people do it."""

import re
from datetime import timedelta

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe

from kunnskap import clock
from tests.mailbox import link_mailed_to

PASSWORD = "fire nye ord sammen"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(chromium, named_address):
    """An empty tab at a site with a name; an error in the page's scripts fails the test."""
    with chromium.new_context(base_url=named_address[0], locale="nb-NO") as context:
        context.set_default_timeout(10_000)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page, problems = context.new_page(), []
        page.on("pageerror", lambda problem: problems.append(str(problem)))
        page.on("console", lambda said: problems.append(said.text) if "Content Security" in said.text else None)
        yield page
        assert problems == []


@pytest.fixture
def device(page):
    """What keeps passkeys for this tab."""
    asking = page.context.new_cdp_session(page)
    asking.send("WebAuthn.enable")
    asking.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return asking


def sign_up(page, folder, address):
    page.goto("/registrer")
    page.get_by_label("Navn", exact=True).fill("Test Testesen")
    page.get_by_label("E-postadresse").fill(address)
    page.get_by_label("Passord").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Registrer deg").click()
    page.wait_for_url("**/sjekk-eposten*")
    page.goto(link_mailed_to(address, folder, "/registrer/bekreft/"))
    page.locator("main").get_by_role("button", name="Bekreft og logg inn").click()
    page.get_by_text("E-postadressen er bekreftet").wait_for()


def sign_out(page):
    page.locator("summary", has_text="Min konto").click()
    page.get_by_role("button", name="Logg ut").first.click()
    page.wait_for_url(re.compile(r"/$"))


def accessible(page):
    problems = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in problems] == []


def test_an_adviser_turns_codes_on_and_signs_in_with_one(page, named_address):
    address = "test.totrinn@skien.kommune.no"
    sign_up(page, named_address[1], address)
    page.goto("/konto")
    page.get_by_role("link", name="Innlogging i to trinn").click()
    page.get_by_alt_text("QR-kode til appen").wait_for()
    accessible(page)
    codes = pyotp.TOTP(page.locator("#oppsettsnokkel").inner_text().replace(" ", ""))
    page.get_by_label("Koden appen viser nå").fill(codes.at(clock.now()))
    page.get_by_role("button", name="Slå på totrinn").click()
    page.get_by_role("button", name="Kopier kodene").click()
    page.locator("#opplest", has_text="Kodene er kopiert").wait_for(state="attached")
    copied = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert copied == page.locator("#koder code").all_inner_texts()
    assert len(copied) == 10
    accessible(page)
    page.get_by_role("link", name="Jeg har lagret kodene").click()
    page.get_by_text("Totrinn er på").wait_for()
    accessible(page)

    sign_out(page)
    page.goto("/logg-inn?til=/min-side")
    page.get_by_label("E-postadresse").fill(address)
    page.get_by_label("Passord").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Logg inn", exact=True).click()
    page.get_by_role("textbox", name="Kode").fill("000000")
    page.get_by_role("button", name="Logg inn", exact=True).click()
    page.get_by_role("alert").get_by_text("Koden er feil").wait_for()
    accessible(page)
    page.get_by_role("textbox", name="Kode").fill(codes.at(clock.now() + timedelta(seconds=30)))
    page.get_by_role("button", name="Logg inn", exact=True).click()
    page.wait_for_url(re.compile(r":\d+/min-side$"))


def test_an_adviser_makes_a_passkey_signs_in_with_it_and_removes_it(page, device, named_address):
    sign_up(page, named_address[1], "test.nokkel@skien.kommune.no")
    page.goto("/konto")
    page.get_by_role("link", name="Nøkler").click()
    accessible(page)
    page.get_by_label("Navn på nøkkelen").fill("Jobb-PC")
    page.get_by_role("button", name="Lag nøkkel").click()
    page.get_by_text("Nøkkelen er lagt til").wait_for()
    page.locator("main strong", has_text="Jobb-PC").wait_for()
    page.get_by_role("button", name="Lag nøkkel").click()
    page.get_by_text("Denne enheten har allerede en nøkkel").wait_for()

    sign_out(page)
    page.goto("/logg-inn?til=/min-side")
    accessible(page)
    page.get_by_role("button", name="Logg inn med nøkkel").click()
    page.wait_for_url(re.compile(r":\d+/min-side$"))

    page.goto("/konto/nokler")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Fjern").click()
    page.get_by_text("Nøkkelen er fjernet").wait_for()
    sign_out(page)
    page.goto("/logg-inn")
    page.get_by_role("button", name="Logg inn med nøkkel").click()
    page.locator("[data-passkey-message]", has_text="Nøkkelen kunne ikke brukes").wait_for()


def test_nothing_of_passkeys_is_shown_without_scripts(chromium, named_address):
    with chromium.new_context(base_url=named_address[0], java_script_enabled=False, locale="nb-NO") as context:
        page = context.new_page()
        page.goto("/logg-inn")
        assert page.get_by_role("button", name="Logg inn", exact=True).last.is_visible()
        assert page.get_by_text("Logg inn med nøkkel").is_hidden()


def test_nothing_of_passkeys_is_shown_at_an_address_that_is_a_number(chromium, address):
    with chromium.new_context(base_url=address, locale="nb-NO") as context:
        page = context.new_page()
        page.goto("/logg-inn")
        assert page.get_by_text("Logg inn med nøkkel").is_hidden()
