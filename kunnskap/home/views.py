"""The front page, my page, the pages about the site, and the choice of language."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kunnskap import clock
from kunnskap.accounts.letting_in import settings
from kunnskap.errors import NotFound
from kunnskap.handover import queries as handover_queries
from kunnskap.home import actions, queries, serial
from kunnskap.home.forms import FeedbackForm
from kunnskap.meetings import queries as meetings
from kunnskap.networks import queries as network_queries
from kunnskap.paging import page_number
from kunnskap.places import queries as place_queries
from kunnskap.posts import queries as post_queries
from kunnskap.posts.kinds import DOCUMENT, EXPERIENCE, KINDS, QUESTION, SOLVED, UNANSWERED
from kunnskap.posts.queries import Filter
from kunnskap.themes import queries as theme_queries
from kunnskap.web.access import actor, members, moderators, open_door
from kunnskap.web.addresses import parts_of
from kunnskap.web.limits import ASKING, CONTACT, limiter
from kunnskap.web.locale import remember
from kunnskap.web.robots import refused
from kunnskap.year_wheel import queries as year_wheel_queries

home = Blueprint("home", __name__)
SECURITY_CONTACT_HOLDS = timedelta(days=180)
MAIN_PAGES = (
    "home.index", "questions.index", "experiences.index", "documents.index", "places.index", "places.counties",
    "networks.index", "collections.index", "themes.index", "year_wheel.index", "overview.index", "home.about", "home.privacy", "home.accessibility",
)  # fmt: skip


@home.get("/")
@open_door
def index() -> str:
    """Show the front page: search first, then what is unanswered and what is new."""
    who = actor()
    return render_template(
        "home/index.html",
        unanswered=post_queries.latest(who, Filter(kinds=(QUESTION,), status=UNANSWERED), size=4),
        newest=post_queries.latest(who, Filter(kinds=(EXPERIENCE, DOCUMENT)), size=4),
        solved=post_queries.latest(who, Filter(kinds=(QUESTION,), status=SOLVED), size=3),
        themes=theme_queries.tops(),
        coming=year_wheel_queries.brought_forward(who, clock.today()),
        today=clock.today(),
    )


@home.get("/min-side")
@members
def my_page() -> str:
    """Show what the actor has written, begun and follows."""
    who = actor()
    mine = Filter(kinds=tuple(KINDS.values()), author_id=who.person_id, standing_only=False)
    return render_template(
        "home/my_page.html",
        page=post_queries.page(who, mine, page_number(request.args.get("side"))),
        drafts=post_queries.drafts(who),
        followed=queries.followed(who),
        taken_over=handover_queries.not_begun(who),
        home=place_queries.by_id(who.place_id) if who.place_id else None,
        networks=network_queries.of_person(who.person_id or 0),
        near=network_queries.near(who),
        homework=meetings.my_homework(who),
        asked_parts=meetings.waiting_parts(who),
    )


@home.get("/om")
@open_door
def about() -> str:
    """Say what the site is, who it is for and where its data come from."""
    return render_template("home/about.html", contact=settings().contact)


@home.get("/personvern")
@open_door
def privacy() -> str:
    """Say what is kept about people, why and for how long."""
    return render_template("home/privacy.html", contact=settings().contact, settings=settings())


@home.get("/tilgjengelighet")
@open_door
def accessibility() -> str:
    """Say how usable the site is for everyone, what is known to be wrong, and take more of that."""
    return _accessibility_page(FeedbackForm())


@home.post("/tilgjengelighet")
@open_door
@limiter.limit(CONTACT)
def tell() -> ResponseReturnValue:
    """Take what somebody finds hard to use."""
    form = FeedbackForm.sent()
    if form.validate():
        with form.gather_problems():
            sent = form.page.data or "", form.words.data, form.email.data or ""
            actions.tell(*sent, contact=settings().contact)
            return redirect(url_for("home.thanks"), 303)
    return _accessibility_page(form), 422


def _accessibility_page(form: FeedbackForm) -> str:
    return render_template("home/accessibility.html", form=form, contact=settings().contact)


@home.get("/tilgjengelighet/takk")
@open_door
def thanks() -> str:
    """Say that what was told has come in, also to visitors without cookies."""
    return render_template("home/thanks.html")


@home.post("/administrasjon/tilbakemeldinger/<int:feedback_id>/behandlet")
@moderators
def handle_feedback(feedback_id: int) -> ResponseReturnValue:
    """Say that something told has been seen to, and lead back to the list."""
    actions.handle_feedback(actor(), feedback_id)
    flash(_("Tilbakemeldingen er merket som behandlet."))
    return redirect("/administrasjon/tilbakemeldinger", 303)


@home.post("/sprak")
@open_door
def choose_language() -> ResponseReturnValue:
    """Remember the reader's language for a year and lead back to the page they came from."""
    answer = redirect(_page_here(request.form.get("next", "/")), 303)
    remember(answer, request.form.get("language", ""))
    return answer


def _page_here(address: str) -> str:
    """Keep an address only if it is a page of this site."""
    parts = parts_of(address)
    is_here = not parts.scheme and not parts.netloc and address.startswith("/") and "\\" not in address
    return address if is_here and address.isprintable() and not address.startswith("//") else "/"


@home.get("/robots.txt")
@open_door
def robots() -> Response:
    """Tell search engines what not to fetch and where the map is."""
    lines = ["User-agent: *", *(f"Disallow: {beginning}" for beginning in refused())]
    lines += ["", f"Sitemap: {settings().address}{url_for('home.site_map')}", ""]
    return Response("\n".join(lines), mimetype="text/plain")


@home.get("/.well-known/security.txt")
@open_door
def security_contact() -> Response:
    """Tell those who find a weakness whom to write to (RFC 9116); there is nothing here when nobody is set."""
    if not settings().contact:
        raise NotFound
    expires = (clock.now() + SECURITY_CONTACT_HOLDS).strftime("%Y-%m-%dT%H:00:00Z")
    here = settings().address + url_for("home.security_contact")
    lines = [
        f"Contact: mailto:{settings().contact}",
        f"Expires: {expires}",
        "Preferred-Languages: nb, nn, en",
        f"Canonical: {here}",
    ]
    return Response("\n".join([*lines, ""]), mimetype="text/plain")


@home.get("/sitemap.xml")
@open_door
@limiter.limit(ASKING)
def site_map() -> Response:
    """Give the map of maps: one of the site's own pages, the rest of posts."""
    parts = [0, *queries.map_parts()]
    addresses = [settings().address + url_for("home.site_map_part", part=part) for part in parts]
    return Response(serial.index(addresses), mimetype="application/xml")


@home.get("/sitemap-<int:part>.xml")
@open_door
@limiter.limit(ASKING)
def site_map_part(part: int) -> Response:
    """Give a part of the map: 0 is of pages, the others of posts everyone may see."""
    pages = list(_posts(part) if part else _pages())
    if not pages:
        raise NotFound
    return Response(serial.part(pages), mimetype="application/xml")


def _pages() -> Iterator[tuple[str, datetime | None]]:
    site = settings().address
    addresses = [url_for(endpoint) for endpoint in MAIN_PAGES]
    addresses += [url_for("themes.show", slug=theme.slug) for theme in theme_queries.every()]
    addresses += [url_for("networks.show", slug=one.network.slug) for one in network_queries.listed()]
    addresses += [url_for("places.county", slug=place.slug) for place in place_queries.counties()]
    addresses += [url_for("places.show", slug=place.slug) for place in place_queries.municipalities()]
    return ((site + address, None) for address in addresses)


def _posts(part: int) -> Iterator[tuple[str, datetime | None]]:
    site = settings().address
    for post in queries.on_map(part):
        yield site + url_for(post.kind.endpoint, slug=post.slug), post.active_at
