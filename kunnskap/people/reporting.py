"""Colleagues say that somebody has left, or that a profile is wrong; and what comes of it."""

from datetime import datetime

from sqlalchemy import update

from kunnskap import audit, clock, events
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed
from kunnskap.people import queries, rules
from kunnskap.people.events import PersonChanged, PersonLeft, ProfileReported
from kunnskap.people.models import LEFT, Person, ProfileReport


def report(actor: Actor, person: Person, what: str, words: str = "", *, has_words: bool = True) -> bool:
    """Say what is no longer right about somebody, who is written to; gives whether that is new.

    The same person has one open report of another at a time. Of one whose words the other does not want (`has_words`
    is no), the words are left out. Raises NotAllowed, and Invalid by field.
    """
    if not rules.may_report(actor, person):
        raise NotAllowed
    if problems := rules.report_problems(what, words):
        raise Invalid(**problems)
    hold(person)
    if queries.open_report_by(actor, person.id) is not None:
        return False
    kept = words.strip() if has_words else ""
    made = ProfileReport(person_id=person.id, reporter_id=actor.person_id, what=what, words=kept)
    session.add(made)
    session.flush()
    events.emit(ProfileReported(made.id))
    return True


def answer(person: Person) -> None:
    """Settle every report of somebody who has said what holds."""
    theirs = update(ProfileReport).where(ProfileReport.person_id == person.id, ProfileReport.settled_at.is_(None))
    session.execute(theirs.values(settled_at=clock.now(), settled_by_id=person.id))


def settle(actor: Actor, made: ProfileReport, verdict: str, their_network_ids: frozenset[int]) -> None:
    """Say whether a report holds (a key of `rules`: AGREE or DISMISS); whoever is agreed to have left, has.

    One that is settled already is left alone. Raises NotAllowed, and Invalid for another verdict.
    """
    person = session.get_one(Person, made.person_id)
    if not rules.may_settle(actor, person, their_network_ids):
        raise NotAllowed
    if verdict not in {rules.AGREE, rules.DISMISS}:
        raise Invalid(verdict=rules.CHOOSE)
    if verdict == rules.AGREE and made.reporter_id == actor.person_id and not actor.is_moderator:
        raise NotAllowed  # two must say that somebody has left
    hold(person)
    hold(made)
    if made.settled_at is not None:
        return
    has_left = verdict == rules.AGREE and made.what == LEFT
    made.settled_at, made.settled_by_id = clock.now(), actor.person_id
    if has_left:
        _leave(actor, person, made.settled_at)
    audit.note(actor, f"profile report {verdict}", f"person:{person.id}", {"kind": made.what})


def _leave(actor: Actor, person: Person, now: datetime) -> None:
    # The same moment in both: so it is known that a report made them leave (`queries.is_found_to_have_left`).
    person.left_at = person.left_at or now
    same = update(ProfileReport).where(ProfileReport.person_id == person.id, ProfileReport.settled_at.is_(None))
    session.execute(same.where(ProfileReport.what == LEFT).values(settled_at=now, settled_by_id=actor.person_id))
    events.emit(PersonChanged(person.id))
    events.emit(PersonLeft(person.id))
