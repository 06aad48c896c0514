"""Addresses for other programs: what they are asked for, read as the pages read it."""

from typing import Any

from flask import Blueprint, Response, abort, request
from flask import json as flask_json

from kunnskap.api import serial
from kunnskap.posts import queries as posts
from kunnskap.search import addresses, queries
from kunnskap.web.access import actor, open_door
from kunnskap.web.limits import ASKING, limiter
from kunnskap.web.locale import language, speak
from kunnskap.web.page_cache import same_for_strangers

api = Blueprint("api", __name__, url_prefix="/api/v1")


def _sees_the_same() -> bool:
    """Whether nothing is lifted for likeness to the reader's own municipality, and nothing found is the reader's alone."""
    return actor().place_id is None and not posts.has_gone(actor())


@api.get("/search")
@open_door
@limiter.limit(ASKING)
@same_for_strangers(_sees_the_same)
def search() -> Response:
    """Find what the search page finds, with its parameters; `lang` chooses the language of names and reasons."""
    speak(request.args.get("lang", ""))
    shown = queries.search(actor(), addresses.wanted(request.args.items(multi=True)))
    if shown.is_down:
        abort(503)
    return _answer(serial.page(shown, request.host_url.rstrip("/"), language()))


def _answer(values: dict[str, Any]) -> Response:
    body = flask_json.dumps(values, ensure_ascii=False, sort_keys=False)
    response = Response(body, content_type="application/json; charset=utf-8")
    # What is answered differs by who asks and in which language; it may be kept, but not used without asking again.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Cookie, Accept-Language"
    response.add_etag()
    response.make_conditional(request)
    return response
