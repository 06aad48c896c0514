"""The page that tells how the site is used and where knowledge is missing."""

from flask import Blueprint, render_template, request

from kunnskap.errors import NotFound
from kunnskap.overview import queries, rules
from kunnskap.places import queries as places
from kunnskap.places.models import Place
from kunnskap.posts.kinds import KINDS
from kunnskap.web.access import open_door
from kunnskap.web.page_cache import same_for_members

overview = Blueprint("overview", __name__, url_prefix="/oversikt")


@overview.get("")
@open_door
@same_for_members
def index() -> str:
    """Show the figures; of a county (`fylke`), and within today's boundaries or those then (`grenser`)."""
    boundaries = queries.boundaries(request.args.get("grenser", ""))
    county = _county(request.args.get("fylke", ""))
    known = queries.places()
    found = queries.overview(county.id if county else None)
    cover = found.coverage
    return render_template(
        "overview/index.html",
        found=found,
        wait=rules.spoken(found.questions.wait) if found.questions.wait is not None else None,
        boundaries=boundaries,
        choices=rules.BOUNDARIES,
        county=county,
        counties=places.counties(),
        by_id=known.by_id,
        by_county=queries.by_county(boundaries),
        by_municipality=queries.by_municipality(boundaries, county.id) if county else [],
        dots=places.dots(cover.municipalities, cover.people),
        size=(places.WIDTH, places.HEIGHT),
        kinds=[KINDS[key] for key in queries.SHOWN],
    )


def _county(number: str) -> Place | None:
    """Give the county with this number, also one that is no more; none for anything else."""
    try:
        found = places.by_number(number[:4])
    except NotFound:
        return None
    return found if found.is_county else None
