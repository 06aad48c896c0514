"""What search engines are told: which pages to leave out, and which not to ask for."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import current_app, make_response

V = TypeVar("V", bound=Callable[..., Any])
NOT_FOR_ROBOTS = (
    "/api/",
    "/logg-inn",
    "/registrer",
    "/glemt-passord",
    "/sok",
    "/innlegg/*/historikk",
    "/tilgjengelighet/takk",
)
"""What anyone may open, but is without end, only for programs, or of no use to somebody who searches."""
PART = re.compile(r"<[^>]+>")


def unlisted(view: V) -> V:
    """Have search engines leave the view's pages out of what they find. Stands under the door.

    Such pages are not refused in robots.txt: who may not fetch a page does not learn that it is to be left out.
    """

    @wraps(view)
    def told(*args: Any, **kwargs: Any) -> Any:
        answer = make_response(view(*args, **kwargs))
        answer.headers["X-Robots-Tag"] = "noindex"
        return answer

    return cast("V", told)


def refused() -> list[str]:
    """The beginnings of addresses robots are asked not to fetch: all that has a door, and what is of no use to them."""
    found = sorted({*NOT_FOR_ROBOTS, *_guarded()})
    return [one for one in found if not any(one != other and one.startswith(other) for other in found)]


def _guarded() -> set[str]:
    views = current_app.view_functions
    return {
        PART.sub("*", rule.rule)
        for rule in current_app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and getattr(views[rule.endpoint], "door", "anyone") != "anyone"
    }
