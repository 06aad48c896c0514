"""Showing anew who one is, powers that wait for a second factor, and the operator who takes one off."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from kunnskap import clock
from kunnskap.accounts import passwords, sessions
from kunnskap.accounts.models import AccountSession
from kunnskap.db import session
from kunnskap.passkeys.models import Passkey
from kunnskap.web.limits import limiter
from tests import factories
from tests.codes import EMAIL, OWN, PASSWORD, acts, code, is_signed_in, set_up, the, token


@pytest.fixture
def somebody(member):
    return member(email=EMAIL, password_hash=passwords.hashed(PASSWORD))


@pytest.fixture
def two_step(browser, somebody):
    """Somebody with codes turned on some minutes ago: the account, the secret and the recovery codes."""
    secret, codes = set_up(browser(somebody), -30)
    return somebody, secret, codes


@pytest.fixture
def required(app, monkeypatch):
    """A site where powers ask for a second factor."""
    monkeypatch.setitem(
        app.extensions, "kunnskap.settings", replace(app.extensions["kunnskap.settings"], require_second_factor=True)
    )


@pytest.mark.parametrize("role", ["moderator", "administrator"])
def test_powers_are_kept_back_until_the_second_factor_is_shown(browser, member, required, role):
    boss, one = member(role=role), browser()
    one.sign_in(boss, second_factor=False)
    assert one.get("/innsikt/synonymer").status_code == 403
    page = one.get("/min-side").text
    assert "Du kan ikke moderere eller administrere" in page
    assert 'href="/konto/totrinn"' in page
    set_up(one)
    assert one.get("/innsikt/synonymer").status_code == 200
    assert "Du kan ikke moderere" not in one.get("/min-side").text


def test_members_are_told_nothing_of_powers(browser, somebody, required):
    one = browser()
    one.sign_in(somebody, second_factor=False)
    assert "Du kan ikke moderere" not in one.get("/min-side").text


def test_moderators_may_not_do_without_where_the_site_asks_for_it(browser, member, required):
    boss, one = member(role="moderator"), browser()
    one.sign_in(boss)
    secret, _codes = set_up(one, -30)
    assert "Da må du bruke totrinn" in one.get(OWN).text
    assert one.post(f"{OWN}/av", data={"code": code(secret)}).status_code == 403
    assert the(boss).totp_secret is not None


@pytest.fixture
def stale(browser):
    """A browser whose owner signed in an hour ago."""

    def open_for(account, *, second_factor=True):
        one = browser()
        one.sign_in(account, second_factor=second_factor)
        for begun in session.scalars(select(AccountSession)):
            begun.fresh_at = clock.now() - timedelta(hours=1)
        session.commit()
        return one

    return open_for


def test_dangerous_pages_ask_first_who_one_is(somebody, stale):
    one = stale(somebody)
    assert one.get(OWN).location == "/bekreft-deg?til=/konto/totrinn"
    for path in (OWN, f"{OWN}/av", f"{OWN}/gjenopprettingskoder"):
        answer = one.post(path, headers={"Referer": f"http://localhost{OWN}"})
        assert answer.location == "/bekreft-deg?til=/konto/totrinn"


def test_a_member_shows_anew_who_they_are_with_the_password(somebody, stale):
    one = stale(somebody, second_factor=False)
    before = token(one)
    assert "Bekreft med passordet" in one.get(f"/bekreft-deg?til={OWN}").text
    wrong = one.post("/bekreft-deg/passord", data={"password": "feil", "til": OWN})
    assert wrong.status_code == 422
    assert "Passordet er feil" in wrong.text
    assert one.post("/bekreft-deg/passord", data={"password": PASSWORD, "til": OWN}).location == OWN
    assert token(one) != before
    assert one.get(OWN).status_code == 200


def test_a_password_shown_anew_is_no_second_factor(member, stale, required):
    boss = member(role="moderator", password_hash=passwords.hashed(PASSWORD))
    one = stale(boss, second_factor=False)
    one.post("/bekreft-deg/passord", data={"password": PASSWORD})
    assert one.get("/innsikt/synonymer").status_code == 403


def test_whoever_uses_codes_shows_anew_with_a_code_and_not_the_password(two_step, stale):
    somebody, secret, _codes = two_step
    one = stale(somebody)
    assert "Bekreft med passordet" not in one.get("/bekreft-deg").text
    assert one.post("/bekreft-deg/passord", data={"password": PASSWORD}).status_code == 404
    assert one.post("/bekreft-deg/kode", data={"code": "000000"}).status_code == 422
    same = code(secret)
    assert one.post("/bekreft-deg/kode", data={"code": same, "til": OWN}).location == OWN
    assert one.get(OWN).status_code == 200
    assert half_way_refused(one, same)


def half_way_refused(one, same):
    return one.post("/bekreft-deg/kode", data={"code": same}).status_code == 422


@pytest.fixture
def two_step_or_not(request, way):
    """Codes turned on where a code is what is guessed at."""
    return request.getfixturevalue("two_step") if way == "kode" else None


@pytest.mark.parametrize("way", ["kode", "passord"])
def test_whoever_has_taken_a_session_may_not_guess_on(browser, somebody, two_step_or_not, way):
    one = browser(somebody)
    limiter.enabled = True
    limiter.reset()
    try:
        path, typed = f"/bekreft-deg/{way}", {"code": "000000", "password": "feil"}
        statuses = [one.post(path, data=typed).status_code for _ in range(11)]
        assert statuses == [422] * 10 + [429]
    finally:
        limiter.enabled = False
        limiter.reset()


def test_whoever_has_no_codes_cannot_show_one(somebody, stale):
    assert stale(somebody).post("/bekreft-deg/kode", data={"code": "123456"}).status_code == 404


def test_a_link_by_mail_shows_anew_who_one_is(somebody, stale, sent):
    one = stale(somebody)
    page = one.get(f"/bekreft-deg?til={OWN}").text
    assert f'name="email" value="{somebody.email}"' in page
    one.post("/logg-inn/lenke", data={"email": somebody.email, "til": OWN})
    link = re.search(r"http://localhost(\S+)", sent[-1].text)[1]
    assert one.post(link).location == OWN
    assert one.get(OWN).status_code == 200


@pytest.mark.parametrize("til", ["https://evil.example/", "//evil.example", "\\\\evil.example"])
def test_showing_anew_leads_to_no_other_site(browser, somebody, stale, til):
    assert browser(somebody).get("/bekreft-deg", query_string={"til": til}).location == "/"
    answer = stale(somebody).post("/bekreft-deg/passord", data={"password": PASSWORD, "til": til})
    assert answer.location == "/"


def test_an_operator_takes_the_second_factor_off(app, two_step, sent, browser):
    somebody = two_step[0]
    signed_in = browser(somebody)
    factories.keep(Passkey(account_id=somebody.id, credential_id="abc", public_key=b""))
    ran = app.test_cli_runner().invoke(args=["reset-second-factor", "Test.Person@skien.kommune.no"])
    assert ran.exit_code == 0, ran.output
    assert "no longer has codes from an app; 1 passkeys were removed" in ran.output
    assert the(somebody).totp_secret is None
    assert [act for act, _target in acts()][-2:] == ["second factor reset", "passkey removed"]
    assert session.scalars(select(Passkey)).all() == []
    assert not is_signed_in(signed_in)
    again = app.test_cli_runner().invoke(args=["reset-second-factor", somebody.email])
    assert "had no codes from an app; 0 passkeys" in again.output


def test_an_operator_who_mistypes_the_address_is_told(app, database):
    ran = app.test_cli_runner().invoke(args=["reset-second-factor", "ingen@skien.kommune.no"])
    assert ran.exit_code == 2
    assert "no account" in ran.output


def test_a_session_shown_in_two_ways_by_password_change_stays_so(browser, two_step):
    somebody, _secret, _codes = two_step
    adviser = browser(somebody)
    new = {"current": PASSWORD, "password": "helt andre ord i natt"}
    assert adviser.post("/konto/passord", data=new).location == "/konto"
    assert is_signed_in(adviser)
    assert session.scalars(select(AccountSession)).one().how == sessions.PASSWORD
