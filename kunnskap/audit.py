"""The audit log: who used power over what, and when. Written in the transaction of the act, never changed after.

Each entry holds a digest of itself and of the one before (a hash chain), so that an entry that is changed, removed or
put in between is found by `broken_at`. Entries hold ids and keys, never what people wrote, so they outlive people.
"""

import hashlib
import json
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from typing import Any

from sqlalchemy import DDL, JSON, Index, event, select
from sqlalchemy.orm import Mapped, mapped_column

from kunnskap import clock
from kunnskap.actor import Actor
from kunnskap.db import Base, SiteVersion, session

FIRST = "0" * 64
"""What stands for the entry before the first."""


class AuditEntry(Base):
    """One act. `person_id` is who did it (none: the site itself or the operator's command line), as `role`; it has no
    foreign key, so that the entry stands when the person is gone. `target` is written "account:5"."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "act", "happened_at"),)
    unseen = True

    id: Mapped[int] = mapped_column(primary_key=True)
    happened_at: Mapped[datetime] = mapped_column(default=clock.now)
    person_id: Mapped[int | None] = mapped_column(index=True)
    role: Mapped[str] = mapped_column(default="")
    act: Mapped[str]
    target: Mapped[str] = mapped_column(default="", index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    previous: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[str]


def note(actor: Actor | None, act: str, target: str = "", facts: Mapping[str, Any] | None = None) -> None:
    """Write an act down; `facts` are ids, keys and numbers. Two at the same time wait for each other."""
    session.flush()
    # The one row of SiteVersion is held, so that the chain has one end.
    session.execute(select(SiteVersion.id).with_for_update())
    last = session.scalar(select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1))
    entry = AuditEntry(
        happened_at=clock.now(),
        person_id=actor.person_id if actor else None,
        role=actor.rank if actor else "",
        act=act,
        target=target,
        facts=dict(facts or {}),
        previous=last or FIRST,
    )
    entry.digest = _digest(entry)
    session.add(entry)
    session.flush()


def broken_at() -> int | None:
    """Give the id of the first entry that is not as it was written, or does not follow the one before; None when all are."""
    previous = FIRST
    rows = select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=500)
    with closing(session.scalars(rows)) as entries:
        for entry in entries:
            if entry.previous != previous or entry.digest != _digest(entry):
                return entry.id
            previous = entry.digest
    return None


def _digest(entry: AuditEntry) -> str:
    told = [
        entry.previous,
        entry.happened_at.isoformat(),
        entry.person_id,
        entry.role,
        entry.act,
        entry.target,
        entry.facts,
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@event.listens_for(AuditEntry, "before_update")
@event.listens_for(AuditEntry, "before_delete")
def _refuse(_mapper: Any, _connection: Any, entry: AuditEntry) -> None:
    raise PermissionError(f"audit entry {entry.id} may not be changed")


def _guards(dialect: str) -> list[str]:
    """Statements that have the database itself refuse to change an entry."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER audit_entries_no_{what} BEFORE {what} ON audit_entries "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is not changed'); END"
            for what in ("update", "delete")
        ]
    return [
        "CREATE FUNCTION audit_entries_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the audit log is not changed'; END $$",
        "CREATE TRIGGER audit_entries_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_guard()",
    ]


for _dialect in ("sqlite", "postgresql"):
    for _statement in _guards(_dialect):
        _ddl = DDL(_statement).execute_if(dialect=_dialect)  # type: ignore[no-untyped-call]
        event.listen(AuditEntry.__table__, "after_create", _ddl)
