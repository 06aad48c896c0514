"""What every request and answer must keep to: where a form may come from, how large it may be, what a page may do."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, Response, abort, current_app, request

from kunnskap.web.addresses import parts_of

V = TypeVar("V", bound=Callable[..., Any])

FORM_LIMIT = 1024 * 1024
"""Bytes of a form without files; rooms that take files raise it for their own routes (`takes_files`)."""
SAFE = {"GET", "HEAD", "OPTIONS"}
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def init_app(app: Flask, upload_limit: int) -> None:
    """Put up the checks. `upload_limit` in bytes; the rest of an upload form may take FORM_LIMIT more."""
    app.config["MAX_CONTENT_LENGTH"] = FORM_LIMIT
    app.config["MAX_FORM_MEMORY_SIZE"] = FORM_LIMIT
    app.config["UPLOAD_LIMIT"] = upload_limit + FORM_LIMIT
    app.before_request(_refuse_other_sites)
    app.before_request(_widen_for_files)
    app.after_request(_put_headers)


def _refuse_other_sites() -> None:
    """Take writes only from our own pages: browsers say where a form comes from (OWASP, CSRF: verifying origin)."""
    if request.method in SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    if site is not None and site != "same-origin":
        abort(403)
    if origin is not None and parts_of(origin).netloc != request.host:
        abort(403)
    if site is None and origin is None:
        abort(403)


def takes_files(view: V) -> V:
    """Mark a view whose form may carry files, so that it may be as large as the upload limit allows."""
    cast("Any", view).takes_files = True
    return view


def _widen_for_files() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    # Only this form of form is read without holding all of it in memory.
    if getattr(view, "takes_files", False) and request.mimetype == "multipart/form-data":
        request.max_content_length = current_app.config["UPLOAD_LIMIT"]


def _put_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if response.mimetype == "text/html":
        # Pages differ by who asks and in which language, and cookies say both.
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response
