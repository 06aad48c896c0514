"""What can happen at a desk."""

from dataclasses import dataclass
from typing import ClassVar

from kunnskap.events import Event


@dataclass(frozen=True)
class LetterSent(Event):
    """A coordinator has sent a letter that is to go to a network's members."""

    slow: ClassVar[bool] = True

    letter_id: int
