"""Who can be asked: the one condition behind everything that puts people forward as those who can help."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, or_

from kunnskap.people import rules
from kunnskap.people.models import LEFT, Person, ProfileReport


def can_be_asked(now: datetime) -> ColumnElement[bool]:
    """The condition on Person that keeps those who can be asked; its pure twin is `rules.can_be_asked`.

    They stand in the directory, have a name and have not left; somebody has confirmed what is told of them in the last
    14 months; and no colleague has said, two weeks ago or more, that they have left without their having said otherwise.
    It says nothing of absence (`is_here`) or of how often they will be asked.
    """
    return and_(
        Person.listed,
        Person.name != "",
        Person.left_at.is_(None),
        Person.confirmed_at > rules.confirmed_since(now),
        ~exists()
        .where(
            ProfileReport.person_id == Person.id,
            ProfileReport.what == LEFT,
            ProfileReport.settled_at.is_(None),
            ProfileReport.made_at <= now - rules.TIME_TO_SAY_OTHERWISE,
        )
        .correlate_except(ProfileReport),
    )


def is_here(day: date) -> ColumnElement[bool]:
    """The condition on Person that keeps those who are not away that day; its pure twin is `not rules.is_away`."""
    return or_(
        and_(Person.away_from.is_(None), Person.away_until.is_(None)),
        Person.away_from > day,
        Person.away_until < day,
    )
