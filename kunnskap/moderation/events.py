"""What can happen in moderation that somebody must be told of."""

from dataclasses import dataclass

from kunnskap.events import Event


@dataclass(frozen=True)
class DecisionMade(Event):
    """A moderator decided something; the one it concerns is told why."""

    decision_id: int


@dataclass(frozen=True)
class AppealAnswered(Event):
    """Another moderator has looked at a decision again."""

    decision_id: int


@dataclass(frozen=True)
class ReportsSettled(Event):
    """Moderators have looked at what was reported; `acted` says whether anything was done."""

    report_ids: list[int]
    acted: bool
