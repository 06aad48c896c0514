"""A member fetches everything the site has about them, and then leaves."""

import email
import email.policy
import json
import re
import time
import zipfile

from axe_playwright_python.sync_playwright import Axe

NAME, ADDRESS = "Test Slettesen", "test.slettesen@skien.kommune.no"
TITLE = "Hva gjør dere med gamle oljetanker på skoler?"
PATIENCE = 20
"""Seconds the worker may take; mail and files wait their turn behind the reading of documents."""


def test_a_member_takes_their_data_along_and_leaves_the_question_behind(page, instance):
    _sign_up(page, instance)
    question = _asks(page)

    for path in ("/konto", "/konto/mine-data", "/konto/samtykker", "/konto/slett"):
        _is_fine(page, path)
    page.goto("/konto")
    page.get_by_role("link", name="Hent en kopi av alt vi har lagret om deg").click()
    page.get_by_role("button", name="Lag en kopi").click()
    page.goto(_link_in(_mail(instance, "Dataene dine hos Kunnskap er klare")))
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Last ned dataene dine").click()
    with zipfile.ZipFile(fetched.value.path()) as packed:
        assert [post["title"] for post in json.loads(packed.read("innlegg.json"))] == [TITLE]
        assert "LESMEG.txt" in packed.namelist()

    page.goto("/konto")
    page.get_by_role("link", name="Slett kontoen").click()
    page.get_by_role("button", name="Slett kontoen min").click()
    page.get_by_text("Skriv e-postadressen din for å bekrefte.").first.wait_for()
    page.get_by_label("Skriv e-postadressen til kontoen").fill(ADDRESS)
    page.get_by_role("button", name="Slett kontoen min").click()
    page.get_by_text("Kontoen din er slettet.").wait_for()

    page.goto(question)
    page.locator("main").get_by_text("Tidligere medlem").first.wait_for()
    assert page.get_by_text(NAME).count() == 0
    last = _mail(instance, "Kontoen din hos Kunnskap er slettet")
    assert ADDRESS in last.get_content()
    page.goto("/konto")
    assert "/logg-inn" in page.url


def _is_fine(page, path):
    """Nothing for axe to object to, and nothing wider than a narrow screen."""
    page.goto(path)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] != "minor"] == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 900})


def _sign_up(page, instance):
    page.goto("/registrer")
    page.get_by_label("Navn", exact=True).fill(NAME)
    page.get_by_label("E-postadresse").fill(ADDRESS)
    page.locator("main").get_by_role("button", name="Registrer deg").click()
    page.wait_for_url("**/sjekk-eposten*")
    page.goto(_link_in(_mail(instance, "Bekreft e-postadressen din hos Kunnskap")))
    page.locator("main").get_by_role("button", name="Bekreft og logg inn").click()
    page.get_by_text("E-postadressen er bekreftet").wait_for()


def _asks(page):
    page.goto("/sporsmal/nytt")
    page.locator("input[name=title]").fill(TITLE)
    page.locator("textarea[name=body]").fill("Vi har funnet tre som ingen visste om.")
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    page.locator("input[name=themes]").first.check()
    page.locator("main").get_by_role("button", name="Still spørsmålet", exact=True).click()
    page.wait_for_load_state()
    if page.url.endswith("/nytt"):
        page.get_by_role("button", name="Still spørsmålet likevel").first.click()
    page.get_by_text("Spørsmålet er lagt ut.").wait_for()
    return page.url.split("#")[0]


def _mail(instance, subject):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for file in (instance / "outbox").glob("*.eml"):
            mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            if mail["To"] == ADDRESS and mail["Subject"] == subject:
                return mail
        time.sleep(0.1)
    raise AssertionError(f"no mail came: {subject}")


def _link_in(mail):
    return re.search(r"http://127\.0\.0\.1:\S+", mail.get_content())[0]
