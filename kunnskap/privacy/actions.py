"""Asking for one's own data, and taking consent back."""

from datetime import datetime

from sqlalchemy import delete, select, update

from kunnskap import clock, events
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import NotAllowed
from kunnskap.people.models import Person
from kunnskap.privacy import queries
from kunnskap.privacy.events import ExportAsked
from kunnskap.privacy.models import Export
from kunnskap.privacy.rules import EXPORT_KEPT


def ask_for_export(actor: Actor) -> Export:
    """Have the worker put together all that the site has about the actor; one that is being made is not begun again."""
    if actor.person_id is None:
        raise NotAllowed
    hold(session.get_one(Person, actor.person_id))
    last = queries.last_export(actor)
    if last is not None and last.is_being_made:
        return last
    now = clock.now()
    asked = Export(person_id=actor.person_id, asked_at=now, expires_at=now + EXPORT_KEPT)
    session.add(asked)
    session.flush()
    events.emit(ExportAsked(asked.id))
    return asked


def note_ready(export_id: int, filename: str) -> Export | None:
    """Note that an export can be fetched; None when nobody waits for it any more."""
    now = clock.now()
    waiting = update(Export).where(Export.id == export_id, Export.ready_at.is_(None))
    made = waiting.values(ready_at=now, filename=filename, expires_at=now + EXPORT_KEPT)
    number = session.scalar(made.returning(Export.id))
    return session.get_one(Export, number, populate_existing=True) if number is not None else None


def forget_expired(now: datetime) -> None:
    """Forget the exports that are kept no longer; their files go when the folder is tidied."""
    session.execute(delete(Export).where(Export.expires_at < now))


def known_files() -> set[str]:
    """Give the names of the exports that may be fetched."""
    return set(session.scalars(select(Export.filename).where(Export.ready_at.is_not(None))))
