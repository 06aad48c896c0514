"""Pages of leaving and taking over."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kunnskap import clock
from kunnskap.handover import actions, queries, rules
from kunnskap.handover.forms import COORDINATOR, LeavingForm, chosen
from kunnskap.handover.queries import Orphan
from kunnskap.meetings import queries as meetings
from kunnskap.networks import queries as networks
from kunnskap.people import queries as people
from kunnskap.people.models import Person
from kunnskap.web.access import actor, coordinators, members
from kunnskap.web.limits import CONTACT, limiter


def _is_done(answer: Response) -> bool:
    """Whether it was done, so that somebody is written to; looking at what will happen counts for nothing."""
    return answer.status_code == 302


writing = limiter.shared_limit(CONTACT, scope="handovers", deduct_when=_is_done)
handover = Blueprint("handover", __name__, url_prefix="/overtakelse")


@handover.get("")
@members
def leave_form() -> str:
    """Show what the actor looks after, and the form to hand it over."""
    me = people.person(actor().person_id or 0)
    return _form_page(_form(me, LeavingForm(data={"leaves_on": clock.today()})), me)


@handover.post("")
@members
@writing
def leave() -> ResponseReturnValue:
    """Show what will happen; do it when `bekreft` is sent too."""
    return _leave(people.person(actor().person_id or 0))


@handover.get("/for/<int:person_id>")
@coordinators
def leave_for_form(person_id: int) -> str:
    """Show the form to hand over after somebody who has left already."""
    person = queries.person_for(actor(), person_id)
    return _form_page(_form(person, LeavingForm(data={"leaves_on": clock.today()})), person)


@handover.post("/for/<int:person_id>")
@coordinators
@writing
def leave_for(person_id: int) -> ResponseReturnValue:
    """Hand over after somebody who has left already."""
    return _leave(queries.person_for(actor(), person_id))


@handover.get("/<int:number>")
@members
def show(number: int) -> str:
    """Show the successor what was handed over, what the workplace has asked and told, and whom it knows."""
    who = actor()
    made = queries.handover(who, number)
    belonging = networks.with_places(queries.family(made.place_id)) if made.place_id else []
    return render_template(
        "handover/show.html",
        made=made,
        starter=queries.starter(who, made),
        words_of=rules.HANDED,
        belonging=belonging,
        coming=meetings.coming(who, limit=5),
    )


@handover.post("/<int:number>/sett")
@members
def begin(number: int) -> ResponseReturnValue:
    """Note that the successor has begun."""
    actions.note_begun(actor(), queries.handover(actor(), number))
    return redirect(url_for("handover.show", number=number))


@handover.post("/<int:number>/avbryt")
@members
def cancel(number: int) -> ResponseReturnValue:
    """Take back what has not happened yet."""
    made = queries.handover(actor(), number)
    is_own = made.person_id == actor().person_id
    actions.cancel(actor(), made)
    flash(_("Overtakelsen er avbrutt. Ingenting er endret."))
    return redirect(url_for("handover.leave_form") if is_own else url_for("home.index"))


def _leave(person: Person) -> ResponseReturnValue:
    form = _form(person, LeavingForm.sent())
    if "endre" in request.form:
        return _form_page(form, person)
    if form.validate():
        with form.gather_problems():
            wish = form.wish()
            if "bekreft" not in request.form:
                actions.check(actor(), person, wish)
                return _preview(form, person)
            made = actions.make(actor(), person, wish)
            flash(_("Det er overlatt.") if made.done_at else _("Lagret. Det skjer på dagen du har valgt."))
            return redirect(url_for("handover.show", number=made.id))
    return _form_page(form, person), 422


def _form(person: Person, form: LeavingForm) -> LeavingForm:
    places = queries.workplaces(person)
    ids = {str(place.id): place.id for place in places}
    place_id = ids.get(request.form.get("place", ""), places[0].id if places else None)
    counts, who = queries.counts(person.id, place_id), actor()
    if who.person_id != person.id:
        del counts[rules.NAMELESS]
    return form.prepare(places, counts, queries.orphans_for(who, person.id))


def _form_page(form: LeavingForm, person: Person) -> str:
    is_own = person.id == actor().person_id
    found = queries.colleagues(person, person.place_id) if person.place_id else []
    return render_template(
        "handover/form.html",
        form=form,
        person=person,
        is_own=is_own,
        chosen={one.network.id: chosen(one) for one in form.orphans},
        names=[f"{one.name}, {one.place.name}" for one in found if one.place],
        waiting=queries.waiting_of(person.id),
        earlier=queries.given_and_taken(actor()) if is_own else [],
        prefix=COORDINATOR,
    )


def _preview(form: LeavingForm, person: Person) -> str:
    wish = form.wish()
    counts = queries.counts(person.id, wish.place_id)
    picked = [(kind, words, counts[kind]) for kind, words in rules.HANDED.items() if kind in wish.kinds]
    return render_template(
        "handover/preview.html",
        form=form,
        person=person,
        is_own=person.id == actor().person_id,
        wish=wish,
        picked=picked,
        is_now=wish.leaves_on <= clock.today(),
        sent=[(name, value) for name, value in request.form.items(multi=True) if name not in {"bekreft", "endre"}],
        place_name=form.offered.get(form.place.data or "", ""),
        coordinators=[(one.network, _coordinator(one, form)) for one in form.orphans],
    )


def _coordinator(orphan: Orphan, form: LeavingForm) -> str:
    """Say who will coordinate a network that nobody else does."""
    picked = chosen(orphan)
    if picked == rules.TO_MODERATORS:
        return _("Ingen ennå. Moderatorene får beskjed.")
    names = {member.id: member.name for member in orphan.members}
    if picked is None and form.heir and rules.NETWORKS in (form.kinds.data or ()):
        return form.heir.name
    return names.get(picked or 0, _("Du, som nå"))
