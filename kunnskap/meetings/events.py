"""What can happen to meetings that people are written to about."""

from dataclasses import dataclass
from typing import ClassVar

from kunnskap.events import Event


@dataclass(frozen=True)
class MeetingMoved(Event):
    """When or where a meeting is was changed, or it was cancelled; those who said that they come are told."""

    slow: ClassVar[bool] = True

    meeting_id: int


@dataclass(frozen=True)
class ReminderDue(Event):
    """Somebody who comes is to be reminded of a meeting."""

    slow: ClassVar[bool] = True

    meeting_id: int
    person_id: int


@dataclass(frozen=True)
class HomeworkDue(Event):
    """Somebody is to be reminded of homework."""

    slow: ClassVar[bool] = True

    homework_id: int
    person_id: int


@dataclass(frozen=True)
class PartProposed(Event):
    """A speaker is asked whether a part of the minutes may be posted in their name."""

    slow: ClassVar[bool] = True

    part_id: int
