"""Who somebody is at an organisation's sign-in."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kunnskap import clock
from kunnskap.accounts.models import Account
from kunnskap.db import Base


class Identity(Base):
    """An account as its issuer knows it: `issuer` and `subject` are the claims iss and sub of OpenID Connect."""

    __tablename__ = "identities"
    unseen = True

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    used_at: Mapped[datetime] = mapped_column(default=clock.now)
