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


def test_an_office_that_signs_up_and_in_together_is_not_stopped(browser, member):
    office = [from_address(browser, EVIL) for _ in range(25)]
    for number, colleague in enumerate(office):
        who = {"name": "Prøve Person", "email": f"prove{number}@skien.kommune.no", "password": "et langt ord om klima"}
        assert colleague.post("/registrer", data=who).status_code != 429
        assert colleague.post("/logg-inn", data=who).status_code != 429


def test_one_address_is_neither_flooded_with_mail_nor_guessed_at(browser):
    asked = [from_address(browser, f"203.0.113.{last}") for last in range(1, 8)]
    sent = [one.post("/logg-inn/lenke", data={"email": "prove@skien.kommune.no"}).status_code for one in asked]
    assert sent.count(429) == 2
    guesser, key = from_address(browser, EVIL), {"email": "prove@skien.kommune.no", "password": "feil passord her"}
    assert [guesser.post("/logg-inn", data=key).status_code for _ in range(11)].count(429) == 1
    assert guesser.post("/logg-inn", data=key | {"email": "annen@skien.kommune.no"}).status_code == 422


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
