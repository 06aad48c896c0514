"""What somebody asked to be given of their own."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kunnskap import clock
from kunnskap.db import Base
from kunnskap.people.models import Person

LONGEST_WAIT = timedelta(hours=2)
"""After so long another export may be asked for."""


class Export(Base):
    """Everything the site has about a person, in one file: asked for, made by the worker, and gone after a week.

    `filename` is what the file is called in the folder of exports, once it is `ready_at`.
    """

    __tablename__ = "exports"
    unseen = True

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    ready_at: Mapped[datetime | None]
    filename: Mapped[str] = mapped_column(default="")
    expires_at: Mapped[datetime]

    @property
    def is_being_made(self) -> bool:
        """Whether it is asked for and not there yet; one that has taken too long is not waited for."""
        return self.ready_at is None and clock.now() - self.asked_at < LONGEST_WAIT
