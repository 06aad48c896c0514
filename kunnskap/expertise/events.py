"""What can happen where those who can help are found."""

from dataclasses import dataclass

from kunnskap.events import Event


@dataclass(frozen=True)
class PairsSought(Event):
    """Those who want to learn were put together with those who know, for a month ("2026-12")."""

    month: str
