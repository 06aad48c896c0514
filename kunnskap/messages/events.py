"""What can happen between two people that one of them is told of."""

from dataclasses import dataclass

from kunnskap.events import Event


@dataclass(frozen=True)
class MessageSent(Event):
    """Somebody has written to somebody; the other is told by mail."""

    message_id: int


@dataclass(frozen=True)
class TalkChanged(Event):
    """Somebody (`by_id`) agreed to a talk, moved, declined or cancelled it (`what`: agreed, declined or cancelled)."""

    message_id: int
    by_id: int
    what: str
    was_agreed: bool = False
