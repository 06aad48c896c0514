"""What somebody has to show who they are with."""

from sqlalchemy import func, select

from kunnskap.accounts.models import Account
from kunnskap.db import session
from kunnskap.second_factor.models import RecoveryCode


def codes_left(account: Account) -> int:
    """Count the recovery codes that are not used."""
    unused = select(func.count()).where(RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None))
    return session.scalar(unused) or 0
