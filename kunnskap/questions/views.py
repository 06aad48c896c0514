"""Pages of questions: find, ask, read, answer, settle."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from kunnskap.errors import NotAllowed, NotFound
from kunnskap.expertise import queries as expertise
from kunnskap.paging import page_number
from kunnskap.people import queries as people
from kunnskap.places import queries as places
from kunnskap.posts import actions as post_actions
from kunnskap.posts import attaching
from kunnskap.posts import queries as posts
from kunnskap.posts import rules as post_rules
from kunnskap.posts.forms import CommentForm
from kunnskap.posts.kinds import QUESTION
from kunnskap.posts.models import Post
from kunnskap.posts.nearness import nearest
from kunnskap.posts.views import by_home, home, lead_on, like, waits_for_review
from kunnskap.questions import actions, queries, rules
from kunnskap.questions.forms import AnswerForm, DuplicateForm, QuestionForm, filled
from kunnskap.questions.queries import ANSWER_FORM, Asked, Wanted
from kunnskap.routing import queries as routing
from kunnskap.search import queries as search
from kunnskap.themes import queries as themes
from kunnskap.web.access import actor, members, open_door
from kunnskap.web.addresses import number_of
from kunnskap.web.limits import POSTING, limiter
from kunnskap.web.locale import language
from kunnskap.web.page_cache import differs_by, is_readers_own, same_for_members, same_for_strangers
from kunnskap.web.security import takes_files
from kunnskap.web.shelf import sent_files, shelf

questions = Blueprint("questions", __name__, url_prefix="/sporsmal")
DRAFT = "sporsmal"
MOST_SIMILAR = 5
MOST_HELPERS = 3


@questions.get("")
@open_door
@same_for_members
@differs_by(by_home)
def index() -> str:
    """List questions, narrowed by state, theme and county: the newest, the last active or the most alike first."""
    tree, counties = themes.tree(), places.counties()
    chosen = {name: request.args.get(name, "") for name in ("status", "tema", "fylke", "sorter")}
    wanted = Wanted(
        status=chosen["status"] if chosen["status"] in QUESTION.statuses else None,
        themes=themes.family_ids(tree, chosen["tema"]),
        county_id=next((county.id for county in counties if county.number == chosen["fylke"]), None),
        by_activity=chosen["sorter"] == "aktive",
        like=like(),
    )
    page = queries.page(actor(), wanted, page_number(request.args.get("side")))
    return render_template(
        "questions/index.html",
        page=page,
        home=home(),
        nearest=nearest(wanted.like, page.items),
        tree=tree,
        counties=counties,
        statuses=QUESTION.statuses,
        chosen=chosen,
    )


def _is_stranger(slug: str) -> bool:
    number = number_of(slug)
    return queries.is_stranger(actor(), number, routing.was_asked(actor(), number))


@questions.get("/<slug>")
@open_door
@same_for_strangers(_is_stranger)
def show(slug: str) -> ResponseReturnValue:
    """Show a question with its answers."""
    try:
        asked = queries.question(actor(), number_of(slug))
    except NotFound:
        queries.refuse_what_never_was_one(number_of(slug))
        return lead_on(number_of(slug))
    if asked.post.merged_into_id and posts.elsewhere(actor(), asked.post.id):
        return lead_on(asked.post.id)
    if slug != asked.post.slug:
        return redirect(url_for("questions.show", slug=asked.post.slug), 301)
    if asked.is_readers_own:
        is_readers_own()
    return _page(asked)


@questions.get("/nytt")
@members
def ask_form() -> str:
    """Show the form of a new question, with what was begun earlier or what the reader searched for."""
    begun = posts.draft(actor(), DRAFT)
    given = {"title": [_given("tittel", "title", "q")], "themes": [_given("tema", "theme")]}
    fields = (begun.fields if begun else {}) | {name: values for name, values in given.items() if values[0]}
    return _form_page(_ready(QuestionForm(MultiDict(fields) or None)), begun=begun)


@questions.post("/nytt")
@members
@limiter.limit(POSTING)
@takes_files
def ask() -> ResponseReturnValue:
    """Publish a question, once its writer has seen what was asked before."""
    who = actor()
    form = _ready(QuestionForm.sent())
    if form.validate():
        alike = _asked_before(form)
        if alike:
            return _form_page(form, alike=alike)
        with form.gather_problems():
            files = attaching.keep(shelf(), sent_files("attachments"))
            post = actions.ask(who, form.content(), form.form_key.data)
            if not post.attachment_count:
                attaching.hang(who, post, files)
            post_actions.forget_draft(who, DRAFT)
            flash(waits_for_review() if post.held_at else _("Spørsmålet er lagt ut. Du finner det igjen på Min side."))
            return redirect(url_for("questions.show", slug=post.slug))
    return _form_page(form), 422


@questions.get("/<int:post_id>/rediger")
@members
def edit_form(post_id: int) -> str:
    """Show the form with a question to be changed."""
    post = _to_edit(posts.post(actor(), post_id, QUESTION))
    begun = posts.draft(actor(), f"{DRAFT}:{post.id}")
    form = QuestionForm(MultiDict(begun.fields)) if begun else QuestionForm(data=filled(post))
    return _form_page(_ready(form, post), post, begun=begun)


@questions.post("/<int:post_id>/rediger")
@members
@takes_files
def edit(post_id: int) -> ResponseReturnValue:
    """Change a question."""
    who = actor()
    post = _to_edit(posts.post(who, post_id, QUESTION))
    form = _ready(QuestionForm.sent(), post)
    if form.validate():
        with form.gather_problems():
            actions.edit(who, post, form.content())
            attaching.attach(who, post, shelf(), sent_files("attachments"))
            post_actions.forget_draft(who, f"{DRAFT}:{post.id}")
            flash(_("Endringene er lagret."))
            return redirect(url_for("questions.show", slug=post.slug))
    return _form_page(form, post), 422


@questions.get("/<int:post_id>/svar")
@members
def answer_form(post_id: int) -> ResponseReturnValue:
    """Lead to the form, which stands on the question's page."""
    post = posts.post(actor(), post_id, QUESTION)
    return redirect(url_for("questions.show", slug=post.slug, _anchor="svar"))


@questions.post("/<int:post_id>/svar")
@members
@limiter.limit(POSTING)
@takes_files
def answer(post_id: int) -> ResponseReturnValue:
    """Answer a question."""
    who = actor()
    asked = queries.question(who, post_id)
    form = AnswerForm.sent()
    if form.validate():
        with form.gather_problems():
            files = attaching.keep(shelf(), sent_files("attachments"))
            made = actions.answer(who, asked.post, form.content(), form.form_key.data)
            if not made.attachment_count:
                attaching.hang(who, made, files)
            post_actions.forget_draft(who, f"{ANSWER_FORM}:{post_id}")
            flash(waits_for_review() if made.held_at else _("Takk! Svaret er lagt ut."))
            return _back_to(asked.post, made)
    return _page(asked, answer_form=form), 422


@questions.get("/svar/<int:post_id>/rediger")
@members
def edit_answer_form(post_id: int) -> str:
    """Show an answer to be changed."""
    made, question = queries.answer(actor(), post_id)
    _to_edit(made)
    form = AnswerForm(data={"body": made.body, "language": made.language})
    return _answer_page(form, made, question)


@questions.post("/svar/<int:post_id>/rediger")
@members
@takes_files
def edit_answer(post_id: int) -> ResponseReturnValue:
    """Change an answer."""
    who = actor()
    made, question = queries.answer(who, post_id)
    _to_edit(made)
    form = AnswerForm.sent()
    if form.validate():
        with form.gather_problems():
            actions.edit_answer(who, made, form.content())
            attaching.attach(who, made, shelf(), sent_files("attachments"))
            flash(_("Endringene er lagret."))
            return _back_to(question, made)
    return _answer_page(form, made, question), 422


@questions.post("/svar/<int:post_id>/godta")
@members
def accept(post_id: int) -> ResponseReturnValue:
    """Say that an answer solved the question, or take that back (`godta` is 1 or 0)."""
    made, question = queries.answer(actor(), post_id)
    actions.accept(actor(), question, made, accepted=request.form.get("godta", "1") != "0")
    return _back_to(question, made)


@questions.post("/<int:post_id>/lurer")
@members
def wonder(post_id: int) -> ResponseReturnValue:
    """Say that one has the same question, or take that back (`lurer` is 1 or 0)."""
    post = posts.post(actor(), post_id, QUESTION)
    actions.wonder(actor(), post, wonders=request.form.get("lurer", "1") != "0")
    return _back_to(post)


@questions.post("/<int:post_id>/duplikat")
@members
def mark_duplicate(post_id: int) -> ResponseReturnValue:
    """Lead from a question to one asked before, or no longer (an empty field)."""
    who = actor()
    asked = queries.question(who, post_id)
    form = DuplicateForm.sent()
    if form.validate():
        with form.gather_problems():
            if form.original.data:
                actions.mark_duplicate(who, asked.post, queries.original(who, form.number()))
            else:
                actions.unmark_duplicate(who, asked.post)
            return _back_to(asked.post)
    return _page(asked, duplicate_form=form), 422


def _page(asked: Asked, **forms: Any) -> str:
    who, post = actor(), asked.post
    standing, offer = [post, *asked.answers], routing.waiting_offer(who, post)
    helpers = expertise.put_forward(who.at_large, [one.id for one in post.themes], MOST_HELPERS, people.CARD[:1])
    if offer is not None or who.person_id in {one.id for one in helpers}:
        is_readers_own()  # nobody else is asked here, or is left out of those to ask
    return render_template(
        "questions/show.html",
        asked=asked,
        post=post,
        answer_form=forms.get("answer_form") or _begun_answer(asked),
        duplicate_form=forms.get("duplicate_form") or DuplicateForm(),
        comment_form=CommentForm() if who.is_member else None,
        comments=posts.comments(actor(), standing),
        attachments=posts.attachments(actor(), standing),
        related=search.related(who.at_large, post),
        helpers=helpers,
        standing=routing.standing(who, post),
        offer=offer,
        proposals=routing.proposals(who, post),
        may_accept=rules.may_accept(who, post),
        may_mark_duplicate=rules.may_mark_duplicate(who, post),
        may_wonder=rules.may_wonder(who, post),
    )


def _begun_answer(asked: Asked) -> AnswerForm:
    return AnswerForm(MultiDict(asked.draft.fields)) if asked.draft else AnswerForm()


def _form_page(form: QuestionForm, post: Post | None = None, **shown: Any) -> str:
    return render_template(
        "questions/form.html",
        form=form,
        post=post,
        draft=f"{DRAFT}:{post.id}" if post else DRAFT,
        begun=shown.get("begun"),
        alike=shown.get("alike", []),
        attachments=posts.attachments(actor(), [post]).get(post.id, []) if post else [],
        theme_tree=themes.choices(language()),
        place_options=places.options(),
    )


def _answer_page(form: AnswerForm, made: Post, question: Post) -> str:
    return render_template(
        "questions/edit_answer.html",
        form=form,
        post=made,
        question=question,
        attachments=posts.attachments(actor(), [made]).get(made.id, []),
    )


def _ready(form: QuestionForm, post: Post | None = None) -> QuestionForm:
    form.prepare(actor(), [(theme.slug, theme.name_in(language())) for theme in themes.every()], post)
    return form


def _given(*names: str) -> str:
    """What an address brings with it to the form, under the first of these names it has."""
    found = next((request.args[name] for name in names if request.args.get(name)), "")
    return "".join(sign if sign.isprintable() else " " for sign in found)[: rules.LONGEST_TITLE].strip()


def _asked_before(form: QuestionForm) -> list[Post]:
    """What to show before posting: nothing to one who has seen it, or whose question is posted already."""
    if form.sett_lignende.data or posts.by_submission(actor(), form.form_key.data):
        return []
    return search.similar(actor(), form.title.data or "", [QUESTION.key], MOST_SIMILAR)


def _to_edit(post: Post) -> Post:
    if not post_rules.may_edit(actor(), post):
        raise NotAllowed
    return post


def _back_to(question: Post, made: Post | None = None) -> ResponseReturnValue:
    anchor = f"innlegg-{made.id}" if made else None
    return redirect(url_for("questions.show", slug=question.slug, _anchor=anchor))
