"""Migrations lead from nothing to the models and back, on the database the tests run on."""

import os

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, insert, inspect, select, update

from kunnskap import clock, db
from kunnskap.cli import database
from kunnskap.people.models import Person
from kunnskap.saved.models import SavedSearch
from tests.postgres import TEST_DATABASE, fresh_database

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def empty(tmp_path, worker_id):
    server = os.environ.get(TEST_DATABASE, "sqlite")
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    if server.startswith("postgresql"):
        url = fresh_database(server, f"kunnskap_migrations_{worker_id}")
    engine = create_engine(url)
    db.prepare(engine)
    yield engine
    engine.dispose()


@pytest.fixture(autouse=True)
def some_migrations(empty: Engine):
    with empty.connect() as connection:
        script = ScriptDirectory.from_config(database.config(connection))
    if not script.get_heads():
        pytest.skip("no migration is written yet")


def test_upgrading_an_empty_database_gives_exactly_the_models(empty):
    database.upgrade(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.Base.metadata) == []


def test_upgrading_twice_changes_nothing(empty):
    database.upgrade(empty)
    database.upgrade(empty)


def test_everything_can_be_undone_and_done_again(empty):
    database.upgrade(empty)
    database.downgrade(empty)
    assert set(inspect(empty).get_table_names()) <= {"alembic_version"}
    database.upgrade(empty)


def test_what_stood_before_a_step_stands_after_it_and_after_going_back(empty):
    with empty.connect() as connection:
        script = ScriptDirectory.from_config(database.config(connection))
    first, *later = [revision.revision for revision in reversed(list(script.walk_revisions()))]
    database.upgrade(empty, first)
    person = {
        "id": 1, "name": "Test Testesen", "role": "", "workplace_kind": "other", "organisation": "Prøve", "about": "",
        "email": "", "phone": "", "listed": True, "created_at": clock.now(), "confirmed_at": clock.now(),
    }  # fmt: skip
    with empty.begin() as connection:
        connection.execute(insert(Person.__table__), person)
        connection.execute(update(db.SiteVersion.__table__).values(number=7))
    for step in later:
        database.upgrade(empty, step)
    with empty.begin() as connection:
        searched = {"person_id": 1, "name": "Flom", "query": "q=flom"}
        connection.execute(insert(SavedSearch.__table__), searched)
    database.downgrade(empty, first)
    with empty.connect() as connection:
        assert connection.execute(select(Person.__table__.c.name)).all() == [("Test Testesen",)]
        assert connection.scalar(select(db.SiteVersion.__table__.c.number)) == 7
    database.upgrade(empty)


def test_there_is_one_line_of_migrations(empty):
    with empty.connect() as connection:
        assert len(ScriptDirectory.from_config(database.config(connection)).get_heads()) == 1
