"""What can happen at the doors."""

from dataclasses import dataclass
from typing import ClassVar

from kunnskap.events import Event


@dataclass(frozen=True)
class NobodyWritten(Event):
    """An address is not written to after all. Nobody listens: it is there to take the time a mail takes."""

    slow: ClassVar[bool] = True


@dataclass(frozen=True)
class AccountWaits(Event):
    """Somebody from a domain nobody knows has confirmed their address and waits to be let in."""

    account_id: int
