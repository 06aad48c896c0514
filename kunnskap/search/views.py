"""The search page, and the fragments that come while somebody types."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from kunnskap.paging import page_number
from kunnskap.posts import queries as posts
from kunnskap.search import proposing, queries
from kunnskap.search.results import FINDABLE, Wanted
from kunnskap.web.access import actor, open_door
from kunnskap.web.page_cache import same_for_strangers

search = Blueprint("search", __name__)

LONGEST = 500
MOST_CHOICES = 30
MOST_SIMILAR = 5
KIND_KEYS = {kind.path: key for key, kind in FINDABLE.items()}
KIND_PATHS = {key: kind.path for key, kind in FINDABLE.items()}
NAMES = {"kind": "type", "theme": "tema", "county": "fylke", "status": "status"}
"""What each facet is called in addresses."""


def _is_stranger() -> bool:
    return not posts.has_gone(actor())


@search.get("/sok")
@open_door
@same_for_strangers(_is_stranger)
def results() -> ResponseReturnValue:
    """Show what was found, and what it can be narrowed to."""
    shown = queries.search(actor(), _wanted())
    page = render_template("search/results.html", shown=shown, address=address, names=NAMES, paths=KIND_PATHS)
    # Kept with the page, so that whoever counts searches need not read it.
    return page, {"X-Total-Count": str(shown.page.total)}


@search.get("/sok/forslag")
@open_door
@same_for_strangers(_is_stranger)
def proposals() -> str:
    """Give rows for the list under a search field."""
    groups = proposing.proposals(actor(), _clean(request.args.get("q", "")))
    return render_template("search/proposals.html", groups=groups)


@search.get("/sok/lignende")
@open_door
def similar() -> str:
    """Give posts like the one whose title is being typed (`q` or `tittel`), of the kinds asked for."""
    words = _clean(request.args.get("q") or request.args.get("tittel", ""))
    kinds = [KIND_KEYS[path] for path in request.args.getlist("type") if path in KIND_KEYS]
    posts = queries.similar(actor(), words, kinds, MOST_SIMILAR)
    return render_template("search/similar.html", posts=posts)


def address(wanted: Wanted) -> str:
    """Give the address of the search page for these wishes."""
    pairs = [("q", wanted.words)] if wanted.words else []
    for facet, keys in wanted.chosen.items():
        pairs += [(NAMES[facet], KIND_PATHS[key] if facet == "kind" else key) for key in keys]
    if wanted.number > 1:
        pairs.append(("side", str(wanted.number)))
    return f"/sok?{urlencode(pairs)}" if pairs else "/sok"


def _wanted() -> Wanted:
    return Wanted(
        _clean(request.args.get("q", "")),
        _several("type", KIND_KEYS),
        _several("tema"),
        _several("fylke"),
        _several("status"),
        page_number(request.args.get("side")),
    )


def _several(name: str, known: Mapping[str, str] | None = None) -> tuple[str, ...]:
    sent: Iterable[str] = dict.fromkeys(request.args.getlist(name)[:MOST_CHOICES])
    return tuple(sent) if known is None else tuple(known[one] for one in sent if one in known)


def _clean(words: str) -> str:
    """Words as they can be searched for and shown: at most `LONGEST` characters, without those that cannot be read."""
    return " ".join(
        "".join(sign if sign.isprintable() else " " for sign in words[:LONGEST]).replace("\ufffd", " ").split()
    )
