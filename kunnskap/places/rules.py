"""What places are called by their size. Pure."""

from typing import Protocol

from kunnskap.i18n import mark


class Sized(Protocol):
    """Anything that stands for a place with inhabitants."""

    @property
    def population(self) -> int | None:
        """How many, when somebody has counted."""

    @property
    def is_county(self) -> bool:
        """Whether it is a county."""


SIZES = {
    "under-5000": mark("Under 5 000 innbyggere"),
    "5000-20000": mark("5 000–20 000 innbyggere"),
    "20000-50000": mark("20 000–50 000 innbyggere"),
    "over-50000": mark("Over 50 000 innbyggere"),
}
"""Classes of municipalities by inhabitants, smallest first."""
_LIMITS = (5_000, 20_000, 50_000)


def size_class(population: int | None) -> str | None:
    """Give the key of the class a municipality with so many inhabitants belongs to; none when nobody has counted."""
    return None if population is None else list(SIZES)[sum(population >= limit for limit in _LIMITS)]
