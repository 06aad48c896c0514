"""Pages of moderation: report something, see to what waits, decide, appeal."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from kunnskap.errors import Invalid, NotAllowed, NotFound
from kunnskap.i18n import mark
from kunnskap.messages.models import Message
from kunnskap.moderation import actions, appealing, queries, reporting, rules, wordings
from kunnskap.moderation.deciding import Wish
from kunnskap.moderation.forms import AnswerForm, AppealForm, ChoiceForm, DecisionForm, ReportForm
from kunnskap.moderation.models import Decision
from kunnskap.moderation.rules import Thing
from kunnskap.paging import page_number
from kunnskap.posts import queries as posts
from kunnskap.posts.kinds import QUESTION
from kunnskap.posts.models import Comment, Post
from kunnskap.web.access import actor, administrators, members, moderators, open_door, recently
from kunnskap.web.filters import told
from kunnskap.web.forms import options
from kunnskap.web.limits import limiter

moderation = Blueprint("moderation", __name__)
REPORTING = "10 per minute;40 per hour"
APPEALING = "10 per minute;30 per hour"


@moderation.app_template_global("why_hidden")
def why_hidden(row: Post | Comment | Message) -> Decision | None:
    """Give the decision that keeps something from readers, to the one who wrote it."""
    return queries.why_hidden(actor(), row)


@moderation.app_template_global("has_decisions")
def has_decisions() -> bool:
    """Whether moderators have decided anything about the reader."""
    return queries.has_decisions(actor())


@moderation.get("/meld/<kind>/<int:number>")
@members
def report_form(kind: str, number: int) -> str:
    """Ask what is wrong with a post, a comment or a person."""
    return _report_page(_reportable(kind, number), ReportForm())


@moderation.post("/meld/<kind>/<int:number>")
@members
@limiter.limit(REPORTING)
def report(kind: str, number: int) -> ResponseReturnValue:
    """Have moderators look at something."""
    thing = _reportable(kind, number)
    form = ReportForm.sent()
    if form.validate():
        with form.gather_problems():
            if reporting.report(actor(), thing, form.reason.data, form.words.data or ""):
                flash(_("Takk for at du sier fra. En moderator ser på det, og du får vite når det er gjort."))
            else:
                flash(_("Du har meldt fra om dette før. Takk! En moderator ser på det."), "info")
            return redirect(_address(thing), 303)
    return _report_page(thing, form), 422


@moderation.get("/moderering")
@moderators
def index() -> str:
    """List what waits for moderators, the oldest first, all or one sort (`vis`)."""
    sort = request.args.get("vis", "")
    sort = sort if sort in queries.SORTS else ""
    queue = queries.queue(actor(), sort, page_number(request.args.get("side")))
    return render_template("moderation/index.html", queue=queue, page=queue.page, sort=sort, **_words())


@moderation.get("/moderering/mine")
@members
def mine() -> str:
    """List what moderators have decided about what the actor wrote, and the actor's account."""
    decisions = queries.decisions_on(actor().person_id or 0)
    return render_template(
        "moderation/mine.html", decisions=decisions, titles=queries.titles(actor(), decisions), **_words(),
        open_to_appeal={one.id for one in decisions if rules.appeal_problem(one) is None},
    )  # fmt: skip


@moderation.get("/moderering/klage/<int:number>")
@members
def own_decision(number: int) -> str:
    """Show the actor a decision about them, and the form to appeal it."""
    return _appeal_page(queries.own_decision(actor(), number), AppealForm())


@moderation.post("/moderering/klage/<int:number>")
@members
@limiter.limit(APPEALING)
def appeal(number: int) -> ResponseReturnValue:
    """Appeal a decision about oneself."""
    return _appealed(queries.own_decision(actor(), number))


@moderation.get("/moderering/klage/<signed>")
@open_door
def decision_by_link(signed: str) -> str:
    """Show a decision to whoever has the link from the mail about it; a suspended person cannot sign in."""
    return _appeal_page(_by_link(signed), AppealForm())


@moderation.post("/moderering/klage/<signed>")
@open_door
@limiter.limit(APPEALING)
def appeal_by_link(signed: str) -> ResponseReturnValue:
    """Appeal a decision with the link from the mail about it."""
    return _appealed(_by_link(signed))


@moderation.get("/moderering/avgjorelse/<int:number>")
@moderators
def decision(number: int) -> str:
    """Show a decision with its appeal, and the form to answer that."""
    return _decision_page(_decision(number), AnswerForm())


@moderation.post("/moderering/avgjorelse/<int:number>")
@moderators
def answer_appeal(number: int) -> ResponseReturnValue:
    """Say whether a decision stands."""
    found = _decision(number)
    form = AnswerForm.sent()
    if form.validate():
        with form.gather_problems():
            appealing.answer(actor(), found, form.words.data, upheld=form.outcome.data == "upheld")
            flash(_("Svaret er sendt til den som klaget."))
            return redirect(url_for("moderation.index"), 303)
    return _decision_page(found, form), 422


@moderation.get("/moderering/<kind>/<int:number>")
@moderators
def show(kind: str, number: int) -> str:
    """Show a post, comment or person as moderators need to see it: in its place, with reports and history."""
    return _thing_page(_moderated(kind, number))


@moderation.post("/moderering/<kind>/<int:number>/la-sta")
@moderators
def dismiss(kind: str, number: int) -> ResponseReturnValue:
    """Let what was reported stand."""
    thing = _moderated(kind, number)
    if reporting.dismiss(actor(), thing):
        flash(_("Meldingene er lukket. De som meldte fra, får vite at dere har sett på det."))
    return redirect(url_for("moderation.index"), 303)


@moderation.get("/moderering/<kind>/<int:number>/avgjor")
@moderators
def decide_form(kind: str, number: int) -> ResponseReturnValue:
    """Show the form of what is chosen (`act`, `reason`), with words that may be changed."""
    thing = _moderated(kind, number)
    choice = _choice(thing, request.args)
    if not choice.validate():
        return _thing_page(thing, choice), 422
    if choice.act.data == rules.END:
        return redirect(url_for("moderation.end_form", number=number, reason=choice.reason.data))
    return _decide_page(thing, choice, _prefilled(choice))


@moderation.get("/moderering/person/<int:number>/avslutt")
@administrators
@recently
def end_form(number: int) -> ResponseReturnValue:
    """Show the form that ends an account."""
    thing = _moderated("person", number)
    choice = _choice(thing, MultiDict({"act": rules.END, "reason": request.args.get("reason", "")}))
    if not choice.validate():
        return _thing_page(thing, choice), 422
    return _decide_page(thing, choice, _prefilled(choice))


@moderation.post("/moderering/person/<int:number>/avslutt")
@administrators
@recently
def end(number: int) -> ResponseReturnValue:
    """End an account for good."""
    return _decided(_moderated("person", number), rules.END)


def _prefilled(choice: ChoiceForm) -> DecisionForm:
    words = "\n\n".join(told(one) for one in wordings.words(choice.act.data, choice.reason.data))
    form = DecisionForm(data={"words": words})
    form.keep_only(rules.ACTS[choice.act.data].needs)
    return form


@moderation.post("/moderering/<kind>/<int:number>/avgjor")
@moderators
def decide(kind: str, number: int) -> ResponseReturnValue:
    """Do what is chosen, and tell the one it concerns."""
    thing, act = _moderated(kind, number), request.form.get("act", "")
    if act == rules.END:
        raise NotAllowed  # that has a door of its own
    return _decided(thing, act)


def _decided(thing: Thing, act: str) -> ResponseReturnValue:
    reason = request.form.get("reason", "")
    if act not in rules.offered(actor(), thing):
        flash(_("Det er gjort allerede, eller det går ikke an lenger. Se hvordan det står nå."), "info")
        return redirect(url_for("moderation.show", kind=thing.path, number=thing.id), 303)
    form = DecisionForm.sent()
    form.keep_only(rules.ACTS[act].needs)
    if form.validate():
        with form.gather_problems():
            made = actions.decide(actor(), thing, _wish(act, reason, form))
            flash(_("Avgjørelsen er skrevet ned og sendt.") if made else _("Det var gjort allerede."))
            return redirect(url_for("moderation.index"), 303)
    return _decide_page(thing, _choice(thing, MultiDict({"act": act, "reason": reason})), form), 422


def _reportable(kind: str, number: int) -> Thing:
    thing = queries.thing(actor(), kind, number)
    if not rules.may_report(actor(), thing):
        raise NotAllowed
    return thing


def _moderated(kind: str, number: int) -> Thing:
    thing = queries.thing(actor(), kind, number)
    if actor().person_id == thing.concerned_id:
        raise NotAllowed
    return thing


def _decision(number: int) -> Decision:
    found = queries.decision(number)
    if actor().person_id == found.person_id:
        raise NotAllowed
    return found


def _by_link(signed: str) -> Decision:
    number = rules.decision_of(str(current_app.secret_key), signed)
    if number is None:
        raise NotFound
    return queries.decision(number)


def _appealed(decision: Decision) -> ResponseReturnValue:
    form = AppealForm.sent()
    if form.validate():
        with form.gather_problems():
            appealing.appeal(decision, form.words.data)
            flash(_("Klagen er sendt. Du får svar på e-post."))
            return redirect(request.path, 303)
    return _appeal_page(decision, form), 422


def _wish(act: str, reason: str, form: DecisionForm) -> Wish:
    given = form.data
    target = _target(form) if "target" in given else None
    return Wish(act, reason, given["words"], given.get("until"), target, given.get("title") or "")


def _target(form: DecisionForm) -> Post:
    try:
        return posts.post(actor(), form.target_number() or 0, QUESTION)
    except NotFound:
        problem = mark("Vi finner ikke spørsmålet. Lim inn adressen, eller skriv nummeret.")
        raise Invalid(target=problem) from None


def _choice(thing: Thing, given: MultiDict[str, str]) -> ChoiceForm:
    acts = {act: _(rules.name_of(act, thing)) for act in rules.offered(actor(), thing)}
    form = ChoiceForm(given)
    form.act.choices = options(acts)
    return form


def _address(thing: Thing) -> str:
    """Where readers see a thing."""
    if thing.person is not None:
        return url_for("people.show", slug=thing.person.slug)
    if thing.message is not None:
        return url_for("messages.show", number=thing.message.conversation_id)
    return url_for("posts.show", post_id=thing.post.id if thing.post else 0)


def _words() -> dict[str, Any]:
    return {"reasons": rules.REASONS, "acts": rules.ACTS}


def _report_page(thing: Thing, form: ReportForm) -> str:
    return render_template("moderation/report.html", thing=thing, form=form, back=_address(thing))


def _thing_page(thing: Thing, choice: ChoiceForm | None = None) -> str:
    decisions, reports = queries.decisions_on(thing.concerned_id), queries.reports_on(thing)
    guess = {"reason": reports[0].reason if reports else rules.OTHER}
    return render_template(
        "moderation/thing.html",
        thing=thing,
        context=queries.context(actor(), thing),
        reports=reports,
        decisions=decisions,
        titles=queries.titles(actor(), decisions),
        offered=rules.offered(actor(), thing),
        choice=choice or _choice(thing, MultiDict(guess)),
        back=_address(thing) if thing.message is None else None,
        **_words(),
    )


def _decide_page(thing: Thing, choice: ChoiceForm, form: DecisionForm) -> str:
    return render_template(
        "moderation/decide.html",
        thing=thing,
        choice=choice,
        form=form,
        heading=_(rules.name_of(choice.act.data, thing)),
        reasons=rules.REASONS,
    )


def _appeal_page(decision: Decision, form: AppealForm) -> str:
    return render_template(
        "moderation/appeal.html",
        decision=decision,
        title=queries.titles(actor(), [decision])[decision.id],
        problem=rules.appeal_problem(decision),
        form=form,
        **_words(),
    )


def _decision_page(decision: Decision, form: AnswerForm) -> str:
    return render_template(
        "moderation/decision.html",
        decision=decision,
        title=queries.titles(actor(), [decision])[decision.id],
        may_answer=rules.may_answer(actor(), decision),
        by_hand=rules.is_put_right_by_hand(decision.act),
        form=form,
        **_words(),
    )
