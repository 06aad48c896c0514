"""Pages of people: the directory, a person, one's own profile."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kunnskap import text
from kunnskap.accounts import queries as accounts
from kunnskap.errors import NotAllowed
from kunnskap.following import queries as following
from kunnskap.networks import queries as networks
from kunnskap.paging import page_number
from kunnskap.people import actions, queries, rules
from kunnskap.people.forms import ProfileForm, filled
from kunnskap.people.models import Person
from kunnskap.people.queries import Wanted
from kunnskap.places import queries as places
from kunnskap.posts import queries as posts
from kunnskap.posts.queries import Filter
from kunnskap.targets import Target
from kunnskap.themes import queries as themes
from kunnskap.web.access import actor, members, open_door
from kunnskap.web.addresses import number_of
from kunnskap.web.locale import language
from kunnskap.web.page_cache import same_for_members
from kunnskap.web.robots import unlisted

people = Blueprint("people", __name__, url_prefix="/folk")
LONGEST_WORDS = 100


@people.get("")
@open_door
@same_for_members
@unlisted
def index() -> str:
    """Show the directory: `q` are words, `fylke` a county's number, `tema` a slug, `sted` a kind of workplace."""
    chosen = {
        name: request.args.get(name, "")[:LONGEST_WORDS].replace("\x00", "") for name in ("fylke", "tema", "sted")
    }
    words = request.args.get("q", "")[:LONGEST_WORDS].replace("\x00", "").strip()
    wanted = Wanted(words, chosen["fylke"], chosen["tema"], chosen["sted"])
    found = queries.directory(wanted, page_number(request.args.get("side")))
    return render_template("people/index.html", directory=found, page=found.page, words=words, chosen=chosen)


@people.get("/<slug>")
@open_door
@unlisted
def show(slug: str) -> ResponseReturnValue:
    """Show a person: what they can help with, how to reach them, and what they have written."""
    who, person = actor(), accounts.person_to_show(number_of(slug))
    if slug != person.slug:
        return redirect(url_for("people.show", slug=person.slug), 301)
    written = Filter(author_id=person.id)
    return render_template(
        "people/show.html",
        person=person,
        about=text.to_html(person.about),
        networks=networks.of_person(person.id),
        page=posts.page(who, written, page_number(request.args.get("side")), size=10),
        answers=posts.answers_by(who, person.id),
        is_following=following.is_following(who, Target("person", person.id)),
        may_edit=rules.may_edit(who, person),
        may_see_contact=rules.may_see_contact(who),
        phone=queries.shown_phone(person) if rules.may_see_contact(who) else "",
    )


@people.get("/<int:person_id>/rediger")
@members
def edit_form(person_id: int) -> str:
    """Show the form of a profile."""
    person = _mine_to_edit(person_id)
    return _form_page(_ready(ProfileForm(data=filled(person))), person)


@people.post("/<int:person_id>/rediger")
@members
def edit(person_id: int) -> ResponseReturnValue:
    """Keep a profile."""
    person = _mine_to_edit(person_id)
    form = _ready(ProfileForm.sent())
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


def _form_page(form: ProfileForm, person: Person) -> str:
    return render_template(
        "people/form.html",
        form=form,
        person=person,
        theme_tree=themes.choices(language()),
        place_options=places.options(),
        most=rules.MOST_THEMES,
    )


def _ready(form: ProfileForm) -> ProfileForm:
    form.prepare({theme.slug: theme.name_in(language()) for theme in themes.every()})
    return form


def _mine_to_edit(person_id: int) -> Person:
    person = queries.person(person_id)
    if not rules.may_edit(actor(), person):
        raise NotAllowed
    return person
