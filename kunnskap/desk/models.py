"""Letters to a network's members, and reports on a network."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kunnskap import clock
from kunnskap.db import Base
from kunnskap.networks.models import Network
from kunnskap.people.models import Person
from kunnskap.posts.models import Post


class NetworkLetter(Base):
    """A coordinator writes to everybody in a network, in Markdown; `recipients` is how many it went to."""

    __tablename__ = "network_letters"
    __table_args__ = (UniqueConstraint("sender_id", "submission_key"), Index(None, "network_id", "sent_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey(Network.id))
    sender_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"))
    subject: Mapped[str]
    body: Mapped[str]
    body_html: Mapped[str]
    recipients: Mapped[int]
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)
    submission_key: Mapped[str | None]

    sender: Mapped[Person | None] = relationship(lazy="raise")


class LetterRecipient(Base):
    """One of those a letter goes to; `mailed_at` is when their mail was written, so that nobody gets two."""

    __tablename__ = "letter_recipients"
    unseen = True

    letter_id: Mapped[int] = mapped_column(ForeignKey(NetworkLetter.id, ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True, index=True)
    mailed_at: Mapped[datetime | None]


class NetworkReport(Base):
    """A report on a network for a period, both days counted, with the words and stories a coordinator chose."""

    __tablename__ = "network_reports"
    __table_args__ = (CheckConstraint("until >= since", name="period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey(Network.id), index=True)
    since: Mapped[date]
    until: Mapped[date]
    words: Mapped[str] = mapped_column(default="")
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    edited_at: Mapped[datetime | None]

    stories: Mapped[list["ReportStory"]] = relationship(
        lazy="raise", order_by="ReportStory.position", cascade="all, delete-orphan"
    )


class ReportStory(Base):
    """A post that tells what came of the network's work, with a word on why it was chosen."""

    __tablename__ = "report_stories"

    report_id: Mapped[int] = mapped_column(ForeignKey(NetworkReport.id, ondelete="CASCADE"), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(default="")

    post: Mapped[Post] = relationship(lazy="raise")
