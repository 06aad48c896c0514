"""Pages of people: the directory, a person, one's own profile, and what colleagues say about one."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kunnskap import clock, signed, text
from kunnskap.accounts import queries as accounts
from kunnskap.actor import Actor
from kunnskap.errors import NotAllowed, NotFound
from kunnskap.expertise import queries as expertise
from kunnskap.following import queries as following
from kunnskap.messages import queries as messages
from kunnskap.networks import queries as networks
from kunnskap.paging import page_number
from kunnskap.people import actions, directory, queries, reporting, rules, serial, spots
from kunnskap.people.forms import (
    CHOSEN,
    PositionForm,
    ProfileForm,
    ProfileReportForm,
    SettleForm,
    filled,
    filled_position,
)
from kunnskap.people.models import DAYS, Person, Position
from kunnskap.places import comparing
from kunnskap.places import queries as places
from kunnskap.posts import queries as posts
from kunnskap.posts.queries import Filter
from kunnskap.targets import Target
from kunnskap.themes import queries as themes
from kunnskap.web import limits
from kunnskap.web.access import actor, coordinators, members, open_door
from kunnskap.web.addresses import number_of
from kunnskap.web.limits import limiter
from kunnskap.web.locale import language
from kunnskap.web.page_cache import not_kept, same_for_strangers
from kunnskap.web.robots import unlisted

people = Blueprint("people", __name__, url_prefix="/folk")
LIKE, MAP = "lik", "kart"


def _sees_the_same() -> bool:
    """Whether nothing on the page of the directory differs among members: those who can sort by likeness may do so."""
    return comparing.todays(actor().place_id) is None


@people.get("")
@open_door
@same_for_strangers(_sees_the_same)
@unlisted
def index() -> str:
    """Show the directory, by name or (`sorter=lik`) the most alike first, narrowed as `spots.CALLED` says.

    With `vis=kart` the municipalities that people work in are on a map beside it.
    """
    home = comparing.todays(actor().place_id)
    wanted = spots.wanted_in(request.args)
    like = home if request.args.get("sorter") == LIKE else None
    found = directory.directory(wanted, page_number(request.args.get("side")), like)
    on_map = request.args.get("vis") == MAP
    return render_template(
        "people/index.html",
        directory=found,
        page=found.page,
        wanted=wanted,
        chosen=spots.chosen(wanted),
        home=home,
        sorter=LIKE if like else "",
        dots=places.dots(places.on_map(), found.spread.by_place) if on_map else [],
        size=(places.WIDTH, places.HEIGHT),
    )


@people.get("/<slug>")
@open_door
@unlisted
def show(slug: str) -> ResponseReturnValue:
    """Show a person: what they can help with, how to reach them, and what they have written."""
    who, person = actor(), accounts.person_to_show(number_of(slug))
    if slug != person.slug:
        return redirect(url_for("people.show", slug=person.slug), 301)
    written, theirs = Filter(author_id=person.id), networks.of_person(person.id)
    return render_template(
        "people/show.html",
        person=person,
        about=text.to_html(person.about),
        networks=networks.told_of(who, person, theirs),
        page=posts.page(who, written, page_number(request.args.get("side")), size=10),
        answers=posts.answers_by(who, person.id),
        is_following=following.is_following(who, Target("person", person.id)),
        ways=queries.ways(who, person, _ids(theirs)),
        positions=queries.positions(person.id),
        records=expertise.of_person(person.id),
        reports=queries.open_reports({person.id}) if rules.is_self(who, person) else [],
        days=DAYS,
        **_standing(who, person),
    )


def _standing(who: Actor, person: Person) -> dict[str, bool]:
    """What holds of a person today, and what the reader may do with the page."""
    return {
        "is_self": rules.is_self(who, person),
        "is_shown": rules.is_shown(person),
        "is_away": rules.is_away(person, clock.today()),
        "is_confirmed": rules.is_confirmed(person, clock.now()),
        "may_edit": rules.may_edit(who, person),
        "may_report": rules.may_report(who, person),
    }


@people.get("/<int:person_id>/kontaktkort")
@open_door
@unlisted
def contact_card(person_id: int) -> ResponseReturnValue:
    """Give a person as a contact card, with the ways to reach them that the reader may see."""
    who, person = actor(), accounts.person_to_show(person_id)
    if not (rules.is_shown(person) or rules.is_self(who, person)):
        raise NotFound
    seen = queries.ways(who, person, _ids(networks.of_person(person.id)))
    page = current_app.extensions["kunnskap.settings"].address + url_for("people.show", slug=person.slug)
    answer = not_kept(serial.contact_card(person, seen, page))
    answer.content_type = f"{serial.CARD}; charset=utf-8"
    answer.headers.set("Content-Disposition", "attachment", filename=serial.card_name(person))
    return answer


@people.get("/<int:person_id>/rediger")
@members
def edit_form(person_id: int) -> ResponseReturnValue:
    """Show the form of a profile."""
    person = _mine_to_edit(person_id)
    return not_kept(_form_page(_ready(ProfileForm(data=filled(person)), person), person))


@people.post("/<int:person_id>/rediger")
@members
def edit(person_id: int) -> ResponseReturnValue:
    """Keep a profile."""
    person = _mine_to_edit(person_id)
    form = _ready(ProfileForm.sent(**{name: getattr(person, name) for name in CHOSEN}), person)
    if form.validate():
        with form.gather_problems():
            actions.edit(actor(), person, form.profile())
            flash(_("Profilen er lagret."))
            return redirect(url_for("people.show", slug=person.slug))
    return _form_page(form, person), 422


@people.post("/<int:person_id>/stemmer-fortsatt")
@members
def confirm(person_id: int) -> ResponseReturnValue:
    """Say that a profile still holds."""
    person = queries.person(person_id)
    actions.confirm(actor(), person)
    flash(_("Takk! Profilen er bekreftet."))
    return redirect(url_for("people.show", slug=person.slug))


@people.get("/stemmer/<mark>")
@open_door
@unlisted
def confirming(mark: str) -> ResponseReturnValue:
    """Show the button that confirms a profile; a mail scanner that opens the link confirms nothing."""
    person = queries.person(_whose(mark))
    return not_kept(render_template("people/confirm.html", person=person, is_confirmed=False))


@people.post("/stemmer/<mark>")
@open_door
@unlisted
@limiter.limit(limits.POSTING)
def confirm_by_link(mark: str) -> ResponseReturnValue:
    """Say by the link in a letter that one's profile holds."""
    person = actions.confirm_by_link(_whose(mark))
    return not_kept(render_template("people/confirm.html", person=person, is_confirmed=True))


@people.get("/<int:person_id>/stillinger")
@members
def positions(person_id: int) -> ResponseReturnValue:
    """Show former positions, with a form to add one, or to change the one numbered `endre`."""
    person, number = _mine_to_edit(person_id), page_number(request.args.get("endre"))
    if "endre" not in request.args:
        return not_kept(_positions_page(person, PositionForm(workplace_kind=person.workplace_kind)))
    position = queries.position(person_id, number)
    return not_kept(_positions_page(person, PositionForm(data=filled_position(position)), position))


@people.post("/<int:person_id>/stillinger")
@members
@limiter.limit(limits.POSTING)
def add_position(person_id: int) -> ResponseReturnValue:
    """Add a former position."""
    person, form = _mine_to_edit(person_id), PositionForm.sent()
    if form.validate():
        with form.gather_problems():
            actions.add_position(actor(), person, form.former())
            flash(_("Stillingen er lagt til."))
            return redirect(url_for("people.positions", person_id=person_id), 303)
    return _positions_page(person, form), 422


@people.post("/<int:person_id>/stillinger/<int:number>")
@members
@limiter.limit(limits.POSTING)
def change_position(person_id: int, number: int) -> ResponseReturnValue:
    """Change a former position."""
    person, position, form = _mine_to_edit(person_id), queries.position(person_id, number), PositionForm.sent()
    form.known = position.place
    if form.validate():
        with form.gather_problems():
            actions.change_position(actor(), position, person, form.former())
            flash(_("Stillingen er endret."))
            return redirect(url_for("people.positions", person_id=person_id), 303)
    return _positions_page(person, form, position), 422


@people.post("/<int:person_id>/stillinger/<int:number>/fjern")
@members
def remove_position(person_id: int, number: int) -> ResponseReturnValue:
    """Remove a former position."""
    person, position = _mine_to_edit(person_id), queries.position(person_id, number)
    actions.remove_position(actor(), position, person)
    flash(_("Stillingen er fjernet."))
    return redirect(url_for("people.positions", person_id=person_id), 303)


@people.get("/<int:person_id>/si-fra")
@members
def report_form(person_id: int) -> str:
    """Ask what is no longer right about somebody; `hva` is a key of `rules.REPORTED`."""
    person = _to_report(person_id)
    what = request.args.get("hva")
    return _report_page(ProfileReportForm(data={"what": what if what in rules.REPORTED else None}), person)


@people.post("/<int:person_id>/si-fra")
@members
@limiter.limit(limits.CONTACT)
def report(person_id: int) -> ResponseReturnValue:
    """Say what is no longer right about somebody, who is written to."""
    person, form = _to_report(person_id), ProfileReportForm.sent()
    if form.validate():
        with form.gather_problems():
            told, is_wanted = (form.what.data, form.words.data or ""), not _is_blocked_with(person)
            is_new = reporting.report(actor(), person, *told, has_words=is_wanted)
            flash(
                _("Takk! Vi spør om det stemmer.")
                if is_new
                else _("Du har sagt fra om dette før. Det er ikke avklart ennå.")
            )
            return redirect(url_for("people.show", slug=person.slug), 303)
    return _report_page(form, person), 422


@people.get("/meldt")
@coordinators
def reported() -> str:
    """List what colleagues have said about people the actor looks after."""
    who = actor()
    theirs = None if who.is_moderator else networks.people_in(who.coordinated_ids)
    return render_template("people/reported.html", reports=queries.open_reports(theirs, but_of=who.person_id))


@people.post("/meldt/<int:number>")
@coordinators
def settle(number: int) -> ResponseReturnValue:
    """Say whether a report holds (`verdict`)."""
    made, form = queries.report(number), SettleForm.sent()
    if not form.validate():
        raise NotFound
    reporting.settle(actor(), made, form.verdict.data, _ids(networks.of_person(made.person_id)))
    flash(_("Takk! Meldingen er avklart."))
    return redirect(url_for("people.reported"), 303)


def _ids(theirs: Iterable[Any]) -> frozenset[int]:
    return frozenset(network.id for network in theirs)


def _whose(mark: str) -> int:
    """The person a link in a letter was written to; raises NotFound when it was not made here, or long ago."""
    facts = signed.facts(str(current_app.secret_key), rules.STILL_HERE, mark, rules.LINK_LASTS)
    person_id = facts.get("person") if facts else None
    if not isinstance(person_id, int):
        raise NotFound
    return person_id


def _to_report(person_id: int) -> Person:
    person = accounts.person_to_show(person_id)
    if not rules.may_report(actor(), person):
        raise NotAllowed
    return person


def _is_blocked_with(person: Person) -> bool:
    return messages.is_blocked_between(actor().person_id or 0, person.id)


def _report_page(form: ProfileReportForm, person: Person) -> str:
    return render_template("people/report.html", form=form, person=person)


def _positions_page(person: Person, form: PositionForm, changed: Position | None = None) -> str:
    return render_template(
        "people/positions.html",
        person=person,
        form=form,
        changed=changed,
        positions=queries.positions(person.id),
        place_options=places.options(),
    )


def _form_page(form: ProfileForm, person: Person) -> str:
    return render_template(
        "people/form.html",
        form=form,
        person=person,
        is_own=rules.is_self(actor(), person),
        theme_tree=themes.choices(language()),
        place_options=places.options(),
        most=rules.MOST_THEMES,
        is_confirmed=rules.is_confirmed(person, clock.now()),
    )


def _ready(form: ProfileForm, person: Person) -> ProfileForm:
    themes_by_slug = {theme.slug: theme.name_in(language()) for theme in themes.every()}
    form.prepare(themes_by_slug, person, is_own=rules.is_self(actor(), person))
    return form


def _mine_to_edit(person_id: int) -> Person:
    person = queries.person(person_id)
    if not rules.may_edit(actor(), person):
        raise NotAllowed
    return person
