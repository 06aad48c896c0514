"""Reading documents with what only they have."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from kunnskap.accounts.models import Account
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.documents.models import DocumentDetails, DocumentPage
from kunnskap.errors import NotFound
from kunnskap.paging import Page
from kunnskap.posts import queries as posts
from kunnskap.posts.kinds import DOCUMENT, READING
from kunnskap.posts.models import Attachment, Post


@dataclass(frozen=True)
class Wanted:
    """What the list shows: `status` is a kind of document, `themes` are ids, `year` the one it is from.

    What is most alike `like`, a municipality of today's, comes first.
    """

    status: str | None = None
    themes: tuple[int, ...] = ()
    county_id: int | None = None
    year: int | None = None
    like: int | None = None


def page(actor: Actor, wanted: Wanted, number: int = 1) -> Page[Post]:
    """Give one page of the documents that pass, newest first."""
    from_year = select(DocumentDetails.post_id).where(DocumentDetails.year == wanted.year)
    return posts.page(
        actor,
        posts.Filter(
            kinds=(DOCUMENT,),
            status=wanted.status,
            themes=wanted.themes,
            county_id=wanted.county_id,
            like=wanted.like,
            also=(Post.id.in_(from_year),) if wanted.year is not None else (),
        ),
        number,
    )


def document(actor: Actor, post_id: int) -> tuple[Post, DocumentDetails]:
    """Give a document with its file; raises NotFound when the actor may not know of it."""
    found = posts.post(actor, post_id, DOCUMENT)
    return found, details([found])[found.id]


def details(found: Iterable[Post]) -> dict[int, DocumentDetails]:
    """Give what only documents have of posts the caller was given, by post, with their files; one statement."""
    rows = select(DocumentDetails).where(DocumentDetails.post_id.in_([post.id for post in found]))
    return {one.post_id: one for one in session.scalars(rows.options(joinedload(DocumentDetails.file)))}


def words(details: DocumentDetails, number: int) -> str:
    """Give what stands on a page of a document the caller was given; raises NotFound when there is no such page."""
    if not 1 <= number <= details.page_count:
        raise NotFound
    found = session.get(DocumentPage, (details.post_id, number))
    return found.text if found else ""


def waiting(post_id: int) -> DocumentDetails | None:
    """Give a document whose file is not read yet; none when it is, or is gone."""
    rows = select(DocumentDetails).where(DocumentDetails.post_id == post_id, DocumentDetails.reading == "waiting")
    return session.scalar(rows.options(joinedload(DocumentDetails.file)).execution_options(populate_existing=True))


def waiting_attachment(attachment_id: int) -> Attachment | None:
    """Give an attachment whose file is not read yet; none when it is, or is gone."""
    rows = select(Attachment).where(Attachment.id == attachment_id, Attachment.held_for == READING)
    return session.scalar(rows.options(joinedload(Attachment.file)).execution_options(populate_existing=True))


def is_by_newcomer(post: Post) -> bool:
    """Whether moderators look at what the author shares before others see it."""
    account = author_of(post)
    return account is not None and account.actor.is_newcomer


def author_of(post: Post) -> Account | None:
    """Give the account of whoever wrote a post; none when there is none, or it is closed."""
    wanted = select(Account).join(Account.person).options(contains_eager(Account.person))
    is_there = (Account.confirmed_at.is_not(None), Account.closed_at.is_(None))
    return session.scalar(wanted.where(Account.person_id == post.author_id, *is_there))
