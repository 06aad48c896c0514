"""What answers carry on a site on HTTPS, and what is believed about who asks, on an app that has nothing else."""

from pathlib import Path

import pytest
from flask import Flask, request, session

from kunnskap.config import Settings
from kunnskap.web import security
from kunnskap.web.access import login

SECURE = "https://kunnskap.example.no"


def an_app(*, address=SECURE, proxies=0, hosts=()):
    settings = Settings(Path(), "sqlite://", "nøkkel", address=address, hosts=hosts, trusted_proxies=proxies)
    app = Flask(__name__)
    app.secret_key = settings.secret_key
    login.init_app(app)
    security.keep_cookies(app, secure=settings.is_https)
    security.trust_proxies(app, settings.trusted_proxies)
    security.init_app(app, settings)
    app.add_url_rule("/hvem", view_func=lambda: f"{request.remote_addr} {request.scheme} {request.host}")
    app.add_url_rule("/lenke/<token>", endpoint="link", view_func=lambda token: "<form></form>")
    app.add_url_rule("/husk", endpoint="keep", view_func=lambda: session.update(kept=1) or "husket")
    return app


def ask(app, path="/hvem", *, base=SECURE, **headers):
    return app.test_client().get(
        path, base_url=base, headers={name.replace("_", "-"): v for name, v in headers.items()}
    )


def test_a_site_on_https_is_only_ever_reached_by_https():
    headers = ask(an_app()).headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "upgrade-insecure-requests" in headers["Content-Security-Policy"]


def test_a_site_on_http_does_not_promise_https():
    headers = ask(an_app(address="http://localhost"), base="http://localhost").headers
    assert "Strict-Transport-Security" not in headers
    assert "upgrade-insecure-requests" not in headers["Content-Security-Policy"]


def test_cookies_on_https_cannot_be_set_by_other_sites_of_the_same_domain():
    kept = ask(an_app(), "/husk").headers["Set-Cookie"]
    assert kept.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(kept.split("; "))
    assert "Domain" not in kept


def test_cookies_on_http_have_a_plain_name_and_are_still_hidden_from_scripts():
    kept = ask(an_app(address="http://localhost"), "/husk", base="http://localhost").headers["Set-Cookie"]
    assert kept.startswith("session=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(kept.split("; "))
    assert "Secure" not in kept


def test_an_address_that_lets_somebody_in_is_told_to_no_other_site_and_kept_nowhere():
    headers = ask(an_app(), "/lenke/hemmelig").headers
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert ask(an_app()).headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


@pytest.mark.parametrize("host", ["kunnskap.example.no", "kunnskap.example.no:443", "KUNNSKAP.example.no", "10.0.0.5"])
def test_the_site_answers_to_its_own_names(host):
    assert ask(an_app(hosts=("10.0.0.5",)), base=f"https://{host}").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "kunnskap.example.no.evil.example", "localhost", "evil@x", "x y", ""])
def test_another_name_is_refused_in_plain_words(host):
    answer = ask(an_app(), Host=host)
    assert answer.status_code == 400
    assert answer.mimetype == "text/plain"
    assert "hører ikke til" in answer.text
    assert not host or host not in answer.text


FORWARDED = {"X_Forwarded_For": "203.0.113.9", "X_Forwarded_Proto": "https", "X_Forwarded_Host": "kunnskap.example.no"}


def test_nobody_is_believed_about_who_asks_without_the_setting():
    answer = ask(an_app(hosts=("10.0.0.5",)), base="http://10.0.0.5", **FORWARDED)
    assert answer.text == "127.0.0.1 http 10.0.0.5"


def test_a_proxy_that_is_trusted_is_believed():
    assert ask(an_app(proxies=1), base="http://10.0.0.5", **FORWARDED).text == "203.0.113.9 https kunnskap.example.no"


def test_what_stands_before_the_proxy_that_is_trusted_is_not_believed():
    forged = FORWARDED | {"X_Forwarded_For": "198.51.100.1, 203.0.113.9"}
    assert ask(an_app(proxies=1), base="http://10.0.0.5", **forged).text.startswith("203.0.113.9 ")


def test_a_name_told_by_a_trusted_proxy_must_be_the_sites_too():
    assert ask(an_app(proxies=1), **(FORWARDED | {"X_Forwarded_Host": "evil.example"})).status_code == 400
