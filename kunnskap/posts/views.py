"""The doors every kind of post shares: votes, comments, following, history, attachments, drafts, preview."""

from collections.abc import Hashable

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kunnskap import text
from kunnskap.errors import AlreadyPosted, Invalid, NotAllowed, NotFound
from kunnskap.following import actions as following
from kunnskap.i18n import mark
from kunnskap.personal_numbers import problems
from kunnskap.places import comparing
from kunnskap.posts import actions, attaching, comments, differences, queries, rules, serial, voting
from kunnskap.posts.forms import CommentForm, DraftForm
from kunnskap.posts.models import Comment, Post
from kunnskap.targets import Target
from kunnskap.web.access import actor, members, moderators, open_door
from kunnskap.web.addresses import parts_of
from kunnskap.web.limits import POSTING, limiter
from kunnskap.web.security import takes_files
from kunnskap.web.shelf import give

posts = Blueprint("posts", __name__, url_prefix="/innlegg")
posts.record_once(lambda state: serial.init_app(state.app))
LIKE = "lik"
LONGEST_DRAFT = 200_000
LONGEST_PREVIEW = 20_000


def address(post: Post, anchor: str | None = None) -> str:
    """Where a post is shown; an answer on its question's page."""
    if post.parent_id is not None:
        return url_for(post.kind.endpoint, slug=post.parent_id, _anchor=anchor or f"innlegg-{post.id}")
    return url_for(post.kind.endpoint, slug=post.slug, _anchor=anchor)


def lead_on(post_id: int) -> ResponseReturnValue:
    """Lead to where a post is shown today; raises NotFound when there is nothing the reader may see.

    What is merged stays so; what moderators made another kind may come back, so no browser is to remember that.
    """
    found = queries.elsewhere(actor(), post_id)
    if found is None:
        raise NotFound
    return redirect(address(found), 301 if found.id != post_id or request.endpoint == "posts.show" else 302)


def waits_for_review() -> str:
    """What newcomers are told when they have posted something."""
    return _("Takk! En moderator ser på det først, siden du er ny her. Så lenge er det bare du som ser det.")


def home() -> int | None:
    """The reader's municipality, which others can be alike; none for visitors and for those who work elsewhere."""
    return comparing.todays(actor().place_id)


def like() -> int | None:
    """That municipality, when the list that is asked for has what is most alike it first (`sorter=lik`)."""
    return home() if request.args.get("sorter") == LIKE else None


def by_home() -> Hashable:
    """What a list differs by among those who see the same posts: whether it can be sorted by likeness, and to what it is."""
    return home() is not None, like()


@posts.app_errorhandler(AlreadyPosted)
def lead_to_first(twice: AlreadyPosted) -> ResponseReturnValue:
    """Lead whoever sent a form twice to what it made."""
    return redirect(url_for("posts.show", post_id=twice.post_id))


@posts.get("/<int:post_id>")
@open_door
def show(post_id: int) -> ResponseReturnValue:
    """Lead to the page where a post is shown."""
    return lead_on(post_id)


@posts.post("/<int:post_id>/nyttig")
@members
def vote(post_id: int) -> ResponseReturnValue:
    """Say that a post was useful, or take it back (`nyttig` is 1 or 0)."""
    post = queries.post(actor(), post_id)
    voting.cast(actor(), post, useful=request.form.get("nyttig", "1") != "0")
    return _part("vote", post) if _by_htmx() else redirect(address(post, f"innlegg-{post.id}"))


@posts.post("/<int:post_id>/folg")
@members
def follow(post_id: int) -> ResponseReturnValue:
    """Follow a post, or stop (`folg` is 1 or 0)."""
    post = queries.post(actor(), post_id)
    change = following.follow if request.form.get("folg", "1") != "0" else following.unfollow
    change(actor(), Target("post", post.id))
    return _part("follow", post) if _by_htmx() else redirect(address(post))


@posts.post("/<int:post_id>/kommentar")
@members
@limiter.limit(POSTING)
def comment(post_id: int) -> ResponseReturnValue:
    """Comment on a post."""
    post = queries.post(actor(), post_id)
    form = CommentForm.sent()
    if form.validate():
        with form.gather_problems():
            made = comments.add(actor(), post, form.body.data, form.form_key.data)
            return redirect(address(post, f"kommentar-{made.id}"))
    return render_template("posts/comment.html", post=post, form=form, comment=None), 422


@posts.get("/kommentar/<int:comment_id>/rediger")
@members
def edit_comment_form(comment_id: int) -> ResponseReturnValue:
    """Show a comment to be changed."""
    found, post = _mine_to_edit(comment_id)
    form = CommentForm(data={"body": found.body})
    return render_template("posts/comment.html", post=post, form=form, comment=found)


@posts.post("/kommentar/<int:comment_id>/rediger")
@members
def edit_comment(comment_id: int) -> ResponseReturnValue:
    """Change a comment."""
    found, post = _mine_to_edit(comment_id)
    form = CommentForm.sent()
    if form.validate():
        with form.gather_problems():
            comments.edit(actor(), found, form.body.data)
            return redirect(address(post, f"kommentar-{found.id}"))
    return render_template("posts/comment.html", post=post, form=form, comment=found), 422


@posts.post("/kommentar/<int:comment_id>/trekk")
@members
def withdraw_comment(comment_id: int) -> ResponseReturnValue:
    """Take a comment away."""
    found, post = queries.comment(actor(), comment_id)
    comments.withdraw(actor(), found, post)
    return redirect(address(post, f"innlegg-{post.id}"))


@posts.get("/<int:post_id>/historikk")
@open_door
def history(post_id: int) -> ResponseReturnValue:
    """Show every revision of a post and what each changed."""
    post = queries.post(actor(), post_id)
    revisions, may_edit = queries.revisions(actor(), post), rules.may_edit(actor(), post)
    older = [*revisions[1:], None]
    changes = [
        (new, differences.between(old, new, for_editors=may_edit)) for new, old in zip(revisions, older, strict=True)
    ]
    restorable = {one.id for one in revisions if rules.may_restore(actor(), post, one)}
    return render_template("posts/history.html", post=post, changes=changes, restorable=restorable)


@posts.post("/<int:post_id>/historikk/<int:revision_id>/gjenopprett")
@members
def restore(post_id: int, revision_id: int) -> ResponseReturnValue:
    """Put a post back to an earlier revision."""
    post = queries.post(actor(), post_id)
    actions.restore(actor(), post, queries.revision(post, revision_id))
    return redirect(address(post))


@posts.post("/<int:post_id>/trekk")
@members
def withdraw(post_id: int) -> ResponseReturnValue:
    """Take a post back."""
    post = queries.post(actor(), post_id)
    actions.withdraw(actor(), post)
    return redirect(address(post))


@posts.post("/<int:post_id>/legg-ut-igjen")
@members
def put_up_again(post_id: int) -> ResponseReturnValue:
    """Undo a withdrawal."""
    post = queries.post(actor(), post_id)
    actions.put_up_again(actor(), post)
    return redirect(address(post))


@posts.post("/<int:post_id>/stemmer-fortsatt")
@members
def confirm(post_id: int) -> ResponseReturnValue:
    """Say that a post still holds."""
    post = queries.post(actor(), post_id)
    actions.confirm(actor(), post)
    return redirect(address(post))


@posts.get("/vedlegg/<int:attachment_id>/<path:filename>")
@open_door
def attachment(attachment_id: int, filename: str) -> Response:
    """Give an attached file to those who may see its post."""
    found = queries.attachment(actor(), attachment_id)
    if filename != found.filename:
        raise NotFound
    return give(found.file, found.filename)


@posts.post("/vedlegg/<int:attachment_id>/slipp-fram")
@moderators
def let_out(attachment_id: int) -> ResponseReturnValue:
    """Show an attached file that was held back to all who see its post."""
    post = attaching.let_out(actor(), queries.attachment(actor(), attachment_id))
    flash(_("Vedlegget er synlig for andre."))
    return redirect(address(post))


@posts.post("/vedlegg/<int:attachment_id>/fjern")
@members
def detach(attachment_id: int) -> ResponseReturnValue:
    """Take an attached file off its post."""
    found = queries.attachment(actor(), attachment_id)
    post = queries.post(actor(), found.post_id)
    attaching.detach(actor(), post, found)
    flash(_("Vedlegget er fjernet."))
    return redirect(address(post))


@posts.post("/forhandsvis")
@members
def preview() -> ResponseReturnValue:
    """Show how Markdown will look, and what will be stopped."""
    source = request.form.get("body", "")[:LONGEST_PREVIEW].replace("\x00", "")
    return render_template("posts/preview.html", html=text.to_html(source), problems=problems({"body": source}))


@posts.post("/utkast")
@members
@takes_files
def save_draft() -> ResponseReturnValue:
    """Keep what is being written; `form` names the form it is written in. Scripts get a fragment, people their form."""
    form = DraftForm.sent()
    fields = {name: request.form.getlist(name) for name in request.form if name not in {"form", "form_key"}}
    size = sum(len(value) for values in fields.values() for value in values)
    if not form.validate() or size > LONGEST_DRAFT:
        if _by_person():
            raise Invalid(draft=mark("Utkastet er for langt til å lagres. Kopier teksten til et annet sted."))
        return render_template("posts/draft.html", draft=None), 422
    clean = {name: [value.replace("\x00", "") for value in values] for name, values in fields.items()}
    draft = actions.save_draft(actor(), form.form.data, clean)
    if _by_person():
        flash(_("Utkastet er lagret."))
        return redirect(_came_from())
    return render_template("posts/draft.html", draft=draft)


@posts.post("/utkast/forkast")
@members
@takes_files
def forget_draft() -> ResponseReturnValue:
    """Throw a draft away and lead back to where that was asked for."""
    actions.forget_draft(actor(), request.form.get("form", "").replace("\x00", ""))
    flash(_("Utkastet er forkastet."))
    return redirect(_came_from())


def _by_person() -> bool:
    """Whether a person pressed a button and waits for a page; our scripts take anything."""
    return "text/html" in request.headers.get("Accept", "")


def _came_from() -> str:
    page = parts_of(request.referrer or "")
    is_here = page.netloc == request.host and page.path.startswith("/") and not page.path.startswith("//")
    return page.path if is_here else url_for("home.my_page")


def _mine_to_edit(comment_id: int) -> tuple[Comment, Post]:
    found, post = queries.comment(actor(), comment_id)
    if not rules.may_edit_comment(actor(), found):
        raise NotAllowed
    return found, post


def _by_htmx() -> bool:
    return "HX-Request" in request.headers


def _part(which: str, post: Post) -> str:
    fresh = queries.post(actor(), post.id)
    return render_template("posts/part.html", which=which, post=fresh, mine=queries.mine(actor(), [fresh]))
