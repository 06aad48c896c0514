"""Invitations: a link to one address, or one that several may use."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kunnskap import clock
from kunnskap.accounts.models import WORKPLACE
from kunnskap.db import Base
from kunnskap.networks.models import Network
from kunnskap.people.models import Person
from kunnskap.places.models import Place


class Invitation(Base):
    """A way in for somebody a coordinator knows. Only the SHA-256 of the link's secret is kept.

    `email` is whom it was sent to; without it the link is for as many as `uses_left` says. The workplace is where those
    who come with it work, when the address does not tell. They join `network_id` when it is given.
    """

    __tablename__ = "invitations"
    __table_args__ = (CheckConstraint(f"workplace_kind is null or {WORKPLACE}", name="workplace"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str | None] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(default="")
    workplace_kind: Mapped[str | None]
    organisation: Mapped[str] = mapped_column(default="")
    place_id: Mapped[int | None] = mapped_column(ForeignKey(Place.id))
    network_id: Mapped[int | None] = mapped_column(ForeignKey(Network.id, ondelete="SET NULL"))
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"), index=True)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    uses_left: Mapped[int] = mapped_column(default=1)
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
