"""The search page, and the fragments that come while somebody types."""

from collections.abc import Mapping

from flask import Blueprint, Response, make_response, render_template, request

from kunnskap.i18n import mark
from kunnskap.posts import queries as posts
from kunnskap.posts.kinds import DOCUMENT, EXPERIENCE, QUESTION
from kunnskap.search import addresses, completing, proposing, queries
from kunnskap.search.engines.protocol import IndexDown
from kunnskap.search.results import FINDABLE
from kunnskap.web.access import actor, open_door
from kunnskap.web.limits import PROPOSALS, SEARCH, limiter
from kunnskap.web.page_cache import same_for_strangers

search = Blueprint("search", __name__)

MOST_SIMILAR = 5
WRITING: Mapping[str, tuple[str, tuple[str, ...]]] = {
    QUESTION.path: (mark("Kanskje er det svart på før"), ()),
    EXPERIENCE.path: (mark("Kanskje har andre delt det samme, eller spurt etter det"), (EXPERIENCE.key, QUESTION.key)),
    DOCUMENT.path: (mark("Kanskje er det delt før"), (DOCUMENT.key, EXPERIENCE.key)),
}
"""What is said above posts like the one being written, and which kinds they are of (none: every kind)."""
KIND_KEYS = {kind.path: key for key, kind in FINDABLE.items()}


def _is_stranger() -> bool:
    return not posts.has_gone(actor())


def _sees_the_same() -> bool:
    """Whether the reader has no place that hits could be lifted for the likeness to, and nothing is the reader's alone."""
    return actor().place_id is None and _is_stranger()


@search.get("/sok")
@open_door
@limiter.limit(SEARCH)
@same_for_strangers(_sees_the_same)
def results() -> Response:
    """Show what was found, and what it can be narrowed to."""
    shown = queries.search(actor(), addresses.wanted(_sent()))
    page = make_response(render_template("search/results.html", shown=shown, addresses=addresses))
    # Kept with the page, so that whoever counts searches need not read it.
    page.headers["X-Total-Count"] = str(shown.page.total)
    if shown.is_down:
        page.status_code = 503
        page.headers["Retry-After"] = "60"
    return page


@search.get("/sok/forslag")
@open_door
@limiter.limit(PROPOSALS)
@same_for_strangers(_is_stranger)
def proposals() -> str:
    """Give rows for the list under a search field."""
    try:
        words = addresses.clean(request.args.get("q", ""))
        groups = completing.completions(actor(), words) or proposing.proposals(actor(), words)
    except IndexDown:
        groups = []
    return render_template("search/proposals.html", groups=groups)


@search.get("/sok/lignende")
@open_door
@limiter.limit(PROPOSALS)
def similar() -> str:
    """Give posts like the one whose title is being typed (`q` or `tittel`), of the kinds asked for.

    `til` is the kind that is being written; it decides the heading, and the kinds when none are asked for.
    """
    words = addresses.clean(request.args.get("q") or request.args.get("tittel", ""))
    kinds = [KIND_KEYS[path] for path in request.args.getlist("type") if path in KIND_KEYS]
    heading, usual = WRITING.get(request.args.get("til", ""), WRITING[QUESTION.path])
    found = queries.similar(actor(), words, kinds or usual, MOST_SIMILAR)
    return render_template("search/similar.html", posts=found, heading=heading)


def _sent() -> list[tuple[str, str]]:
    return list(request.args.items(multi=True))
