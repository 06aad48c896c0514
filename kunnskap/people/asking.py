"""Who can be asked to help others, and who is to be asked whether their profile holds: conditions on Person."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, exists, or_

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


def is_to_be_reminded(now: datetime) -> ColumnElement[bool]:
    """The condition on Person that keeps those who are asked now whether their profile holds: twice in a year at most."""
    again = and_(Person.reminders == 1, Person.reminded_at <= now - rules.TO_NEXT_REMINDER)
    next_year = and_(Person.reminders >= rules.REMINDERS, Person.reminded_at <= _a_year_ago(now))
    return and_(
        Person.listed,
        Person.name != "",
        Person.email != "",
        Person.left_at.is_(None),
        Person.confirmed_at <= _a_year_ago(now),
        or_(_not_asked_since(), again, next_year),
    )


def reminders_then() -> ColumnElement[int]:
    """How often somebody has been asked in the year once they are asked now."""
    return case((_not_asked_since(), 1), (Person.reminders == 1, 2), else_=1)


def _not_asked_since() -> ColumnElement[bool]:
    return or_(Person.reminded_at.is_(None), Person.reminded_at <= Person.confirmed_at)


def _a_year_ago(now: datetime) -> datetime:
    return rules.months_before(now, rules.MONTHS_TO_REMINDER)
