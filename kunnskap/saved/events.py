"""What can happen with saved searches."""

from dataclasses import dataclass
from typing import ClassVar

from kunnskap.events import Event


@dataclass(frozen=True)
class NoticeDue(Event):
    """It is time to look whether these searches of somebody's have new hits, published up to `until` (ISO)."""

    slow: ClassVar[bool] = True

    person_id: int
    until: str
    searches: list[int]
