"""Changing what is shown of a person."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select, update

from kunnskap import audit, clock, events
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed, NotFound
from kunnskap.i18n import mark, say
from kunnskap.people import asking, queries, reporting, rules
from kunnskap.people.events import PersonChanged
from kunnskap.people.models import LEVELS, PHONE, PURPOSES, Consent, Person, PersonTheme, Position
from kunnskap.people.rules import AT_A_PLACE, Former, Profile
from kunnskap.themes.models import Theme

COLUMNS = (
    "role", "workplace_kind", "organisation", "since", "about", "contact_about", "email_for", "phone", "phone_for",
    "other_contact", "other_contact_for", "working_days", "away_from", "away_until", "language", "asks_a_week",
    "wants_pairs", "listed",
)  # fmt: skip
POSITION = ("role", "workplace_kind", "organisation", "since", "until")


def edit(actor: Actor, person: Person, profile: Profile) -> None:
    """Keep what a person tells of themselves. Raises NotAllowed, and Invalid by field of the form.

    Where they worked, and as what, becomes a former position when that is new and no correction.
    """
    if not rules.may_edit(actor, person):
        raise NotAllowed
    if problems := rules.problems(profile, clock.today()):
        raise Invalid(**problems)
    themes = {level: _theme_ids(level, getattr(profile, level)) for level in LEVELS}
    stand_in_id = _stand_in(person, profile)
    hold(person)
    if not rules.may_give_phone(actor, person, profile):
        raise Invalid(phone=mark("Bare den det gjelder, kan legge inn eller endre telefonnummeret. Du kan fjerne det."))
    audience = person.phone_for
    profile = _with_former(person, profile)
    for name in COLUMNS:
        setattr(person, name, getattr(profile, name))
    person.name = " ".join(profile.name.split())
    person.working_days = "".join(sorted(set(profile.working_days)))
    person.place_id = profile.place_id if profile.workplace_kind in AT_A_PLACE else None
    person.stand_in_id = stand_in_id
    _keep_themes(person, themes)
    _keep_consent(actor, person, is_anew=audience != person.phone_for)
    if actor.person_id != person.id:
        audit.note(actor, "profile edited", f"person:{person.id}")
    _confirm(actor, person)


def _with_former(person: Person, profile: Profile) -> Profile:
    """Keep the work a person had as a former position when they tell of another; gives what they tell, with a date."""
    if profile.is_correction or not rules.has_new_work(person, profile):
        return profile
    today = clock.today()
    session.add(rules.former_of(person, profile, today))
    # The day the last work began does not say when this one did.
    is_stale = profile.since is not None and profile.since == person.since
    return replace(profile, since=today) if is_stale else profile


def _stand_in(person: Person, profile: Profile) -> int | None:
    """Who may be asked instead; one who stands there already may stay also when no longer in the directory."""
    if profile.stand_in_id is None or profile.stand_in_id == person.stand_in_id:
        return profile.stand_in_id
    found = session.get(Person, profile.stand_in_id)
    if found is None or found.id == person.id or not rules.is_shown(found):
        raise Invalid(stand_in=mark("Velg en annen som står i katalogen over folk."))
    return found.id


def add_position(actor: Actor, person: Person, former: Former) -> Position:
    """Add a former position. Raises NotAllowed, and Invalid by field of the form."""
    if not rules.may_edit(actor, person):
        raise NotAllowed
    _check_position(former)
    hold(person)
    if len(queries.positions(person.id)) >= rules.MOST_POSITIONS:
        raise Invalid(form=say("Du kan ha høyst %(count)s tidligere stillinger.", count=rules.MOST_POSITIONS))
    made = Position(person_id=person.id)
    _write_position(made, former)
    session.add(made)
    session.flush()
    events.emit(PersonChanged(person.id))
    return made


def change_position(actor: Actor, position: Position, person: Person, former: Former) -> None:
    """Change a former position. Raises NotAllowed, and Invalid by field of the form."""
    if not rules.may_edit(actor, person) or position.person_id != person.id:
        raise NotAllowed
    _check_position(former)
    _write_position(position, former)
    events.emit(PersonChanged(person.id))


def remove_position(actor: Actor, position: Position, person: Person) -> None:
    """Remove a former position."""
    if not rules.may_edit(actor, person) or position.person_id != person.id:
        raise NotAllowed
    session.delete(position)
    events.emit(PersonChanged(person.id))


def _check_position(former: Former) -> None:
    if problems := rules.former_problems(former, clock.today()):
        raise Invalid(**problems)


def _write_position(position: Position, former: Former) -> None:
    for name in POSITION:
        setattr(position, name, getattr(former, name))
    position.place_id = former.place_id if former.workplace_kind in AT_A_PLACE else None


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


def _keep_consent(actor: Actor, person: Person, *, is_anew: bool = False) -> None:
    """Note that the person agrees to their phone number being shown, or does no more, by whether there is one.

    What they agree to is that some see it: when they choose others (`is_anew`), they agree anew.
    """
    given = session.scalar(queries.standing_consent(person.id, PHONE))
    is_own = actor.person_id == person.id
    if given is not None and (not person.phone or (is_anew and is_own)):
        given.withdrawn_at, given = clock.now(), None
    if person.phone and given is None and is_own:
        session.add(Consent(person_id=person.id, purpose=PHONE))
    session.flush()


def confirm(actor: Actor, person: Person) -> None:
    """Say that what is shown of a person still holds; whoever says so of themselves has not left."""
    if not rules.may_edit(actor, person):
        raise NotAllowed
    _confirm(actor, person)


def confirm_by_link(person_id: int) -> Person:
    """Let somebody who has the link in a letter to them say that their profile holds.

    It undoes that others found them to have left, but opens nothing that was ended. Raises NotFound when they are gone.
    """
    person = session.get(Person, person_id)
    if person is None or person.is_former or not person.name:
        raise NotFound
    if person.left_at is not None and not queries.is_found_to_have_left(person):
        raise NotFound
    _confirm(Actor(person.id), person)
    return person


def take_to_remind(person: Person, now: datetime) -> bool:
    """Note that somebody is asked now whether their profile holds; False when another worker has just asked."""
    due = update(Person).where(Person.id == person.id, asking.is_to_be_reminded(now))
    taken = session.execute(due.values(reminded_at=now, reminders=asking.reminders_then()).returning(Person.id)).all()
    session.refresh(person, ["reminded_at", "reminders"])
    return bool(taken)


def _confirm(actor: Actor, person: Person) -> None:
    hold(person)
    person.confirmed_at = clock.now()
    if rules.is_self(actor, person):
        person.left_at = None
        reporting.answer(person)
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
