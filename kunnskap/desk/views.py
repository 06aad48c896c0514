"""Pages of the coordinator's desk: what needs to be seen to, letters to a network's members, and reports."""

import io
from dataclasses import replace

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from kunnskap import clock, signed, text
from kunnskap.accounts.letting_in import settings
from kunnskap.desk import actions, exporting, figures, queries, rules, serial
from kunnskap.desk.exporting import Paper
from kunnskap.desk.forms import LetterForm, PeriodForm, ReportForm
from kunnskap.desk.listeners import STOP
from kunnskap.desk.models import NetworkReport
from kunnskap.errors import NotAllowed, NotFound
from kunnskap.meetings import queries as meetings
from kunnskap.networks import queries as networks
from kunnskap.networks.models import Network
from kunnskap.paging import page_number
from kunnskap.posts.models import Post
from kunnskap.routing import queries as routing
from kunnskap.web.access import actor, coordinators, members, open_door
from kunnskap.web.limits import POSTING, TO_MANY, limiter
from kunnskap.web.locale import language
from kunnskap.year_wheel import queries as year_wheel

desk = Blueprint("desk", __name__, url_prefix="/nettverk")
FORMATS = {"docx": (exporting.as_docx, exporting.DOCX), "xlsx": (exporting.as_xlsx, exporting.XLSX)}


def _is_sent(answer: Response) -> bool:
    """Whether a letter went out; looking through one counts for nothing."""
    return answer.status_code == 303


@desk.get("/<slug>/skrivebord")
@coordinators
def show(slug: str) -> str:
    """Show what a network needs today."""
    who, network = actor(), _mine(slug)
    return render_template(
        "desk/show.html",
        network=network,
        unanswered=routing.unanswered(who, network.id, queries.SHOWN),
        silent=queries.silent(network.id),
        stale=queries.stale(who, network.id),
        running_out=queries.running_out(who, network.id),
        meetings=meetings.coming(who, network.id, 3),
        invitations=queries.invitations(network.id),
        coming=year_wheel.coming(clock.today()),
        recipients=len(queries.recipients(network.id)),
        today=clock.today(),
    )


@desk.get("/<slug>/brev")
@members
def letters(slug: str) -> str:
    """List the letters sent to a network, for those who are in it."""
    network = _theirs(slug)
    return render_template(
        "desk/letters.html",
        network=network,
        page=queries.letters(network.id, page_number(request.args.get("side"))),
        may_write=rules.may_use(actor(), network.id),
    )


@desk.get("/<slug>/brev/<int:letter_id>")
@members
def letter(slug: str, letter_id: int) -> str:
    """Show a letter, for those who are in the network."""
    network = _theirs(slug)
    return render_template("desk/letter.html", network=network, letter=queries.letter(network.id, letter_id))


@desk.get("/<slug>/brev/nytt")
@coordinators
def letter_form(slug: str) -> str:
    """Show the form of a letter to everybody in a network."""
    return _letter_page(_mine(slug), LetterForm())


@desk.post("/<slug>/brev/nytt")
@coordinators
@limiter.limit(TO_MANY, deduct_when=_is_sent)
def send_letter(slug: str) -> ResponseReturnValue:
    """Show a letter as it will be read, with how many it goes to; sent again from there (`step` is send), it goes."""
    network, form = _mine(slug), LetterForm.sent()
    if form.validate():
        with form.gather_problems():
            if form.step.data != "send":
                actions.look_through(form.subject.data, form.body.data)
                return _letter_page(network, form, preview=text.to_html(form.body.data))
            sent = actions.send_letter(actor(), network, form.subject.data, form.body.data, form.form_key.data)
            told = ngettext(
                "Brevet er sendt til %(num)s person.", "Brevet er sendt til %(num)s personer.", sent.recipients
            )
            flash(told)
            return redirect(url_for("desk.letter", slug=slug, letter_id=sent.id), 303)
    return _letter_page(network, form), 422


@desk.get("/brev/stopp/<mark>")
@open_door
def stop_form(mark: str) -> ResponseReturnValue:
    """Ask whether letters to a network are to stop; a link in the mail leads here, and opening it changes nothing."""
    person_id, network = _of_mark(mark)
    return render_template(
        "desk/stop.html", mark=mark, network=network, has_stopped=queries.has_stopped(person_id, network.id)
    )


@desk.post("/brev/stopp/<mark>")
@open_door
def stop(mark: str) -> ResponseReturnValue:
    """Send somebody no more letters to a network."""
    person_id, network = _of_mark(mark)
    actions.stop_letters(person_id, network.id)
    return redirect(url_for("desk.stop_form", mark=mark), 303)


@desk.get("/<slug>/rapporter")
@coordinators
def reports(slug: str) -> str:
    """List the reports on a network, and offer to begin one."""
    since, until = rules.last_period(clock.today())
    return _reports_page(_mine(slug), PeriodForm(data={"since": since, "until": until}))


@desk.post("/<slug>/rapporter")
@coordinators
@limiter.limit(POSTING)
def make_report(slug: str) -> ResponseReturnValue:
    """Begin a report on a period."""
    network, form = _mine(slug), PeriodForm.sent()
    if form.validate():
        with form.gather_problems():
            made = actions.make_report(actor(), network, form.since.data, form.until.data)
            return redirect(url_for("desk.report", slug=slug, report_id=made.id), 303)
    return _reports_page(network, form), 422


@desk.get("/<slug>/rapporter/<int:report_id>")
@coordinators
def report(slug: str, report_id: int) -> str:
    """Show a report as it stands: counted anew each time."""
    network, found = _report(slug, report_id)
    return render_template(
        "desk/report.html",
        network=network,
        report=found,
        paper=_paper(network, found),
        words=text.to_html(found.words),
        stories=queries.stories(found),
    )


@desk.get("/<slug>/rapporter/<int:report_id>/rediger")
@coordinators
def report_form(slug: str, report_id: int) -> str:
    """Show the form with the words and stories of a report."""
    network, found = _report(slug, report_id)
    chosen = {story.post_id: story.note for story in found.stories}
    return _report_page(network, found, ReportForm(data={"words": found.words}), chosen)


@desk.post("/<slug>/rapporter/<int:report_id>/rediger")
@coordinators
def edit_report(slug: str, report_id: int) -> ResponseReturnValue:
    """Keep the words and stories of a report (`story` are numbers of posts, `note-<number>` why each was chosen)."""
    network, found = _report(slug, report_id)
    form, chosen = ReportForm.sent(), _sent_stories()
    if form.validate():
        with form.gather_problems():
            actions.edit_report(actor(), found, form.words.data or "", chosen)
            flash(_("Rapporten er lagret."))
            return redirect(url_for("desk.report", slug=slug, report_id=report_id), 303)
    return _report_page(network, found, form, chosen), 422


@desk.post("/<slug>/rapporter/<int:report_id>/slett")
@coordinators
def remove_report(slug: str, report_id: int) -> ResponseReturnValue:
    """Remove a report."""
    actions.remove_report(actor(), _mine(slug), report_id)
    flash(_("Rapporten er slettet."))
    return redirect(url_for("desk.reports", slug=slug), 303)


@desk.get("/<slug>/rapporter/<int:report_id>.<ending>")
@coordinators
def download(slug: str, report_id: int, ending: str) -> Response:
    """Give a report as a Word document (docx) or a workbook (xlsx)."""
    if ending not in FORMATS:
        raise NotFound
    network, found = _report(slug, report_id)
    write, media_type = FORMATS[ending]
    name = f"{_('nettverksrapport')}-{network.slug}-{found.since}-{found.until}.{ending}"
    made = io.BytesIO(write(_paper(network, found)))
    return send_file(made, mimetype=media_type, as_attachment=True, download_name=name, max_age=0)


def _mine(slug: str) -> Network:
    """The network, for those who coordinate it."""
    network = networks.by_slug(slug)
    if not rules.may_use(actor(), network.id):
        raise NotAllowed
    return network


def _theirs(slug: str) -> Network:
    """The network, for those who are in it."""
    network = networks.by_slug(slug)
    if not rules.may_read_letters(actor(), network.id):
        raise NotAllowed
    return network


def _report(slug: str, report_id: int) -> tuple[Network, NetworkReport]:
    network = _mine(slug)
    return network, queries.report(actor(), network.id, report_id)


def _of_mark(mark: str) -> tuple[int, Network]:
    found = signed.facts(settings().secret_key, STOP, mark)
    if found is None:
        raise NotFound
    return int(found["person"]), networks.by_id(int(found["network"]))


def _sent_stories() -> dict[int, str]:
    numbers = [number for number in request.form.getlist("story") if number.isascii() and number.isdecimal()]
    notes = {number: request.form.get(f"note-{number}", "").replace("\x00", "").strip() for number in numbers}
    return {int(number[:9]): note for number, note in notes.items()}


def _letter_page(network: Network, form: LetterForm, preview: str = "") -> str:
    return render_template(
        "desk/letter_form.html",
        network=network,
        form=form,
        preview=preview,
        recipients=len(queries.recipients(network.id)),
    )


def _reports_page(network: Network, form: PeriodForm) -> str:
    return render_template("desk/reports.html", network=network, form=form, reports=queries.reports(network.id))


def _report_page(network: Network, found: NetworkReport, form: ReportForm, chosen: dict[int, str]) -> str:
    candidates = queries.story_candidates(found)
    known = {post.id for post in candidates}
    kept = [post for post, _note in queries.stories(found) if post.id not in known]
    return render_template(
        "desk/report_form.html",
        network=network,
        report=found,
        form=form,
        candidates=[*kept, *candidates],
        chosen=chosen,
        most=rules.MOST_STORIES,
    )


def _paper(network: Network, found: NetworkReport) -> Paper:
    """The report in the reader's words, with the address of each story."""
    counted = figures.figures(actor(), network.id, found.since, found.until)
    stories = queries.stories(found)
    made = serial.paper(network, found, counted, stories, language())
    told = zip(made.stories, stories, strict=True)
    return replace(made, stories=[replace(one, address=_address(post)) for one, (post, _note) in told])


def _address(post: Post) -> str:
    return f"{settings().address}{url_for(post.kind.endpoint, slug=post.slug)}"
