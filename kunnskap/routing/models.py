"""Who was asked to answer which question, and how far up the ladder an unanswered one has come."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kunnskap import clock
from kunnskap.db import Base
from kunnskap.i18n import mark
from kunnskap.people.models import Person
from kunnskap.posts.models import Post

FIRST, WIDER, COORDINATOR, COUNTY, CHOSEN = "first", "wider", "coordinator", "county", "chosen"
STEPS = {
    FIRST: mark("Spurt først"),
    WIDER: mark("Spurt i en videre krets"),
    COORDINATOR: mark("Nettverkskoordinator"),
    COUNTY: mark("Fylkeskommunen"),
    CHOSEN: mark("Valgt av den som spør"),
}
"""On which step of the ladder, or by whose choice, somebody was asked."""
YES, NOT_NOW, OTHER = "yes", "not-now", "other"
REPLIES = {YES: mark("Kan svare"), NOT_NOW: mark("Ikke nå"), OTHER: mark("Spør heller en annen")}


class Offer(Base):
    """Somebody was asked to answer a question, once at most. `step` is a key of STEPS, `reply` one of REPLIES.

    `chosen_by_id` is who pointed them out: the asker, or somebody who was asked first (then `passed_to_id` of theirs).
    `told_at` is when the mail about it was written, which is done once.
    """

    __tablename__ = "offers"
    __table_args__ = (
        CheckConstraint("step in ('first', 'wider', 'coordinator', 'county', 'chosen')", name="step"),
        CheckConstraint("reply in ('yes', 'not-now', 'other')", name="reply"),
        UniqueConstraint("question_id", "person_id"),
        Index(None, "person_id", "offered_at"),
    )
    unseen = True

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    step: Mapped[str]
    offered_at: Mapped[datetime] = mapped_column(default=clock.now)
    reply: Mapped[str | None]
    replied_at: Mapped[datetime | None]
    chosen_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"))
    passed_to_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"))
    told_at: Mapped[datetime | None]

    question: Mapped[Post] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])


class Ladder(Base):
    """How far a question without an answer has come: the last `step` taken, and the Norwegian day the next is due.

    It stops (`stopped_at`) when somebody answers, or nothing can be done any more; then no step is due either, and it
    never goes on.
    """

    __tablename__ = "ladders"
    __table_args__ = (CheckConstraint("step in ('first', 'wider', 'coordinator', 'county')", name="step"),)
    unseen = True

    question_id: Mapped[int] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"), primary_key=True)
    step: Mapped[str] = mapped_column(default=FIRST)
    began_on: Mapped[date]
    due_on: Mapped[date | None] = mapped_column(index=True)
    stepped_at: Mapped[datetime] = mapped_column(default=clock.now)
    stopped_at: Mapped[datetime | None]

    question: Mapped[Post] = relationship(lazy="raise")
