"""Sharing documents, changing them, and keeping what was read in them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import IO

from sqlalchemy import delete

from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.documents.events import FileArrived
from kunnskap.documents.models import DocumentDetails, DocumentPage
from kunnskap.documents.reading import Reading
from kunnskap.errors import NotAllowed
from kunnskap.events import emit
from kunnskap.files import Shelf, StoredFile, clean_name
from kunnskap.posts import actions as posts
from kunnskap.posts import rules
from kunnskap.posts.actions import Content
from kunnskap.posts.kinds import DOCUMENT
from kunnskap.posts.models import Post

LONGEST_TITLE = 150


@dataclass(frozen=True)
class Handed:
    """A file as it was handed in: the name it had, what it holds, and the shelf it shall stand on."""

    shelf: Shelf
    name: str
    stream: IO[bytes]

    def keep(self) -> tuple[StoredFile, str]:
        """Put it on the shelf; gives its row and its name made safe. Raises Invalid on `file`."""
        kept = self.shelf.store(self.stream, "file")
        return kept, clean_name(self.name, kept.ending)


def publish(
    actor: Actor, content: Content, handed: Handed, *, year: int | None = None, submission_key: str | None = None
) -> Post:
    """Share a document. Its title is the file's name when it has none. Raises NotAllowed and Invalid as posts do."""
    if not actor.is_member:
        raise NotAllowed
    kept, filename = handed.keep()
    named = replace(content, title=content.title.strip() or title_from(filename))
    post = posts.publish(actor, DOCUMENT, _remembering(named, kept, filename, year), submission_key=submission_key)
    session.add(DocumentDetails(post_id=post.id, sha256=kept.sha256, filename=filename, year=year))
    emit(FileArrived(post.id))
    session.flush()
    return post


def edit(actor: Actor, post: Post, content: Content, *, year: int | None, handed: Handed | None = None) -> None:
    """Change what is said of a document, and its file when another is handed in; what was read in the old is forgotten."""
    if not rules.may_edit(actor, post):
        raise NotAllowed
    details = session.get_one(DocumentDetails, post.id)
    kept, filename = handed.keep() if handed else (session.get_one(StoredFile, details.sha256), details.filename)
    named = replace(content, title=content.title.strip() or title_from(filename))
    posts.edit(actor, post, _remembering(named, kept, filename, year))
    details.year = year
    _put_file(details, kept, filename)


def keep_reading(post_id: int, sha256: str, reading: Reading) -> None:
    """Keep what was read in a document's file, unless it is gone or has another file by now."""
    details = session.get(DocumentDetails, post_id, populate_existing=True)
    if details is None or details.sha256 != sha256:
        return
    session.execute(delete(DocumentPage).where(DocumentPage.post_id == post_id))
    details.reading, details.page_count = reading.state, len(reading.pages)
    numbered = enumerate(reading.pages, 1)
    session.add_all(DocumentPage(post_id=post_id, number=number, text=words) for number, words in numbered if words)
    posts.changed(session.get_one(Post, post_id))
    session.flush()


def title_from(filename: str) -> str:
    """Make a title of the name of a file."""
    return " ".join(filename.rpartition(".")[0].replace("_", " ").split())[:LONGEST_TITLE]


def _remembering(content: Content, kept: StoredFile, filename: str, year: int | None) -> Content:
    facts = {"filename": filename, "year": str(year or ""), "_sha256": kept.sha256}
    return replace(content, details=facts)


def _put_file(details: DocumentDetails, kept: StoredFile, filename: str) -> None:
    details.filename = filename
    if details.sha256 == kept.sha256:
        return
    details.sha256, details.reading, details.page_count = kept.sha256, "waiting", 0
    session.execute(delete(DocumentPage).where(DocumentPage.post_id == details.post_id))
    emit(FileArrived(details.post_id))
    session.flush()


def _restore(post: Post, facts: Mapping[str, str]) -> None:
    if not facts:
        return  # a revision that was imported says nothing of them
    details = session.get_one(DocumentDetails, post.id)
    details.year = int(facts["year"]) if facts.get("year", "").isdecimal() else None
    kept = session.get(StoredFile, facts.get("_sha256", ""))
    if kept is not None:
        _put_file(details, kept, facts.get("filename") or details.filename)


posts.restores_details(DOCUMENT, _restore)
