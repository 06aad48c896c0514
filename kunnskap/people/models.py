"""Person: the face shown everywhere, with or without an account."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kunnskap import clock, text
from kunnskap.db import Base
from kunnskap.i18n import mark
from kunnskap.places.models import Place
from kunnskap.themes.models import Theme

WORKPLACES = {
    "municipality": mark("Kommune"),
    "county": mark("Fylkeskommune"),
    "state": mark("Stat"),
    "other": mark("Annet"),
}
LEVELS = {"help": mark("Kan hjelpe med"), "learn": mark("Vil lære")}
PHONE = "phone"
PURPOSES = {PHONE: mark("At telefonnummeret ditt vises for innloggede")}
"""What people are asked to agree to, by key. Everything else the site does with their data rests on other grounds."""

FORMER = "former:"
"""How the `external_id` begins of those who stand for everybody who has left a workplace."""


class Person(Base):
    """Somebody who writes, knows or can be asked.

    `workplace_kind` is a key of WORKPLACES; municipalities and counties are a `place`, others are named in
    `organisation`. `email` and `phone` are shown to members only. `listed` people stand in the directory.
    """

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("workplace_kind in ('municipality', 'county', 'state', 'other')", name="workplace"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    role: Mapped[str] = mapped_column(default="")
    workplace_kind: Mapped[str] = mapped_column(default="other")
    place_id: Mapped[int | None] = mapped_column(ForeignKey(Place.id), index=True)
    organisation: Mapped[str] = mapped_column(default="")
    about: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    listed: Mapped[bool] = mapped_column(default=True, index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_at: Mapped[datetime] = mapped_column(default=clock.now)
    left_at: Mapped[datetime | None]
    external_id: Mapped[str | None] = mapped_column(unique=True)

    place: Mapped[Place | None] = relationship(lazy="raise")
    topics: Mapped[list["PersonTheme"]] = relationship(lazy="raise", cascade="all, delete-orphan")

    @property
    def is_former(self) -> bool:
        """Whether it stands for those who have left a workplace: nobody to look at, ask or follow."""
        return (self.external_id or "").startswith(FORMER)

    @property
    def slug(self) -> str:
        """The end of the address of the person's page."""
        return f"{self.id}-{text.slug(self.name)}"


class PersonTheme(Base):
    """A theme a person can help with or wants to learn about (`level` is a key of LEVELS)."""

    __tablename__ = "person_themes"
    __table_args__ = (CheckConstraint("level in ('help', 'learn')", name="level"),)

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey(Theme.id), primary_key=True, index=True)
    level: Mapped[str] = mapped_column(primary_key=True)

    theme: Mapped[Theme] = relationship(lazy="raise")


class Consent(Base):
    """Somebody agreed to something that rests on consent (`purpose` is a key of PURPOSES), and may take it back."""

    __tablename__ = "consents"
    unseen = True

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), index=True)
    purpose: Mapped[str]
    given_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
