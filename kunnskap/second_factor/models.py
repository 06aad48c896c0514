"""Recovery codes: for the day the phone is gone. The secret of the app's codes is a column of Account."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kunnskap.accounts.models import Account
from kunnskap.db import Base


class RecoveryCode(Base):
    """A code that stands in for the app's once. Only its SHA-256 is kept."""

    __tablename__ = "recovery_codes"
    unseen = True

    digest: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"), index=True)
    used_at: Mapped[datetime | None]
