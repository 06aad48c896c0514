"""Turns what went wrong into pages, with the right status and a way on."""

import logging

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from kunnskap.db import session
from kunnskap.errors import Invalid, NotAllowed, NotFound

log = logging.getLogger(__name__)
PAGES = {400, 403, 404, 405, 413, 422, 429}


def init_app(app: Flask) -> None:
    """Answer errors of the domain and of HTTP with pages of ours."""
    app.register_error_handler(NotFound, lambda _error: _page(404))
    app.register_error_handler(NotAllowed, lambda _error: _page(403))
    app.register_error_handler(Invalid, _refused)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _unforeseen)


def _page(status: int, **details: object) -> ResponseReturnValue:
    return render_template(f"errors/{status}.html", **details), status


def _refused(error: Exception) -> ResponseReturnValue:
    problems = list(error.problems.values()) if isinstance(error, Invalid) else []
    return _page(422, problems=problems)


def _of_http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    if error.code in PAGES:
        return _page(error.code)
    return render_template(f"errors/{400 if error.code < 500 else 500}.html"), error.code


def _unforeseen(error: Exception) -> ResponseReturnValue:
    # Let go of what was read, so that the page can still say who is signed in when the rest is undone.
    session.expunge_all()
    session.rollback()
    log.error("unforeseen error on %s %s", request.method, request.endpoint, exc_info=error)
    return _page(500)
