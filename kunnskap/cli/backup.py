"""A copy of what the site keeps, taken while it runs."""

import shutil
import sqlite3
from pathlib import Path

from sqlalchemy import Engine

from kunnskap import clock
from kunnskap.config import Settings

KEPT = ("files", "outbox", "secret_key")
"""Parts of the instance folder to copy; the index can be built again."""


def copy_instance(settings: Settings, engine: Engine, into: Path) -> Path:
    """Make a new folder in `into` with a whole copy, and return it. SQLite is copied as it stands at one moment."""
    target = into / f"kunnskap-{clock.now():%Y%m%d-%H%M%S}"
    target.mkdir(parents=True, mode=0o700)
    if engine.dialect.name == "sqlite":
        _copy_sqlite(engine, target / "kunnskap.db")
    for name in KEPT:
        source = settings.instance / name
        if source.is_dir():
            shutil.copytree(source, target / name)
        elif source.exists():
            shutil.copy2(source, target / name)
    return target


def _copy_sqlite(engine: Engine, target: Path) -> None:
    raw = engine.raw_connection()
    copy = sqlite3.connect(target)
    try:
        source = raw.driver_connection
        assert isinstance(source, sqlite3.Connection)  # noqa: S101 -- tells the type checker what the dialect promises
        source.backup(copy)
    finally:
        copy.close()
        raw.close()
