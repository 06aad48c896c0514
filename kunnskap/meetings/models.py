"""Meetings with their agenda, who comes, what was said, and what is to be done until next time."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kunnskap import clock, text
from kunnskap.db import Base
from kunnskap.i18n import mark
from kunnskap.networks.models import Network
from kunnskap.people.models import Person
from kunnskap.posts.models import Post

PROPOSED, APPROVED, DECLINED = "proposed", "approved", "declined"
STATES = {PROPOSED: mark("Venter på godkjenning"), APPROVED: mark("Godkjent"), DECLINED: mark("Avslått")}


class Meeting(Base):
    """A network meets from `starts_at` to `ends_at`. `description` and `minutes` are Markdown.

    `audience` is everyone, members or network: who sees the meeting; minutes and who comes are the network's own.
    `uid` and `sequence` are what calendars know it by.
    """

    __tablename__ = "meetings"
    __table_args__ = (
        CheckConstraint("audience in ('everyone', 'members', 'network')", name="audience"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index(None, "network_id", "starts_at"),
        Index(None, "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey(Network.id))
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    description_html: Mapped[str] = mapped_column(default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    location: Mapped[str] = mapped_column(default="")
    link: Mapped[str] = mapped_column(default="")
    audience: Mapped[str] = mapped_column(default="network")
    minutes: Mapped[str] = mapped_column(default="")
    minutes_html: Mapped[str] = mapped_column(default="")
    minutes_at: Mapped[datetime | None]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    edited_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    uid: Mapped[str] = mapped_column(unique=True)
    sequence: Mapped[int] = mapped_column(default=0)

    network: Mapped[Network] = relationship(lazy="raise")
    agenda: Mapped[list["AgendaItem"]] = relationship(
        lazy="raise", order_by="AgendaItem.position", cascade="all, delete-orphan"
    )

    @property
    def slug(self) -> str:
        """The end of its address: number and title."""
        return f"{self.id}-{text.slug(self.title)}"


class AgendaItem(Base):
    """Something to talk about; `post_id` is the question or the old resource it was drawn from."""

    __tablename__ = "agenda_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey(Meeting.id, ondelete="CASCADE"), index=True)
    position: Mapped[int]
    title: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    post_id: Mapped[int | None] = mapped_column(ForeignKey(Post.id, ondelete="SET NULL"), index=True)

    post: Mapped[Post | None] = relationship(lazy="raise")


class MeetingSignUp(Base):
    """Somebody says whether they come (`is_coming`); `attended` is what a coordinator noted afterwards.

    `reminded_at` is when they were reminded of it; a meeting that is moved reminds anew.
    """

    __tablename__ = "meeting_sign_ups"

    meeting_id: Mapped[int] = mapped_column(ForeignKey(Meeting.id, ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True, index=True)
    is_coming: Mapped[bool] = mapped_column(default=True)
    signed_at: Mapped[datetime] = mapped_column(default=clock.now)
    attended: Mapped[bool | None]
    reminded_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")


class Homework(Base):
    """Something to be done by `due_on`, by `person_id` or by everybody in the network (`is_everybodys`).

    What was somebody's who is gone is nobody's. `reminded_at` is when those it concerns were reminded.
    """

    __tablename__ = "homework"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey(Meeting.id, ondelete="CASCADE"), index=True)
    words: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"), index=True)
    due_on: Mapped[date | None]
    is_everybodys: Mapped[bool] = mapped_column(default=False)
    reminded_at: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship(lazy="raise")


class HomeworkDone(Base):
    """Somebody has done it."""

    __tablename__ = "homework_done"

    homework_id: Mapped[int] = mapped_column(ForeignKey(Homework.id, ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True, index=True)
    done_at: Mapped[datetime] = mapped_column(default=clock.now)


class MinutesPart(Base):
    """A section of the minutes that is to become an answer (to `question_id`) or an experience in `speaker_id`'s name.

    Nothing is posted until the speaker approves; `post_id` is what it became.
    """

    __tablename__ = "minutes_parts"
    __table_args__ = (
        CheckConstraint("becomes in ('answer', 'experience')", name="becomes"),
        CheckConstraint("state in ('proposed', 'approved', 'declined')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey(Meeting.id, ondelete="CASCADE"), index=True)
    heading: Mapped[str]
    body: Mapped[str]
    becomes: Mapped[str]
    question_id: Mapped[int | None] = mapped_column(ForeignKey(Post.id, ondelete="SET NULL"), index=True)
    speaker_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), index=True)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"))
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    state: Mapped[str] = mapped_column(default=PROPOSED)
    settled_at: Mapped[datetime | None]
    post_id: Mapped[int | None] = mapped_column(ForeignKey(Post.id, ondelete="SET NULL"), index=True)

    meeting: Mapped[Meeting] = relationship(lazy="raise")
    speaker: Mapped[Person] = relationship(lazy="raise", foreign_keys=[speaker_id])
    question: Mapped[Post | None] = relationship(lazy="raise", foreign_keys=[question_id])
    post: Mapped[Post | None] = relationship(lazy="raise", foreign_keys=[post_id])


class CalendarKey(Base):
    """The number that a person's own calendar address was made with; a new number shuts the old address."""

    __tablename__ = "calendar_keys"
    unseen = True

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(default=1)
