"""What only a document has: its file, what kind it is, and its words page by page."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kunnskap.db import Base
from kunnskap.files import StoredFile
from kunnskap.i18n import mark
from kunnskap.posts.models import Post

READINGS = {
    "waiting": mark("Teksten leses snart"),
    "read": mark("Teksten er søkbar"),
    "locked": mark("Filen har passord, så teksten er ikke søkbar"),
    "broken": mark("Filen kunne ikke leses, så teksten er ikke søkbar"),
    "too-heavy": mark("Filen var for tung å lese, så teksten er ikke søkbar"),
    "no-text": mark("Filen har ingen tekst å søke i"),
}


class DocumentDetails(Base):
    """One row a document; the post's `body` describes it and its `status` is the kind of document. `year` it is from,
    `valid_until` the last day a plan or an agreement holds.

    `numbers` are the identity and account numbers found in the file, each with `page`, `kind` and `masked`;
    `numbers_reason` is why the author says they are something else, for moderators.
    """

    __tablename__ = "document_details"
    __table_args__ = (
        CheckConstraint("reading in ('waiting', 'read', 'locked', 'broken', 'too-heavy', 'no-text')", name="reading"),
    )

    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"), primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey(StoredFile.sha256), index=True)
    filename: Mapped[str]
    year: Mapped[int | None]
    valid_until: Mapped[date | None] = mapped_column(index=True)
    page_count: Mapped[int] = mapped_column(default=0)
    reading: Mapped[str] = mapped_column(default="waiting")
    numbers: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    numbers_reason: Mapped[str] = mapped_column(default="", server_default="")

    file: Mapped[StoredFile] = relationship(lazy="raise")

    @property
    def is_unchecked(self) -> bool:
        """Whether nobody could look for identity and account numbers in the file, since it could not be read."""
        return self.reading not in {"waiting", "read"}


class DocumentPage(Base):
    """The words of one page (from 1); a sheet or slide counts as a page."""

    __tablename__ = "document_pages"

    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
