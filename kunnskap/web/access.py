"""Doors: each route says who may come in, and a test checks that it does."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from flask import Flask, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user

from kunnskap.actor import ANYONE, Actor

V = TypeVar("V", bound=Callable[..., Any])
login = LoginManager()


class Guarded(Protocol):
    """A view with a door."""

    door: str


def init_app(app: Flask) -> None:
    """Let sign-in cookies in and give every template the actor."""
    login.init_app(app)
    login.unauthorized_handler(_show_the_way_in)
    app.context_processor(lambda: {"actor": actor()})


def actor() -> Actor:
    """Who is behind this request."""
    return getattr(current_user, "actor", ANYONE)


def _show_the_way_in() -> ResponseReturnValue:
    if request.method == "GET":
        return redirect(url_for("accounts.sign_in_form", til=request.full_path.rstrip("?")))
    return redirect(url_for("accounts.sign_in_form", til=request.referrer and _path_of(request.referrer)))


def _path_of(address: str) -> str | None:
    return address.removeprefix(request.host_url[:-1]) if address.startswith(request.host_url) else None


def _door(name: str, lets_in: Callable[[Actor], bool]) -> Callable[[V], V]:
    def hang(view: V) -> V:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            who = actor()
            if lets_in(who):
                return view(*args, **kwargs)
            return abort(403) if who.is_member else login.unauthorized()

        cast("Guarded", guarded).door = name
        return cast("V", guarded)

    return hang


open_door = _door("anyone", lambda _who: True)
members = _door("members", lambda who: who.is_member)
moderators = _door("moderators", lambda who: who.is_moderator)
administrators = _door("administrators", lambda who: who.is_administrator)
