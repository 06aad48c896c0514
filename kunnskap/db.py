"""The database: one session per request, one declarative base, named constraints.

SQLite gets the same promises as PostgreSQL: real foreign keys, and a transaction that will write takes the write lock
when it begins (`expect_writes`), so that it waits its turn instead of failing half-way.
"""

import sqlite3
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import DateTime, Engine, MetaData, create_engine, event, inspect, update
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    SessionTransaction,
    mapped_column,
    scoped_session,
    sessionmaker,
)
from sqlalchemy.types import TypeDecorator

maker = sessionmaker(expire_on_commit=False)
session = scoped_session(maker)
_writing: ContextVar[bool] = ContextVar("writing", default=False)
PATIENCE, LOOK_EVERY = 15.0, 0.002
"""Seconds a transaction waits for others that write to an SQLite database, and between looks."""


class Timestamp(TypeDecorator[datetime]):
    """A moment, always aware and in UTC, whatever the database keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Turn the moment to UTC; naive ones are refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Give back an aware moment; SQLite keeps none of the zone."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Base of every table. `unseen` tables never change what a page shows, so they leave `SiteVersion` alone.

    `is_reference` tables change only when reference data is loaded, so what is kept of them outlives most changes;
    `is_of_people` tables only when somebody's profile does.
    """

    unseen: ClassVar[bool] = False
    is_reference: ClassVar[bool] = False
    is_of_people: ClassVar[bool] = False
    type_annotation_map: ClassVar = {datetime: Timestamp}
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class SiteVersion(Base):
    """One row that counts every change a page could show, and those of reference data and of people among them.

    What is kept of a page is good while `number` stands still; what is kept of reference data while `reference` does, and
    of the directory while `people` does.
    """

    __tablename__ = "site_version"
    unseen = True

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
    reference: Mapped[int] = mapped_column(default=0)
    people: Mapped[int] = mapped_column(server_default="0")


def connect(url: str) -> Engine:
    """Bind the session to a database and return its engine."""
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=not url.startswith("sqlite"))
    prepare(engine)
    session.remove()
    session.configure(bind=engine)
    return engine


def engine() -> Engine:
    """The engine the session is bound to."""
    bound = session.get_bind()
    return bound if isinstance(bound, Engine) else bound.engine


def prepare(engine: Engine) -> None:
    """Give SQLite foreign keys, a write-ahead log and transactions that begin when they should."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def settle(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA busy_timeout={int(PATIENCE * 1000)}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        if _writing.get():
            _begin_writing(connection)
        else:
            connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Any) -> None:
    """Take the write lock as soon as it is free. Left to itself SQLite looks ever more seldom, and may come too late each time."""
    raw = connection.connection.driver_connection
    raw.execute("PRAGMA busy_timeout=0")
    try:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                raw.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as problem:
                if problem.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
                time.sleep(LOOK_EVERY)
            else:
                return
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        raw.execute(f"PRAGMA busy_timeout={int(PATIENCE * 1000)}")


def expect_writes(expected: bool = True) -> None:
    """Say whether the transactions that begin from here on (in this thread) will write."""
    _writing.set(expected)


def is_writing() -> bool:
    """Say whether the transaction under way is one that writes."""
    return _writing.get()


def hold(row: Base) -> None:
    """Have others who hold this row wait until this transaction ends, and read what it says as it stands now.

    Whoever counts, or looks whether something is there before making it, holds what it belongs to first: a question
    before its answers, a post before the person.
    """
    columns = [column.key for column in inspect(type(row)).column_attrs]
    session.flush()  # reading anew forgets what is not written yet
    session.refresh(row, columns, with_for_update={"key_share": True})


@event.listens_for(maker, "after_flush")
def _note_flush(flushed: Session, _context: Any) -> None:
    for thing in (*flushed.new, *flushed.dirty, *flushed.deleted):
        _note(flushed, type(thing))


@event.listens_for(maker, "do_orm_execute")
def _note_bulk(state: ORMExecuteState) -> None:
    if (state.is_insert or state.is_update or state.is_delete) and state.bind_mapper is not None:
        _note(state.session, state.bind_mapper.class_)


def _note(changing: Session, table: type[Base]) -> None:
    if not table.unseen:
        changing.info["changed"] = True
        changing.info["reference changed"] = changing.info.get("reference changed", False) or table.is_reference
        changing.info["people changed"] = changing.info.get("people changed", False) or table.is_of_people


@event.listens_for(maker, "before_commit")
def _raise_version(committing: Session) -> None:
    committing.flush()
    reference, people = (committing.info.pop(f"{what} changed", False) for what in ("reference", "people"))
    if committing.info.pop("changed", False):
        raised = {
            "number": SiteVersion.number + 1,
            "reference": SiteVersion.reference + int(reference),
            "people": SiteVersion.people + int(people),
        }
        committing.execute(update(SiteVersion).values(raised))


@event.listens_for(maker, "after_soft_rollback")
def _forget_change(rolled_back: Session, undone: SessionTransaction) -> None:
    if undone.parent is not None:
        return  # what was changed before the savepoint still is
    rolled_back.info.pop("changed", None)
    rolled_back.info.pop("reference changed", None)
    rolled_back.info.pop("people changed", None)
