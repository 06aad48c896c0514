"""What can happen between two people that one of them is told of."""

from dataclasses import dataclass

from kunnskap.events import Event


@dataclass(frozen=True)
class MessageSent(Event):
    """Somebody has written to somebody; the other is told by mail."""

    message_id: int
