"""Letting somebody in, on the web's side: a new session, its cookie, and where to go next."""

import logging
from typing import cast

from flask import current_app, redirect, request, session, url_for
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from kunnskap.accounts import queries, sessions
from kunnskap.accounts.models import Account, AccountSession
from kunnskap.accounts.rules import local_path
from kunnskap.config import Settings
from kunnskap.errors import NotAllowed
from kunnskap.web.access import signed_in
from kunnskap.web.addresses import shortened

log = logging.getLogger(__name__)
TIL = "til"
"""Where to go once the second factor is shown, kept in the cookie meanwhile."""


def device() -> sessions.Device:
    """Tell what the owner knows this device by."""
    return sessions.Device(request.user_agent.string, shortened(request.remote_addr or ""))


def let_in(account: Account, how: str, til: str | None = None, *, second_factor: bool = False) -> Response:
    """Begin a new session and lead on: to `til`, a page of ours, or first to where the second factor is shown.

    The session the browser had is ended, and nothing of its cookie is kept.
    """
    forget()
    begun = sessions.begin(account, how, device(), second_factor=second_factor)
    begun.needs_second_factor = settings().require_second_factor
    session.permanent = True
    login_user(begun, force=True)
    log.info("somebody signed in: %s%s", how, ", second factor shown" if second_factor else "")
    return lead_on(begun, til)


def lead_on(begun: AccountSession, til: str | None) -> Response:
    """Lead to `til`, or to where the second factor is shown first."""
    if begun.awaits_second_factor:
        session[TIL] = local_path(til)
        return redirect(url_for("second_factor.ask_form"), 303)
    return redirect(local_path(til), 303)


def let_out(answer: Response) -> Response:
    """Sign out on this browser, which is asked to throw away the pages it has kept: others may use the machine."""
    forget()
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def forget() -> None:
    """End the session this browser has, if any."""
    token = session.get("_user_id")
    if isinstance(token, str):
        sessions.end(token)
    logout_user()
    session.clear()


def current() -> AccountSession:
    """Give the session behind this request, also one that awaits its second factor; raises NotAllowed for visitors."""
    found = signed_in()
    if not isinstance(found, AccountSession):
        raise NotAllowed
    return found


def load(token: str) -> AccountSession | None:
    """Find the session a cookie belongs to (flask-login's user loader), and note that it is used."""
    given = settings()
    found = queries.by_session(token, idle_hours=given.session_idle_hours, days=given.session_days)
    if found is not None:
        found.needs_second_factor = given.require_second_factor
        current_app.extensions["kunnskap.presence"].note(found.id)
    return found


def settings() -> Settings:
    """The site's settings."""
    return cast("Settings", current_app.extensions["kunnskap.settings"])
