"""What search keeps in the database: the words that editors say mean the same."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kunnskap import clock
from kunnskap.db import Base
from kunnskap.people.models import Person

BETWEEN = " = "


class SynonymGroup(Base):
    """Expressions that mean the same, `words` in one text with " = " between them.

    `seed` is the first expression of the line of the house's own file it came from. `version` counts what editors have
    done to it; as long as that is nothing it follows the file. A group that was removed stays with `removed_at`, so that
    it does not come back from the file.
    """

    __tablename__ = "search_synonyms"
    is_reference = True

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str]
    seed: Mapped[str | None] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"), index=True)
    removed_at: Mapped[datetime | None]

    changed_by: Mapped[Person | None] = relationship(lazy="raise")

    @property
    def members(self) -> tuple[str, ...]:
        """The expressions one by one."""
        return tuple(self.words.split(BETWEEN))
