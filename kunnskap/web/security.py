"""What every request and answer must keep to: where a form may come from, how large it may be, what a page may do."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, Response, abort, current_app, request, session
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from kunnskap.config import Settings
from kunnskap.web.access import login
from kunnskap.web.addresses import parts_of

V = TypeVar("V", bound=Callable[..., Any])

FORM_LIMIT = 1024 * 1024
"""Bytes of a form without files; rooms that take files raise it for their own routes (`takes_files`)."""
MOST_PARTS = 500
"""Fields and files of one form."""
SAFE = {"GET", "HEAD", "OPTIONS"}
YEAR = 31_536_000
POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
)
UNUSED = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media", "fullscreen",
    "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment",
    "picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
"""What browsers can do that no page here asks for, so that nothing that finds its way into a page may either."""
OWN = ("publickey-credentials-create", "publickey-credentials-get")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join([f"{name}=()" for name in UNUSED] + [f"{name}=(self)" for name in OWN]),
}
SECRET_PARTS = {"token", "mark", "signed"}
"""Parts of addresses that let in whoever has them, by their names in routes."""
COOKIES = {"SAMESITE": "Lax", "HTTPONLY": True, "PATH": "/"}
WRONG_NAME = "Denne adressen hører ikke til Kunnskap her. Se etter at du har skrevet den riktig.\n"


def init_app(app: Flask, settings: Settings) -> None:
    """Put up the checks. The part of an upload form that is not files may take FORM_LIMIT."""
    app.config.update(
        MAX_CONTENT_LENGTH=FORM_LIMIT,
        MAX_FORM_MEMORY_SIZE=FORM_LIMIT,
        MAX_FORM_PARTS=MOST_PARTS,
        UPLOAD_LIMIT=settings.upload_limit + FORM_LIMIT,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
    )
    headers = _headers(https=settings.is_https)
    app.before_request(_refuse_other_names)
    app.before_request(_refuse_other_sites)
    app.before_request(_make_room_for_files)
    app.after_request(lambda response: _put_headers(response, headers))


def keep_cookies(app: Flask, *, secure: bool) -> None:
    """Name the cookies and say who may have them. `__Host-`: no other site under the same domain can set them."""
    for kind in ("SESSION", "REMEMBER"):
        app.config.update({f"{kind}_COOKIE_{name}": value for name, value in COOKIES.items()})
        app.config[f"{kind}_COOKIE_SECURE"] = secure
    app.config["SESSION_COOKIE_NAME"] = f"{'__Host-' if secure else ''}session"


def trust_proxies(app: Flask, hops: int) -> None:
    """Believe so many proxies in front about who asks and how; of none, what they say is what anybody may say."""
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _headers(*, https: bool) -> dict[str, str]:
    policy = (*POLICY, *(["upgrade-insecure-requests"] if https else []))
    transport = {"Strict-Transport-Security": f"max-age={YEAR}"} if https else {}
    return HEADERS | transport | {"Content-Security-Policy": "; ".join(policy)}


def _refuse_other_names() -> ResponseReturnValue | None:
    """Answer only to the site's own names: who comes by another may be led to build links to it."""
    if isinstance(request.routing_exception, SecurityError):
        # Plain: pages need to know the site's address, and this request has none.
        return Response(WRONG_NAME, 400, mimetype="text/plain", headers={"Cache-Control": "no-store"})
    return None


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


def _make_room_for_files() -> ResponseReturnValue | None:
    view = current_app.view_functions.get(request.endpoint or "")
    # Only this form of form is read without holding all of it in memory.
    if not getattr(view, "takes_files", False) or request.mimetype != "multipart/form-data":
        return None
    if "_user_id" not in session:
        # The door would turn them away, but only after all of it had been read.
        return cast("ResponseReturnValue", login.unauthorized())
    request.max_content_length = current_app.config["UPLOAD_LIMIT"]
    return None


def _put_headers(response: Response, headers: dict[str, str]) -> Response:
    if not SECRET_PARTS.isdisjoint(request.view_args or ()):
        # Not "no-referrer": browsers would then not tell us either that the form on the page is ours.
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "no-store")
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    if response.mimetype == "text/html":
        # Pages differ by who asks and in which language, and cookies say both.
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response
