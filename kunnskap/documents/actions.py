"""Sharing documents, changing them, and keeping what was read in them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import IO

from sqlalchemy import delete

from kunnskap import audit, clock, personal_numbers
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.documents import queries
from kunnskap.documents.events import FileArrived
from kunnskap.documents.models import DocumentDetails, DocumentPage
from kunnskap.documents.reading import Reading
from kunnskap.errors import Invalid, NotAllowed
from kunnskap.events import emit
from kunnskap.files import Shelf, StoredFile, clean_name
from kunnskap.i18n import mark, say
from kunnskap.posts import actions as posts
from kunnskap.posts import rules
from kunnskap.posts.actions import Content
from kunnskap.posts.kinds import DOCUMENT, NUMBERS, READING, REVIEW
from kunnskap.posts.models import Post

LONGEST_TITLE, LONGEST_REASON = 150, 1_000


@dataclass(frozen=True)
class Handed:
    """A file as it was handed in: the name it had, what it holds, and the shelf it shall stand on."""

    shelf: Shelf
    name: str
    stream: IO[bytes]

    def keep(self) -> tuple[StoredFile, str]:
        """Put it on the shelf; gives its row and its name made safe. Raises Invalid on `file`."""
        if problems := personal_numbers.problems({"file": self.name}):
            raise Invalid(**problems)
        kept = self.shelf.store(self.stream, "file")
        return kept, clean_name(self.name, kept.ending)


@dataclass(frozen=True)
class Dates:
    """The year a document is from, and the last day a plan or an agreement holds."""

    year: int | None = None
    valid_until: date | None = None


UNDATED = Dates()


def publish(
    actor: Actor, content: Content, handed: Handed, *, dates: Dates = UNDATED, submission_key: str | None = None
) -> Post:
    """Share a document, which others see once its file is read. Its title is the file's name when it has none.

    Raises NotAllowed and Invalid as posts do.
    """
    if not actor.is_member:
        raise NotAllowed
    kept, filename = handed.keep()
    named = replace(content, title=content.title.strip() or title_from(filename))
    post = posts.publish(actor, DOCUMENT, _remembering(named, kept, filename, dates), submission_key=submission_key)
    session.add(DocumentDetails(post_id=post.id, sha256=kept.sha256, filename=filename, **asdict(dates)))
    hold_until_read(post, post.published_at)
    session.flush()
    return post


def edit(actor: Actor, post: Post, content: Content, *, dates: Dates, handed: Handed | None = None) -> None:
    """Change what is said of a document, and its file when another is handed in; what was read in the old is forgotten."""
    if not rules.may_edit(actor, post):
        raise NotAllowed
    details = _held_details(post)
    kept, filename = handed.keep() if handed else (session.get_one(StoredFile, details.sha256), details.filename)
    named = replace(content, title=content.title.strip() or title_from(filename))
    posts.edit(actor, post, _remembering(named, kept, filename, dates))
    details.year, details.valid_until = dates.year, dates.valid_until
    _put_file(post, details, kept, filename)


def hold_until_read(post: Post, since: datetime | None = None) -> None:
    """Let nobody but its author and moderators see a document until its file is read."""
    post.held_at, post.held_for = post.held_at or since or clock.now(), READING
    emit(FileArrived(post.id))


def explain(actor: Actor, post: Post, reason: str) -> None:
    """Say why the numbers found in the file are nobody's, which moderators then look at. Raises Invalid on `reason`."""
    hold(post)
    if not rules.may_edit(actor, post) or post.held_for != NUMBERS:
        raise NotAllowed
    if not reason.strip():
        raise Invalid(reason=mark("Skriv hva tallene er."))
    if len(reason) > LONGEST_REASON:
        raise Invalid(reason=say("Teksten er for lang. Den kan ha høyst %(max)s tegn.", max=LONGEST_REASON))
    if problems := personal_numbers.problems({"reason": reason}):
        raise Invalid(**problems)
    details = session.get_one(DocumentDetails, post.id)
    details.numbers_reason, post.held_for = reason.strip(), REVIEW
    audit.note(actor, "documents.explain_numbers", f"post:{post.id}", {"numbers": len(details.numbers)})
    posts.changed(post)


def keep_reading(post_id: int, sha256: str, reading: Reading) -> bool:
    """Keep what was read in a document's file, unless it is gone or has another file by now.

    Readers see it from now on, unless there are identity or account numbers in it: then the answer is true, and the
    document is held back. What newcomers share waits for a moderator.
    """
    post = session.get(Post, post_id)
    details = _held_details(post) if post is not None else None
    if post is None or details is None or details.sha256 != sha256:
        return False
    session.execute(delete(DocumentPage).where(DocumentPage.post_id == post_id))
    details.reading, details.page_count = reading.state, len(reading.pages)
    numbered = enumerate(reading.pages, 1)
    session.add_all(DocumentPage(post_id=post_id, number=number, text=words) for number, words in numbered if words)
    details.numbers, details.numbers_reason = [asdict(one) for one in reading.numbers], ""
    session.flush()
    _hold_or_release(post, details)
    return bool(details.numbers)


def _hold_or_release(post: Post, details: DocumentDetails) -> None:
    if details.numbers:
        post.held_at, post.held_for = post.held_at or clock.now(), NUMBERS
        posts.came_or_went(post)
    elif post.held_for == READING and queries.is_by_newcomer(post):
        post.held_for = REVIEW
        posts.changed(post)
    elif post.held_for == READING:
        posts.release(post)
    else:
        posts.changed(post)
    session.flush()


def _held_details(post: Post) -> DocumentDetails:
    """Give the file's row as it stands now; whoever else would change it waits, so that no file goes unread."""
    hold(post)
    details = session.get_one(DocumentDetails, post.id)
    hold(details)
    return details


def title_from(filename: str) -> str:
    """Make a title of the name of a file."""
    return " ".join(filename.rpartition(".")[0].replace("_", " ").split())[:LONGEST_TITLE]


def _remembering(content: Content, kept: StoredFile, filename: str, dates: Dates) -> Content:
    facts = {"filename": filename, "year": str(dates.year or ""), "_sha256": kept.sha256}
    if dates.valid_until:
        facts["valid_until"] = dates.valid_until.isoformat()
    return replace(content, details=facts)


def _put_file(post: Post, details: DocumentDetails, kept: StoredFile, filename: str) -> None:
    details.filename = filename
    if details.sha256 == kept.sha256:
        return
    details.sha256, details.reading, details.page_count = kept.sha256, "waiting", 0
    details.numbers, details.numbers_reason = [], ""
    session.execute(delete(DocumentPage).where(DocumentPage.post_id == details.post_id))
    hold_until_read(post)
    session.flush()


def _restore(post: Post, facts: Mapping[str, str]) -> None:
    if not facts:
        return  # a revision that was imported says nothing of them
    details = _held_details(post)
    details.year = int(facts["year"]) if facts.get("year", "").isdecimal() else None
    details.valid_until = date.fromisoformat(facts["valid_until"]) if facts.get("valid_until") else None
    kept = session.get(StoredFile, facts.get("_sha256", ""))
    if kept is not None:
        _put_file(post, details, kept, facts.get("filename") or details.filename)


def _waits_for(post: Post) -> str | None:
    """Say what a document still waits for when it is to be let out: its file to be read, or its author's word."""
    details = session.get(DocumentDetails, post.id)
    if details is None:
        return None
    if details.reading == "waiting":
        return READING
    return NUMBERS if details.numbers and not details.numbers_reason else None


posts.restores_details(DOCUMENT, _restore)
posts.may_hold(DOCUMENT, _waits_for)
