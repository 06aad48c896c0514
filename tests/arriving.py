"""How somebody new comes to a site, in a real browser."""

import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page

from tests.mailbox import link_mailed_to

HOUSE = Path(__file__).resolve().parents[1]


def sign_up(page: Page, instance: Path, name: str, address: str) -> None:
    """Sign up with an address of a known domain, open the link from the mail, and be in."""
    page.goto("/registrer")
    page.get_by_label("Navn", exact=True).fill(name)
    page.get_by_label("E-postadresse").fill(address)
    page.locator("main").get_by_role("button", name="Registrer deg").click()
    page.wait_for_url("**/sjekk-eposten*")
    page.goto(link_mailed_to(address, instance, "/registrer/bekreft/"))
    page.locator("main").get_by_role("button", name="Bekreft og logg inn").click()
    page.get_by_text("E-postadressen er bekreftet").wait_for()


def fill_in_profile(page: Page, *, guide: str, phone: str = "") -> None:
    """Say in one's profile what one can guide others in (a theme's slug), and how one is rung."""
    page.goto("/min-side")
    page.get_by_role("link", name="Se profilen din").click()
    page.get_by_role("link", name="Rediger profilen").click()
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    page.locator(f"input[name=guide][value={guide}]").check()
    if phone:
        page.locator("input[name=phone]").fill(phone)
        page.locator("input[name=shows_phone]").check()
    page.get_by_role("button", name="Lagre profilen").click()
    page.get_by_text("Profilen er lagret.").wait_for()


def make_administrator(instance: Path, address: str) -> None:
    """Do what the operator does for the first administrator."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("KUNNSKAP_")}
    command = [sys.executable, "-m", "flask", "--app", "app", "create-admin", address]
    environment = clean | {"KUNNSKAP_INSTANCE": str(instance)}
    subprocess.run(command, cwd=HOUSE, env=environment, check=True, capture_output=True)


def coordinate(page: Page, network: str) -> None:
    """As somebody who may, join a network (its slug) and become its coordinator."""
    page.goto(f"/nettverk/{network}")
    page.get_by_role("button", name="Bli med").click()
    page.goto(f"/nettverk/{network}/medlemmer")
    page.get_by_text("Rolle og oppgave").first.click()
    page.get_by_role("button", name="Gjør til koordinator").first.click()
    page.locator("main").get_by_text("Koordinator", exact=True).first.wait_for()
