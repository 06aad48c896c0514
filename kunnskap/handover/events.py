"""What can happen when somebody leaves."""

from dataclasses import dataclass

from kunnskap.events import Event


@dataclass(frozen=True)
class HandedOver(Event):
    """What somebody looked after has gone to another person or to all at a place."""

    handover_id: int
