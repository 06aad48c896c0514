"""What can happen to a person."""

from dataclasses import dataclass

from kunnskap.events import Event


@dataclass(frozen=True)
class PersonChanged(Event):
    """Somebody came, went or changed what is shown of them."""

    person_id: int
