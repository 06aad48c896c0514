"""What people have shown that they know, counted from what they wrote; and who was put together with whom."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kunnskap import clock
from kunnskap.db import Base
from kunnskap.people.models import Person
from kunnskap.themes.models import Theme


class TrackRecord(Base):
    """How much somebody has answered and shared on a theme, of what is open to all and bears their name.

    `accepted` counts those of the answers that solved the question; `latest_at` is when the newest was written. It is
    made from posts by the worker and holds no truth of its own.
    """

    __tablename__ = "track_records"
    __table_args__ = (Index(None, "theme_id", "latest_at"),)

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey(Theme.id), primary_key=True)
    answers: Mapped[int] = mapped_column(default=0)
    accepted: Mapped[int] = mapped_column(default=0)
    experiences: Mapped[int] = mapped_column(default=0)
    documents: Mapped[int] = mapped_column(default=0)
    latest_at: Mapped[datetime]

    theme: Mapped[Theme] = relationship(lazy="raise")


class LearningPair(Base):
    """Somebody who wants to learn was put together with somebody who has done it; the same two and theme only once."""

    __tablename__ = "learning_pairs"
    __table_args__ = (UniqueConstraint("learner_id", "guide_id", "theme_id"),)
    unseen = True

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    guide_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), index=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey(Theme.id))
    suggested_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)

    learner: Mapped[Person] = relationship(lazy="raise", foreign_keys=[learner_id])
    guide: Mapped[Person] = relationship(lazy="raise", foreign_keys=[guide_id])
    theme: Mapped[Theme] = relationship(lazy="raise")
