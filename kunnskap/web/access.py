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
    # Sessions are rows of ours; what the library would do about changed addresses only signs phones out.
    login.session_protection = None
    login.unauthorized_handler(_show_the_way_in)
    app.context_processor(lambda: {"actor": actor(), "lacks_second_factor": lacks_second_factor()})


def actor() -> Actor:
    """Who is behind this request."""
    return getattr(current_user, "actor", ANYONE)


def signed_in() -> object:
    """Whoever the cookie belongs to, as the accounts room knows them; also one who has yet to show a second factor."""
    return current_user._get_current_object()  # noqa: SLF001 -- the way werkzeug gives what stands behind a proxy


def lacks_second_factor() -> bool:
    """Whether whoever is signed in has powers that are kept from them until they show a second factor."""
    return bool(getattr(current_user, "lacks_second_factor", False))


def _show_the_way_in() -> ResponseReturnValue:
    if getattr(current_user, "awaits_second_factor", False):
        return redirect(url_for("second_factor.ask_form"), 303)
    return redirect(url_for("accounts.sign_in_form", til=_asked_for()))


def _asked_for() -> str | None:
    """The page to lead back to: what was asked for, or the page a form stood on."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    return _path_of(request.referrer) if request.referrer else None


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


_owing: list[Callable[[], bool]] = []


def also_asks(owes: Callable[[], bool]) -> None:
    """Have `recently` ask those too of whom `owes` says that they have a stronger way to show who they are, and have not."""
    _owing.append(owes)


def has_shown_lately() -> bool:
    """Whether somebody has shown who they are so lately, and so well, that dangerous things may be done."""
    return bool(getattr(current_user, "is_fresh", False)) and not any(owes() for owes in _owing)


def recently(view: V) -> V:
    """Let in only those who have shown lately who they are; others are asked to first. Stands under a door."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if has_shown_lately():
            return view(*args, **kwargs)
        return redirect(url_for("second_factor.anew_form", til=_asked_for()), 303)

    cast("Any", guarded).is_recent = True
    return cast("V", guarded)


open_door = _door("anyone", lambda _who: True)
members = _door("members", lambda who: who.is_member)
coordinators = _door("coordinators", lambda who: who.may("invite colleagues"))
moderators = _door("moderators", lambda who: who.may("moderate"))
administrators = _door("administrators", lambda who: who.may("change roles and end accounts"))
