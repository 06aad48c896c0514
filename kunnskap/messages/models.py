"""Conversations between two people, the talks they suggest, and who wants no more from whom."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kunnskap import clock
from kunnskap.db import Base
from kunnskap.people.models import Person
from kunnskap.posts.models import Post

TALK_MINUTES = 30


class Conversation(Base):
    """Two people write to each other; `post_id` is what it is about, if anything. Nobody else reads it."""

    __tablename__ = "conversations"
    unseen = True

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    post_id: Mapped[int | None] = mapped_column(ForeignKey(Post.id, ondelete="SET NULL"), index=True)
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    latest_at: Mapped[datetime] = mapped_column(default=clock.now)

    sides: Mapped[list["ConversationSide"]] = relationship(lazy="raise")


class ConversationSide(Base):
    """One of the two. `read_at` is when they last looked, `put_away_at` when they took it out of their list."""

    __tablename__ = "conversation_sides"
    unseen = True

    conversation_id: Mapped[int] = mapped_column(ForeignKey(Conversation.id, ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True, index=True)
    read_at: Mapped[datetime | None]
    put_away_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")


class Message(Base):
    """What one of the two wrote, in Markdown. What moderators have hidden (`hidden_at`) its sender alone reads."""

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("sender_id", "submission_key"), Index(None, "conversation_id", "id"))
    unseen = True

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey(Conversation.id, ondelete="CASCADE"))
    sender_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    body: Mapped[str]
    body_html: Mapped[str]
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)
    hidden_at: Mapped[datetime | None]
    submission_key: Mapped[str | None]

    sender: Mapped[Person] = relationship(lazy="raise")
    talk: Mapped["Talk | None"] = relationship(lazy="raise", uselist=False)


class Talk(Base):
    """A talk that a message suggests, at one of `times` (moments as ISO text in UTC); `chosen_at` is the one agreed on.

    `uid` and `sequence` are what calendars know it by.
    """

    __tablename__ = "talks"
    unseen = True

    message_id: Mapped[int] = mapped_column(ForeignKey(Message.id, ondelete="CASCADE"), primary_key=True)
    minutes: Mapped[int] = mapped_column(default=TALK_MINUTES)
    where: Mapped[str] = mapped_column(default="")
    times: Mapped[list[str]] = mapped_column(JSON)
    chosen_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    uid: Mapped[str] = mapped_column(unique=True)
    sequence: Mapped[int] = mapped_column(default=0)

    message: Mapped[Any] = relationship(Message, lazy="raise", overlaps="talk")


class Block(Base):
    """Somebody wants no more messages from somebody."""

    __tablename__ = "blocks"
    unseen = True

    blocker_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True)
    blocked_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True, index=True)
    since: Mapped[datetime] = mapped_column(default=clock.now)

    blocked: Mapped[Person] = relationship(lazy="raise", foreign_keys=[blocked_id])
