"""Pages of documents: find, read, share, change, and the files themselves."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from kunnskap.documents import actions, queries
from kunnskap.documents.actions import Handed
from kunnskap.documents.forms import ChangedDocumentForm, DocumentForm, ExplanationForm, filled, years
from kunnskap.documents.models import READINGS, DocumentDetails
from kunnskap.documents.queries import Wanted
from kunnskap.errors import NotAllowed, NotFound
from kunnskap.paging import page_number
from kunnskap.places import queries as places
from kunnskap.posts import actions as post_actions
from kunnskap.posts import queries as posts
from kunnskap.posts import rules
from kunnskap.posts.forms import CommentForm
from kunnskap.posts.kinds import DOCUMENT
from kunnskap.posts.models import Post
from kunnskap.posts.nearness import nearest
from kunnskap.posts.views import by_home, home, like
from kunnskap.search import queries as search
from kunnskap.themes import queries as themes
from kunnskap.web.access import actor, members, open_door
from kunnskap.web.addresses import number_of
from kunnskap.web.limits import POSTING, UPLOADS, limiter
from kunnskap.web.locale import language
from kunnskap.web.page_cache import differs_by, same_for_members
from kunnskap.web.security import takes_files
from kunnskap.web.shelf import ACCEPTED, IMAGES, PDF, give, shelf

documents = Blueprint("documents", __name__, url_prefix="/dokumenter")
DRAFT = "dokument"


@documents.get("")
@open_door
@same_for_members
@differs_by(by_home)
def index() -> str:
    """List documents, narrowed by kind of document, theme, county and year."""
    tree, counties = themes.tree(), places.counties()
    chosen = {name: request.args.get(name, "") for name in ("slag", "tema", "fylke", "ar", "sorter")}
    wanted = Wanted(
        status=chosen["slag"] if chosen["slag"] in DOCUMENT.statuses else None,
        themes=themes.family_ids(tree, chosen["tema"]),
        county_id=next((county.id for county in counties if county.number == chosen["fylke"]), None),
        year=int(chosen["ar"]) if chosen["ar"] in years() else None,
        like=like(),
    )
    page = queries.page(actor(), wanted, page_number(request.args.get("side")))
    return render_template(
        "documents/index.html",
        page=page,
        home=home(),
        nearest=nearest(wanted.like, page.items),
        details=queries.details(page.items),
        tree=tree,
        counties=counties,
        statuses=DOCUMENT.statuses,
        years=years(),
        chosen=chosen,
    )


@documents.get("/<slug>")
@open_door
def show(slug: str) -> ResponseReturnValue:
    """Show a document: what is said of it, its file, and the way to each page."""
    post, details = queries.document(actor(), number_of(slug))
    if slug != post.slug:
        return redirect(url_for("documents.show", slug=post.slug), 301)
    return _show(post, details, ExplanationForm())


@documents.post("/<int:post_id>/ikke-personnumre")
@members
@limiter.limit(POSTING)
def explain(post_id: int) -> ResponseReturnValue:
    """Say why the numbers found in the file are nobody's; moderators look at it."""
    post, details = queries.document(actor(), post_id)
    form = ExplanationForm.sent()
    if form.validate():
        with form.gather_problems():
            actions.explain(actor(), post, form.reason.data)
            flash(_("Takk! En moderator ser på det. Du får se dokumentet her så lenge."))
            return redirect(url_for("documents.show", slug=post.slug))
    return _show(post, details, form), 422


def _show(post: Post, details: DocumentDetails, form: ExplanationForm) -> str:
    who = actor()
    return render_template(
        "documents/show.html",
        post=post,
        details=details,
        readings=READINGS,
        is_image=details.file.media_type in IMAGES,
        comments=posts.comments(who, [post]).get(post.id, []),
        comment_form=CommentForm() if who.is_member else None,
        attachments=posts.attachments(who, [post]).get(post.id, []),
        mine=posts.mine(who, [post]),
        related=search.related(who, post),
        explanation=form,
        may_edit=rules.may_edit(who, post),
    )


@documents.get("/<int:post_id>/fil")
@open_door
def file(post_id: int) -> Response:
    """Give the file to those who may see the document."""
    _post, details = queries.document(actor(), post_id)
    return give(details.file, details.filename)


@documents.get("/<int:post_id>/side/<int:number>")
@open_door
def page(post_id: int, number: int) -> str:
    """Show the words of one page, so that they can be found, read aloud and quoted."""
    post, details = queries.document(actor(), post_id)
    return render_template(
        "documents/page.html",
        post=post,
        details=details,
        number=number,
        words=queries.words(details, number),
        is_pdf=details.file.media_type == PDF,
    )


@documents.get("/nytt")
@members
def new_form() -> str:
    """Show the form of a new document, with what was begun earlier."""
    begun = posts.draft(actor(), DRAFT)
    return _form_page(_ready(DocumentForm(MultiDict(begun.fields)) if begun else DocumentForm()))


@documents.post("/nytt")
@members
@limiter.limit(UPLOADS)
@takes_files
def new() -> ResponseReturnValue:
    """Share a document; a form sent twice leads to the first."""
    who = actor()
    form = _ready(DocumentForm.sent())
    first = posts.by_submission(who, form.form_key.data)
    if first is not None:
        return redirect(url_for("documents.show", slug=first.slug))
    if form.validate():
        with form.gather_problems():
            handed = _handed(form)
            post = actions.publish(who, form.content(), handed, dates=form.dates(), submission_key=form.form_key.data)
            post_actions.forget_draft(who, DRAFT)
            flash(_("Takk! Vi leser og kontrollerer filen. Andre ser dokumentet om et øyeblikk."))
            return redirect(url_for("documents.show", slug=post.slug))
    form.ask_again()
    return _form_page(form), 422


@documents.get("/<int:post_id>/rediger")
@members
def edit_form(post_id: int) -> str:
    """Show the form with a document to be changed."""
    post, details = _mine_to_edit(post_id)
    begun = posts.draft(actor(), f"{DRAFT}:{post.id}")
    form = ChangedDocumentForm(MultiDict(begun.fields)) if begun else ChangedDocumentForm(data=filled(post, details))
    return _form_page(_ready(form, post), post, details)


@documents.post("/<int:post_id>/rediger")
@members
@limiter.limit(UPLOADS)
@takes_files
def edit(post_id: int) -> ResponseReturnValue:
    """Change a document, and its file when a new one is sent."""
    who = actor()
    post, details = _mine_to_edit(post_id)
    form = _ready(ChangedDocumentForm.sent(), post)
    if form.validate():
        with form.gather_problems():
            handed = _handed(form) if form.sent_file else None
            actions.edit(who, post, form.content(), dates=form.dates(), handed=handed)
            post_actions.forget_draft(who, f"{DRAFT}:{post.id}")
            flash(_("Endringene er lagret."))
            return redirect(url_for("documents.show", slug=post.slug))
    form.ask_again()
    return _form_page(form, post, details), 422


def _form_page(form: DocumentForm, post: Post | None = None, details: DocumentDetails | None = None) -> str:
    return render_template(
        "documents/form.html",
        form=form,
        post=post,
        details=details,
        draft=f"{DRAFT}:{post.id}" if post else DRAFT,
        accepted=ACCEPTED,
        most_mb=shelf().limit // (1024 * 1024),
        theme_tree=themes.choices(language()),
        place_options=places.options(),
    )


def _ready(form: DocumentForm, post: Post | None = None) -> DocumentForm:
    form.audience.offer(actor(), post)
    return form


def _handed(form: DocumentForm) -> Handed:
    sent = form.sent_file
    if sent is None:
        raise NotFound
    return Handed(shelf(), sent.filename or "", sent.stream)


def _mine_to_edit(post_id: int) -> tuple[Post, DocumentDetails]:
    post, details = queries.document(actor(), post_id)
    if not rules.may_edit(actor(), post):
        raise NotAllowed
    return post, details
