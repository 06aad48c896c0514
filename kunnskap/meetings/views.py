"""Pages of meetings: find, read, make, change, sign up, and what goes on the agenda."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from kunnskap.errors import Invalid, NotAllowed, NotFound
from kunnskap.meetings import actions, drawing, queries, rules, times
from kunnskap.meetings.forms import MeetingForm, NoteForm, PointForm, filled
from kunnskap.meetings.models import Meeting
from kunnskap.meetings.queries import Point
from kunnskap.networks import queries as networks
from kunnskap.networks.models import Network
from kunnskap.web.access import actor, members, open_door
from kunnskap.web.addresses import LARGEST_NUMBER, number_of
from kunnskap.web.filters import told
from kunnskap.web.limits import CONTACT, POSTING, limiter

meetings = Blueprint("meetings", __name__)
STEPS = {"opp": actions.UP, "ned": actions.DOWN}


def _is_saved(answer: Response) -> bool:
    """Whether a meeting was changed, so that those who come may be written to."""
    return answer.status_code == 302


@meetings.app_template_filter("meeting_time")
def meeting_time(meeting: Meeting, language: str) -> str:
    """Write when a meeting is, by the clock in Norway."""
    return times.written(meeting.starts_at, meeting.ends_at, language)


@meetings.get("/moter")
@open_door
def index() -> str:
    """List meetings to come, those of one's own networks first."""
    who = actor()
    found = queries.coming(who)
    own = [one for one in found if one.network_id in who.network_ids]
    others = [one for one in found if one.network_id not in who.network_ids]
    return render_template("meetings/index.html", own=own, others=others)


@meetings.get("/moter/<slug>")
@open_door
def show(slug: str) -> ResponseReturnValue:
    """Show a meeting; what is the network's own only to those in it."""
    who = actor()
    meeting = queries.meeting(who, number_of(slug))
    if slug != meeting.slug:
        return redirect(url_for("meetings.show", slug=meeting.slug), 301)
    inside = rules.is_inside(who, meeting.network_id)
    comers = queries.comers(meeting) if inside else []
    return render_template(
        "meetings/show.html",
        meeting=meeting,
        agenda=queries.agenda(who, meeting),
        inside=inside,
        comers=comers,
        count=len(comers) if inside else queries.comer_count(meeting) if who.is_member else 0,
        attended=queries.attended_count(meeting) if inside and rules.has_begun(meeting) else 0,
        mine=queries.sign_up(who, meeting),
        todos=queries.todos(who, meeting) if inside else [],
        left=queries.left_from_before(who, meeting) if inside else [],
        may_sign_up=rules.may_sign_up(who, meeting),
        may_run=rules.may_run(who, meeting.network_id),
        is_over=rules.is_over(meeting),
        has_begun=rules.has_begun(meeting),
        audiences=rules.AUDIENCES,
        network_id=meeting.network_id,
    )


@meetings.get("/nettverk/<slug>/moter")
@open_door
def of_network(slug: str) -> str:
    """List a network's meetings, those to come and those that have been."""
    who, network = actor(), networks.by_slug(slug)
    ahead, behind = queries.of_network(who, network.id)
    may_run = rules.may_run(who, network.id)
    return render_template("meetings/network.html", network=network, ahead=ahead, behind=behind, may_run=may_run)


@meetings.get("/nettverk/<slug>/moter/nytt")
@members
def new_form(slug: str) -> str:
    """Show the form of a new meeting."""
    return _form_page(MeetingForm(), _network_to_run(slug))


@meetings.post("/nettverk/<slug>/moter/nytt")
@members
@limiter.limit(POSTING)
def make(slug: str) -> ResponseReturnValue:
    """Make a meeting."""
    network = _network_to_run(slug)
    form = MeetingForm.sent()
    if form.validate():
        with form.gather_problems():
            span = form.span()
            meeting = actions.make(actor(), network, form.plan(span), form.form_key.data or "")
            _say_saved(_("Møtet er satt opp. Nå kan du lage dagsorden."), span)
            return redirect(url_for("meetings.show", slug=meeting.slug))
    return _form_page(form, network), 422


@meetings.get("/moter/<int:meeting_id>/rediger")
@members
def edit_form(meeting_id: int) -> str:
    """Show the form with a meeting to be changed."""
    meeting = _to_run(meeting_id)
    return _form_page(MeetingForm(data=filled(meeting)), meeting.network, meeting)


@meetings.post("/moter/<int:meeting_id>/rediger")
@members
@limiter.limit(CONTACT, deduct_when=_is_saved)
def edit(meeting_id: int) -> ResponseReturnValue:
    """Change a meeting."""
    meeting = _to_run(meeting_id)
    form = MeetingForm.sent()
    if form.validate():
        with form.gather_problems():
            span = form.span()
            actions.edit(actor(), meeting, form.plan(span))
            _say_saved(_("Endringene er lagret."), span)
            return redirect(url_for("meetings.show", slug=meeting.slug))
    return _form_page(form, meeting.network, meeting), 422


@meetings.get("/moter/<int:meeting_id>/avlys")
@members
def cancel_form(meeting_id: int) -> str:
    """Ask whether a meeting is to be called off."""
    meeting = _to_run(meeting_id)
    if rules.is_over(meeting):
        raise NotAllowed
    return render_template("meetings/cancel.html", meeting=meeting, count=queries.comer_count(meeting))


@meetings.post("/moter/<int:meeting_id>/avlys")
@members
def cancel(meeting_id: int) -> ResponseReturnValue:
    """Call a meeting off."""
    meeting = queries.meeting(actor(), meeting_id)
    actions.cancel(actor(), meeting)
    flash(_("Møtet er avlyst. De som hadde sagt at de kommer, får e-post."))
    return redirect(url_for("meetings.show", slug=meeting.slug))


@meetings.post("/moter/<int:meeting_id>/kommer")
@members
def sign_up(meeting_id: int) -> ResponseReturnValue:
    """Say whether one comes (`kommer` is 1 or 0)."""
    meeting = queries.meeting(actor(), meeting_id)
    is_coming = request.form.get("kommer") == "1"
    actions.sign_up(actor(), meeting, is_coming=is_coming)
    flash(_("Du er påmeldt.") if is_coming else _("Du har sagt fra at du ikke kommer."))
    return redirect(url_for("meetings.show", slug=meeting.slug, _anchor="pamelding"))


@meetings.get("/moter/<int:meeting_id>/dagsorden")
@members
def agenda_form(meeting_id: int) -> str:
    """Show the agenda to be changed, and what could be put on it."""
    return _agenda_page(_to_run(meeting_id), PointForm())


@meetings.post("/moter/<int:meeting_id>/dagsorden")
@members
def add_point(meeting_id: int) -> ResponseReturnValue:
    """Put a point on the agenda."""
    meeting = _to_run(meeting_id)
    form = PointForm.sent()
    if form.validate():
        with form.gather_problems():
            actions.add_point(actor(), meeting, form.title.data or "", form.note.data or "")
            return _back_to_agenda(meeting)
    return _agenda_page(meeting, form), 422


@meetings.post("/moter/<int:meeting_id>/dagsorden/hent")
@members
def draw(meeting_id: int) -> ResponseReturnValue:
    """Put the chosen posts (`innlegg`) on the agenda."""
    meeting = _to_run(meeting_id)
    given = [one for one in request.form.getlist("innlegg") if one.isascii() and one.isdecimal()]
    numbers = {int(one) for one in given if len(one) < 11 and int(one) <= LARGEST_NUMBER}
    try:
        count = actions.draw(actor(), meeting, numbers)
    except Invalid as refused:
        for problem in refused.problems.values():
            flash(told(problem), "warning")
        return _back_to_agenda(meeting)
    if count:
        flash(ngettext("%(num)s punkt er lagt til.", "%(num)s punkter er lagt til.", count))
    else:
        flash(_("Ingenting ble lagt til. Kryss av for det dere vil snakke om."), "info")
    return _back_to_agenda(meeting)


@meetings.get("/moter/<int:meeting_id>/dagsorden/<int:item_id>")
@members
def point_form(meeting_id: int, item_id: int) -> str:
    """Show a point of the agenda to be changed."""
    meeting = _to_run(meeting_id)
    point = _point(meeting, item_id)
    form = PointForm if point.item.title else NoteForm
    return render_template("meetings/point.html", meeting=meeting, point=point, form=form(obj=point.item))


@meetings.post("/moter/<int:meeting_id>/dagsorden/<int:item_id>")
@members
def change_point(meeting_id: int, item_id: int) -> ResponseReturnValue:
    """Change a point, or what `gjor` says: opp, ned or fjern."""
    meeting = _to_run(meeting_id)
    what = request.form.get("gjor", "")
    if what in STEPS:
        actions.move_point(actor(), meeting, item_id, STEPS[what])
        return _back_to_agenda(meeting)
    if what == "fjern":
        actions.remove_point(actor(), meeting, item_id)
        return _back_to_agenda(meeting)
    point = _point(meeting, item_id)
    form = (PointForm if point.item.title else NoteForm).sent()
    if form.validate():
        with form.gather_problems():
            title = form.title.data if point.item.title else ""
            actions.change_point(actor(), meeting, item_id, title, form.note.data or "")
            return _back_to_agenda(meeting)
    return render_template("meetings/point.html", meeting=meeting, point=point, form=form), 422


def _point(meeting: Meeting, item_id: int) -> Point:
    found = next((one for one in queries.agenda(actor(), meeting) if one.item.id == item_id), None)
    if found is None:
        raise NotFound
    return found


def _agenda_page(meeting: Meeting, form: PointForm) -> str:
    return render_template(
        "meetings/agenda.html",
        meeting=meeting,
        agenda=queries.agenda(actor(), meeting),
        drawn=drawing.proposals(actor(), meeting),
        form=form,
    )


def _back_to_agenda(meeting: Meeting) -> ResponseReturnValue:
    return redirect(url_for("meetings.agenda_form", meeting_id=meeting.id), 303)


def _form_page(form: MeetingForm, network: Network, meeting: Meeting | None = None) -> str:
    return render_template("meetings/form.html", form=form, network=network, meeting=meeting)


def _say_saved(words: str, span: times.Span) -> None:
    flash(words)
    if span.is_twice:
        flash(_(times.TWICE), "warning")


def _network_to_run(slug: str) -> Network:
    network = networks.by_slug(slug)
    rules.expect_run(actor(), network.id)
    return network


def _to_run(meeting_id: int) -> Meeting:
    meeting = queries.meeting(actor(), meeting_id)
    rules.expect_run(actor(), meeting.network_id)
    if meeting.cancelled_at is not None:
        raise NotAllowed
    return meeting
