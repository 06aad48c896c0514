"""What somebody asked to be given of their own."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kunnskap import clock
from kunnskap.db import Base
from kunnskap.people.models import Person


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
