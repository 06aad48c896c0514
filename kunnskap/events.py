"""What happened, written beside the change itself and told to listeners after commit.

An event is a row in the same transaction as the change (a transactional outbox), so nothing is lost between commit and
consequence. A worker claims rows for a while (a lease), tells every listener, and marks them told. A row that fails is
tried again later, with longer and longer pauses; after the last attempt it is set aside where the operator sees it.
Listeners must tolerate hearing the same thing twice.
"""

import json
import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Index, Select, delete, event, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from kunnskap import clock
from kunnskap.db import Base, expect_writes, is_writing, maker, session

log = logging.getLogger(__name__)

ATTEMPTS = 8
LEASE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(seconds=5)
PATIENT = 2
"""After so many attempts the pauses of what cannot be heard for the moment grow no longer."""
BATCH = 100

news = threading.Event()
"""Set in this process when something has been committed that a worker should tell."""


@dataclass(frozen=True)
class Event:
    """Base of every event; fields must be plain JSON values.

    `slow` events (reading files, sending mail) are told by a worker of their own, so that nothing waits for them.
    `secret` events lose their facts as soon as they are told.
    """

    slow: ClassVar[bool] = False
    secret: ClassVar[bool] = False


Listener = Callable[[Sequence[Any]], None]


class NotNow(Exception):
    """Raised by a listener that can hear nothing for the moment, through no fault of what it was told.

    All of that is told again until it can; nothing is set aside.
    """


class Outbox(Base):
    """An event that has happened, and how far the telling of it has come."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "told_at", "set_aside_at", "slow", "next_try_at"),)
    unseen = True

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    facts: Mapped[str]
    slow: Mapped[bool] = mapped_column(default=False)
    happened_at: Mapped[datetime] = mapped_column(default=clock.now)
    next_try_at: Mapped[datetime] = mapped_column(default=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    told_at: Mapped[datetime | None]
    set_aside_at: Mapped[datetime | None]


_kinds: dict[str, type[Event]] = {}
_listeners: dict[Listener, tuple[type[Event], ...]] = {}
_readers: set[Listener] = set()


def listen(listener: Listener, *kinds: type[Event], only_reads: bool = False) -> None:
    """Have `listener` called with a sequence of events of these kinds, in the order they happened.

    One that `only_reads` the database is called first, and others can write to it meanwhile. A method takes the place of
    the same method of an equal object, so that a site made twice in a process hears everything once.
    """
    for old in [one for one in _listeners if _is_same_method(one, listener)]:
        del _listeners[old]
        _readers.discard(old)
    _kinds.update({kind.__name__: kind for kind in kinds})
    _listeners[listener] = kinds
    if only_reads:
        _readers.add(listener)


def _is_same_method(one: Listener, other: Listener) -> bool:
    ours, theirs = getattr(one, "__self__", None), getattr(other, "__self__", None)
    return ours is not None and ours == theirs and getattr(one, "__func__", 0) is getattr(other, "__func__", 1)


def emit(happened: Event) -> None:
    """Write the event beside the change that is under way; it is told once that is committed."""
    session.add(Outbox(**_row(happened)))
    session.info["news"] = True


def emit_all(happened: Iterable[Event]) -> None:
    """Write many events in one statement, in their order; what was emitted before comes before them."""
    session.flush()
    rows = [_row(one) for one in happened]
    if rows:
        session.execute(insert(Outbox), rows)
        session.info["news"] = True


def _row(happened: Event) -> dict[str, Any]:
    kind = type(happened)
    return {"name": kind.__name__, "facts": json.dumps(asdict(happened)), "slow": kind.slow}


@event.listens_for(maker, "after_commit")
def _wake_worker(committed: Any) -> None:
    if committed.info.pop("news", False):
        news.set()


def is_waiting(*, slow: bool | None = None) -> bool:
    """Look whether there is anything to tell, without writing."""
    return session.scalar(_waiting(slow, 1)) is not None


def tell_pending(*, slow: bool | None = None, limit: int = BATCH) -> int:
    """Tell listeners what is waiting (`slow` ones only, quick ones only, or both); returns how many were looked at."""
    ids = _claim(slow, limit)
    # A mail that has gone cannot be called back when the next one fails, so slow events are told one by one.
    together = ids if slow is not True else []
    if not together or (not _tell(together) and len(ids) > 1):
        for number in ids:
            _tell([number])
    return len(ids)


def _waiting(slow: bool | None, limit: int) -> Select[int]:
    wanted = select(Outbox.id).where(
        Outbox.told_at.is_(None), Outbox.set_aside_at.is_(None), Outbox.next_try_at <= clock.now()
    )
    if slow is not None:
        wanted = wanted.where(Outbox.slow == slow)
    return wanted.order_by(Outbox.id).limit(limit)


def _claim(slow: bool | None, limit: int) -> list[int]:
    ids = list(session.scalars(_waiting(slow, limit).with_for_update(skip_locked=True)))
    if ids:
        session.execute(update(Outbox).where(Outbox.id.in_(ids)).values(next_try_at=clock.now() + LEASE))
    session.commit()
    return ids


def _tell(ids: list[int]) -> bool:
    """Tell of these together; returns whether that settles them, so that they need not be told one by one."""
    writing = is_writing()
    try:
        expect_writes(False)
        rows = session.scalars(select(Outbox).where(Outbox.id.in_(ids)).order_by(Outbox.id)).all()
        told = [_kinds[row.name](**json.loads(row.facts)) for row in rows if row.name in _kinds and row.told_at is None]
        _call(told, only_reading=True)
        session.commit()
        expect_writes(writing)
        _call(told, only_reading=False)
        _mark_told(ids)
    except NotNow as problem:
        session.rollback()
        expect_writes(writing)
        log.warning("%s events are told later: %s", len(ids), problem)
        _put_off(ids)
    except Exception:
        session.rollback()
        expect_writes(writing)
        if len(ids) == 1:
            log.exception("a listener failed for event %s", ids[0])
            _postpone(ids[0])
        return False
    return True


def _call(told: Sequence[Event], *, only_reading: bool) -> None:
    for listener, kinds in _listeners.items():
        theirs = [one for one in told if isinstance(one, kinds)]
        if theirs and (listener in _readers) == only_reading:
            listener(theirs)


def _put_off(ids: list[int]) -> None:
    for row in session.scalars(select(Outbox).where(Outbox.id.in_(ids))):
        row.attempts = min(row.attempts + 1, PATIENT)
        row.next_try_at = clock.now() + FIRST_PAUSE * 4 ** (row.attempts - 1)
    session.commit()


def _mark_told(ids: list[int]) -> None:
    session.execute(update(Outbox).where(Outbox.id.in_(ids)).values(told_at=clock.now(), error=""))
    secret = [name for name, kind in _kinds.items() if kind.secret]
    session.execute(update(Outbox).where(Outbox.id.in_(ids), Outbox.name.in_(secret)).values(facts="{}"))
    session.commit()


def _postpone(number: int) -> None:
    row = session.get_one(Outbox, number)
    row.attempts += 1
    row.error = "see the log"
    if row.attempts >= ATTEMPTS:
        row.set_aside_at = clock.now()
    else:
        row.next_try_at = clock.now() + FIRST_PAUSE * 4 ** (row.attempts - 1)
    session.commit()


@dataclass(frozen=True)
class Backlog:
    """How many events wait, and how many were set aside."""

    waiting: int
    set_aside: int


def backlog() -> Backlog:
    """Count what is not told yet, for the operator."""
    untold = select(func.count()).select_from(Outbox).where(Outbox.told_at.is_(None))
    waiting = session.scalar(untold.where(Outbox.set_aside_at.is_(None))) or 0
    return Backlog(waiting, session.scalar(untold.where(Outbox.set_aside_at.is_not(None))) or 0)


def retry_set_aside() -> None:
    """Give every event that was set aside a new set of attempts."""
    session.execute(
        update(Outbox)
        .where(Outbox.set_aside_at.is_not(None))
        .values(set_aside_at=None, attempts=0, next_try_at=clock.now())
    )


def happened_since(moment: datetime, *kinds: type[Event]) -> list[Any]:
    """Give the events of these kinds that happened since a moment, told or not, oldest first."""
    return _events(kinds, Outbox.happened_at >= moment)


def untold(*kinds: type[Event]) -> list[Any]:
    """Give the events of these kinds that wait to be told, oldest first; not those that were set aside."""
    return _events(kinds, Outbox.told_at.is_(None), Outbox.set_aside_at.is_(None))


def _events(kinds: Sequence[type[Event]], *conditions: ColumnElement[bool]) -> list[Any]:
    named = {kind.__name__: kind for kind in kinds}
    wanted = select(Outbox.name, Outbox.facts).where(Outbox.name.in_(named), *conditions).order_by(Outbox.id)
    return [named[name](**json.loads(facts)) for name, facts in session.execute(wanted)]


def forget_told(older_than: timedelta) -> None:
    """Remove events told longer ago than this."""
    session.execute(delete(Outbox).where(Outbox.told_at < clock.now() - older_than))
