"""Signing in through one's organisation: with a provider from elsewhere, and with one that lies."""

import re
import socket
import subprocess
import sys
import time

import pytest
import requests
from joserfc.jwk import OctKey
from sqlalchemy import select

from kunnskap import clock
from kunnskap.accounts.models import Account, KnownDomain
from kunnskap.config import OrganisationSetting
from kunnskap.db import session
from kunnskap.organisations import provider as providers
from kunnskap.organisations.models import Identity
from kunnskap.organisations.rules import Claims, is_issued_by
from tests import factories
from tests.provider import STRANGERS_KEY, Provider, serving

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "localhost"])


@pytest.fixture
def knows(app):
    """Have the site know a provider."""

    def know(issuer, client_id="kunnskap"):
        one = OrganisationSetting("jobben", "Jobben", issuer, client_id, "hemmelig")
        providers.init_app(app, (one,))

    yield know
    providers.init_app(app, ())


@pytest.fixture
def provider(knows):
    with serving(Provider()) as served:
        knows(served.issuer)
        yield served


def come_back(visitor, start="/logg-inn/organisasjon/jobben?til=/sporsmal"):
    """Go to the provider and come back; returns the page with the button."""
    away = visitor.get(start)
    assert away.status_code == 302, away.text
    return visitor.get(_led_back(away.location))


def _led_back(address, **sent):
    """Sign in at the provider, as a browser would, and give where it leads."""
    asked = requests.post(address, sent, timeout=5, allow_redirects=False) if sent else None
    answer = asked or requests.get(address, timeout=5, allow_redirects=False)
    return answer.headers["Location"].replace("http://localhost/", "/", 1)


def press(visitor):
    return visitor.post("/logg-inn/organisasjon")


def enter(visitor):
    page = come_back(visitor)
    assert page.status_code == 200, page.text
    return press(visitor)


def is_in(visitor):
    return visitor.get("/konto").status_code == 200


def the_account(email="test.person@skien.kommune.no"):
    return session.scalar(select(Account).where(Account.email == email))


def test_a_colleague_from_a_known_domain_comes_in_and_works_there(provider, browser):
    skien = factories.place(domains=["skien.kommune.no"])
    provider.claims["name"] = "Test  Testesen"
    visitor = browser()
    answer = enter(visitor)
    assert (answer.status_code, answer.location) == (303, "/sporsmal")
    assert is_in(visitor)
    account = the_account()
    assert account.place_id == skien.id
    assert account.approved_at is not None
    assert account.password_hash is None


def test_the_page_that_is_come_back_to_signs_nobody_in_by_being_read(provider, browser):
    visitor = browser()
    page = come_back(visitor)
    assert "test.person@skien.kommune.no" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert not is_in(visitor)
    assert the_account() is None


def test_the_second_time_it_is_the_same_account_also_with_a_new_address(provider, browser):
    factories.place(domains=["skien.kommune.no"])
    enter(browser())
    provider.claims["email"] = "ny.adresse@skien.kommune.no"
    visitor = browser()
    enter(visitor)
    assert is_in(visitor)
    assert the_account("ny.adresse@skien.kommune.no") is None
    assert len(session.scalars(select(Identity)).all()) == 1


def test_an_address_the_provider_does_not_vouch_for_opens_no_account(provider, browser, member):
    member(email="test.person@skien.kommune.no")
    for told in (False, None, "true", 1):
        provider.lies = {"email_verified": told}
        visitor = browser()
        answer = enter(visitor)
        assert answer.status_code == 400
        assert "går ikke god for" in answer.text
        assert not is_in(visitor)
    assert session.scalars(select(Identity)).all() == []


def test_whoever_signed_up_first_with_somebodys_address_is_left_outside(provider, browser):
    """An account made ahead of its owner, with a password the other knows (pre-hijacking)."""
    factories.place(domains=["skien.kommune.no"])
    browser().post(
        "/registrer",
        data={"name": "Prøve Person", "email": "test.person@skien.kommune.no", "password": "fire helt nye ord"},
    )
    visitor = browser()
    enter(visitor)
    assert is_in(visitor)
    assert the_account().password_hash is None


@pytest.fixture
def tenant(provider, knows):
    """The provider as one of a tenant's own, as Entra ID has."""
    provider.issuer += "/t-1/v2.0"
    knows(provider.issuer)
    provider.claims |= {"email": "test.person@ukjent.example", "tid": "t-1", "xms_edov": True}
    del provider.claims["email_verified"]
    return provider


@pytest.fixture
def place_of_tenant(database):
    place = factories.place()
    row = KnownDomain(
        domain="skien.example",
        workplace_kind="municipality",
        organisation="Skien kommune",
        place_id=place.id,
        tenant="t-1",
    )
    factories.keep(row)
    return place


def test_a_tenant_tells_where_somebody_works_when_the_address_does_not(tenant, place_of_tenant, browser):
    visitor = browser()
    enter(visitor)
    assert is_in(visitor)
    assert the_account("test.person@ukjent.example").place_id == place_of_tenant.id


def test_a_tenant_that_makes_up_that_an_address_is_verified_is_not_believed(tenant, browser, member):
    member(email="test.person@ukjent.example")
    tenant.claims |= {"email_verified": True, "xms_edov": None}
    answer = enter(browser())
    assert answer.status_code == 400
    assert "går ikke god for" in answer.text


def test_another_provider_proves_nothing_in_a_tenants_name(provider, place_of_tenant, browser):
    provider.claims |= {"email": "test.person@ukjent.example", "tid": "t-1"}
    visitor = browser()
    assert "venter på godkjenning" in enter(visitor).text
    assert the_account("test.person@ukjent.example").place_id is None


def test_an_address_a_provider_vouches_for_opens_no_power_until_its_owner_connects_it(provider, browser, member):
    provider.claims["amr"] = ["mfa"]
    boss, visitor = member(email="test.person@skien.kommune.no", role="moderator"), browser()
    answer = enter(visitor)
    assert answer.status_code == 400
    assert "koble til fra kontoen din" in answer.text
    assert not is_in(visitor)
    assert session.scalars(select(Identity)).all() == []
    me = browser(boss)
    come_back(me, "/konto/organisasjon/jobben")
    press(me)
    again = browser()
    enter(again)
    assert is_in(again)


def test_somebody_from_elsewhere_waits_to_be_let_in(provider, browser):
    provider.claims["email"] = "test.person@ukjent.example"
    visitor = browser()
    answer = enter(visitor)
    assert "venter på godkjenning" in answer.text
    assert not is_in(visitor)


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://en-annen.example"},
        {"iss": None},
        {"aud": "en-annen-tjeneste"},
        {"aud": None},
        {"nonce": "en-annen"},
        {"nonce": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"sub": None},
        {"sub": ""},
        {"iat": "i går"},
    ],
    ids=str,
)
def test_a_token_that_is_not_as_it_should_be_lets_nobody_in(provider, browser, lie):
    provider.lies = lie
    visitor = browser()
    answer = come_back(visitor)
    assert answer.status_code == 400
    assert "kunne ikke kontrolleres" in answer.text
    assert press(visitor).status_code == 400
    assert not is_in(visitor)


def test_clocks_may_differ_a_little(provider, browser):
    factories.place(domains=["skien.kommune.no"])
    provider.lies = {"exp": int(clock.now().timestamp()) - 60}
    visitor = browser()
    enter(visitor)
    assert is_in(visitor)


def test_a_token_signed_by_somebody_else_lets_nobody_in(provider, browser):
    provider.key = STRANGERS_KEY
    assert come_back(browser()).status_code == 400


def test_a_token_signed_with_a_secret_both_know_lets_nobody_in(provider, browser):
    provider.key, provider.algorithm = OctKey.import_key("hemmelig" * 8), "HS256"
    assert come_back(browser()).status_code == 400


def test_a_state_this_browser_was_not_sent_with_is_refused(provider, browser):
    sent, other = browser(), browser()
    away = sent.get("/logg-inn/organisasjon/jobben")
    state = re.search(r"state=([^&]+)", away.location)[1]
    address = f"/logg-inn/organisasjon/jobben/tilbake?code=code0&state={state}"
    assert other.get(address).status_code == 400
    assert other.get("/logg-inn/organisasjon/jobben/tilbake").status_code == 400
    assert other.get("/logg-inn/organisasjon/jobben/tilbake?error=access_denied").status_code == 400


def test_an_answer_works_once(provider, browser):
    factories.place(domains=["skien.kommune.no"])
    visitor = browser()
    away = visitor.get("/logg-inn/organisasjon/jobben")
    back = _led_back(away.location)
    assert visitor.get(back).status_code == 200
    assert visitor.get(back).status_code == 400
    assert press(visitor).status_code == 303
    visitor.post("/logg-ut")
    assert press(visitor).status_code == 400


def test_nobody_is_led_out_of_the_site_afterwards(provider, browser):
    factories.place(domains=["skien.kommune.no"])
    visitor = browser()
    come_back(visitor, "/logg-inn/organisasjon/jobben?til=https://ond.example/")
    assert press(visitor).location == "/"


def test_a_provider_that_is_down_or_calls_itself_another_stops_nobody_from_other_ways(provider, browser):
    provider.is_down = True
    answer = browser().get("/logg-inn/organisasjon/jobben")
    assert answer.status_code == 400
    assert "/logg-inn" in answer.text
    provider.is_down, provider.told_issuer = False, "https://en-annen.example"
    assert come_back(browser()).status_code == 400


def test_an_organisation_nobody_knows_is_not_found(provider, browser):
    assert browser().get("/logg-inn/organisasjon/ukjent").status_code == 404
    assert browser().get("/logg-inn/organisasjon/ukjent/tilbake").status_code == 404


def test_a_second_factor_shown_there_counts_here(provider, browser, member):
    member(email="test.person@skien.kommune.no", totp_secret="forseglet")
    visitor = browser()
    assert enter(visitor).location == "/logg-inn/totrinn"
    assert not is_in(visitor)
    provider.claims["amr"] = ["pwd", "mfa"]
    visitor = browser()
    enter(visitor)
    assert is_in(visitor)


@pytest.mark.parametrize("state", ["closed_at", "suspended_until"])
def test_an_account_that_is_shut_is_shut_this_way_too(provider, browser, member, state):
    member(email="test.person@skien.kommune.no", **{state: clock.now() + clock.now().resolution * 10**12})
    visitor = browser()
    enter(visitor)
    assert not is_in(visitor)


def test_an_account_is_connected_by_its_owner_and_taken_off_again(provider, browser, member):
    mine = member(email="en.annen.adresse@skien.kommune.no")
    me = browser(mine)
    page = come_back(me, "/konto/organisasjon/jobben")
    assert "Koble til" in page.text
    assert press(me).location == "/konto/organisasjoner"
    assert provider.issuer in me.get("/konto/organisasjoner").text
    again = browser()
    enter(again)
    assert is_in(again)
    wrong = {"issuer": provider.issuer, "subject": "42"}
    assert browser(member()).post("/konto/organisasjoner/fjern", data=wrong).status_code == 404
    assert me.post("/konto/organisasjoner/fjern", data=wrong).status_code == 303
    assert session.scalars(select(Identity)).all() == []


def test_an_identity_that_is_anothers_is_not_taken_from_them(provider, browser, member):
    first, second = browser(member()), browser(member())
    for one in (first, second):
        come_back(one, "/konto/organisasjon/jobben")
    assert press(first).status_code == 303
    answer = press(second)
    assert answer.status_code == 400
    assert "en annen konto" in answer.text


def test_the_way_in_stands_on_the_sign_in_page_only_where_there_is_one(browser, knows):
    assert "Logg inn gjennom jobben" not in browser().get("/logg-inn").text
    knows("https://innlogging.example")
    assert "Jobben" in browser().get("/logg-inn").text


def test_it_works_with_a_provider_that_others_made(knows, browser, unused_port):
    """oidc-provider-mock in a process of its own, with everything it checks turned on."""
    factories.place(domains=["skien.kommune.no"])
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "oidc_provider_mock",
        "--port",
        str(unused_port),
        "--require-nonce",
    ]
    address = f"http://localhost:{unused_port}"
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(f"{address}/.well-known/openid-configuration")
            claims = {"email": "test.person@skien.kommune.no", "email_verified": True, "name": "Test Testesen"}
            requests.put(f"{address}/users/42", json=claims, timeout=5).raise_for_status()
            knows(address)
            visitor = browser()
            away = visitor.get("/logg-inn/organisasjon/jobben")
            page = visitor.get(_led_back(away.location, sub="42"))
            assert page.status_code == 200, page.text
            assert press(visitor).status_code == 303
            assert is_in(visitor)
        finally:
            process.terminate()


def _wait_for(address):
    for _ in range(100):
        try:
            return requests.get(address, timeout=5)
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError("the provider did not start")


@pytest.fixture
def unused_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_claims_that_are_not_text_are_as_if_not_told():
    claims = Claims.of({"iss": "https://a", "sub": "1", "email": ["a@b"], "name": None, "amr": "mfa", "xms_edov": "1"})
    assert (claims.email, claims.name, claims.is_strong, claims.is_verified) == ("", "", False, True)


def test_an_issuer_for_many_workplaces_names_each_by_its_tenant():
    many = "https://login.example/{tenantid}/v2.0"
    assert is_issued_by(many, {"tid": "t-1"}, "https://login.example/t-1/v2.0")
    assert not is_issued_by(many, {"tid": "t-1"}, "https://login.example/t-2/v2.0")
    assert not is_issued_by(many, {}, "https://login.example//v2.0")
