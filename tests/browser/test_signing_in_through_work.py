"""An adviser comes in with the account they have at work, and comes back with it."""


def test_an_adviser_signs_in_through_work_with_the_keyboard_alone(page, provider):
    provider.claims = {
        "sub": "nett-1",
        "email": "test.gjennom@skien.kommune.no",
        "email_verified": True,
        "name": "Test Gjennom",
    }
    page.goto("/sporsmal/nytt")
    page.get_by_role("link", name="Prøvejobben").focus()
    page.keyboard.press("Enter")
    page.get_by_text("sier at du er test.gjennom@skien.kommune.no").wait_for()
    page.get_by_role("button", name="Ja, logg inn").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sporsmal/nytt")
    page.goto("/konto")
    page.get_by_text("Skien kommune").first.wait_for()


def test_a_lie_about_the_address_is_stopped_and_shows_another_way(page, provider):
    provider.claims = {"sub": "nett-2", "email": "noen.andre@skien.kommune.no"}
    page.goto("/logg-inn")
    page.get_by_role("link", name="Prøvejobben").click()
    page.get_by_role("button", name="Ja, logg inn").click()
    page.get_by_text("går ikke god for e-postadressen").wait_for()
    page.get_by_role("link", name="Til innloggingen").click()
    page.wait_for_url("**/logg-inn")
