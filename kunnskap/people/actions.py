"""Changing what is shown of a person."""

from sqlalchemy import delete, select

from kunnskap import clock, events
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed, NotFound
from kunnskap.i18n import mark
from kunnskap.people import queries, rules
from kunnskap.people.events import PersonChanged
from kunnskap.people.models import LEVELS, PHONE, PURPOSES, Consent, Person, PersonTheme
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
    if profile.phone and not rules.may_give_phone(actor, person, profile):
        raise Invalid(phone=mark("Bare den det gjelder, kan legge inn eller endre telefonnummeret. Du kan fjerne det."))
    for name in COLUMNS:
        setattr(person, name, getattr(profile, name))
    person.name = " ".join(profile.name.split())
    person.place_id = profile.place_id if profile.workplace_kind in AT_A_PLACE else None
    person.confirmed_at = clock.now()
    _keep_themes(person, themes)
    _keep_consent(actor, person)
    events.emit(PersonChanged(person.id))


def withdraw_consent(actor: Actor, purpose: str) -> None:
    """Take back what the actor agreed to; what rested on it goes. Raises NotFound for a purpose there is not."""
    if purpose not in PURPOSES:
        raise NotFound
    if actor.person_id is None:
        raise NotAllowed
    person = session.get_one(Person, actor.person_id)
    hold(person)
    person.phone = ""
    _keep_consent(actor, person)
    events.emit(PersonChanged(person.id))


def _keep_consent(actor: Actor, person: Person) -> None:
    """Note that the person agrees to their phone number being shown, or does no more, by whether there is one."""
    given = session.scalar(queries.standing_consent(person.id, PHONE))
    if person.phone and given is None and actor.person_id == person.id:
        session.add(Consent(person_id=person.id, purpose=PHONE))
    elif not person.phone and given is not None:
        given.withdrawn_at = clock.now()
    session.flush()


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
