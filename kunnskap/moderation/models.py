"""Reports from readers, what moderators decided, and what the author said to that."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kunnskap import clock
from kunnskap.db import Base
from kunnskap.messages.models import Message
from kunnskap.people.models import Person
from kunnskap.posts.models import Comment, Post


class Decision(Base):
    """Something a moderator did to a post, a comment, a message or an account, with the words the one it concerns was sent.

    `act` is a key of moderation.rules.ACTS, `reason` one of REASONS. An appeal is the concerned one's words and what
    another moderator answered; `upheld` says whether the decision stands after it.
    """

    __tablename__ = "decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey(Comment.id, ondelete="CASCADE"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey(Message.id, ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), index=True)
    act: Mapped[str]
    reason: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"))
    undone_at: Mapped[datetime | None]
    appeal: Mapped[str] = mapped_column(default="")
    appealed_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"))
    upheld: Mapped[bool | None]

    post: Mapped[Post | None] = relationship(lazy="raise")
    comment: Mapped[Comment | None] = relationship(lazy="raise")
    message: Mapped[Message | None] = relationship(lazy="raise")
    person: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[person_id])
    made_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[made_by_id])


class Report(Base):
    """Somebody, or the site itself (`reporter` is none), asks moderators to look at a post, a comment, a message or a person.

    `reason` is a key of moderation.rules.REASONS. It is settled when a moderator has looked, with or without a decision.
    """

    __tablename__ = "reports"
    __table_args__ = (Index(None, "settled_at", "made_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey(Comment.id, ondelete="CASCADE"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey(Message.id, ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), index=True)
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"), index=True)
    reason: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey(Decision.id, ondelete="SET NULL"))

    post: Mapped[Post | None] = relationship(lazy="raise")
    comment: Mapped[Comment | None] = relationship(lazy="raise")
    person: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[person_id])
    reporter: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[reporter_id])
