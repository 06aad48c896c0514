"""Person: the face shown everywhere, with or without an account."""

from datetime import date, datetime

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
DONE, GUIDE, LEARN = "done", "guide", "learn"
LEVELS = {DONE: mark("Har gjort det"), GUIDE: mark("Kan veilede"), LEARN: mark("Vil lære")}
HELPING = (GUIDE, DONE)
"""The levels of those who can be asked; who can guide stands first."""
EVERYONE, MEMBERS, NETWORKS, NOBODY = "everyone", "members", "networks", "nobody"
SEEN_BY = {
    EVERYONE: mark("Alle"),
    MEMBERS: mark("Innloggede"),
    NETWORKS: mark("De som er i et nettverk sammen med meg"),
    NOBODY: mark("Ingen"),
}
"""Who may see a way to reach somebody."""
WAYS = ("email", "phone", "other_contact")
"""The ways to reach somebody: columns of Person, each with who may see it in `<way>_for`."""
DAYS = {
    "1": mark("mandag"),
    "2": mark("tirsdag"),
    "3": mark("onsdag"),
    "4": mark("torsdag"),
    "5": mark("fredag"),
    "6": mark("lørdag"),
    "7": mark("søndag"),
}
"""The days of the week by ISO number."""
ASKS_A_WEEK = 2
"""How many questions somebody is asked in a week at most, unless they choose another number."""
EVERY_WORKING_DAY = "12345"
LEFT, WRONG = "left", "wrong"
PHONE = "phone"
PURPOSES = {PHONE: mark("At telefonnummeret ditt vises for dem du har valgt")}
"""What people are asked to agree to, by key. Everything else the site does with their data rests on other grounds."""

FORMER = "former:"
"""How the `external_id` begins of those who stand for everybody who has left a workplace."""


class Person(Base):
    """Somebody who writes, knows or can be asked.

    `workplace_kind` is a key of WORKPLACES; municipalities and counties are a `place`, others are named in
    `organisation`. `listed` people stand in the directory. `since` is when they began where they work now; what was
    before is `Position`s.

    `email_for`, `phone_for` and `other_contact_for` are keys of SEEN_BY. `working_days` are ISO numbers (1 is Monday),
    as "12345". From `away_from` to `away_until`, both counted, `stand_in_id` may be asked instead. `language` is what
    letters are written in. `asks_a_week` is how many questions they will be asked in a week (0: none); `wants_pairs`
    that they want to be put together with those who have done what they want to learn. `confirmed_at` is when somebody
    last said that all this holds, `reminded_at` when they were last asked to, for the time of the year in `reminders`.
    """

    __tablename__ = "people"
    is_of_people = True
    __table_args__ = (
        CheckConstraint("workplace_kind in ('municipality', 'county', 'state', 'other')", name="workplace"),
        CheckConstraint("email_for in ('everyone', 'members', 'networks', 'nobody')", name="email_for"),
        CheckConstraint("phone_for in ('everyone', 'members', 'networks', 'nobody')", name="phone_for"),
        CheckConstraint("other_contact_for in ('everyone', 'members', 'networks', 'nobody')", name="other_contact_for"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    role: Mapped[str] = mapped_column(default="")
    workplace_kind: Mapped[str] = mapped_column(default="other")
    place_id: Mapped[int | None] = mapped_column(ForeignKey(Place.id), index=True)
    organisation: Mapped[str] = mapped_column(default="")
    since: Mapped[date | None]
    about: Mapped[str] = mapped_column(default="")
    contact_about: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    email_for: Mapped[str] = mapped_column(default=MEMBERS)
    phone: Mapped[str] = mapped_column(default="")
    phone_for: Mapped[str] = mapped_column(default=MEMBERS)
    other_contact: Mapped[str] = mapped_column(default="")
    other_contact_for: Mapped[str] = mapped_column(default=MEMBERS)
    working_days: Mapped[str] = mapped_column(default=EVERY_WORKING_DAY)
    away_from: Mapped[date | None]
    away_until: Mapped[date | None]
    stand_in_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    language: Mapped[str] = mapped_column(default="nb")
    asks_a_week: Mapped[int] = mapped_column(default=ASKS_A_WEEK)
    wants_pairs: Mapped[bool] = mapped_column(default=False)
    listed: Mapped[bool] = mapped_column(default=True, index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_at: Mapped[datetime] = mapped_column(default=clock.now)
    reminded_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(default=0)
    left_at: Mapped[datetime | None]
    external_id: Mapped[str | None] = mapped_column(unique=True)

    place: Mapped[Place | None] = relationship(lazy="raise")
    stand_in: Mapped["Person | None"] = relationship(lazy="raise", remote_side=[id])
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
    """A theme a person knows or wants to learn about (`level` is a key of LEVELS)."""

    __tablename__ = "person_themes"
    is_of_people = True
    __table_args__ = (CheckConstraint("level in ('done', 'guide', 'learn')", name="level"),)

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


class Position(Base):
    """Where somebody worked before, and as what; `workplace_kind`, `place` and `organisation` as in Person."""

    __tablename__ = "positions"
    __table_args__ = (
        CheckConstraint("workplace_kind in ('municipality', 'county', 'state', 'other')", name="workplace"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(default="")
    workplace_kind: Mapped[str] = mapped_column(default="other")
    place_id: Mapped[int | None] = mapped_column(ForeignKey(Place.id), index=True)
    organisation: Mapped[str] = mapped_column(default="")
    since: Mapped[date | None]
    until: Mapped[date | None]

    place: Mapped[Place | None] = relationship(lazy="raise")


class ProfileReport(Base):
    """A colleague says that somebody has left their work (`what` is left) or that a profile is wrong (wrong).

    It is settled when the one it is about says what holds, or somebody who looks after people has seen to it.
    """

    __tablename__ = "profile_reports"
    __table_args__ = (CheckConstraint("what in ('left', 'wrong')", name="what"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), index=True)
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"), index=True)
    what: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"))

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])
