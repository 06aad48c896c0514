"""Finding people: the directory, one person, and those who can help."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import NotFound
from kunnskap.people import asking, rules
from kunnskap.people.models import (
    LEFT,
    PHONE,
    WAYS,
    Consent,
    Person,
    PersonTheme,
    Position,
    ProfileReport,
)
from kunnskap.places.models import Place

Columns = TypeVarTuple("Columns")
SIZE = 24
MOST_WORDS = 6
MOST_REPORTS = 200
County = aliased(Place)
CARD: tuple[ORMOption, ...] = (
    joinedload(Person.place).joinedload(Place.county),
    selectinload(Person.topics).joinedload(PersonTheme.theme),
)
"""What `people/parts.html` needs of a person; two statements however many people."""


def _listed() -> ColumnElement[bool]:
    return and_(Person.listed, Person.name != "", Person.left_at.is_(None))


def person(person_id: int) -> Person:
    """Give a person with workplace and themes, in one statement; raises NotFound."""
    topics = joinedload(Person.topics).joinedload(PersonTheme.theme)
    stand_in = joinedload(Person.stand_in).joinedload(Person.place)
    rows = select(Person).where(Person.id == person_id).options(CARD[0], topics, stand_in)
    found = session.scalars(rows).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def standing_consent(person_id: int, purpose: str) -> Select[Consent]:
    """What somebody has agreed to for this purpose and not taken back."""
    mine = select(Consent).where(Consent.person_id == person_id, Consent.purpose == purpose)
    return mine.where(Consent.withdrawn_at.is_(None)).limit(1)


def shown_phone(person: Person) -> str:
    """Give the phone number members see: none unless the person has agreed to that."""
    if not person.phone or session.scalar(standing_consent(person.id, PHONE)) is None:
        return ""
    return person.phone


def ways(actor: Actor, person: Person, their_network_ids: Collection[int]) -> dict[str, str]:
    """Give the ways to reach a person that the actor may see, by the keys of WAYS; at most one statement."""
    seen = {way: getattr(person, way) for way in WAYS if rules.may_see_way(actor, person, way, their_network_ids)}
    if seen.get(PHONE):
        seen[PHONE] = shown_phone(person)
    return {way: words for way, words in seen.items() if words}


def positions(person_id: int) -> list[Position]:
    """Give what somebody did before, the latest first; one statement."""
    rows = select(Position).where(Position.person_id == person_id).options(joinedload(Position.place))
    return sorted(session.scalars(rows), key=lambda one: (one.until or date.min, one.since or date.min), reverse=True)


def position(person_id: int, number: int) -> Position:
    """Give one of somebody's former positions; raises NotFound."""
    found = session.get(Position, number, options=[joinedload(Position.place)])
    if found is None or found.person_id != person_id:
        raise NotFound
    return found


def find(person_id: int) -> Person | None:
    """Give a person with their workplace, if there is one with this number."""
    return session.get(Person, person_id, options=[joinedload(Person.place)])


def due_to_remind(now: datetime, may_be_written_to: ColumnElement[bool], limit: int) -> list[Person]:
    """Give some of those who are to be asked now whether their profile holds, those who were confirmed first."""
    rows = select(Person).where(asking.is_to_be_reminded(now), may_be_written_to).options(joinedload(Person.place))
    return list(session.scalars(rows.order_by(Person.confirmed_at, Person.id).limit(limit)))


def find_report(number: int) -> ProfileReport | None:
    """Give a report with the one it is about, if there is one with this number."""
    card = joinedload(ProfileReport.person).joinedload(Person.place)
    return session.get(ProfileReport, number, options=[card])


def report(number: int) -> ProfileReport:
    """Give a report with the one it is about; raises NotFound."""
    found = find_report(number)
    if found is None:
        raise NotFound
    return found


def open_report_by(actor: Actor, person_id: int) -> ProfileReport | None:
    """Give what the actor has reported of somebody that is not settled."""
    mine = ProfileReport.reporter_id == actor.person_id, ProfileReport.person_id == person_id
    return session.scalar(select(ProfileReport).where(*mine, ProfileReport.settled_at.is_(None)).limit(1))


def is_found_to_have_left(person: Person) -> bool:
    """Whether somebody has left because a report that they had was agreed to."""
    theirs = ProfileReport.person_id == person.id, ProfileReport.what == LEFT
    found = select(ProfileReport.id).where(*theirs, ProfileReport.settled_at == person.left_at)
    return person.left_at is not None and session.scalar(found.limit(1)) is not None


def open_reports(person_ids: Collection[int] | None, but_of: int | None = None) -> list[ProfileReport]:
    """Give what is reported of these people, or of all, and not settled, the oldest first; not of the one `but_of`."""
    rows = select(ProfileReport).join(Person, Person.id == ProfileReport.person_id)
    rows = rows.where(ProfileReport.settled_at.is_(None), Person.name != "", Person.id != (but_of or 0))
    if person_ids is not None:
        rows = rows.where(Person.id.in_(person_ids))
    card = contains_eager(ProfileReport.person).joinedload(Person.place)
    return list(
        session.scalars(rows.options(card).order_by(ProfileReport.made_at, ProfileReport.id).limit(MOST_REPORTS))
    )


def by_ids(ids: Iterable[int]) -> dict[int, Person]:
    """Give those of the people who exist, with workplace and themes."""
    found = session.scalars(select(Person).where(Person.id.in_(list(ids))).options(*CARD))
    return {one.id: one for one in found}


def by_words(words: str) -> list[Person]:
    """Find those in the directory with this name, or name and place as in "Kari Nordmann, Skien"."""
    name, _, where = (part.strip() for part in words.partition(","))
    rows = select(Person).where(_listed(), or_(Person.name == name, func.lower(Person.name) == name.lower()))
    found = list(session.scalars(rows.options(joinedload(Person.place)).order_by(Person.id).limit(20)))
    if not where:
        return found
    return [one for one in found if one.place is not None and one.place.name.casefold() == where.casefold()]


def at_place(place_ids: Collection[int], limit: int = 50) -> list[Person]:
    """Give those in the directory who work at these places, by name."""
    rows = select(Person).where(_listed(), Person.place_id.in_(list(place_ids))).options(*CARD)
    return list(session.scalars(rows.order_by(Person.name, Person.id).limit(limit)))
