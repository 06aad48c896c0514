"""One request, one transaction: commit what succeeded, undo the rest, never write on GET."""

from flask import Flask, Response, request

from kunnskap import db
from kunnskap.db import session

SAFE = {"GET", "HEAD", "OPTIONS"}


def init_app(app: Flask) -> None:
    """Begin, commit and undo around every request."""

    @app.before_request
    def begin() -> None:
        db.expect_writes(request.method not in SAFE)
        if request.method not in SAFE:
            # Whatever time the body takes to arrive, no transaction waits for it.
            _ = request.form

    @app.after_request
    def finish(response: Response) -> Response:
        if request.method in SAFE:
            session.close()
        elif response.status_code >= 400:
            session.rollback()
        else:
            session.commit()
        return response

    @app.teardown_appcontext
    def close(_error: BaseException | None) -> None:
        session.remove()
