"""What can happen to a document."""

from dataclasses import dataclass
from typing import ClassVar

from kunnskap.events import Event


@dataclass(frozen=True)
class FileArrived(Event):
    """A document has a file whose words are not read yet."""

    slow: ClassVar[bool] = True

    post_id: int
