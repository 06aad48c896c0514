"""What every request and answer keeps to."""

import dataclasses
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from kunnskap import clock
from kunnskap.web.addresses import RowNumber
from kunnskap.web.security import FORM_LIMIT, MOST_PARTS, SECRET_PARTS


def test_every_page_says_what_a_browser_may_do_with_it(browser):
    headers = browser().get("/om").headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy.pop("img-src") == "'self' data:"
    assert {policy.pop(name) for name in ("default-src", "frame-ancestors", "base-uri", "object-src")} == {"'none'"}
    assert set(policy.values()) == {"'self'"}
    assert "form-action" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in headers["Permissions-Policy"]


@pytest.mark.parametrize("path", ["/finnes-ikke", "/static/css/site.css", "/min-side", "/api/v1/search?q=klima"])
def test_every_answer_carries_the_same_headers(browser, path):
    with browser().get(path) as answer:
        headers = answer.headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_every_address_that_lets_somebody_in_is_known_as_one(app):
    harmless = {"slug", "key", "name", "purpose", "filename", "kind", "way", "ending"}
    rules = list(app.url_map.iter_rules())
    words = {name for rule in rules for name in rule.arguments if type(rule._converters[name]) is not RowNumber}
    assert words - harmless == SECRET_PARTS, "is it secret (security.SECRET_PARTS) or harmless (here)?"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://annet.example.org"},
        {"Origin": "null"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-site"},
        {"Origin": "", "Referer": "https://annet.example.org/side"},
    ],
)
def test_a_form_on_another_site_changes_nothing(browser, member, headers):
    answer = browser(member()).post("/innlegg/utkast", data={"form": "sporsmal"}, headers=headers)
    assert answer.status_code == 403


def test_a_form_that_does_not_say_where_it_stands_is_refused(app):
    assert FlaskClient(app).post("/innlegg/utkast", data={"form": "sporsmal"}).status_code == 403


def test_a_form_far_too_large_is_told_so(browser, member):
    answer = browser(member()).post("/innlegg/utkast", data={"form": "sporsmal", "body": "x" * (FORM_LIMIT + 1)})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "path", ["/finnes-ikke", "/innlegg/987654321", "/innlegg/99999999999999999999", "/%00", "/%ff"]
)
def test_what_is_not_there_is_a_kind_page(browser, path):
    answer = browser().get(path)
    assert answer.status_code == 404
    assert "<h1" in answer.text


def test_no_page_is_kept_on_the_way_to_its_reader(browser, member):
    for reader in (browser(), browser(member())):
        assert reader.get("/om").headers["Cache-Control"] == "private, no-cache"


def test_a_form_of_endlessly_many_fields_is_refused(browser, member):
    fields = {f"felt{number}": "x" for number in range(MOST_PARTS + 1)}
    sent = {"data": fields, "content_type": "multipart/form-data"}
    assert browser(member()).post("/innlegg/utkast", **sent).status_code == 413


def test_another_sites_name_gets_no_page(browser):
    answer = browser().get("/", base_url="http://evil.example")
    assert answer.status_code == 400
    assert answer.mimetype == "text/plain"


def test_what_a_visitor_says_of_proxies_is_not_believed(browser):
    said = {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    assert "evil.example" not in browser().get("/min-side", headers=said).headers["Location"]
    answer = browser().post("/sprak", data={"language": "nn"}, headers=said | {"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_whoever_finds_a_weakness_is_told_whom_to_write_to(app, browser, settings, monkeypatch):
    assert browser().get("/.well-known/security.txt").status_code == 404
    told = dataclasses.replace(settings, contact="sikkerhet@example.no", address="https://kunnskap.example.no")
    monkeypatch.setitem(app.extensions, "kunnskap.settings", told)
    answer = browser().get("/.well-known/security.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    lines = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert lines["Contact"] == "mailto:sikkerhet@example.no"
    assert lines["Canonical"] == "https://kunnskap.example.no/.well-known/security.txt"
    assert timedelta(days=170) < datetime.fromisoformat(lines["Expires"]) - clock.now() < timedelta(days=365)
