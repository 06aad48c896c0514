"""What people tell the site's owners."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from kunnskap import clock
from kunnskap.db import Base


class Feedback(Base):
    """Somebody told that something is hard to use; `email` is where an answer is wanted, if anywhere."""

    __tablename__ = "feedback"
    unseen = True

    id: Mapped[int] = mapped_column(primary_key=True)
    page: Mapped[str] = mapped_column(default="")
    words: Mapped[str]
    email: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    handled_at: Mapped[datetime | None]
