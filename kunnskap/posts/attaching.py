"""Hanging files on a post."""

from collections.abc import Iterable, Sequence
from typing import IO

from sqlalchemy import select

from kunnskap import audit, clock, events, personal_numbers
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed, NotFound
from kunnskap.files import Shelf, StoredFile, clean_name
from kunnskap.i18n import say
from kunnskap.posts import rules
from kunnskap.posts.events import AttachmentArrived, PostChanged
from kunnskap.posts.kinds import NUMBERS, READING
from kunnskap.posts.models import Attachment, Post

MOST = 10
FIELD = "attachments"
Kept = Sequence[tuple[str, StoredFile]]


def attach(actor: Actor, post: Post, shelf: Shelf, files: Iterable[tuple[str, IO[bytes]]]) -> list[Attachment]:
    """Hang named streams on a post; raises Invalid on `attachments` for a file that may not be kept, and keeps none."""
    return hang(actor, post, keep(shelf, files))


def keep(shelf: Shelf, files: Iterable[tuple[str, IO[bytes]]]) -> Kept:
    """Keep named streams before there is a post to hang them on; raises Invalid on `attachments`."""
    named = list(files)
    _check_count(len(named))
    if problems := personal_numbers.problems({FIELD: "\n".join(name for name, _stream in named)}):
        raise Invalid(**problems)
    return [(name, shelf.store(stream, FIELD)) for name, stream in named]


def hang(actor: Actor, post: Post, kept: Kept) -> list[Attachment]:
    """Hang files that are kept on a post; others see them once they are looked through.

    Raises Invalid on `attachments` when they become too many.
    """
    if not rules.may_edit(actor, post):
        raise NotAllowed
    hold(post)
    _check_count(len(kept) + post.attachment_count)
    made = [
        Attachment(post_id=post.id, sha256=file.sha256, filename=clean_name(name, file.ending), held_for=READING)
        for name, file in kept
    ]
    session.add_all(made)
    post.attachment_count += len(made)
    session.flush()
    for one in made:
        events.emit(AttachmentArrived(one.id))
    return made


def settle(attachment_id: int, *, has_numbers: bool) -> Post | None:
    """Show a file that was looked through to all who see its post, or hold it back when there are numbers in it.

    Gives the post, or none when the file was settled before or is gone.
    """
    attachment = session.get(Attachment, attachment_id, populate_existing=True)
    if attachment is None or attachment.held_for != READING:
        return None
    attachment.held_for = NUMBERS if has_numbers else None
    return _told(attachment)


def let_out(actor: Actor, attachment: Attachment) -> Post:
    """Show a file that was held back, since a moderator found nothing wrong with it; nobody decides about their own."""
    post = session.get_one(Post, attachment.post_id)
    if not actor.may("moderate") or actor.person_id == post.author_id:
        raise NotAllowed
    hold(attachment)
    if attachment.held_for is not None:
        attachment.held_for = None
        audit.note(actor, "posts.let_out_attachment", f"post:{post.id}", {"attachment": attachment.id})
    return _told(attachment)


def _told(attachment: Attachment) -> Post:
    post = session.get_one(Post, attachment.post_id)
    events.emit(PostChanged(post.id, post.parent_id or post.id))
    session.flush()
    return post


def detach(actor: Actor, post: Post, attachment: Attachment) -> None:
    """Take a file off a post."""
    if not rules.may_edit(actor, post) or attachment.post_id != post.id:
        raise NotAllowed
    hold(post)
    if session.scalar(select(Attachment.id).where(Attachment.id == attachment.id)) is None:
        raise NotFound
    session.delete(attachment)
    post.attachment_count -= 1
    post.edited_at = clock.now()
    events.emit(PostChanged(post.id, post.parent_id or post.id))


def _check_count(count: int) -> None:
    if count > MOST:
        raise Invalid(attachments=say("Et innlegg kan ha høyst %(count)s vedlegg.", count=MOST))
