"""Account: the key to the house; the face behind it is a Person. What belongs to it: sessions, links, known domains."""

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, cast, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship
from sqlalchemy.types import String

from kunnskap import clock
from kunnskap.actor import Actor
from kunnskap.db import Base
from kunnskap.networks.models import COORDINATOR, NetworkMember
from kunnskap.people.models import WORKPLACES, Person
from kunnskap.places.models import Place
from kunnskap.rights import MEMBER

FRESH_FOR = timedelta(minutes=15)
"""How long after signing in dangerous things may be done."""
WORKPLACE = f"workplace_kind in ({', '.join(repr(kind) for kind in WORKPLACES)})"


class Account(Base):
    """A way in. `email` is kept in lower case.

    `confirmed_at` is when the address was shown to be the person's, `approved_at` when the person was let in (at once
    when the domain is known), `trusted_at` when what they write is shown without a moderator looking first. `place_id` is the place the address or the organisation proves. `seen_at` is when it was
    last used, `warned_at` when its owner was told that it closes unless it is. `totp_secret` is sealed
    (`second_factor.sealing`); `totp_step` is the last code's time step, so that no code counts twice.
    """

    __tablename__ = "accounts"
    __table_args__ = (CheckConstraint("role in ('member', 'moderator', 'administrator')", name="role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    role: Mapped[str] = mapped_column(default=MEMBER)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), unique=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey(Place.id), index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    trusted_at: Mapped[datetime | None]
    seen_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    warned_at: Mapped[datetime | None]
    suspended_until: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    totp_secret: Mapped[str | None]
    totp_step: Mapped[int | None]

    person: Mapped[Person] = relationship(lazy="raise")

    memberships: Mapped[str | None] = column_property(
        select(func.aggregate_strings(NetworkMember.role + ":" + cast(NetworkMember.network_id, String), " "))
        .where(NetworkMember.person_id == person_id)
        .correlate_except(NetworkMember)
        .scalar_subquery()
    )
    """The networks the person is in, written "member:3 coordinator:7"; `actor` reads it."""

    @property
    def is_suspended(self) -> bool:
        """Whether it is shut for a time."""
        return self.suspended_until is not None and self.suspended_until > clock.now()

    @property
    def is_active(self) -> bool:
        """Whether it opens the house: the address is confirmed, the person let in, and it is neither closed nor suspended."""
        is_in = self.confirmed_at is not None and self.approved_at is not None
        return is_in and self.closed_at is None and not self.is_suspended

    @property
    def actor(self) -> Actor:
        """The actor this account lets in, with all its powers; `person` must be loaded."""
        return self.acting_as(self.role)

    def acting_as(self, role: str) -> Actor:
        """The actor this account lets in when it is used as this role."""
        networks = [one.partition(":") for one in (self.memberships or "").split()]
        return Actor(
            self.person_id,
            role,
            self.person.place_id,
            self.person.organisation,
            self.place_id,
            frozenset(int(number) for _role, _, number in networks),
            frozenset(int(number) for role, _, number in networks if role == COORDINATOR),
            is_newcomer=self.trusted_at is None and role == MEMBER,
        )


class AccountSession(Base):
    """Somebody who is signed in on one device. Only the SHA-256 of what the cookie holds is kept.

    `how` is password, link, organisation, passkey or invitation. `fresh_at` is when it was last shown who one is,
    `second_factor_at` when that was shown in two ways. `browser` and `address` are for the owner to know it by; the
    address is shortened (`web.addresses.shortened`).
    """

    __tablename__ = "account_sessions"
    unseen = True

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"), index=True)
    how: Mapped[str]
    browser: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    fresh_at: Mapped[datetime] = mapped_column(default=clock.now)
    second_factor_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="raise")

    needs_second_factor = False
    """Whether powers beyond a member's ask for a second factor on this site; set when it is read."""
    token = ""
    """What the cookie holds; known when the session begins and when it is read."""
    is_anonymous = False

    @property
    def awaits_second_factor(self) -> bool:
        """Whether the password or link was right, and the code is still to come."""
        return self.account.totp_secret is not None and self.second_factor_at is None

    @property
    def is_authenticated(self) -> bool:
        """Whether somebody is signed in all the way."""
        return not self.awaits_second_factor

    @property
    def is_active(self) -> bool:
        """Whether the account opens the house."""
        return self.account.is_active

    @property
    def is_fresh(self) -> bool:
        """Whether it was shown who one is so lately that dangerous things may be done."""
        return clock.now() - self.fresh_at < FRESH_FOR

    @property
    def lacks_second_factor(self) -> bool:
        """Whether the account has powers that are kept from it until it has a second factor."""
        return self.needs_second_factor and self.second_factor_at is None and self.account.role != MEMBER

    @property
    def actor(self) -> Actor:
        """The actor this session lets in; without the second factor that is asked for, a plain member."""
        if self.awaits_second_factor:
            return Actor()
        return self.account.acting_as(MEMBER if self.lacks_second_factor else self.account.role)

    def get_id(self) -> str:
        """What the cookie holds."""
        return self.token


class AccountToken(Base):
    """A secret sent by mail that opens one thing once. Only its SHA-256 is kept.

    `purpose` is confirm, sign_in, reset or change; `email` is the new address when it is change.
    """

    __tablename__ = "account_tokens"
    unseen = True

    digest: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"), index=True)
    purpose: Mapped[str]
    email: Mapped[str | None]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class KnownDomain(Base):
    """A domain whose people are let in at once, and where they work: places have theirs in the reference data.

    `tenant` is what an organisation's sign-in calls the same workplace (Entra ID: the tenant's id).
    """

    __tablename__ = "known_domains"
    __table_args__ = (CheckConstraint(WORKPLACE, name="workplace"),)

    domain: Mapped[str] = mapped_column(primary_key=True)
    workplace_kind: Mapped[str]
    organisation: Mapped[str] = mapped_column(default="")
    place_id: Mapped[int | None] = mapped_column(ForeignKey(Place.id))
    tenant: Mapped[str | None] = mapped_column(unique=True)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"))
    added_at: Mapped[datetime] = mapped_column(default=clock.now)
