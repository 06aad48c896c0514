"""Pages of networks: find, read, join, leave, look after."""

from typing import TypeVar

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kunnskap import signed, text
from kunnskap.accounts import queries as accounts
from kunnskap.actor import Actor
from kunnskap.collections import queries as collections
from kunnskap.errors import Invalid, NotAllowed, NotFound
from kunnskap.following import queries as following
from kunnskap.meetings import queries as meetings
from kunnskap.networks import actions, queries, rules
from kunnskap.networks.forms import EndForm, NetworkForm, NewNetworkForm, PersonForm, PlaceForm, filled
from kunnskap.networks.models import Network
from kunnskap.networks.rules import LastCoordinator
from kunnskap.paging import page_number
from kunnskap.people import queries as directory
from kunnskap.people.models import Person
from kunnskap.places import queries as places
from kunnskap.posts import queries as posts
from kunnskap.posts.kinds import QUESTION, UNANSWERED
from kunnskap.posts.queries import Filter
from kunnskap.targets import Target
from kunnskap.themes import queries as themes
from kunnskap.web.access import actor, members, moderators, open_door
from kunnskap.web.limits import POSTING, limiter
from kunnskap.web.locale import language
from kunnskap.web.page_cache import not_kept
from kunnskap.web.robots import unlisted

Sent = TypeVar("Sent", bound=NetworkForm)
networks = Blueprint("networks", __name__, url_prefix="/nettverk")
LONGEST_WORDS = 100
MEETINGS, OWN = 3, 5
WITHOUT = "uten"
"""What marks, in a form, that a moderator lets a network stand without a coordinator."""


@networks.get("")
@open_door
def index() -> str:
    """List networks, narrowed by words (`q`), a county's number (`fylke`) and a theme (`tema`)."""
    given = {name: request.args.get(name, "")[:LONGEST_WORDS].replace("\x00", "").strip() for name in ("q", "fylke")}
    tree, theme = themes.tree(), request.args.get("tema", "")
    return render_template(
        "networks/index.html",
        found=queries.listed(given["q"], given["fylke"], themes.family_ids(tree, theme)),
        words=given["q"],
        county=given["fylke"],
        theme=theme,
        tree=tree,
        counties=places.counties(),
    )


@networks.get("/mine")
@members
def mine() -> str:
    """Show the networks the reader is in, and those of their municipality they could join."""
    who = actor()
    found = queries.of_person(who.person_id or 0)
    return render_template("networks/mine.html", networks=found, near=queries.near(who))


@networks.get("/uten-koordinator")
@moderators
def without_coordinator() -> str:
    """List the networks nobody coordinates."""
    return render_template("networks/without.html", found=queries.without_coordinator(actor()))


@networks.get("/<slug>")
@open_door
def show(slug: str) -> str:
    """Show a network: what it is, who belongs to it, and what they have shared and wonder about."""
    who, network = actor(), queries.by_slug(slug)
    members_here, belongings = queries.membership(who, network), queries.belongings(network)
    theirs = Filter(place_ids=belongings.ids, author_ids=queries.known_ids(who, network))
    wondering = Filter(kinds=(QUESTION,), status=UNANSWERED, place_ids=belongings.ids)
    is_inside = rules.sees_everyone(who, network)
    return render_template(
        "networks/show.html",
        network=network,
        belongings=belongings,
        description=text.to_html(network.description),
        people=members_here,
        pins=collections.pins(who, network.id),
        collections=collections.of_network(who, network.id),
        coming_meetings=meetings.coming(who, network.id, MEETINGS),
        newest=posts.latest(who, theirs) if theirs.tells_author else [],
        unanswered=posts.latest(who, wondering, options=posts.REPLY) if belongings.ids else [],
        own=posts.latest(who, posts.only_for(network.id), OWN, posts.REPLY) if is_inside else [],
        is_inside=is_inside,
        is_following=following.is_following(who, Target("network", network.id)),
        may_join=rules.may_join(who, network),
        may_leave=rules.may_leave(who, network),
        may_coordinate=rules.may_coordinate(who, network),
    )


@networks.get("/<slug>/internt")
@members
def own_area(slug: str) -> str:
    """Show everything that is for those in the network alone; nobody else learns that there is anything."""
    who, network = actor(), queries.by_slug(slug)
    if not rules.sees_everyone(who, network):
        raise NotFound
    page = posts.page(who, posts.only_for(network.id), page_number(request.args.get("side")))
    return render_template("networks/own_area.html", network=network, page=page)


@networks.get("/<slug>/medlemmer")
@open_door
@unlisted
def people(slug: str) -> str:
    """List everyone in a network the reader may know of, and let coordinators look after them."""
    return _people_page(queries.by_slug(slug), PersonForm())


@networks.post("/<slug>/medlemmer")
@members
@limiter.limit(POSTING)
def add(slug: str) -> ResponseReturnValue:
    """Take in somebody who is on the site, by name."""
    network, form = _mine_to_coordinate(slug), PersonForm.sent()
    if form.validate():
        with form.gather_problems():
            person = _on_site(form.person.data, "person")
            actions.add(actor(), network, person)
            flash(_("%(name)s er med i nettverket, og får beskjed på e-post.", name=person.name))
            return redirect(url_for("networks.people", slug=network.slug), 303)
    return _people_page(network, form), 422


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
    try:
        actions.leave(actor(), network, without_coordinator=_says_without())
    except LastCoordinator:
        return _last(network)
    flash(_("Du er ikke lenger med i %(network)s.", network=network.name))
    return redirect(url_for("networks.show", slug=network.slug))


@networks.get("/ut/<mark>")
@open_door
@unlisted
def leave_by_link_form(mark: str) -> ResponseReturnValue:
    """Ask whether somebody who has a link from a mail wants to leave; reading it changes nothing."""
    _who, network = _of_link(mark)
    return not_kept(render_template("networks/leave.html", network=network, mark=mark))


@networks.post("/ut/<mark>")
@open_door
@limiter.limit(POSTING)
def leave_by_link(mark: str) -> ResponseReturnValue:
    """Leave a network by a link from a mail, without signing in."""
    who, network = _of_link(mark)
    try:
        actions.leave(who, network)
    except LastCoordinator:
        return _last(network)
    return not_kept(render_template("networks/left.html", network=network))


@networks.get("/nytt")
@moderators
def new_form() -> str:
    """Show the form of a new network."""
    return _form_page(_ready(NewNetworkForm(data={"is_open": True})))


@networks.post("/nytt")
@moderators
@limiter.limit(POSTING)
def make() -> ResponseReturnValue:
    """Begin a network with its first coordinator."""
    form: NewNetworkForm = _ready(NewNetworkForm.sent())
    if form.validate():
        with form.gather_problems():
            coordinator = _on_site(form.coordinator.data or "", "coordinator")
            network = actions.make(actor(), form.name.data or "", form.told(), coordinator)
            flash(_("Nettverket er opprettet."))
            return redirect(url_for("networks.show", slug=network.slug), 303)
    return _form_page(form), 422


@networks.get("/<slug>/rediger")
@members
def edit_form(slug: str) -> str:
    """Show the form of a network."""
    network = _mine_to_coordinate(slug)
    return _form_page(_ready(NetworkForm(data=filled(network))), network)


@networks.post("/<slug>/rediger")
@members
def edit(slug: str) -> ResponseReturnValue:
    """Keep what a network says of itself."""
    network, form = _mine_to_coordinate(slug), _ready(NetworkForm.sent())
    if form.validate():
        with form.gather_problems():
            actions.edit(actor(), network, form.told())
            flash(_("Endringene er lagret."))
            return redirect(url_for("networks.show", slug=network.slug))
    return _form_page(form, network), 422


@networks.post("/<slug>/medlemmer/<int:person_id>/rolle")
@members
def set_role(slug: str, person_id: int) -> ResponseReturnValue:
    """Make a member a coordinator or the other way round (`role` is member or coordinator)."""
    network, role = queries.by_slug(slug), request.form.get("role", "")
    try:
        actions.set_role(actor(), network, person_id, role, without_coordinator=_says_without())
    except LastCoordinator:
        return _last(network)
    return redirect(url_for("networks.people", slug=network.slug))


@networks.post("/<slug>/medlemmer/<int:person_id>/oppgave")
@members
def set_task(slug: str, person_id: int) -> ResponseReturnValue:
    """Say what else somebody does in the network (`task`)."""
    network = queries.by_slug(slug)
    actions.set_task(actor(), network, person_id, request.form.get("task", ""))
    return redirect(url_for("networks.people", slug=network.slug), 303)


@networks.post("/<slug>/medlemmer/<int:person_id>/fjern")
@members
def remove(slug: str, person_id: int) -> ResponseReturnValue:
    """Take somebody out of a network."""
    network = queries.by_slug(slug)
    try:
        actions.remove(actor(), network, person_id, without_coordinator=_says_without())
    except LastCoordinator:
        return _last(network)
    return redirect(url_for("networks.people", slug=network.slug))


@networks.get("/<slug>/steder")
@members
def places_form(slug: str) -> str:
    """Show the places that belong to a network, to be changed."""
    return _places_page(_mine_to_coordinate(slug), PlaceForm())


@networks.post("/<slug>/steder")
@members
def add_place(slug: str) -> ResponseReturnValue:
    """Have a municipality or county belong to a network."""
    network, form = _mine_to_coordinate(slug), PlaceForm.sent()
    if form.validate():
        with form.gather_problems():
            place = places.by_words(form.place.data)
            if place is None:
                raise Invalid(place=_("Vi finner ikke «%(name)s». Velg et sted fra listen.", name=form.place.data))
            actions.add_place(actor(), network, place, form.since.data)
            flash(_("%(place)s er med i nettverket.", place=place.name))
            return redirect(url_for("networks.places_form", slug=network.slug), 303)
    return _places_page(network, form), 422


@networks.post("/<slug>/steder/<int:place_id>/slutt")
@members
def end_place(slug: str, place_id: int) -> ResponseReturnValue:
    """Say when a place left a network (`until`)."""
    network, form = queries.by_slug(slug), EndForm.sent()
    if not form.validate():
        raise Invalid(until=_("Skriv datoen som dag, måned og år."))
    actions.end_place(actor(), network, place_id, form.until.data)
    return redirect(url_for("networks.places_form", slug=network.slug), 303)


@networks.post("/<slug>/steder/<int:place_id>/fjern")
@members
def take_place_back(slug: str, place_id: int) -> ResponseReturnValue:
    """Take away a place that never belonged to a network."""
    network = queries.by_slug(slug)
    actions.take_place_back(actor(), network, place_id)
    return redirect(url_for("networks.places_form", slug=network.slug), 303)


def _mine_to_coordinate(slug: str) -> Network:
    network = queries.by_slug(slug)
    if not rules.may_coordinate(actor(), network):
        raise NotAllowed
    return network


def _says_without() -> bool:
    return request.form.get(WITHOUT) == "1"


def _last(network: Network) -> ResponseReturnValue:
    """Say why the last coordinator stays, and what to do; a moderator may go on all the same."""
    again = {name: value for name, value in request.form.items() if name == "role"} | {WITHOUT: "1"}
    return render_template("networks/last.html", network=network, again=again), 422


def _of_link(mark: str) -> tuple[Actor, Network]:
    told = signed.facts(str(current_app.secret_key), rules.LEAVING, mark, rules.LINK_LASTS)
    if told is None:
        raise NotFound
    return Actor(int(told["person"])), queries.by_id(int(told["network"]))


def _on_site(words: str, field: str) -> Person:
    """Find one who is in the directory and has an account by name; raises Invalid at the field."""
    found = [one for one in directory.by_words(words) if accounts.comes_in(one.id)]
    if not found:
        raise Invalid(
            **{field: _("Vi finner ingen med dette navnet som er med på Kunnskap. Send en invitasjon i stedet.")}
        )
    if len(found) > 1:
        raise Invalid(**{field: _("Flere heter dette. Skriv også kommunen: «Kari Nordmann, Skien».")})
    return found[0]


def _people_page(network: Network, form: PersonForm) -> str:
    found = queries.membership(actor(), network, page_number(request.args.get("side")), queries.SIZE)
    may_coordinate = rules.may_coordinate(actor(), network)
    return render_template(
        "networks/people.html",
        network=network,
        people=found,
        page=found.page,
        may_coordinate=may_coordinate,
        form=form,
        longest_task=rules.LONGEST_TASK,
    )


def _places_page(network: Network, form: PlaceForm) -> str:
    return render_template(
        "networks/places.html",
        network=network,
        belongings=queries.belongings(network),
        form=form,
        options=[*places.options(), *(county.name for county in places.counties())],
    )


def _ready(form: Sent) -> Sent:
    form.offer({theme.slug: theme.id for theme in themes.every()})
    return form


def _form_page(form: NetworkForm, network: Network | None = None) -> str:
    tree, most = themes.choices(language()), rules.MOST_THEMES
    return render_template("networks/form.html", form=form, network=network, theme_tree=tree, most=most)
