"""What people have agreed to."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kunnskap import clock
from kunnskap.db import Base
from kunnskap.people.models import Person


class Consent(Base):
    """Somebody agreed to something that rests on consent (`purpose` is a key of privacy.rules.PURPOSES), and may take it back."""

    __tablename__ = "consents"
    unseen = True

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), index=True)
    purpose: Mapped[str]
    given_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
