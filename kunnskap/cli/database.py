"""The database's shape: brought up to date by Alembic, on either database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, insert, inspect, select

from kunnskap import migrations
from kunnskap.db import SiteVersion, session

FOLDER = Path(migrations.__file__).parent


def engine() -> Engine:
    """The database the app was made with."""
    bind = session.get_bind()
    if not isinstance(bind, Engine):
        raise TypeError("the session is bound to a connection, not to the database")
    return bind


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Carry out every change that is missing, in one transaction."""
    with _changing(engine) as connection:
        command.upgrade(config(connection), revision)
        if inspect(connection).has_table(SiteVersion.__tablename__):
            _begin_counting(connection)


def _begin_counting(connection: Connection) -> None:
    """Put the one row of SiteVersion in place; changes only raise its number."""
    if connection.scalar(select(SiteVersion.id)) is None:
        connection.execute(insert(SiteVersion).values(id=1, number=0))


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Undo changes down to a revision; what stood in removed tables is lost."""
    with _changing(engine) as connection:
        command.downgrade(config(connection), revision)


def config(connection: Connection) -> Config:
    """What Alembic needs to know to work on this connection."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


@contextmanager
def _changing(engine: Engine) -> Iterator[Connection]:
    """One transaction. SQLite changes a table by making it anew, which must not cascade to the rows that point to it."""
    with engine.connect() as connection:
        sqlite = connection.connection.driver_connection if engine.dialect.name == "sqlite" else None
        if sqlite:
            sqlite.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
        finally:
            if sqlite:
                sqlite.execute("PRAGMA foreign_keys=ON")
