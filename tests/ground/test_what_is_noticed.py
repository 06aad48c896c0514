"""What somebody who looks after the site should see: sign-ins, refused ones, refused doors. Never who, and never what was sent."""

import logging

import pytest

from kunnskap.accounts.passwords import hashed
from kunnskap.web.limits import limiter

PASSWORD = "et ganske langt passord"
EMAIL = "test.person@skien.kommune.no"


@pytest.fixture
def noticed(caplog):
    """What the site's own modules have logged since, from INFO and up."""
    caplog.set_level(logging.INFO, logger="kunnskap")
    return lambda: [
        f"{record.levelname}: {record.getMessage()}" for record in caplog.records if record.name.startswith("kunnskap")
    ]


@pytest.fixture
def owner(member):
    return member("Test Testesen", email=EMAIL, password_hash=hashed(PASSWORD))


def test_a_sign_in_is_noticed_with_the_way_but_not_the_person(browser, owner, noticed):
    browser().post("/logg-inn", data={"email": EMAIL, "password": PASSWORD})
    assert noticed() == ["INFO: somebody signed in: password"]


@pytest.mark.parametrize(
    "typed", [{"email": EMAIL, "password": "feil passord her"}, {"email": "ingen@example.org", "password": PASSWORD}]
)
def test_a_refused_sign_in_is_noticed_alike_whether_there_is_an_account_or_not(browser, owner, noticed, typed):
    browser().post("/logg-inn", data=typed)
    assert noticed() == ["WARNING: a sign-in by password was refused"]


def test_a_refused_link_is_noticed_without_the_link(browser, noticed):
    browser().post("/logg-inn/lenke/dette-er-ingen-lenke")
    assert noticed() == ["WARNING: a link was refused: sign_in"]


def test_a_refused_code_is_noticed_with_the_number_of_the_account(app, browser, owner, noticed):
    visit = browser(owner)
    visit.post("/bekreft-deg/passord", data={"password": "feil passord her"})
    assert noticed() == [f"WARNING: the password of account {owner.id}, asked for anew, was refused"]


def test_a_refused_door_is_noticed_without_the_address_that_was_asked_for(browser, member, noticed):
    browser(member()).get("/innsikt/sok?q=hemmelig")
    assert noticed() == ["WARNING: GET insight.searches was refused with 403"]


def test_a_form_from_another_site_is_noticed(browser, member, noticed):
    browser(member()).post("/logg-ut", headers={"Origin": "https://ond.example"})
    assert noticed() == ["WARNING: POST accounts.sign_out was refused with 403"]


@pytest.fixture
def counting(app, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    yield
    limiter.reset()


def test_whoever_tries_too_often_is_noticed(browser, noticed, counting):
    visit = browser()
    for number in range(6):
        visit.post("/tilgjengelighet", data={"words": f"Nummer {number}"})
    assert noticed() == ["WARNING: POST home.tell was refused with 429"]
