"""Reference data and demonstration content for tests, loaded in full once in each test process."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Table, insert, select

from kunnskap.db import Base, SiteVersion, session

_kept: dict[str, list[tuple[Table, list[dict[str, Any]]]]] = {}


def load_once(name: str, *loads: Callable[[], object]) -> None:
    """Fill the empty database and commit; all but the first test that asks get copies of the same rows."""
    if name in _kept:
        for table, rows in _kept[name]:
            session.execute(insert(table), rows)
        session.commit()
        return
    for load in loads:
        load()
    session.commit()
    _kept[name] = [(table, rows) for table in _tables() if (rows := _rows(table))]


def _tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if table.name != SiteVersion.__tablename__]


def _rows(table: Table) -> list[dict[str, Any]]:
    return [dict(row) for row in session.execute(select(table).order_by(*table.primary_key)).mappings()]
