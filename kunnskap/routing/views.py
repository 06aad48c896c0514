"""Pages of those who are asked, and of those who ask."""

from flask import Blueprint, Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kunnskap.actor import Actor
from kunnskap.errors import NotFound
from kunnskap.expertise import queries as expertise
from kunnskap.people import queries as people
from kunnskap.posts import queries as posts
from kunnskap.posts.kinds import QUESTION
from kunnskap.routing import actions, queries, rules
from kunnskap.routing.forms import ChooseForm, PassForm, words_for
from kunnskap.routing.models import OTHER, YES
from kunnskap.routing.queries import Asked
from kunnskap.web.access import actor, members, open_door
from kunnskap.web.limits import POSTING, limiter
from kunnskap.web.page_cache import not_kept

routing = Blueprint("routing", __name__, url_prefix="/spurt")
MOST_NAMES = 12


@routing.get("")
@members
def index() -> str:
    """List what the actor is asked, and what they were asked before."""
    return render_template("routing/index.html", asked=queries.asked_of(actor()))


@routing.get("/<int:number>/spor-heller")
@members
def pass_form(number: int) -> str:
    """Show the form in which one points out a colleague."""
    who = actor()
    asked = queries.asked(who, number)
    return render_template(
        "routing/reply.html", asked=asked, way="spor-heller", form=PassForm(), names=_names(who, asked)
    )


@routing.post("/<int:number>/<way>")
@members
@limiter.limit(POSTING)
def reply(number: int, way: str) -> ResponseReturnValue:
    """Say whether one can answer, or who can (`way` is a key of WAYS)."""
    who = actor()
    asked = queries.asked(who, number)
    form = PassForm.sent()
    if not _take(who, asked, way, form):
        shown = {"asked": asked, "way": way, "form": form, "names": _names(who, asked)}
        return render_template("routing/reply.html", **shown), 422
    if rules.WAYS[way] == YES:
        flash(_("Fint! Skriv svaret ditt her."))
        return redirect(url_for("questions.show", slug=asked.post.slug, _anchor="svar"), 303)
    flash(_("Takk for at du sa fra."))
    return redirect(url_for("routing.index"), 303)


@routing.get("/lenke/<mark>/<way>")
@open_door
def link(mark: str, way: str) -> ResponseReturnValue:
    """Show the button that a letter leads to; a mail scanner that looks says nothing."""
    try:
        who, asked = _opened(mark, way)
    except NotFound:
        return _gone()
    return not_kept(
        render_template("routing/reply.html", asked=asked, way=way, form=PassForm(), names=_names(who, asked))
    )


@routing.post("/lenke/<mark>/<way>")
@open_door
@limiter.limit(POSTING)
def reply_by_link(mark: str, way: str) -> ResponseReturnValue:
    """Take the reply of one who came by a letter, and is not signed in."""
    try:
        who, asked = _opened(mark, way)
    except NotFound:
        return _gone()
    form = PassForm.sent()
    if not _take(who, asked, way, form):
        shown = {"asked": asked, "way": way, "form": form, "names": _names(who, asked)}
        return not_kept(render_template("routing/reply.html", **shown)), 422
    return not_kept(render_template("routing/replied.html", asked=asked, way=way))


@routing.get("/stopp/<mark>")
@open_door
def stopping(mark: str) -> Response:
    """Show the button after which one is asked nothing more."""
    queries.whose_stop(_secret(), mark)
    return not_kept(render_template("routing/stop.html", is_stopped=False))


@routing.post("/stopp/<mark>")
@open_door
@limiter.limit(POSTING)
def stop(mark: str) -> Response:
    """Ask somebody nothing more."""
    actions.ask_no_more(queries.whose_stop(_secret(), mark))
    return not_kept(render_template("routing/stop.html", is_stopped=True))


@routing.get("/velg/<int:post_id>")
@members
def choose_form(post_id: int) -> str:
    """Show those whom the one who asked may choose."""
    return _choosing(post_id, ChooseForm())


@routing.post("/velg/<int:post_id>")
@members
@limiter.limit(POSTING)
def choose(post_id: int) -> ResponseReturnValue:
    """Ask those who were chosen."""
    question = posts.post(actor(), post_id, QUESTION)
    form = ChooseForm.sent()
    if form.validate():
        chosen = form.chosen()
        with form.gather_problems():
            if not form.errors:
                actions.choose(actor(), question, chosen)
                flash(_("Spørsmålet er sendt til dem du valgte."))
                return redirect(url_for("questions.show", slug=question.slug, _anchor="spurt"), 303)
    return _choosing(post_id, form), 422


def _choosing(post_id: int, form: ChooseForm) -> str:
    who = actor()
    question = posts.post(who, post_id, QUESTION)
    if not rules.may_follow(who, question):
        raise NotFound
    proposals = queries.proposals(who, question)
    return render_template("routing/choose.html", post=question, form=form, proposals=proposals)


def _opened(mark: str, way: str) -> tuple[Actor, Asked]:
    if way not in rules.WAYS:
        raise NotFound
    return queries.by_link(_secret(), mark)


def _take(who: Actor, asked: Asked, way: str, form: PassForm) -> bool:
    """Take a reply; gives whether it could be taken, otherwise the form says why not."""
    if way not in rules.WAYS:
        raise NotFound
    if rules.WAYS[way] != OTHER:
        actions.reply(who, asked.offer.id, rules.WAYS[way])
        return True
    if not form.validate():
        return False
    colleague_id = form.person_id("colleague")
    with form.gather_problems():
        if not form.errors and colleague_id is not None:
            actions.pass_on(who, asked.offer.id, colleague_id)
        elif not form.errors:
            actions.reply(who, asked.offer.id, OTHER)
    return not form.errors


def _names(who: Actor, asked: Asked) -> list[str]:
    """Words for some who may know; those who were asked, and the one who asks, are among them as anybody else."""
    themes = [theme.id for theme in asked.post.themes]
    return [words_for(one) for one in expertise.put_forward(who, themes, MOST_NAMES, people.CARD[:1])]


def _gone() -> ResponseReturnValue:
    return not_kept(render_template("routing/gone.html")), 404


def _secret() -> str:
    return str(current_app.secret_key)
