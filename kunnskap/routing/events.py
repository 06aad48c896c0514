"""What can happen when people are asked. They are told one by one, each in a transaction of its own."""

from dataclasses import dataclass
from typing import ClassVar

from kunnskap.events import Event


@dataclass(frozen=True)
class QuestionToRoute(Event):
    """Something has happened to a question that those who are asked depend on: it came, was answered or taken away."""

    slow: ClassVar[bool] = True

    question_id: int


@dataclass(frozen=True)
class StepDue(Event):
    """A question has waited so long on this step that the next one is to be taken."""

    slow: ClassVar[bool] = True

    question_id: int
    step: str


@dataclass(frozen=True)
class OfferMade(Event):
    """Somebody is asked to answer a question."""

    slow: ClassVar[bool] = True

    offer_id: int


@dataclass(frozen=True)
class OfferDeclined(Event):
    """Somebody who was asked cannot answer."""

    slow: ClassVar[bool] = True

    offer_id: int
