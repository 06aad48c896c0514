"""Hanging files on a post."""

from collections.abc import Iterable
from typing import BinaryIO

from kunnskap import clock
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import Invalid, NotAllowed
from kunnskap.files import Shelf, clean_name
from kunnskap.i18n import say
from kunnskap.posts import rules
from kunnskap.posts.models import Attachment, Post

MOST = 10


def attach(actor: Actor, post: Post, shelf: Shelf, files: Iterable[tuple[str, BinaryIO]]) -> list[Attachment]:
    """Hang named streams on a post; raises Invalid on `attachments` for a file that may not be kept, and keeps none."""
    if not rules.may_edit(actor, post):
        raise NotAllowed
    named = list(files)
    if len(named) + post.attachment_count > MOST:
        raise Invalid(attachments=say("Et innlegg kan ha høyst %(count)s vedlegg.", count=MOST))
    made = []
    for name, stream in named:
        kept = shelf.store(stream, "attachments")
        made.append(Attachment(post_id=post.id, sha256=kept.sha256, filename=clean_name(name, kept.ending)))
    session.add_all(made)
    post.attachment_count += len(made)
    session.flush()
    return made


def detach(actor: Actor, post: Post, attachment: Attachment) -> None:
    """Take a file off a post."""
    if not rules.may_edit(actor, post) or attachment.post_id != post.id:
        raise NotAllowed
    session.delete(attachment)
    post.attachment_count -= 1
    post.edited_at = clock.now()
    session.flush()
