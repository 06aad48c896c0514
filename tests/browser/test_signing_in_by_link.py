"""An adviser without a password comes in with a link by mail; scripts are off, and a mail scanner opens the link first."""

import pytest

from tests.mailbox import link_mailed_to

ADDRESS = "test.lenke@skien.kommune.no"


@pytest.fixture
def plain(chromium, address):
    """A tab without scripts, as wide as a phone."""
    made = chromium.new_context(
        base_url=address, locale="nb-NO", java_script_enabled=False, viewport={"width": 390, "height": 800}
    )
    made.set_default_timeout(10_000)
    yield made.new_page()
    made.close()


def test_a_link_signs_in_once_also_when_a_scanner_has_opened_it(plain, chromium, address, instance):
    plain.goto("/registrer")
    plain.get_by_label("Navn", exact=True).fill("Test Lenkesen")
    plain.get_by_label("E-postadresse").fill(ADDRESS)
    plain.locator("main").get_by_role("button", name="Registrer deg").click()
    plain.goto(link_mailed_to(ADDRESS, instance, "/registrer/bekreft/"))
    plain.locator("main").get_by_role("button", name="Bekreft og logg inn").click()
    plain.get_by_text("E-postadressen er bekreftet").wait_for()
    plain.context.clear_cookies()

    plain.goto("/logg-inn?til=/sporsmal/nytt")
    plain.get_by_label("E-postadresse").fill(ADDRESS)
    plain.get_by_role("button", name="Send meg en lenke").click()
    plain.wait_for_url("**/sjekk-eposten*")
    link = link_mailed_to(ADDRESS, instance, "/logg-inn/lenke/")
    with chromium.new_context() as scanner:
        assert scanner.new_page().goto(link).status == 200

    plain.goto(link)
    plain.locator("main").get_by_role("button", name="Logg inn").click()
    plain.wait_for_url("**/sporsmal/nytt")
    plain.context.clear_cookies()
    assert plain.goto(link).status == 410
    plain.get_by_text("Lenken virker ikke lenger").first.wait_for()
