"""PostgreSQL engines for tests, each in schemas of its own; left out where the tests run on SQLite."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import make_url

from kunnskap.search.engines.postgres import PostgresEngine


@contextmanager
def postgres_engines(database_url: str) -> Iterator[Callable[..., PostgresEngine]]:
    """Open engines on one index, which is gone afterwards."""
    if not database_url.startswith("postgresql"):
        pytest.skip("needs KUNNSKAP_TEST_DATABASE=postgresql")
    name = f"kunnskap_search_{uuid.uuid4().hex[:8]}"
    engines: list[PostgresEngine] = []

    def make(**settings) -> PostgresEngine:
        engines.append(PostgresEngine(database_url, name, **settings))
        return engines[-1]

    try:
        yield make
    finally:
        for engine in engines:
            engine.close()
        with connected(database_url) as connection:
            for schema in schemas(connection, name):
                connection.execute(f"DROP SCHEMA {schema} CASCADE")


def connected(database_url: str) -> psycopg.Connection:
    """A connection of its own to the same database."""
    return psycopg.connect(make_url(database_url).set(drivername="postgresql").render_as_string(False), autocommit=True)


def schemas(connection: psycopg.Connection, name: str) -> list[str]:
    """What an index of this name has made."""
    found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE %s ORDER BY 1", (f"{name}%",))
    return [row[0] for row in found]
