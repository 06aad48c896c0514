"""Follow and unfollow what has no room above that does it: themes, places, people, networks and collections."""

from collections.abc import Callable

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kunnskap.accounts import queries as account_queries
from kunnskap.collections import queries as collection_queries
from kunnskap.errors import NotFound
from kunnskap.following import actions
from kunnskap.networks import queries as network_queries
from kunnskap.places import queries as place_queries
from kunnskap.targets import Target
from kunnskap.themes import queries as theme_queries
from kunnskap.web.access import actor, members

following = Blueprint("following", __name__, url_prefix="/folg")


@following.post("/<kind>/<int:number>")
@members
def follow(kind: str, number: int) -> ResponseReturnValue:
    """Follow a theme, place, person, network or collection, or stop (`folg` is 1 or 0), and lead back to its page."""
    if kind not in PAGES:
        raise NotFound
    page = PAGES[kind](number)
    change = actions.follow if request.form.get("folg", "1") != "0" else actions.unfollow
    change(actor(), Target(kind, number))
    return redirect(page, 303)


def _theme(number: int) -> str:
    return url_for("themes.show", slug=theme_queries.by_id(number).slug)


def _place(number: int) -> str:
    place = place_queries.by_id(number)
    return url_for("places.county" if place.is_county else "places.show", slug=place.slug)


def _person(number: int) -> str:
    return url_for("people.show", slug=account_queries.person_to_show(number).slug)


def _network(number: int) -> str:
    return url_for("networks.show", slug=network_queries.by_id(number).slug)


def _collection(number: int) -> str:
    return url_for("collections.show", slug=collection_queries.collection(actor(), number).slug)


PAGES: dict[str, Callable[[int], str]] = {
    "theme": _theme,
    "place": _place,
    "person": _person,
    "network": _network,
    "collection": _collection,
}
