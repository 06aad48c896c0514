"""What only a question has: its accepted answer, its twin, and those who wonder the same."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kunnskap import clock
from kunnskap.db import Base
from kunnskap.people.models import Person
from kunnskap.posts.models import Post


class QuestionDetails(Base):
    """One row a question. `duplicate_of_id` is the question that already has the answer."""

    __tablename__ = "question_details"

    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"), primary_key=True)
    accepted_answer_id: Mapped[int | None] = mapped_column(ForeignKey(Post.id), unique=True)
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey(Post.id), index=True)
    wonder_count: Mapped[int] = mapped_column(default=0)


class Wonder(Base):
    """Somebody has the same question ("det lurer jeg også på")."""

    __tablename__ = "wonders"

    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True, index=True)
    since: Mapped[datetime] = mapped_column(default=clock.now)
