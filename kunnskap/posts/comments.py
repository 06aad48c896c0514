"""Commenting on a post, whatever its kind."""

from sqlalchemy import select

from kunnskap import audit, clock, events, personal_numbers, text
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed
from kunnskap.i18n import mark, say
from kunnskap.posts import rules
from kunnskap.posts.events import CommentPublished
from kunnskap.posts.models import Comment, Post

LONGEST = 1_500


def add(actor: Actor, post: Post, body: str, submission_key: str | None = None) -> Comment:
    """Comment on a post; a form sent twice gives back the first comment."""
    root = session.get_one(Post, post.parent_id or post.id)
    hold(root)  # it may be merged or locked at this moment
    if not rules.may_reply(actor, post) or actor.person_id is None:
        raise NotAllowed
    _check(body)
    if submission_key:
        wanted = select(Comment).where(Comment.author_id == actor.person_id, Comment.submission_key == submission_key)
        first = session.scalar(wanted)
        if first is not None:
            return first
    comment = Comment(
        post_id=post.id,
        author_id=actor.person_id,
        body=body,
        body_html=text.to_html(body),
        submission_key=submission_key or None,
    )
    session.add(comment)
    if actor.is_newcomer:
        comment.held_at = clock.now()
    post.comment_count = Post.comment_count + 1
    post.active_at = root.active_at = clock.now()
    session.flush()
    events.emit(CommentPublished(comment.id))
    return comment


def edit(actor: Actor, comment: Comment, body: str) -> None:
    """Change a comment; only the one who wrote it."""
    if not rules.may_edit_comment(actor, comment):
        raise NotAllowed
    _check(body)
    comment.body, comment.body_html, comment.edited_at = body, text.to_html(body), clock.now()


def withdraw(actor: Actor, comment: Comment, post: Post) -> None:
    """Take a comment away."""
    if not rules.may_withdraw_comment(actor, comment):
        raise NotAllowed
    hold(comment)
    if comment.withdrawn_at is None:
        comment.withdrawn_at = clock.now()
        if actor.person_id != comment.author_id:
            audit.note(actor, "posts.withdraw_comment", f"comment:{comment.id}")
        post.comment_count = Post.comment_count - 1
        session.flush()


def _check(body: str) -> None:
    if not body.strip():
        raise Invalid(body=mark("Skriv en kommentar."))
    if len(body) > LONGEST:
        raise Invalid(body=say(mark("Kommentaren er for lang. Den kan ha høyst %(count)s tegn."), count=LONGEST))
    if problems := personal_numbers.problems({"body": body}):
        raise Invalid(**problems)
