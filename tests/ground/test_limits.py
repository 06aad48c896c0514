"""Whoever asks too often is told to wait, and for how long; whoever shares an address with others is not."""

import pytest

from kunnskap.web.limits import _network, limiter

EVIL = "203.0.113.9"


@pytest.fixture(autouse=True)
def counting(monkeypatch, app):
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    yield
    limiter.reset()


def from_address(browser, address):
    client = browser()
    client.environ_base["REMOTE_ADDR"] = address
    return client


def write(client):
    return client.post("/sprak", data={"language": "nn"})


def test_everything_that_changes_something_is_limited_also_where_nothing_says_so(browser):
    visitor = from_address(browser, EVIL)
    assert {write(visitor).status_code for _ in range(300)} == {303}
    stopped = write(visitor)
    assert stopped.status_code == 429
    assert 1 <= int(stopped.headers["Retry-After"]) <= 60
    assert "<h1" in stopped.text
    assert write(from_address(browser, "203.0.113.10")).status_code == 303
    assert visitor.get("/om").status_code == 200


def test_a_member_is_counted_as_themselves_wherever_they_sit(browser, member):
    visitor = from_address(browser, EVIL)
    for _ in range(301):
        write(visitor)
    colleague = browser(member())
    colleague.environ_base["REMOTE_ADDR"] = EVIL
    assert write(colleague).status_code == 303


def test_searching_is_limited_generously(browser):
    visitor = from_address(browser, EVIL)
    assert {visitor.get("/sok/lignende?q=klima").status_code for _ in range(60)} == {200}
    assert {visitor.get("/sok?q=klima").status_code for _ in range(300)} == {200}
    stopped = visitor.get("/sok?q=klima")
    assert stopped.status_code == 429
    assert 1 <= int(stopped.headers["Retry-After"]) <= 60


def test_a_program_is_told_the_seconds_to_wait(browser):
    visitor = from_address(browser, EVIL)
    for _ in range(120):
        visitor.get("/api/v1/search?q=klima")
    stopped = visitor.get("/api/v1/search?q=klima")
    assert stopped.get_json()["error"]["status"] == 429
    assert 1 <= int(stopped.headers["Retry-After"]) <= 60


def test_every_write_that_is_not_limited_by_itself_is_limited_with_the_rest(app):
    assert [str(limit.limit_provider) for limit in limiter.limit_manager._application_limits] != []
    assert limiter._application_limits_exempt_when is not None


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("unix", "unknown"),
    ],
)
def test_a_visitor_is_whatever_one_household_has(address, network):
    assert _network(address) == network
