"""What every request and answer keeps to."""

import pytest
from flask.testing import FlaskClient

from kunnskap.web.security import FORM_LIMIT


def test_every_page_says_what_a_browser_may_do_with_it(browser):
    headers = browser().get("/om").headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


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
