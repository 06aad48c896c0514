"""What was handed over when somebody left."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kunnskap import clock
from kunnskap.db import Base
from kunnskap.people.models import Person
from kunnskap.places.models import Place


class Handover(Base):
    """Somebody leaves their work at `place_id` on `leaves_on`; what they looked after goes to `successor_id`, or to all there.

    `what` holds what was chosen and, once it is done, the ids of what was handed over, by kind (`rules.HANDED`), so that
    the successor finds it again. `done_at` is when it was carried out, `seen_at` when the successor said that they have
    begun. Who deletes their account leaves the row without themselves in it.
    """

    __tablename__ = "handovers"
    unseen = True

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"), index=True)
    successor_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"), index=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey(Place.id), index=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"))
    words: Mapped[str] = mapped_column(default="")
    leaves_on: Mapped[date] = mapped_column(index=True)
    what: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    done_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[person_id])
    successor: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[successor_id])
    place: Mapped[Place | None] = relationship(lazy="raise")
