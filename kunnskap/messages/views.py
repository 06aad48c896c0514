"""Pages of conversations between two people."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter import RequestLimit

from kunnskap import calendars, clock
from kunnskap.accounts import queries as accounts
from kunnskap.errors import Invalid, NotFound
from kunnskap.messages import actions, queries, rules, talking
from kunnskap.messages.forms import AnswerForm, NewForm, TalkForm
from kunnskap.messages.models import Talk
from kunnskap.messages.queries import Opened
from kunnskap.networks import queries as networks
from kunnskap.paging import page_number
from kunnskap.people import queries as people
from kunnskap.people.models import Person
from kunnskap.posts.models import Post
from kunnskap.web.access import actor, members
from kunnskap.web.addresses import number_of
from kunnskap.web.filters import told
from kunnskap.web.limits import POSTING, limiter, seconds_to_wait
from kunnskap.web.locale import language
from kunnskap.web.page_cache import not_kept

messages = Blueprint("messages", __name__, url_prefix="/meldinger")


@messages.app_template_global("unread_messages")
def unread_messages() -> int:
    """Count the reader's conversations with something unread."""
    return queries.unread_count(actor())


@messages.app_template_filter("talk_time")
def talk_time(moment: datetime) -> str:
    """Write when a talk is, by the clock in Norway."""
    return rules.written_time(moment, language())


@messages.app_template_filter("talk_state")
def talk_state(talk: Talk) -> str:
    """Say how a talk stands (`rules.state`)."""
    return rules.state(talk, clock.now())


@messages.app_template_filter("moments")
def moments(times: list[str]) -> list[datetime]:
    """Read the times of a talk."""
    return [datetime.fromisoformat(one) for one in times]


@messages.app_template_test("callable_off")
def callable_off(talk: Talk) -> bool:
    """Whether a talk can still be called off."""
    return rules.may_cancel(talk, clock.now())


def _most_sent() -> str:
    return rules.SENDING_NEW if actor().is_newcomer else rules.SENDING


def _most_started() -> str:
    return rules.STARTING_NEW if actor().is_newcomer else rules.STARTING


def _too_many(_limit: RequestLimit) -> Response:
    """Say kindly that it is enough for now, and give back what was written."""
    minutes = -(-seconds_to_wait() // 60)
    page = render_template("messages/too_many.html", minutes=minutes, words=request.form.get("body", ""))
    answer = make_response(page, 429)
    answer.headers.update({"Retry-After": str(seconds_to_wait()), "Cache-Control": "no-store"})
    return answer


def _was_sent(answer: Response) -> bool:
    return answer.status_code == 303


_counted: dict[str, Any] = {"deduct_when": _was_sent, "on_breach": _too_many}
sending = limiter.shared_limit(_most_sent, scope="messages", **_counted)
starting = limiter.shared_limit(_most_started, scope="conversations", **_counted)


@messages.get("")
@members
def index() -> ResponseReturnValue:
    """List the actor's conversations, the last written in first; `vis=lagt-bort` those that were put away."""
    put_away = request.args.get("vis") == "lagt-bort"
    page = queries.page(actor(), page_number(request.args.get("side")), put_away=put_away)
    blocked = queries.blocked_by(actor().person_id or 0)
    return not_kept(render_template("messages/index.html", page=page, put_away=put_away, blocked=blocked))


@messages.get("/ny")
@members
def new_form() -> ResponseReturnValue:
    """Show the form that begins a conversation with `til` (a person's number), about `innlegg` (a post's) if given."""
    if not request.args.get("til"):
        flash(_("Finn den du vil skrive til, og trykk Skriv en melding."), "info")
        return redirect(url_for("people.index"))
    to, post = _recipient(), _about()
    form = NewForm(data={"subject": post.title or "" if post else ""})
    return not_kept(_new_page(form, to, post, queries.why_not(actor(), to)))


@messages.post("/ny")
@members
@sending
@starting
def new() -> ResponseReturnValue:
    """Begin a conversation."""
    to, post, form = _recipient(), _about(), NewForm.sent()
    if form.validate():
        with form.gather_problems():
            about = post.id if post else None
            written = form.subject.data, form.body.data
            sent = actions.start(actor(), to, *written, post_id=about, key=form.form_key.data or "")
            flash(_("Meldingen er sendt."))
            return redirect(url_for("messages.show", number=sent.conversation_id), 303)
    return _new_page(form, to, post, queries.why_not(actor(), to)), 422


@messages.get("/<int:number>")
@members
def show(number: int) -> ResponseReturnValue:
    """Show a conversation of the actor's, with the form to answer."""
    opened = queries.opened(actor(), number, page_number(request.args.get("side")))
    return not_kept(_conversation_page(opened, AnswerForm()))


@messages.post("/<int:number>")
@members
@sending
def answer(number: int) -> ResponseReturnValue:
    """Write in a conversation."""
    one, form = queries.conversation(actor(), number), AnswerForm.sent()
    if form.validate():
        with form.gather_problems():
            sent = actions.answer(actor(), one, form.body.data, form.form_key.data or "")
            flash(_("Meldingen er sendt."))
            return redirect(url_for("messages.show", number=number, _anchor=f"melding-{sent.id}"), 303)
    return _conversation_page(queries.opened(actor(), number), form), 422


@messages.post("/<int:number>/lest")
@members
def read(number: int) -> ResponseReturnValue:
    """Take a conversation as read up to the message `til`; asked for by the page itself where there is JavaScript."""
    actions.read(actor(), queries.conversation(actor(), number), number_of(request.form.get("til", "")))
    if "HX-Request" in request.headers:
        return Response("", mimetype="text/plain")
    return redirect(url_for("messages.show", number=number), 303)


@messages.post("/<int:number>/legg-bort")
@members
def put_away(number: int) -> ResponseReturnValue:
    """Take a conversation out of the list (`bort` 1), or put it back (0)."""
    away = request.form.get("bort") != "0"
    actions.put_away(actor(), queries.conversation(actor(), number), away=away)
    flash(
        _("Samtalen er lagt bort. Den kommer fram igjen hvis det kommer noe nytt.")
        if away
        else _("Samtalen ligger i listen igjen.")
    )
    return redirect(url_for("messages.index"), 303)


@messages.post("/person/<int:person_id>/ta-imot")
@members
def block(person_id: int) -> ResponseReturnValue:
    """Take no more messages from somebody (`ja` 0), or take them again (1)."""
    takes = request.form.get("ja") == "1"
    if takes:
        actions.unblock(actor(), person_id)
        flash(_("Du tar imot meldinger fra denne personen igjen."))
    else:
        actions.block(actor(), person_id)
        flash(_("Du får ikke flere meldinger fra denne personen. Vi sier det ikke til noen."))
    return redirect(url_for("messages.index"), 303)


def _ways(to: Person, why_not: str | None) -> dict[str, str]:
    """How somebody can be reached instead, as far as the actor may see that."""
    if why_not != rules.CLOSED:
        return {}
    return people.ways(actor(), to, [network.id for network in networks.of_person(to.id)])


def _recipient() -> Person:
    return accounts.person_to_show(number_of(request.args.get("til", "")))


def _about() -> Post | None:
    """The post that is written about, if the actor may see it and it is named."""
    asked = request.args.get("innlegg", "")
    return queries.about(actor(), number_of(asked)) if asked else None


def _new_page(form: NewForm, to: Person, post: Post | None, why_not: str | None) -> str:
    reads_post = post is not None and why_not is None and queries.may_read(to.id, post.id)
    if post is not None and not reads_post and form.subject.data == post.title and not form.errors:
        form.subject.data = ""
    return render_template(
        "messages/new.html",
        form=form,
        to=to,
        post=post if reads_post else None,
        is_left_out=post is not None and not reads_post,
        why_not=why_not,
        ways=_ways(to, why_not),
        is_away=queries.is_away_today(to),
        stand_in=queries.stand_in(to),
        earlier=queries.with_person(actor(), to.id),
    )


def _conversation_page(opened: Opened, form: AnswerForm) -> str:
    return render_template(
        "messages/show.html",
        opened=opened,
        page=opened.page,
        form=form,
        is_away=queries.is_away_today(opened.other),
        stand_in=queries.stand_in(opened.other),
        ways=_ways(opened.other, opened.why_not),
    )


@messages.get("/<int:number>/samtale")
@members
def talk_form(number: int) -> ResponseReturnValue:
    """Show the form that suggests a talk at one of three times."""
    return not_kept(_talk_page(queries.opened(actor(), number), TalkForm()))


@messages.post("/<int:number>/samtale")
@members
@sending
def suggest(number: int) -> ResponseReturnValue:
    """Suggest a talk."""
    one, form = queries.conversation(actor(), number), TalkForm.sent()
    if form.validate():
        with form.gather_problems():
            told = form.where.data, form.body.data or ""
            sent = talking.suggest(actor(), one, form.times, *told, key=form.form_key.data or "")
            flash(_("Forslaget er sendt."))
            if any(clock.comes_twice(rules.moment_of(time)) for time in form.times):
                flash(
                    _(
                        "Ett av klokkeslettene kommer to ganger den natten, for klokka stilles tilbake. Vi regner med det første."
                    ),
                    "info",
                )
            return redirect(url_for("messages.show", number=number, _anchor=f"melding-{sent.id}"), 303)
    return _talk_page(queries.opened(actor(), number), form), 422


@messages.post("/<int:number>/samtale/<int:message_id>/velg")
@members
@limiter.limit(POSTING)
def choose(number: int, message_id: int) -> ResponseReturnValue:
    """Agree to the time in `tid`."""
    try:
        talking.choose(actor(), queries.conversation(actor(), number), message_id, request.form.get("tid", ""))
    except Invalid as refused:
        return _refused(number, message_id, refused)
    flash(_("Samtalen er avtalt. Dere får begge en e-post om den."))
    return _to_talk(number, message_id)


@messages.post("/<int:number>/samtale/<int:message_id>/avsla")
@members
@limiter.limit(POSTING)
def decline(number: int, message_id: int) -> ResponseReturnValue:
    """Say that none of the times fit."""
    talking.decline(actor(), queries.conversation(actor(), number), message_id)
    flash(_("Vi har sagt fra om at ingen av tidspunktene passer."))
    return _to_talk(number, message_id)


@messages.post("/<int:number>/samtale/<int:message_id>/avlys")
@members
@limiter.limit(POSTING)
def cancel(number: int, message_id: int) -> ResponseReturnValue:
    """Call a talk off."""
    talking.cancel(actor(), queries.conversation(actor(), number), message_id)
    flash(_("Samtalen er avlyst, og vi har sagt fra."))
    return _to_talk(number, message_id)


@messages.get("/<int:number>/samtale.ics")
@members
def talk_calendar(number: int) -> Response:
    """Give the talks agreed on in a conversation as a calendar file; those called off as that."""
    opened = queries.opened(actor(), number)
    talks = queries.agreed_talks(actor(), opened.conversation)
    if not talks:
        raise NotFound
    answer = Response(calendars.write(_entry(one, opened) for one in talks), mimetype=calendars.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = 'attachment; filename="samtale.ics"'
    answer.cache_control.no_store = True
    return answer


def _entry(talk: Talk, opened: Opened) -> calendars.Entry:
    starts = talk.chosen_at or clock.now()
    return calendars.Entry(
        uid=talk.uid,
        title=_("Samtale med %(name)s", name=opened.other.name or _("Tidligere medlem")),
        starts=starts,
        ends=starts + timedelta(minutes=talk.minutes),
        text=opened.conversation.subject,
        where=talk.where,
        url=url_for("messages.show", number=opened.conversation.id, _external=True),
        sequence=talk.sequence,
        is_cancelled=talk.cancelled_at is not None,
    )


def _refused(number: int, message_id: int, refused: Invalid) -> ResponseReturnValue:
    for problem in refused.problems.values():
        flash(told(problem), "warning")
    return _to_talk(number, message_id)


def _to_talk(number: int, message_id: int) -> ResponseReturnValue:
    return redirect(url_for("messages.show", number=number, _anchor=f"melding-{message_id}"), 303)


def _talk_page(opened: Opened, form: TalkForm) -> str:
    return render_template(
        "messages/talk_form.html",
        opened=opened,
        form=form,
        is_away=queries.is_away_today(opened.other),
        stand_in=queries.stand_in(opened.other),
        ways=_ways(opened.other, opened.why_not),
    )
