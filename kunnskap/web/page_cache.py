"""Pages that are the same for many readers, kept as long as nothing they could show has changed.

A page is good while `SiteVersion` and everything registered with `also_depends_on` stand still, so it is never older
than the last commit. Signed-out pages hold nothing of the visitor's, so one copy serves all who
read the same language. For members, pages are kept that are declared to be the same for all who may see the same.
"""

import re
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, g, request, session

from kunnskap.remembering import versions
from kunnskap.web.access import actor, lacks_second_factor
from kunnskap.web.locale import language

V = TypeVar("V", bound=Callable[..., Any])

SECONDS = 60
"""Longest life of a page: "for 3 minutter siden" must not stand still."""
MOST_BYTES, MOST_PAGES = 64 * 1024 * 1024, 5_000
LONGEST_ADDRESS = 1_000
"""Characters of an address whose page is kept, so that addresses and headers take no more room than the pages."""
FORM_KEY = re.compile(rb'name="form_key"[^>]*?value="([0-9a-f]{32})')


@dataclass(frozen=True)
class Kept:
    """A page as it was made: `state` is what it depended on, `until` by the monotonic clock."""

    state: Hashable
    until: float
    body: bytes
    headers: list[tuple[str, str]]


class PageCache:
    """The most recently used pages, at most so many and so many bytes in all; safe to use from several threads."""

    def __init__(self, most_bytes: int = MOST_BYTES, most_pages: int = MOST_PAGES) -> None:
        self._most_bytes, self._most_pages = most_bytes, most_pages
        self._bytes = 0
        self._pages: OrderedDict[Hashable, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Hashable, state: Hashable) -> Kept | None:
        """Give the page if it is still good."""
        with self._lock:
            kept = self._pages.get(key)
            if kept is None or kept.state != state or kept.until < monotonic():
                return None
            self._pages.move_to_end(key)
            return kept

    def keep(self, key: Hashable, kept: Kept) -> None:
        """Keep a page; the ones longest unused go when there is no more room."""
        with self._lock:
            old = self._pages.pop(key, None)
            self._bytes += len(kept.body) - (len(old.body) if old else 0)
            self._pages[key] = kept
            while self._bytes > self._most_bytes or len(self._pages) > self._most_pages:
                self._bytes -= len(self._pages.popitem(last=False)[1].body)


_depends: list[Callable[[], Hashable]] = []


def also_depends_on(state: Callable[[], Hashable]) -> None:
    """Have pages count as old when what `state` returns changes."""
    _depends.append(state)


def init_app(app: Flask) -> None:
    """Answer visitors from what is kept, and keep what they are given."""
    cache = PageCache()
    app.before_request(lambda: _answer(cache))
    app.after_request(lambda response: _keep(cache, response))


def same_for_members(view: V) -> V:
    """Mark a view whose page is the same for all members who belong to the same audiences (`Actor.circles`).

    Moderators may see more and coordinators may do more, so their pages are never kept.
    """
    cast("Any", view).same_for_members = True
    return view


def same_for_strangers(is_stranger: Callable[..., bool]) -> Callable[[V], V]:
    """Mark a view whose page is the same for all members who have nothing of their own on it.

    `is_stranger` takes what the view takes and says whether the reader is one.
    """

    def mark(view: V) -> V:
        cast("Any", view).is_stranger = is_stranger
        return same_for_members(view)

    return mark


def differs_by(tell: Callable[[], Hashable]) -> Callable[[V], V]:
    """Mark a view whose page differs, among members who may see the same, by what `tell` returns of the reader."""

    def mark(view: V) -> V:
        cast("Any", view).differs_by = tell
        return view

    return mark


def is_readers_own() -> None:
    """Say that the page under way shows something of the reader's own after all: it is given to nobody else."""
    g.page_key = None


def not_kept(page: str) -> Response:
    """Answer with a page that neither the site nor the browser keeps: one with a secret on it, or that works once."""
    response = current_app.make_response(page)
    response.cache_control.no_store = True
    return response


def _key() -> Hashable | None:
    view: Any = current_app.view_functions.get(request.endpoint or "")
    if request.method != "GET" or getattr(view, "door", None) != "anyone":
        return None
    if len(request.full_path) + len(request.host) > LONGEST_ADDRESS:
        return None
    signed_in = current_app.config["SESSION_COOKIE_NAME"] in request.cookies
    if signed_in and not (getattr(view, "same_for_members", False) and _is_plain_member() and _is_stranger(view)):
        return None
    circles = (actor().circles, _difference(view)) if signed_in else None
    return request.path, request.query_string, language(), "HX-Request" in request.headers, request.host, circles


def _difference(view: Any) -> Hashable:
    told: Hashable = view.differs_by() if hasattr(view, "differs_by") else None
    return told


def _is_stranger(view: Any) -> bool:
    found: bool = not hasattr(view, "is_stranger") or view.is_stranger(**(request.view_args or {}))
    return found


def _is_plain_member() -> bool:
    who = actor()
    is_plain = who.is_member and not who.is_coordinator and not who.is_newcomer
    return is_plain and not lacks_second_factor() and "_flashes" not in session


def _state() -> Hashable:
    return versions()[0], *(state() for state in _depends)


def _answer(cache: PageCache) -> Response | None:
    key = _key()
    if key is None:
        return None
    g.page_key, g.page_state = key, _state()
    kept = cache.find(key, g.page_state)
    if kept is None:
        return None
    g.page_key = None
    response = Response(_with_new_form_keys(kept.body), headers=kept.headers)
    if "ETag" in response.headers:
        response.make_conditional(request)
    return response


def _keep(cache: PageCache, response: Response) -> Response:
    key = g.get("page_key")
    if key is not None and response.status_code == 200 and _may_be_kept(response):
        headers = list(response.headers.items())
        cache.keep(key, Kept(g.page_state, monotonic() + SECONDS, response.get_data(), headers))
    return response


def _with_new_form_keys(body: bytes) -> bytes:
    """Give each copy of a page form keys of its own: what two readings of it send are two things."""
    for key in {found[1] for found in FORM_KEY.finditer(body)}:
        body = body.replace(key, uuid.uuid4().hex.encode())
    return body


def _may_be_kept(response: Response) -> bool:
    if response.cache_control.no_store or "Set-Cookie" in response.headers:
        return False
    return response.mimetype in {"text/html", "application/json"} and not response.is_streamed
