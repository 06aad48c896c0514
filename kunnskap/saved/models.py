"""SavedSearch: a search somebody wants to come back to."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kunnskap import clock
from kunnskap.db import Base
from kunnskap.i18n import mark
from kunnskap.people.models import Person

NEVER, DAILY, WEEKLY = "none", "daily", "weekly"
NOTICES = {NEVER: mark("Ingen e-post"), DAILY: mark("Hver dag"), WEEKLY: mark("Hver uke")}


class SavedSearch(Base):
    """The search page's address after the question mark, under a name its owner gave.

    `seen_at` is when the owner last looked at what was new. `notice` is a key of NOTICES; `told_at` is the moment up to
    which new hits have been told by mail in `language`, `due_at` when to look next (None: never).
    """

    __tablename__ = "saved_searches"
    __table_args__ = (
        CheckConstraint("notice in ('none', 'daily', 'weekly')", name="notice"),
        UniqueConstraint("person_id", "query"),
        Index(None, "due_at"),
    )
    unseen = True

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    name: Mapped[str]
    query: Mapped[str]
    language: Mapped[str] = mapped_column(default="nb")
    notice: Mapped[str] = mapped_column(default=NEVER)
    saved_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    told_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime | None]
