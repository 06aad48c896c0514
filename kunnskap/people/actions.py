"""Changing what is shown of a person."""

from sqlalchemy import delete, select

from kunnskap import clock, events
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed
from kunnskap.i18n import mark
from kunnskap.people import rules
from kunnskap.people.events import PersonChanged
from kunnskap.people.models import LEVELS, Person, PersonTheme
from kunnskap.people.rules import AT_A_PLACE, Profile
from kunnskap.themes.models import Theme

COLUMNS = ("role", "workplace_kind", "organisation", "about", "phone", "listed")


def edit(actor: Actor, person: Person, profile: Profile) -> None:
    """Keep what a person tells of themselves. Raises NotAllowed, and Invalid by field of the form."""
    if not rules.may_edit(actor, person):
        raise NotAllowed
    if problems := rules.problems(profile):
        raise Invalid(**problems)
    themes = {level: _theme_ids(level, getattr(profile, level)) for level in LEVELS}
    hold(person)
    for name in COLUMNS:
        setattr(person, name, getattr(profile, name))
    person.name = " ".join(profile.name.split())
    person.place_id = profile.place_id if profile.workplace_kind in AT_A_PLACE else None
    person.confirmed_at = clock.now()
    _keep_themes(person, themes)
    events.emit(PersonChanged(person.id))


def confirm(actor: Actor, person: Person) -> None:
    """Say that what is shown of a person still holds."""
    if not rules.may_edit(actor, person):
        raise NotAllowed
    person.confirmed_at = clock.now()
    events.emit(PersonChanged(person.id))


def _theme_ids(level: str, slugs: object) -> list[int]:
    wanted = set(slugs) if isinstance(slugs, list | tuple) else set()
    found = list(session.scalars(select(Theme.id).where(Theme.slug.in_(wanted))))
    if len(found) != len(wanted):
        raise Invalid(**{level: mark("Velg temaer fra listen.")})
    return found


def _keep_themes(person: Person, themes: dict[str, list[int]]) -> None:
    session.execute(delete(PersonTheme).where(PersonTheme.person_id == person.id))
    session.expire(person, ["topics"])
    for level, ids in themes.items():
        session.add_all(PersonTheme(person_id=person.id, theme_id=number, level=level) for number in ids)
    session.flush()
