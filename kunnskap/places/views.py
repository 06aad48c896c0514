"""Pages of places: municipalities and counties, today's and those before them."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kunnskap.errors import NotFound
from kunnskap.following import queries as following
from kunnskap.handover import queries as handover
from kunnskap.networks import queries as network_queries
from kunnskap.overview import queries as overview
from kunnskap.paging import page_number
from kunnskap.people import queries as people_queries
from kunnskap.places import comparing, likeness, queries
from kunnskap.places.models import Place
from kunnskap.posts import counts as post_counts
from kunnskap.posts import queries as post_queries
from kunnskap.posts.kinds import DOCUMENT, EXPERIENCE, KINDS, PATHS, QUESTION
from kunnskap.posts.queries import Filter
from kunnskap.targets import Target
from kunnskap.web.access import actor, open_door

places = Blueprint("places", __name__)
LONGEST_NAME = 100
LISTED, FEW = (QUESTION, EXPERIENCE, DOCUMENT), 10


@places.get("/kommuner")
@open_door
def index() -> str:
    """Show today's municipalities as a map and a list, by name (`navn`) and county number (`fylke`)."""
    name, county = request.args.get("navn", "").strip()[:LONGEST_NAME], request.args.get("fylke", "")
    every, counts = queries.municipalities(), post_counts.place_counts(actor())
    found = queries.search(every, name, county)
    return render_template(
        "places/index.html",
        name=name,
        county=county,
        found=found,
        shown={one.place.id for one in found},
        counts=counts,
        dots=queries.dots(every, counts),
        counties=queries.counties_of(every),
        size=(queries.WIDTH, queries.HEIGHT),
    )


@places.get("/fylker")
@open_door
def counties() -> str:
    """Show today's counties."""
    found = queries.municipalities()
    return render_template(
        "places/counties.html",
        counties=queries.counties_of(found),
        inside=queries.by_county(found),
        counts=post_counts.county_counts(actor()),
    )


@places.get("/kommuner/<slug>")
@open_door
def show(slug: str) -> ResponseReturnValue:
    """Show a municipality: facts, people, networks and what has come from there. Old numbers lead to today's page."""
    return _show(slug, "places/municipality.html")


@places.get("/fylker/<slug>")
@open_door
def county(slug: str) -> ResponseReturnValue:
    """Show a county: as a municipality, with the municipalities in it."""
    return _show(slug, "places/county.html")


@places.get("/kommuner/<slug>/sammenlign")
@open_door
def compare(slug: str) -> ResponseReturnValue:
    """Compare two of today's municipalities; `med` is the number or name of the other one."""
    place = queries.by_number(slug.partition("-")[0])
    todays = queries.successors(place)
    if len(todays) != 1 or todays[0].is_county:
        raise NotFound
    if slug != todays[0].slug:
        return redirect(url_for("places.compare", slug=todays[0].slug, med=request.args.get("med")), 301)
    return _compared(todays[0], request.args.get("med", "").strip()[:LONGEST_NAME])


def _compared(place: Place, words: str) -> ResponseReturnValue:
    other = _other(words)
    is_wrong = bool(words) and (other is None or other.id == place.id)
    page = render_template(
        "places/compare.html",
        place=place,
        other=None if is_wrong else other,
        words=other.name if other and not is_wrong else words,
        is_same=other is not None and other.id == place.id,
        is_wrong=is_wrong,
        alike=comparing.between(place.id, other.id) if other and not is_wrong else None,
        names=likeness.NAMES,
        weights=likeness.WEIGHTS,
        options=queries.options(),
    )
    return (page, 404) if is_wrong else page


def _other(words: str) -> Place | None:
    """Find the municipality of today's that is meant by a number, also a former one, or by a name."""
    try:
        found = queries.by_number(words) if words.isdecimal() else queries.by_words(words) if words else None
    except NotFound:
        return None
    todays = queries.successors(found) if found else []
    if len(todays) != 1 or todays[0].is_county:
        return None
    return queries.by_ids([todays[0].id])[todays[0].id]


@places.get("/om/likhet")
@open_door
def about_likeness() -> str:
    """Tell how it is computed how alike municipalities are, from what, and what it cannot tell."""
    return render_template("places/likeness.html", likeness=likeness, is_coast_known=comparing.is_coast_known())


def _show(slug: str, template: str) -> ResponseReturnValue:
    place = queries.by_number(slug.partition("-")[0])
    todays = queries.successors(place)
    if not todays:
        raise NotFound
    if len(todays) > 1:
        return render_template("places/former.html", **_memory_of_split(place), successors=todays)
    if request.path != address(todays[0]):
        return redirect(address(todays[0]), 301)
    return render_template(template, **_facts(todays[0]))


def _facts(place: Place) -> dict[str, object]:
    who, origins = actor(), queries.history(place)
    ids = (place.id, *(one.place.id for one in origins))
    kind = PATHS.get(request.args.get("type", ""))
    shown = overview.inside(place.id) if place.is_county else ids
    wanted = Filter(kinds=(kind,) if kind in LISTED and kind else LISTED, place_ids=shown)
    return {
        "place": place,
        "origins": origins,
        "municipalities": queries.municipalities_in(place) if place.is_county else [],
        "people": people_queries.at_place(ids),
        "networks": network_queries.with_places(ids),
        "page": post_queries.page(who, wanted, page_number(request.args.get("side"))),
        "is_following": following.is_following(who, Target("place", place.id)),
        "alike": [] if place.is_county else comparing.most_alike(place.id),
        "is_coast_known": comparing.is_coast_known(),
        "home": _home(place),
        "kind": kind,
        "memory": post_counts.memory(who, ids),
        "answers": handover.answers_from(who, ids),
        "known": handover.known_people(who, ids, FEW),
    } | (_figures(place) if place.is_county else {})


def _figures(county: Place) -> dict[str, object]:
    """Count the municipalities of a county within the boundaries asked for (`grenser`)."""
    boundaries = overview.boundaries(request.args.get("grenser", ""))
    rows = overview.by_municipality(boundaries, county.id)
    return {"figures": rows, "boundaries": boundaries, "choices": overview.BOUNDARIES, "kinds": list(KINDS.values())}


def _memory_of_split(place: Place) -> dict[str, object]:
    """What a place that was split leaves behind: nobody knows which part of it something came from."""
    who, ids = actor(), (place.id, *(one.place.id for one in queries.history(place)))
    page = post_queries.page(who, Filter(place_ids=ids), page_number(request.args.get("side")))
    return {"place": place, "page": page}


def _home(place: Place) -> comparing.Compared | None:
    """Compare a municipality with the reader's own, when that is another one."""
    home = comparing.todays(actor().place_id)
    if home is None or place.is_county or home == place.id:
        return None
    return comparing.Compared(queries.by_id(home), comparing.between(home, place.id))


def address(place: Place) -> str:
    """Where a place of today's is shown."""
    return url_for("places.county" if place.is_county else "places.show", slug=place.slug)
