"""Alembic's way in: works on the connection it is handed, or opens the database of the settings."""

from alembic import context
from sqlalchemy import Connection

import kunnskap.rooms  # noqa: F401  (brings every model with it)
from kunnskap import db
from kunnskap.config import Settings


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        user_module_prefix="db.",
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


def _run_on_settings() -> None:
    engine = db.connect(Settings.from_environment().database_url)
    with engine.connect() as connection:
        _run(connection)
        connection.commit()
    engine.dispose()


if (given := context.config.attributes.get("connection")) is not None:
    _run(given)
else:
    _run_on_settings()
