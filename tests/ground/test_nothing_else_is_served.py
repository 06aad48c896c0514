"""What is not a page of the site is not given out: files beside it, lists of folders, what was asked, what went wrong."""

import io
import json
import logging

import pytest

from kunnskap import logs
from kunnskap.home import views


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/.env",
        "/app.py",
        "/instance/secret_key",
        "/pyproject.toml",
        "/tests/conftest.py",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static//etc/passwd",
        "/static/css/../../app.py",
    ],
)
def test_files_beside_the_site_are_not_served(browser, path):
    answer = browser().get(path)
    assert answer.status_code in {301, 308, 404}
    assert "create_app" not in answer.text


@pytest.mark.parametrize("path", ["/static", "/static/", "/static/css", "/static/css/", "/static/img/"])
def test_no_folder_is_listed(browser, path):
    answer = browser().get(path, follow_redirects=True)
    assert answer.status_code == 404
    assert "prose.css" not in answer.text


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND"])
def test_a_request_is_never_echoed(browser, method):
    answer = browser().open("/", method=method, headers={"X-Probe": "the-probe", "Origin": "http://localhost"})
    assert answer.status_code in {400, 403, 405, 501}
    assert "the-probe" not in answer.text


def test_an_error_shows_nothing_of_the_inside(app, browser, monkeypatch, caplog):
    def break_down():
        raise RuntimeError("the secret inside")

    assert app.debug is False
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(views.theme_queries, "tops", break_down)
    visit = browser()
    visit.expects_failure = True
    with caplog.at_level(logging.ERROR):
        answer = visit.get("/")
    assert answer.status_code == 500
    assert "the secret inside" not in answer.text
    assert "Traceback" not in answer.text
    assert "RuntimeError" not in answer.text
    assert any("unforeseen" in record.getMessage() for record in caplog.records)


@pytest.fixture
def written():
    """What is logged, line by line, as it would stand in the file."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.start("INFO")
    stream = root.handlers[0].stream = io.StringIO()
    yield lambda: stream.getvalue().splitlines()
    root.handlers, root.level = handlers, level
    for name in logs.SERVERS:
        logging.getLogger(name).filters = []


def test_a_log_line_stays_one_line(written):
    logging.getLogger("probe").warning("first\nlevel=critical %s", 'second\r\n{"level": "critical"}')
    (line,) = written()
    told = json.loads(line)
    assert told["level"] == "warning"
    assert told["timestamp"].endswith("Z")
    assert "second" in told["event"]
