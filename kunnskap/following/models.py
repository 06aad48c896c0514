"""Follow: a person who wants to know what happens to something."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kunnskap import clock
from kunnskap.db import Base
from kunnskap.people.models import Person


class Follow(Base):
    """`target_kind` and `target_id` are a Target; what it names may be gone, then the follow is ignored."""

    __tablename__ = "follows"
    __table_args__ = (Index(None, "target_kind", "target_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True)
    target_kind: Mapped[str] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(default=clock.now)
