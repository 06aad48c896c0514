"""Passkeys an account has."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kunnskap import clock
from kunnskap.accounts.models import Account
from kunnskap.db import Base


class Passkey(Base):
    """The public half of a key pair whose secret half never leaves the device (WebAuthn).

    `credential_id` is base64url; `sign_count` is the device's counter, which must rise where the device counts.
    """

    __tablename__ = "passkeys"
    unseen = True

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"), index=True)
    credential_id: Mapped[str] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    used_at: Mapped[datetime | None]
