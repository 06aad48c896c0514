"""Which build of the PostgreSQL engine counts, who may write, and how a new one is made and takes over."""

import logging
import math
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError

from kunnskap import clock
from kunnskap.search.analysis.analyser import VERSION, Analyser
from kunnskap.search.analysis.vocabulary import Vocabulary, count_words
from kunnskap.search.engines.postgres_tables import Tables, in_batches
from kunnskap.search.engines.protocol import IndexBusy, IndexDown, Source
from kunnskap.targets import Target

log = logging.getLogger(__name__)

LOOK_EVERY = 0.2
"""Seconds between looks for what another process has written."""
AT_ONCE = 2_000
"""Documents of a build that are written in one transaction; where a broken-off build goes on."""
WRITER, REBUILD = 1, 2
MADE_BY_PUTTING = 0
"""No analysis has this version: what was put before anything was built is found, but is not all there is."""
STALE = timedelta(days=1)
"""A build that was broken off longer ago than this is begun anew."""
LOCK_TIMEOUT = "55P03"

SETTINGS = (
    "SET jit = off",
    "SET work_mem = '64MB'",
    "SET max_parallel_workers_per_gather = 0",
    "SET random_page_cost = 1.1",
    "SET plan_cache_mode = force_custom_plan",
    "SET statement_timeout = '20s'",
)
"""Searches are short and many, so that compiling them, or sharing one out, costs more than it gives; and what they sort
should stay in memory."""

BUILDS = """
CREATE SCHEMA IF NOT EXISTS {p};
CREATE TABLE IF NOT EXISTS {p}.builds (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    analysis integer NOT NULL,
    began timestamptz NOT NULL,
    counted boolean NOT NULL DEFAULT false,
    reached text,
    stands boolean NOT NULL DEFAULT false,
    writes bigint NOT NULL DEFAULT 0,
    documents integer NOT NULL DEFAULT 0,
    length double precision NOT NULL DEFAULT 0,
    members integer NOT NULL DEFAULT 0
);
"""
BEGIN = "INSERT INTO {p}.builds (analysis, began, counted) VALUES (%(analysis)s, %(began)s, %(counted)s) RETURNING id"
UNFINISHED = """
SELECT id, began, counted, reached FROM {p}.builds WHERE NOT stands AND analysis = %(analysis)s ORDER BY id DESC LIMIT 1
"""
STANDING = "SELECT id, writes, analysis, documents, length, members FROM {p}.builds WHERE stands"
ADDED = """
UPDATE {p}.builds SET writes = writes + 1, documents = documents + %(documents)s, length = length + %(length)s,
    members = members + %(members)s, reached = %(reached)s WHERE id = %(build)s
"""
FROZEN = "SELECT word, frozen FROM {s}.words WHERE frozen > 0"
OVER = "UPDATE {p}.builds SET stands = (id = %(build)s)"
FORGET_OTHERS = "DELETE FROM {p}.builds WHERE id <> %(build)s"
SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname ~ %(ours)s"


@dataclass(frozen=True, slots=True)
class Standing:
    """The build that counts, as it stood a moment ago."""

    build: int
    writes: int
    analysis: int
    documents: int
    length: float
    members: int


class Builds:
    """The builds in one database, under one name."""

    def __init__(self, url: str, name: str, patience: float) -> None:
        self.engine: Engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=4, max_overflow=28)
        self.reading: Engine = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        event.listen(self.engine, "connect", _settle)
        self._name = name
        self._patience = patience
        self._looking = threading.Lock()
        self._looked_at = -math.inf
        self._known: Standing | None = None

    def schema(self, build: int) -> str:
        """Where the tables of a build are."""
        return f"{self._name}_{build}"

    def standing(self) -> Standing:
        """The build that counts; looked up again when that was a while ago. Raises IndexDown when there is none."""
        known = self._known
        if known is None or time.monotonic() - self._looked_at >= LOOK_EVERY:
            with self._looking:
                looked_at = time.monotonic()
                with self.reading.connect() as connection:
                    known = self._known = self._stands(connection)
                self._looked_at = looked_at
        if known is None:
            raise IndexDown("no search index has been built in this database")
        return known

    def look_again(self) -> None:
        """Something was written: what is known of it is old."""
        self._looked_at = -math.inf

    @contextmanager
    def writing(self) -> Iterator[tuple[Connection, int]]:
        """A transaction in which nobody else writes to the build that counts; one is made if there is none."""
        with self.engine.connect() as connection, _transaction(connection):
            self._lock(connection, WRITER)
            found = self._stands(connection)
            yield connection, found.build if found else self._make_empty(connection)
        self.look_again()

    def told(self, connection: Connection, build: int, added: Mapping[str, float], reached: Target | None) -> None:
        """Note what a write has added to a build."""
        where = {"build": build, "reached": str(reached) if reached else None}
        self._do(connection, ADDED, {**added, **where})

    def replace_all(self, source: Source, began: datetime) -> datetime:
        """Make a new build, or go on with one that was broken off, and have it take over; returns when it began."""
        with self.engine.connect() as connection:
            with _transaction(connection):
                self._lock(connection, REBUILD, whole_session=True)
            try:
                began = self._build(connection, source, began)
            finally:
                connection.rollback()
                self._do(connection, "SELECT pg_advisory_unlock(hashtext('{p}'), %(what)s)", {"what": REBUILD})
                connection.commit()
        return began

    def _build(self, connection: Connection, source: Source, began: datetime) -> datetime:
        build, began, reached = self._unfinished(connection, source, began)
        connection.commit()
        tables = Tables(connection, self.schema(build), Analyser(read_vocabulary(connection, self.schema(build))))
        first = 1 + tables.last()
        connection.commit()
        for batch in in_batches(source.after(reached), AT_ONCE):
            with _transaction(connection):
                self.told(connection, build, tables.add(batch, first), batch[-1].group)
            first += len(batch)
        with _transaction(connection):
            tables.finish()
            self._lock(connection, WRITER)
            self._do(connection, OVER, {"build": build})
        self.look_again()
        self._remove_others(connection, build)
        return began

    def _unfinished(
        self, connection: Connection, source: Source, began: datetime
    ) -> tuple[int, datetime, Target | None]:
        with _transaction(connection):
            self._lock(connection, WRITER)
            self._do(connection, BUILDS)
            found = self._do(connection, UNFINISHED, {"analysis": VERSION}).one_or_none()
            if found and found.counted and began - found.began < STALE and any(True for _ in source.after(None)):
                log.info("the build of the search index that began at %s goes on", found.began)
                return found.id, found.began, Target.parse(found.reached) if found.reached else None
            build = self._begin(connection, VERSION, began)
        words = count_words(document.texts for document in source.after(None))
        with _transaction(connection):
            Tables(connection, self.schema(build)).freeze(words)
            self._do(connection, "UPDATE {p}.builds SET counted = true WHERE id = %(build)s", {"build": build})
        return build, began, None

    def _begin(self, connection: Connection, analysis: int, began: datetime) -> int:
        asked = {"analysis": analysis, "began": began, "counted": False}
        build = int(self._do(connection, BEGIN, asked).scalar_one())
        Tables(connection, self.schema(build)).create()
        return build

    def _make_empty(self, connection: Connection) -> int:
        self._do(connection, BUILDS)
        build = self._begin(connection, MADE_BY_PUTTING, clock.now())
        Tables(connection, self.schema(build)).finish()
        self._do(connection, OVER, {"build": build})
        return build

    def _remove_others(self, connection: Connection, build: int) -> None:
        """Remove what older builds left, once nobody is likely to search in it; what cannot be now is so by the next build."""
        time.sleep(LOOK_EVERY)
        try:
            with _transaction(connection):
                self._do(connection, FORGET_OTHERS, {"build": build})
                for (schema,) in self._do(connection, SCHEMAS, {"ours": f"^{self._name}_[0-9]+$"}).all():
                    if schema != self.schema(build):
                        self._do(connection, f"DROP SCHEMA {schema} CASCADE")
        except OperationalError:
            log.warning("an older search index is still in use, and stays until the next build", exc_info=True)

    def _stands(self, connection: Connection) -> Standing | None:
        there = self._do(connection, "SELECT to_regclass('{p}.builds') IS NOT NULL").scalar_one()
        found = self._do(connection, STANDING).one_or_none() if there else None
        return Standing(*found) if found else None

    def _lock(self, connection: Connection, what: int, whole_session: bool = False) -> None:
        """Wait for whoever else is at work, and say so."""
        held = "" if whole_session else "xact_"
        asked = {"what": what}
        if self._do(connection, f"SELECT pg_try_advisory_{held}lock(hashtext('{{p}}'), %(what)s)", asked).scalar_one():
            return
        doing = "building" if what == REBUILD else "writing to"
        log.warning("another process is %s the search index; waiting at most %g seconds", doing, self._patience)
        try:
            self._do(connection, f"SET LOCAL lock_timeout = {max(1, round(self._patience * 1000))}")
            self._do(connection, f"SELECT pg_advisory_{held}lock(hashtext('{{p}}'), %(what)s)", asked)
            self._do(connection, "SET LOCAL lock_timeout = 0")
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", "") != LOCK_TIMEOUT:
                raise
            raise IndexBusy(f"another process is {doing} the search index") from error

    def _do(self, connection: Connection, statement: str, values: Mapping[str, Any] | None = None) -> Any:
        return connection.exec_driver_sql(statement.format(p=self._name), dict(values) if values else None)


def read_vocabulary(connection: Connection, schema: str) -> Vocabulary:
    """The words compounds are split by in a build, with how many documents had each when it began."""
    rows = connection.exec_driver_sql(FROZEN.format(s=schema))
    return Vocabulary(pairs(rows))


def pairs(rows: Iterable[Any]) -> dict[str, int]:
    """Rows of a word and a number."""
    return {row[0]: row[1] for row in rows}


@contextmanager
def _transaction(connection: Connection) -> Iterator[None]:
    """A transaction that may take its time."""
    with connection.begin():
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        yield


def _settle(connection: Any, _record: Any) -> None:
    for setting in SETTINGS:
        connection.execute(setting)
    connection.commit()
