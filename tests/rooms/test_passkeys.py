"""Passkeys: making one, signing in with it, and all that must not open anything."""

import secrets
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from kunnskap import clock
from kunnskap.accounts import passwords
from kunnskap.accounts.models import Account, AccountSession
from kunnskap.audit import AuditEntry
from kunnskap.db import session
from kunnskap.passkeys import rules
from kunnskap.passkeys.models import Passkey
from tests.authenticator import ANEW, ENTER, OWN, Authenticator, encoded, enter, options, refused, register


@pytest.fixture
def device():
    return Authenticator(credential_id=secrets.token_bytes(16))


@pytest.fixture
def somebody(member):
    return member(email="test.person@skien.kommune.no")


def is_signed_in(one):
    return one.get("/konto").status_code == 200


def keys():
    return session.scalars(select(Passkey).order_by(Passkey.id)).all()


def token(one):
    with one.session_transaction() as cookie:
        return cookie.get("_user_id")


@pytest.fixture
def with_key(browser, somebody, device):
    """Somebody who has made a key."""
    answer = register(browser(somebody), device)
    assert answer.json == {"til": OWN}
    return somebody


def test_a_member_makes_a_key_and_signs_in_with_it(browser, somebody, device, sent):
    one = browser(somebody)
    assert "Du har ingen nøkler ennå" in one.get(OWN).text
    assert register(one, device, "  Jobb-PC \n").json == {"til": OWN}
    page = one.get(OWN).text
    assert "Nøkkelen er lagt til" in page
    assert "<strong>Jobb-PC</strong>" in page
    assert "ikke brukt ennå" in page
    assert (sent[-1].to, sent[-1].subject) == (somebody.email, "En ny nøkkel er lagt til kontoen din hos Kunnskap")
    assert "«Jobb-PC»" in sent[-1].text
    stranger = browser()
    assert enter(stranger, device, "/min-side").json == {"til": "/min-side"}
    assert is_signed_in(stranger)
    assert "sist brukt" in stranger.get(OWN).text
    begun = session.scalars(select(AccountSession).order_by(AccountSession.id)).all()[-1]
    assert begun.how == "passkey"
    assert begun.second_factor_at is not None


def test_what_is_kept_and_noted_of_a_key(with_key, device):
    [key] = keys()
    assert (key.account_id, key.credential_id) == (with_key.id, encoded(device.credential_id))
    [entry] = session.scalars(select(AuditEntry)).all()
    assert (entry.act, entry.target, entry.facts) == ("passkey added", f"account:{with_key.id}", {"passkey": key.id})


def test_the_browser_is_asked_for_a_key_that_makes_sure_of_who_holds_it(browser, with_key, device):
    asked = options(browser(with_key), OWN)
    assert asked["rp"]["id"] == "localhost"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["attestation"] == "none"
    assert [one["id"] for one in asked["excludeCredentials"]] == [encoded(device.credential_id)]
    using = options(browser(), ENTER)
    assert using["userVerification"] == "required"
    assert using["allowCredentials"] == []


def test_a_key_stands_in_for_the_code_of_an_app(browser, with_key, device):
    account = session.get_one(Account, with_key.id)
    account.totp_secret = "sealed"
    account.password_hash = passwords.hashed("fire nye ord sammen")
    session.commit()
    one = browser()
    one.post("/logg-inn", data={"email": with_key.email, "password": "fire nye ord sammen", "til": "/min-side"})
    assert "Bruk nøkkel i stedet" in one.get("/logg-inn/totrinn").text
    assert enter(one, device).json == {"til": "/min-side"}
    assert is_signed_in(one)


def test_signing_in_with_a_key_begins_a_new_session(browser, with_key, device, member):
    one = browser(member())
    before = token(one)
    enter(one, device)
    assert token(one) != before
    thief = browser()
    with thief.session_transaction() as cookie:
        cookie["_user_id"] = before
    assert not is_signed_in(thief)


@pytest.mark.parametrize("til", ["https://evil.example/", "//evil.example", "/\\evil.example", 7, None, ["/konto"]])
def test_nobody_is_led_to_another_site(browser, with_key, device, til):
    assert enter(browser(), device, til).json == {"til": "/"}


def test_the_same_key_is_not_taken_twice_nor_by_another(browser, with_key, device, member):
    copied = Authenticator(credential_id=device.credential_id)
    for one in (browser(with_key), browser(member())):
        assert refused(register(one, copied), "Denne nøkkelen er lagt til fra før.")
    assert len(keys()) == 1
    assert enter(browser(), device).status_code == 200


def test_there_is_an_end_to_how_many_keys_one_may_have(browser, somebody, monkeypatch):
    monkeypatch.setattr(rules, "MOST_KEYS", 2)
    one = browser(somebody)
    statuses = [register(one, Authenticator(credential_id=secrets.token_bytes(16))).status_code for _ in range(3)]
    assert statuses == [200, 200, 422]


def test_a_key_is_removed_and_opens_nothing_any_more(browser, with_key, device, sent):
    one, number = browser(with_key), keys()[0].id
    assert one.post(f"{OWN}/{number}/fjern").location == OWN
    assert keys() == []
    assert sent[-1].subject == "En nøkkel er fjernet fra kontoen din hos Kunnskap"
    assert session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()[-1] == "passkey removed"
    assert refused(enter(browser(), device))
    assert one.post(f"{OWN}/{number}/fjern").status_code == 404


def test_a_key_is_called_something_else(browser, with_key):
    one, number = browser(with_key), keys()[0].id
    assert one.post(f"{OWN}/{number}/navn", data={"name": "<b>Mobil</b>"}).location == OWN
    assert "&lt;b&gt;Mobil&lt;/b&gt;" in one.get(OWN).text
    answer = one.post(f"{OWN}/{number}/navn", data={"name": " "})
    assert answer.status_code == 422
    assert "Skriv et navn." in answer.text


def test_nobody_touches_anothers_key(browser, with_key, member):
    other, number = browser(member()), keys()[0].id
    assert other.post(f"{OWN}/{number}/fjern").status_code == 404
    assert other.post(f"{OWN}/{number}/navn", data={"name": "Min"}).status_code == 404
    assert "Du har ingen nøkler ennå" in other.get(OWN).text
    assert [key.name for key in keys()] == ["Jobb-PC"]
    assert browser().post(f"{OWN}/{number}/fjern").location.startswith("/logg-inn")


def stale(one):
    """Let an hour pass since signing in."""
    for begun in session.scalars(select(AccountSession)):
        begun.fresh_at = clock.now() - timedelta(hours=1)
    session.commit()
    return one


def test_keys_are_made_and_removed_only_soon_after_signing_in(browser, with_key):
    one = stale(browser(with_key))
    number = keys()[0].id
    for path in (f"{OWN}/valg", OWN, f"{OWN}/{number}/fjern"):
        answer = one.post(path, headers={"Referer": f"http://localhost{OWN}"})
        assert answer.location == "/bekreft-deg?til=/konto/nokler"
    assert len(keys()) == 1


def test_a_key_shows_anew_who_one_is(browser, with_key, device):
    one = stale(browser(with_key))
    before = token(one)
    assert "Bekreft med nøkkel" in one.get(f"/bekreft-deg?til={OWN}").text
    asked = options(one, ANEW)
    assert [key["id"] for key in asked["allowCredentials"]] == [encoded(device.credential_id)]
    assert one.post(ANEW, json={"credential": device.use(asked), "til": OWN}).json == {"til": OWN}
    assert one.get(OWN).status_code == 200
    assert token(one) != before


def test_anothers_key_does_not_show_who_one_is(browser, with_key, device, member):
    one = stale(browser(member()))
    assert refused(one.post(ANEW, json={"credential": device.use(options(one, ANEW))}))
    assert one.get(OWN).status_code == 303


def test_without_a_script_nothing_is_offered_that_does_not_work(browser, with_key):
    page = browser().get("/logg-inn").text
    assert "hidden\n" in page.split('data-passkey="get"')[0][-60:]
    own = browser(with_key).get(OWN).text
    assert "JavaScript er slått av" in own


@pytest.mark.parametrize(
    ("address", "can"),
    [
        ("https://kunnskap.example.no", True),
        ("http://localhost:5000", True),
        ("http://127.0.0.1:5000", False),
        ("https://[::1]", False),
        ("http://kunnskap.example.no", False),
    ],
)
def test_keys_need_an_address_with_a_name_that_is_safe(address, can):
    assert rules.can_have_keys(address) is can


def test_who_asks_is_the_sites_address():
    assert rules.party("https://Kunnskap.example.no:8443") == rules.Party(
        "kunnskap.example.no", "https://kunnskap.example.no:8443"
    )


def test_powers_come_with_a_key(browser, member, device, app, monkeypatch):
    given = replace(app.extensions["kunnskap.settings"], require_second_factor=True)
    monkeypatch.setitem(app.extensions, "kunnskap.settings", given)
    boss, one = member(role="moderator"), browser()
    one.sign_in(boss, second_factor=False)
    assert one.get("/innsikt/synonymer").status_code == 403
    register(one, device)
    assert one.get("/innsikt/synonymer").status_code == 403
    assert enter(one, device).status_code == 200
    assert one.get("/innsikt/synonymer").status_code == 200


def test_whoever_has_only_the_password_puts_no_second_factor_in_the_place_of_a_key(
    browser, member, device, app, monkeypatch
):
    given = replace(app.extensions["kunnskap.settings"], require_second_factor=True)
    monkeypatch.setitem(app.extensions, "kunnskap.settings", given)
    boss, one, thief = member(role="administrator"), browser(), browser()
    one.sign_in(boss, second_factor=False)
    assert register(one, device).json == {"til": OWN}
    thief.sign_in(boss, second_factor=False)
    number = keys()[0].id
    for path in ("/konto/totrinn", OWN, "/konto/organisasjon/jobben"):
        assert thief.get(path).location.startswith("/bekreft-deg"), path
    for path in ("/konto/totrinn", f"{OWN}/valg", OWN, f"{OWN}/{number}/fjern", "/konto/passord", "/konto/epost"):
        assert thief.post(path).location.startswith("/bekreft-deg"), path
    asked = thief.get("/bekreft-deg?til=/konto/totrinn")
    assert asked.status_code == 200
    assert "Bekreft med nøkkel" in asked.text
    assert "lenke på e-post" not in asked.text
    assert (
        one.post(ANEW, json={"credential": device.use(options(one, ANEW)), "til": "/konto/totrinn"}).status_code == 200
    )
    assert one.get("/konto/totrinn").status_code == 200
