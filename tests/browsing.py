"""A browser for tests: same-origin forms, events told at once, and every page checked."""

import os
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, TestResponse

from kunnskap import db, events
from kunnskap.accounts import sessions
from kunnskap.accounts.models import Account
from kunnskap.accounts.sessions import Device
from tests.page_checks import problems
from tests.postgres import TEST_DATABASE
from tests.statements import uncounted

SAFE = {"GET", "HEAD", "OPTIONS"}
LOOKS_THROUGH = os.environ.get(TEST_DATABASE, "sqlite") == "sqlite"
"""Whether pages are looked through; they are the same whatever the database, and it takes time."""


class Browser(FlaskClient):
    """Flask's test client, behaving as a browser does and as strict as no browser is.

    A page that says "something went wrong" (500) fails the test, unless it set `expects_failure`.
    """

    expects_failure = False

    def sign_in(self, account: Account, *, second_factor: bool = True) -> None:
        """Carry the cookie of somebody who is signed in, in both ways unless told otherwise."""
        sign_in(self, account, second_factor=second_factor)

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Ask for a page; `headers={"Origin": …}` overrides where the form stood."""
        if not (args and isinstance(args[0], EnvironBuilder)) and kwargs.get("method", "GET") not in SAFE:
            headers = Headers(kwargs.get("headers"))
            headers.setdefault("Origin", "http://localhost")
            kwargs["headers"] = headers
        tell()
        response = super().open(*args, **kwargs)
        tell()
        assert response.status_code != 500 or self.expects_failure, f"{response.request.path} failed: see the log below"
        if LOOKS_THROUGH and response.mimetype == "text/html" and not response.location:
            found = problems(response.get_data(as_text=True))
            assert found == [], f"{response.request.path}: " + "\n".join(found)
        return response


def tell() -> None:
    """Do what the worker does: tell everything that has happened."""
    with uncounted():
        while events.tell_pending():
            pass
        db.session.remove()


def sign_in(client: FlaskClient, account: Account, *, second_factor: bool = True) -> None:
    """Give a client the cookie of somebody who is signed in."""
    with uncounted():
        begun = sessions.begin(
            db.session.get_one(Account, account.id), sessions.PASSWORD, Device(), second_factor=second_factor
        )
        db.session.commit()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = begun.token
        cookie["_fresh"] = True
