"""What can happen in a network."""

from dataclasses import dataclass

from kunnskap.events import Event


@dataclass(frozen=True)
class MemberAdded(Event):
    """A coordinator took somebody in, who is to be told and may leave at once."""

    network_id: int
    person_id: int
    added_by_id: int


@dataclass(frozen=True)
class NetworkPlaceChanged(Event):
    """A place came to a network or left it."""

    network_id: int
    place_id: int
