"""Answers of the database that many pages need, kept in this process as long as nothing has changed.

`SiteVersion` counts every change a page could show, so an answer is good while the number stands still. Only requests
that read use what is remembered: one that writes sees its own changes.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

from sqlalchemy import Select, event, select

from kunnskap.db import Base, SiteVersion, is_writing, maker, session

T = TypeVar("T")
R = TypeVar("R", bound=Base)
MOST = 2_000
_answers: OrderedDict[Hashable, tuple[int, Any]] = OrderedDict()
_lock = threading.Lock()


def remembered(key: Hashable, make: Callable[[], T], *, reference: bool = False, people: bool = False) -> T:
    """Give what `make` returns, asking it only when something has changed since last time.

    With `reference` only changes of reference data count, with `people` only those of people.

    The value is shared by all who ask: it must not be changed, and rows in it must be `detached`.
    """
    if is_writing():
        return make()
    now = versions()[2 if people else reference]
    with _lock:
        kept = _answers.get(key)
    if kept is not None and kept[0] == now:
        return kept[1]  # type: ignore[no-any-return]
    made = make()
    with _lock:
        _answers[key] = now, made
        _answers.move_to_end(key)
        while len(_answers) > MOST:
            _answers.popitem(last=False)
    return made


def versions() -> tuple[int, int, int]:
    """Give the numbers of the last change and the last of reference data and people, as this transaction sees them; asked once."""
    known: tuple[int, int, int] | None = session.info.get("versions")
    if known is None:
        row = session.execute(select(SiteVersion.number, SiteVersion.reference, SiteVersion.people)).first()
        known = session.info["versions"] = (row[0], row[1], row[2]) if row else (0, 0, 0)
    return known


def with_versions(wanted: Select[Any]) -> Select[Any]:
    """Have a statement bring `versions` along as its last three columns, to be noted with `note_versions`."""
    numbers = (SiteVersion.number, SiteVersion.reference, SiteVersion.people)
    return wanted.add_columns(*(select(one).scalar_subquery() for one in numbers))


def note_versions(number: int | None, reference: int | None, people: int | None) -> None:
    """Take note of what `with_versions` brought along."""
    session.info["versions"] = number or 0, reference or 0, people or 0


def detached(rows: Iterable[R]) -> list[R]:
    """Take rows out of the session, so that they may outlive it; what is loaded of them can be read."""
    found = list(rows)
    for row in found:
        session.expunge(row)
    return found


def forget() -> None:
    """Forget everything, as when another database is connected."""
    with _lock:
        _answers.clear()


@event.listens_for(maker, "after_transaction_end")
def _ask_again(ended: Any, _transaction: Any) -> None:
    ended.info.pop("versions", None)
