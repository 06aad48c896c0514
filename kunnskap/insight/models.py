"""How often words were looked for, and by nobody in particular."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from kunnskap.db import Base


class SearchTally(Base):
    """How often the same words were looked for in the week that began on `week` (a Monday), by whom is not kept.

    `without_hits` of the `searches` found nothing; `clicks` led on to something.
    """

    __tablename__ = "search_tallies"
    unseen = True

    week: Mapped[date] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(primary_key=True)
    searches: Mapped[int] = mapped_column(default=0)
    without_hits: Mapped[int] = mapped_column(default=0)
    clicks: Mapped[int] = mapped_column(default=0)
