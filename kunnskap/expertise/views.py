"""Pages that find those who can help."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, Response, current_app, render_template, request

from kunnskap import signed
from kunnskap.errors import NotFound
from kunnskap.expertise import (
    models,  # noqa: F401 -- so that the tables are known
    pairing,
    queries,
    rules,
)
from kunnskap.expertise.queries import Need
from kunnskap.expertise.rules import Ranked
from kunnskap.paging import Page, page_number
from kunnskap.people import directory, spots
from kunnskap.people.directory import Option, Spread
from kunnskap.people.models import DONE, GUIDE, HELPING, LEVELS
from kunnskap.people.spots import Wanted
from kunnskap.places import comparing
from kunnskap.places import queries as places
from kunnskap.routing import queries as routing
from kunnskap.search import queries as search
from kunnskap.search.queries import Subjects
from kunnskap.themes import queries as themes
from kunnskap.themes.models import Theme
from kunnskap.web.access import actor, open_door
from kunnskap.web.limits import POSTING, SEARCH, limiter
from kunnskap.web.page_cache import not_kept
from kunnskap.web.robots import unlisted

expertise = Blueprint("expertise", __name__)
SIZE = 20
MAP = "kart"


@expertise.get("/folk/hvem-kan-hjelpe")
@open_door
@limiter.limit(SEARCH)
@unlisted
def who_can_help() -> str:
    """Show those who can help with a problem, the best first: `q` are its words, `tema` a theme.

    It is narrowed as the directory is (`spots.CALLED`); with `vis=kart` it is on a map too.
    """
    wanted = spots.wanted_in(request.args)
    home = comparing.todays(actor().place_id)
    asked, found = _found(wanted)
    left = [one for one in found if _passes(one, wanted)]
    spread = _spread(found, wanted)
    page = _page(left, page_number(request.args.get("side")))
    return render_template(
        "expertise/who_can_help.html",
        wanted=wanted,
        asked=asked,
        helpers=queries.helpers(page.items, asked.ids, home),
        page=page,
        spread=spread,
        themes=[Option(theme.slug, theme, None) for theme in themes.every()],
        levels=_levels(found, wanted),
        home=home,
        dots=places.dots(places.on_map(), spread.by_place) if request.args.get("vis") == MAP else [],
        size=(places.WIDTH, places.HEIGHT),
        chosen=spots.chosen(wanted),
    )


@expertise.get("/folk/par/stopp/<mark>")
@open_door
def stopping(mark: str) -> Response:
    """Show the button that stops suggestions of pairs; a mail scanner that looks stops nothing."""
    _whose(mark)
    return not_kept(render_template("expertise/stop.html", is_stopped=False))


@expertise.post("/folk/par/stopp/<mark>")
@open_door
@limiter.limit(POSTING)
def stop(mark: str) -> Response:
    """Put somebody in no more pairs."""
    pairing.stop(_whose(mark))
    return not_kept(render_template("expertise/stop.html", is_stopped=True))


def _whose(mark: str) -> int:
    facts = signed.facts(str(current_app.secret_key), rules.STOP, mark)
    if facts is None:
        raise NotFound
    return int(facts["person"])


@dataclass(frozen=True)
class Asked:
    """What is asked for: the chosen theme, or those the words were taken to mean (`is_named` when they name them)."""

    ids: frozenset[int]
    theme: Theme | None
    meant: Sequence[Theme]
    above: Theme | None
    is_named: bool


def _found(wanted: Wanted) -> tuple[Asked, list[Ranked]]:
    who, meant = actor(), search.subjects(wanted.words) if wanted.words else Subjects()
    asked = _asked(wanted, meant)
    need = Need(asked.ids, meant.wrote, frozenset({who.person_id or 0}))
    return asked, queries.who_can_help(need, who.place_id, routing.recent_load, directory.in_role(wanted.role))


def _asked(wanted: Wanted, meant: Subjects) -> Asked:
    every = {theme.id: theme for theme in themes.every()}
    chosen = next((theme for theme in every.values() if theme.slug == wanted.theme), None)
    first = [chosen] if chosen else [every[number] for number in meant.theme_ids]
    ids = {theme.id for theme in first} | {one.id for one in every.values() if one.parent_id in {t.id for t in first}}
    above = every.get(chosen.parent_id) if chosen and chosen.parent_id else None
    return Asked(frozenset(ids), chosen, [] if chosen else first, above, meant.named)


def _passes(one: Ranked, wanted: Wanted) -> bool:
    known = one.known
    return _is_level(one, wanted.level) and directory.passes(known.place_id, known.workplace_kind, wanted)


def _is_level(one: Ranked, level: str) -> bool:
    said = {GUIDE: one.known.guides, DONE: one.known.has_done}
    return not level or said.get(level, False)


def _spread(found: Sequence[Ranked], wanted: Wanted) -> Spread:
    those = (one.known for one in found if _is_level(one, wanted.level))
    return directory.spread_of(Counter((known.place_id, known.workplace_kind) for known in those), wanted)


def _levels(found: Sequence[Ranked], wanted: Wanted) -> list[Option]:
    others = [one for one in found if _passes(one, replace(wanted, level=""))]
    counts = {level: sum(_is_level(one, level) for one in others) for level in HELPING}
    return [Option(level, LEVELS[level], count) for level, count in counts.items() if count]


def _page(left: list[Ranked], number: int) -> Page[Ranked]:
    return Page(left[(number - 1) * SIZE : number * SIZE], number, SIZE, len(left))
