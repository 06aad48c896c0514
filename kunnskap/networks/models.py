"""Network, the places that belong to it and the people in it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kunnskap import clock
from kunnskap.db import Base
from kunnskap.people.models import Person
from kunnskap.places.models import Place
from kunnskap.themes.models import Theme

MEMBER, COORDINATOR = "member", "coordinator"


class Network(Base):
    """An inter-municipal network. `topics` and `coordinated_by` are text as the source tells it.

    `edited_at` is when its coordinators last described it themselves; then the register leaves their words alone.
    """

    __tablename__ = "networks"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    topics: Mapped[str] = mapped_column(default="")
    coordinated_by: Mapped[str] = mapped_column(default="")
    members_note: Mapped[str] = mapped_column(default="")
    since: Mapped[int | None]
    source_url: Mapped[str] = mapped_column(default="")
    is_open: Mapped[bool] = mapped_column(default=True)
    edited_at: Mapped[datetime | None]

    places: Mapped[list["NetworkPlace"]] = relationship(lazy="raise")
    themes: Mapped[list[Theme]] = relationship(secondary="network_themes", order_by=Theme.position, lazy="raise")


class NetworkPlace(Base):
    """A municipality or county authority that belongs to a network."""

    __tablename__ = "network_places"

    network_id: Mapped[int] = mapped_column(ForeignKey(Network.id), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey(Place.id), primary_key=True, index=True)
    since: Mapped[date | None]
    until: Mapped[date | None]

    place: Mapped[Place] = relationship(lazy="raise")


class NetworkTheme(Base):
    """A theme a network works with."""

    __tablename__ = "network_themes"

    network_id: Mapped[int] = mapped_column(ForeignKey(Network.id, ondelete="CASCADE"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey(Theme.id), primary_key=True, index=True)


class NetworkMember(Base):
    """A person in a network, as member or coordinator; `task` is what else they do in it, in their own words.

    `gets_letters` is whether letters to the network go to them too.
    """

    __tablename__ = "network_members"
    __table_args__ = (CheckConstraint("role in ('member', 'coordinator')", name="role"),)

    network_id: Mapped[int] = mapped_column(ForeignKey(Network.id), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(default=MEMBER)
    task: Mapped[str] = mapped_column(default="")
    gets_letters: Mapped[bool] = mapped_column(default=True, server_default=true())
    joined_at: Mapped[datetime] = mapped_column(default=clock.now)

    person: Mapped[Person] = relationship(lazy="raise")
