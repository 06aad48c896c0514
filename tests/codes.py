"""What tests of the second factor do again and again: turn codes on, read them off, come half-way in."""

import re
from datetime import timedelta

import pyotp
from sqlalchemy import select

from kunnskap import clock
from kunnskap.accounts.models import Account
from kunnskap.audit import AuditEntry
from kunnskap.db import session

PASSWORD = "fire nye ord sammen"
EMAIL = "test.person@skien.kommune.no"
WRONG = "Koden er feil, for gammel eller brukt før."
ASK, OWN = "/logg-inn/totrinn", "/konto/totrinn"


def code(secret, seconds=0):
    """What the app shows so many seconds from now."""
    return pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=seconds))


def set_up(adviser, seconds=0):
    """Turn codes on; gives the secret and the recovery codes."""
    page = adviser.get(f"{OWN}?bytt=ja").text
    secret = re.search(r'<code id="oppsettsnokkel">([A-Z2-7 ]+)</code>', page)[1].replace(" ", "")
    sealed = re.search(r'name="sealed"[^>]*value="([^"]+)"', page)[1]
    answer = adviser.post(OWN, data={"sealed": sealed, "code": code(secret, seconds)})
    assert answer.status_code == 200, answer.text
    return secret, re.findall(r"<code>([a-z2-9-]+)</code>", answer.text)


def half_way(browser, til="/"):
    """A browser where the password was right."""
    one = browser()
    answer = one.post("/logg-inn", data={"email": EMAIL, "password": PASSWORD, "til": til})
    assert (answer.status_code, answer.location) == (303, ASK)
    return one


def token(one):
    """What the cookie holds."""
    with one.session_transaction() as cookie:
        return cookie.get("_user_id")


def is_signed_in(one):
    """Whether a browser comes in."""
    return one.get("/konto").status_code == 200


def acts():
    """What stands in the audit log."""
    return [(entry.act, entry.target) for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def the(account):
    """The account as it is now."""
    return session.get_one(Account, account.id, populate_existing=True)
