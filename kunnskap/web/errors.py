"""Turns what went wrong into pages, with the right status and a way on; for other programs into JSON."""

import logging

from flask import Flask, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from kunnskap.db import session
from kunnskap.errors import Invalid, NotAllowed, NotFound
from kunnskap.web.limits import seconds_to_wait

log = logging.getLogger(__name__)
PAGES = {400, 403, 404, 405, 413, 422, 429}
NOTED = {403, 429}
"""What whoever looks after a site should see many of when somebody tries what they may not."""
FOR_PROGRAMS = "/api/"
"""What addresses begin with that are answered in JSON."""


def init_app(app: Flask) -> None:
    """Answer errors of the domain and of HTTP with pages of ours."""
    app.register_error_handler(NotFound, lambda _error: _page(404))
    app.register_error_handler(NotAllowed, lambda _error: _page(403))
    app.register_error_handler(Invalid, _refused)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _unforeseen)


def _page(status: int, **details: object) -> ResponseReturnValue:
    if status in NOTED:
        log.warning("%s %s was refused with %s", request.method, request.endpoint, status)
    if request.path.startswith(FOR_PROGRAMS):
        return _told(status)
    return render_template(f"errors/{status}.html", **details), status


def _told(status: int) -> ResponseReturnValue:
    """Tell a program what went wrong."""
    messages = {
        403: _("Du har ikke tilgang."),
        404: _("Vi finner ikke det du spør etter."),
        405: _("Denne adressen kan bare leses."),
        429: _("Du har sendt mange forespørsler på kort tid. Vent et minutt og prøv igjen."),
        503: _("Søket kan ikke brukes akkurat nå. Prøv igjen om et minutt."),
    }
    otherwise = _("Forespørselen kan ikke forstås.") if status < 500 else _("Noe gikk galt hos oss.")
    answer = jsonify(error={"status": status, "message": messages.get(status, otherwise)})
    answer.content_type = "application/json; charset=utf-8"
    answer.headers["Cache-Control"] = "no-store"
    if status == 503:
        answer.headers["Retry-After"] = "60"
    return answer, status


def _refused(error: Exception) -> ResponseReturnValue:
    problems = list(error.problems.values()) if isinstance(error, Invalid) else []
    return _page(422, problems=problems)


def _of_http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    if error.code == 429:
        return _too_often(error)
    if error.code in PAGES or request.path.startswith(FOR_PROGRAMS):
        return _page(error.code)
    return render_template(f"errors/{400 if error.code < 500 else 500}.html"), error.code


def _too_often(error: HTTPException) -> ResponseReturnValue:
    """Say so, unless the limit has a page of its own."""
    answer = make_response(error.response or _page(429))
    answer.headers["Retry-After"] = str(seconds_to_wait())
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _unforeseen(error: Exception) -> ResponseReturnValue:
    # Let go of what was read, so that the page can still say who is signed in when the rest is undone.
    session.expunge_all()
    session.rollback()
    log.error("unforeseen error on %s %s", request.method, request.endpoint, exc_info=error)
    return _page(500)
