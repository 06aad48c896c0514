"""Signing up, in and out: by password, by mail, and by people who should not be let in."""

import re

import pytest
from sqlalchemy import select

from kunnskap import events
from kunnskap.accounts.models import Account
from kunnskap.db import session
from kunnskap.mail import MailWanted
from tests import factories

PASSWORD = "fire nye ord sammen"
WHO = {"name": "Test Testesen", "email": "test.ny@skien.kommune.no", "password": PASSWORD}


@pytest.fixture
def skien(database):
    return factories.place(domains=["skien.kommune.no"])


@pytest.fixture
def sent(app):
    """Every mail that is sent, as (address, subject, text)."""
    letters = []

    def deliver(wanted):
        letters.extend((one.to, one.subject, one.text) for one in wanted)

    events.listen(deliver, MailWanted)
    yield letters
    events._listeners.pop(deliver)


def link_in(letter):
    return re.search(r"http://localhost(\S+)", letter[2]).group(1)


def accounts_of(email):
    return list(session.scalars(select(Account).where(Account.email == email)))


def is_signed_in(browser):
    return browser.get("/konto").status_code == 200


def test_an_adviser_signs_up_confirms_and_is_signed_in(browser, skien, sent):
    adviser = browser()
    answer = adviser.post("/registrer", data=WHO)
    assert (answer.status_code, answer.location) == (303, "/sjekk-eposten")
    assert "Sjekk e-posten" in adviser.get(answer.location).text
    assert not is_signed_in(adviser)
    link = link_in(sent[0])
    assert "Bekreft" in adviser.get(link).text
    assert adviser.post(link).status_code == 303
    page = adviser.get("/konto").text
    assert "Test Testesen" in page
    assert "Skien kommune" in page
