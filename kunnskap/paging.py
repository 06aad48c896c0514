"""A page of things and where it stands."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
LARGEST = 1_000_000


@dataclass(frozen=True)
class Page(Generic[T]):
    """`items` are those of page `number` (from 1), `size` to a page, of `total` in all."""

    items: list[T]
    number: int
    size: int
    total: int

    @property
    def last(self) -> int:
        """The number of the last page; 1 when there is nothing."""
        return max(1, -(-self.total // self.size))


def page_number(text: str | None) -> int:
    """Read a page number as people send it; what is no number, too small or too large becomes the nearest page."""
    try:
        return min(max(1, int(text or 1)), LARGEST)
    except ValueError:
        return 1
