"""Pages of networks: find, read, join, leave, look after."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kunnskap import text
from kunnskap.errors import NotAllowed
from kunnskap.following import queries as following
from kunnskap.networks import actions, queries, rules
from kunnskap.networks.forms import NetworkForm
from kunnskap.networks.models import Network
from kunnskap.places import queries as places
from kunnskap.posts import queries as posts
from kunnskap.posts.kinds import QUESTION, UNANSWERED
from kunnskap.posts.queries import Filter
from kunnskap.targets import Target
from kunnskap.web.access import actor, members, open_door
from kunnskap.web.robots import unlisted

networks = Blueprint("networks", __name__, url_prefix="/nettverk")
LONGEST_WORDS = 100


@networks.get("")
@open_door
def index() -> str:
    """List networks, narrowed by words (`q`) and a county's number (`fylke`)."""
    words, county = (request.args.get(name, "")[:LONGEST_WORDS].replace("\x00", "").strip() for name in ("q", "fylke"))
    return render_template(
        "networks/index.html",
        found=queries.listed(words, county),
        words=words,
        county=county,
        counties=places.counties(),
    )


@networks.get("/<slug>")
@open_door
def show(slug: str) -> str:
    """Show a network: what it is, who belongs to it, and what they have shared and wonder about."""
    who, network = actor(), queries.by_slug(slug)
    people = queries.membership(who, network, queries.ALL)
    place_ids = tuple(row.place_id for row in network.places)
    theirs = Filter(place_ids=place_ids, author_ids=tuple(row.person_id for row in people.shown))
    wondering = Filter(kinds=(QUESTION,), status=UNANSWERED, place_ids=place_ids)
    return render_template(
        "networks/show.html",
        network=network,
        description=text.to_html(network.description),
        people=people,
        few=queries.FEW,
        newest=posts.latest(who, theirs) if people.shown or place_ids else [],
        unanswered=posts.latest(who, wondering, options=posts.REPLY) if place_ids else [],
        is_following=following.is_following(who, Target("network", network.id)),
        may_join=rules.may_join(who, network, people.mine),
        may_leave=rules.may_leave(people.mine),
        may_coordinate=rules.may_coordinate(who, people.mine),
    )


@networks.get("/<slug>/medlemmer")
@open_door
@unlisted
def people(slug: str) -> str:
    """List everyone in a network, and let coordinators look after them."""
    network = queries.by_slug(slug)
    found = queries.membership(actor(), network, queries.ALL)
    may_coordinate = rules.may_coordinate(actor(), found.mine)
    return render_template("networks/people.html", network=network, people=found, may_coordinate=may_coordinate)


@networks.post("/<slug>/bli-med")
@members
def join(slug: str) -> ResponseReturnValue:
    """Become a member."""
    network = queries.by_slug(slug)
    actions.join(actor(), network)
    flash(_("Du er nå med i %(network)s.", network=network.name))
    return redirect(url_for("networks.show", slug=network.slug))


@networks.post("/<slug>/forlat")
@members
def leave(slug: str) -> ResponseReturnValue:
    """Stop being a member."""
    network = queries.by_slug(slug)
    actions.leave(actor(), network)
    flash(_("Du er ikke lenger med i %(network)s.", network=network.name))
    return redirect(url_for("networks.show", slug=network.slug))


@networks.get("/<slug>/rediger")
@members
def edit_form(slug: str) -> str:
    """Show the form of a network."""
    network = _mine_to_coordinate(slug)
    return render_template("networks/form.html", form=NetworkForm(obj=network), network=network)


@networks.post("/<slug>/rediger")
@members
def edit(slug: str) -> ResponseReturnValue:
    """Keep what a network says of itself."""
    network = _mine_to_coordinate(slug)
    form = NetworkForm.sent()
    if form.validate():
        with form.gather_problems():
            told = {"description": form.description.data, "topics": form.topics.data or ""}
            actions.edit(actor(), network, **told, is_open=form.is_open.data)
            flash(_("Endringene er lagret."))
            return redirect(url_for("networks.show", slug=network.slug))
    return render_template("networks/form.html", form=form, network=network), 422


@networks.post("/<slug>/medlemmer/<int:person_id>/rolle")
@members
def set_role(slug: str, person_id: int) -> ResponseReturnValue:
    """Make a member a coordinator or the other way round (`role` is member or coordinator)."""
    network = queries.by_slug(slug)
    actions.set_role(actor(), network, person_id, request.form.get("role", ""))
    return redirect(url_for("networks.people", slug=network.slug))


@networks.post("/<slug>/medlemmer/<int:person_id>/fjern")
@members
def remove(slug: str, person_id: int) -> ResponseReturnValue:
    """Take somebody out of a network."""
    network = queries.by_slug(slug)
    actions.remove(actor(), network, person_id)
    return redirect(url_for("networks.people", slug=network.slug))


def _mine_to_coordinate(slug: str) -> Network:
    network = queries.by_slug(slug)
    person_id = actor().person_id
    mine = queries.member(network, person_id) if person_id else None
    if not rules.may_coordinate(actor(), mine):
        raise NotAllowed
    return network
