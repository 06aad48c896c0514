"""What can happen to a person."""

from dataclasses import dataclass
from typing import ClassVar

from kunnskap.events import Event


@dataclass(frozen=True)
class PersonChanged(Event):
    """Somebody came, went or changed what is shown of them."""

    person_id: int


@dataclass(frozen=True)
class PersonLeft(Event):
    """Somebody is found to have left the work that stands in their profile."""

    slow: ClassVar[bool] = True

    person_id: int


@dataclass(frozen=True)
class ProfileReported(Event):
    """A colleague said that somebody has left, or that their profile is wrong."""

    slow: ClassVar[bool] = True

    report_id: int
