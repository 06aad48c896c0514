"""Pages of what comes of a meeting: minutes, what they become, who was there, and homework."""

from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from kunnskap import signed
from kunnskap.accounts.letting_in import settings
from kunnskap.actor import Actor
from kunnskap.errors import Invalid, NotAllowed, NotFound
from kunnskap.experiences.forms import place_words
from kunnskap.meetings import actions, minuting, queries, rules, times
from kunnskap.meetings.forms import (
    AnswerPartForm,
    ExperiencePartForm,
    HomeworkForm,
    MinutesForm,
    WishForm,
    part_values,
)
from kunnskap.meetings.listeners import LASTS, PURPOSE
from kunnskap.meetings.minuting import Wish
from kunnskap.meetings.models import APPROVED, STATES, Homework, Meeting, MinutesPart
from kunnskap.places import queries as places
from kunnskap.posts.kinds import QUESTION
from kunnskap.posts.models import Post
from kunnskap.posts.views import waits_for_review
from kunnskap.rights import MEMBER
from kunnskap.themes import queries as themes
from kunnskap.web.access import actor, members, open_door
from kunnskap.web.addresses import LARGEST_NUMBER
from kunnskap.web.limits import POSTING, limiter
from kunnskap.web.locale import language
from kunnskap.web.page_cache import not_kept

minutes = Blueprint("minutes", __name__, url_prefix="/moter")


@minutes.get("/<int:meeting_id>/referat")
@members
def write_form(meeting_id: int) -> str:
    """Show the minutes to be written."""
    meeting = _to_run(meeting_id)
    form = MinutesForm(data={"minutes": meeting.minutes, "seen": rules.digest(meeting.minutes)})
    return render_template("meetings/minutes.html", meeting=meeting, form=form, theirs=None)


@minutes.post("/<int:meeting_id>/referat")
@members
def write(meeting_id: int) -> ResponseReturnValue:
    """Keep the minutes; when somebody else has written meanwhile, show both texts and keep neither from being lost."""
    meeting = _to_run(meeting_id)
    form, theirs = MinutesForm.sent(), None
    if form.validate():
        with form.gather_problems():
            if minuting.write(actor(), meeting, form.minutes.data or "", form.seen.data or ""):
                flash(_("Referatet er lagret."))
                return redirect(url_for("meetings.show", slug=meeting.slug, _anchor="referat"), 303)
            theirs = meeting.minutes
            form.seen.data = rules.digest(theirs)
            form.refuse(
                "minutes", _("En annen har lagret referatet mens du skrev. Se over begge tekstene, og lagre på nytt.")
            )
    return render_template("meetings/minutes.html", meeting=meeting, form=form, theirs=theirs), 422


@minutes.get("/<int:meeting_id>/referat/deler")
@members
def sections(meeting_id: int) -> str:
    """List the parts of the minutes, and what has come of those that speakers were asked about."""
    meeting = _to_run(meeting_id)
    found = rules.sections(meeting.minutes)
    return render_template(
        "meetings/sections.html", meeting=meeting, sections=found, parts=queries.parts(meeting), states=STATES
    )


@minutes.get("/<int:meeting_id>/referat/deler/<int:number>")
@members
def wish_form(meeting_id: int, number: int) -> str:
    """Show a part of the minutes, and ask who said it and what it is to become."""
    meeting = _to_run(meeting_id)
    form = WishForm(data={"seen": rules.digest(meeting.minutes)})
    return _wish_page(meeting, _section(meeting, number), form)


@minutes.post("/<int:meeting_id>/referat/deler/<int:number>")
@members
@limiter.limit(POSTING)
def wish(meeting_id: int, number: int) -> ResponseReturnValue:
    """Ask the speaker."""
    meeting = _to_run(meeting_id)
    form = WishForm.sent()
    if form.validate():
        with form.gather_problems():
            question = _row_number(form.question.data) or None
            wanted = Wish(number, _row_number(form.speaker.data), form.becomes.data or "", question)
            minuting.propose(actor(), meeting, wanted, form.seen.data or "")
            flash(_("Den som sa det, har fått e-post. Ingenting legges ut før de sier ja."))
            return redirect(url_for("minutes.sections", meeting_id=meeting.id), 303)
    return _wish_page(meeting, _section(meeting, number), form), 422


@minutes.get("/forslag/<int:part_id>")
@members
def part(part_id: int) -> Response:
    """Show a speaker what may be posted in their name."""
    return _part_page(*_mine(part_id))


@minutes.post("/forslag/<int:part_id>")
@members
@limiter.limit(POSTING)
def settle(part_id: int) -> ResponseReturnValue:
    """Say yes or no (`svar` is ja or nei)."""
    return _settle(*_mine(part_id), url_for("minutes.part", part_id=part_id))


@minutes.get("/forslag/lenke/<mark>")
@open_door
def part_by_link(mark: str) -> Response:
    """Show the same to whoever has the link from the letter."""
    return _part_page(*_by_mark(mark))


@minutes.post("/forslag/lenke/<mark>")
@open_door
@limiter.limit(POSTING)
def settle_by_link(mark: str) -> ResponseReturnValue:
    """Say yes or no with the link from the letter."""
    return _settle(*_by_mark(mark), url_for("minutes.part_by_link", mark=mark))


@minutes.get("/<int:meeting_id>/oppmote")
@members
def attendance_form(meeting_id: int) -> str:
    """Ask who was there."""
    meeting = _to_run(meeting_id)
    if not rules.has_begun(meeting):
        raise NotAllowed
    return render_template("meetings/attendance.html", meeting=meeting, people=queries.might_have_attended(meeting))


@minutes.post("/<int:meeting_id>/oppmote")
@members
def note_attendance(meeting_id: int) -> ResponseReturnValue:
    """Write down who was there (`person`, several)."""
    meeting = _to_run(meeting_id)
    count = actions.note_attendance(actor(), meeting, {_row_number(one) for one in request.form.getlist("person")})
    flash(ngettext("Lagret: %(num)s person var der.", "Lagret: %(num)s personer var der.", count))
    return redirect(url_for("meetings.show", slug=meeting.slug), 303)


@minutes.get("/<int:meeting_id>/oppgaver")
@members
def homework_form(meeting_id: int) -> str:
    """Show what is to be done, and the form for more."""
    return _homework_page(_to_run(meeting_id), HomeworkForm())


@minutes.post("/<int:meeting_id>/oppgaver")
@members
def give_homework(meeting_id: int) -> ResponseReturnValue:
    """Write down something to be done."""
    meeting = _to_run(meeting_id)
    form = HomeworkForm.sent()
    if form.validate():
        with form.gather_problems():
            person_id = _row_number(form.person.data) if form.person.data else None
            due = _due(form.due.data or "")
            actions.give_homework(actor(), meeting, form.words.data or "", person_id=person_id, due_on=due)
            flash(_("Oppgaven er lagt til."))
            return redirect(url_for("minutes.homework_form", meeting_id=meeting.id), 303)
    return _homework_page(meeting, form), 422


@minutes.post("/oppgaver/<int:homework_id>/fjern")
@members
def remove_homework(homework_id: int) -> ResponseReturnValue:
    """Take back something to be done."""
    homework, meeting = _homework(homework_id)
    actions.remove_homework(actor(), homework, meeting)
    return redirect(url_for("minutes.homework_form", meeting_id=meeting.id), 303)


@minutes.post("/oppgaver/<int:homework_id>")
@members
def settle_homework(homework_id: int) -> ResponseReturnValue:
    """Say that one has done it (`gjort` is 1), or not after all; `fra` is mine when it is said on one's own page."""
    homework, meeting = _homework(homework_id)
    actions.settle_homework(actor(), homework, meeting, done=request.form.get("gjort") == "1")
    if request.form.get("fra") == "mine":
        return redirect(url_for("home.my_page"), 303)
    return redirect(url_for("meetings.show", slug=meeting.slug, _anchor="oppgaver"), 303)


def _due(words: str) -> date | None:
    try:
        return times.read_day(words) if words else None
    except ValueError as wrong:
        raise Invalid(due=str(wrong)) from None


def _homework(homework_id: int) -> tuple[Homework, Meeting]:
    homework, meeting = queries.homework(homework_id)
    if not rules.is_inside(actor(), meeting.network_id):
        raise NotFound
    return homework, meeting


def _homework_page(meeting: Meeting, form: HomeworkForm) -> str:
    form.offer(queries.members(meeting.network_id))
    return render_template("meetings/homework.html", meeting=meeting, form=form, todos=queries.todos(actor(), meeting))


def _section(meeting: Meeting, number: int) -> rules.Section:
    found = next((one for one in rules.sections(meeting.minutes) if one.number == number), None)
    if found is None:
        raise NotFound
    return found


def _wish_page(meeting: Meeting, section: rules.Section, form: WishForm) -> str:
    points = queries.agenda(actor(), meeting)
    form.offer(
        queries.members(meeting.network_id), [one.post for one in points if one.post and one.post.kind is QUESTION]
    )
    return render_template("meetings/section.html", meeting=meeting, section=section, form=form)


def _mine(part_id: int) -> tuple[MinutesPart, Actor]:
    found = queries.part(part_id)
    if found.speaker_id != actor().person_id:
        raise NotFound
    return found, actor()


def _by_mark(given: str) -> tuple[MinutesPart, Actor]:
    """Read the link of a letter; whoever has it has shown no second factor, and acts as a plain member."""
    facts = signed.facts(settings().secret_key, PURPOSE, given, LASTS) or {}
    part_id = facts.get("part")
    if not isinstance(part_id, int):
        raise NotFound
    found = queries.part(part_id)
    account = queries.account_of(found.speaker_id)
    if account is None:
        raise NotFound
    return found, account.acting_as(MEMBER)


def _part_page(part: MinutesPart, speaker: Actor, form: AnswerPartForm | ExperiencePartForm | None = None) -> Response:
    question = minuting.question_of(speaker, part)
    if form is None:
        place = places.by_id(speaker.place_id) if speaker.place_id is not None else None
        values = part_values(part, speaker, place_words(place) if place else "")
        form = _form_of(part)(data=values)
    if isinstance(form, ExperiencePartForm):
        _offer(form, speaker)
    return not_kept(
        render_template(
            "meetings/part.html",
            part=part,
            form=form,
            question=question,
            source=minuting.source(part, language()),
            theme_tree=themes.choices(language()),
            is_open=rules.is_open(part),
            is_approved=part.state == APPROVED,
        )
    )


def _settle(part: MinutesPart, speaker: Actor, back: str) -> ResponseReturnValue:
    if request.form.get("svar") == "nei":
        minuting.decline(speaker, part)
        flash(_("Du sa nei. Ingenting er lagt ut."))
        return redirect(back, 303)
    form = _form_of(part).sent()
    if isinstance(form, ExperiencePartForm):
        _offer(form, speaker)
    if form.validate():
        with form.gather_problems():
            made = _approve(speaker, part, form)
            flash(waits_for_review() if made.held_at else _("Takk! Det er lagt ut i ditt navn."))
            return redirect(back, 303)
    answer = _part_page(part, speaker, form)
    answer.status_code = 422
    return answer


def _approve(speaker: Actor, part: MinutesPart, form: AnswerPartForm | ExperiencePartForm) -> Post:
    if isinstance(form, ExperiencePartForm):
        return minuting.approve_experience(speaker, part, form.content(), form.facts())
    return minuting.approve_answer(speaker, part, form.body.data or "", form.language.data or "nb")


def _form_of(part: MinutesPart) -> type[AnswerPartForm] | type[ExperiencePartForm]:
    return AnswerPartForm if part.becomes == rules.ANSWER else ExperiencePartForm


def _offer(form: ExperiencePartForm, speaker: Actor) -> None:
    form.offer(speaker, {theme.slug: theme.name_in(language()) for theme in themes.every()})


def _row_number(given: str | None) -> int:
    """Read a row's number; 0, which is nobody's, when it is none."""
    words = given or ""
    return (
        int(words) if words.isascii() and words.isdecimal() and len(words) < 11 and int(words) <= LARGEST_NUMBER else 0
    )


def _to_run(meeting_id: int) -> Meeting:
    meeting = queries.meeting(actor(), meeting_id)
    rules.expect_run(actor(), meeting.network_id)
    return meeting
