"""Account: the key to the house; the face behind it is a Person."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kunnskap import clock
from kunnskap.actor import MEMBER, Actor
from kunnskap.db import Base
from kunnskap.people.models import Person


class Account(Base):
    """A way in. `email` is kept in lower case; `session_number` rises when every session is to end."""

    __tablename__ = "accounts"
    __table_args__ = (CheckConstraint("role in ('member', 'moderator', 'administrator')", name="role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    role: Mapped[str] = mapped_column(default=MEMBER)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), unique=True)
    session_number: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")

    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Whether it opens the house: the address is confirmed and the account not closed."""
        return self.confirmed_at is not None and self.closed_at is None

    def get_id(self) -> str:
        """What the session cookie holds; no longer good when `session_number` has risen."""
        return f"{self.id}.{self.session_number}"

    @property
    def actor(self) -> Actor:
        """The actor this account lets in; `person` must be loaded."""
        return Actor(self.person_id, self.role, self.person.place_id, self.person.organisation)


class AccountToken(Base):
    """A secret sent by mail that opens one thing once. Only its SHA-256 is kept.

    `purpose` is confirm, sign_in or reset.
    """

    __tablename__ = "account_tokens"
    unseen = True

    digest: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"), index=True)
    purpose: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
