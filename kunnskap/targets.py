"""A name tag for anything that can be followed, reported, notified about or found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """`kind` is post, page, person, theme, place, network or collection; `id` is its number in the database."""

    kind: str
    id: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Target":
        """Read what `str` wrote; raises ValueError for anything else."""
        kind, _, number = text.partition(":")
        return cls(kind, int(number))
