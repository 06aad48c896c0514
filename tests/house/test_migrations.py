"""Migrations lead from nothing to the models and back, on the database the tests run on."""

import os

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, create_engine, insert, inspect, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from kunnskap import clock, db
from kunnskap.accounts.models import Account
from kunnskap.audit import AuditEntry
from kunnskap.cli import database
from kunnskap.people.models import Person
from kunnskap.posts.models import Post
from kunnskap.saved.models import SavedSearch
from tests.postgres import TEST_DATABASE, fresh_database

BEFORE_NETWORKS = "a3f2c85d71e0"
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
        _insert(connection, _known(connection), "people", person)
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


def _known(connection):
    known = MetaData()
    known.reflect(connection)
    return known


def _old_rows(connection):
    """A place, two people with accounts, a question with an answer, a comment and a revision, as they stood before."""
    now = clock.now()
    known = _known(connection)
    place = {"id": 1, "kind": "municipality", "number": "4003", "name": "Skien", "valid_from": now.date()}
    _insert(connection, known, "places", place | {"parallel_names": [], "domains": ["skien.kommune.no"]})
    person = {
        "role": "",
        "workplace_kind": "other",
        "organisation": "",
        "about": "",
        "email": "",
        "phone": "",
        "listed": True,
    }
    for number, domain in ((1, "post.skien.kommune.no"), (2, "ukjent.example")):
        _insert(
            connection, known, "people", person | {"id": number, "name": "Test", "created_at": now, "confirmed_at": now}
        )
        account = {"id": number, "email": f"test@{domain}", "role": "member", "person_id": number, "session_number": 3}
        confirmed = now if number == 1 else None
        _insert(connection, known, "accounts", account | {"created_at": now, "confirmed_at": confirmed})
    post = {
        "author_id": 1,
        "workplace": "",
        "title": "Tittel",
        "body": "Tekst",
        "body_html": "",
        "excerpt": "",
        "language": "nb",
    }
    post |= {
        "audience": "members",
        "source_url": "",
        "score": 0,
        "answer_count": 0,
        "comment_count": 0,
        "attachment_count": 0,
    }
    post |= {"published_at": now, "confirmed_at": now, "active_at": now}
    _insert(connection, known, "posts", post | {"id": 1, "kind": "question"})
    _insert(connection, known, "posts", post | {"id": 2, "kind": "answer", "parent_id": 1})
    revision = {
        "id": 1,
        "post_id": 1,
        "editor_id": 1,
        "title": "",
        "body": "",
        "details": {},
        "note": "",
        "made_at": now,
    }
    _insert(connection, known, "revisions", revision)
    _insert(
        connection,
        known,
        "comments",
        {"id": 1, "post_id": 2, "author_id": 1, "body": "", "body_html": "", "made_at": now},
    )


def _insert(connection, known, table, row):
    connection.execute(known.tables[table].insert(), row)


def test_people_stay_in_and_posts_stay_whole_when_access_is_drawn_anew(empty):
    database.upgrade(empty, "7c1d04b2e9a5")
    with empty.begin() as connection:
        _old_rows(connection)
    database.upgrade(empty)
    with empty.connect() as connection:
        told = text("SELECT id, place_id, approved_at IS NOT NULL, trusted_at IS NOT NULL FROM accounts ORDER BY id")
        assert [(row[0], row[1], bool(row[2]), bool(row[3])) for row in connection.execute(told)] == [
            (1, 1, True, True),
            (2, None, False, False),
        ]
        for table, count in (("posts", 2), ("revisions", 1), ("comments", 1)):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == count  # noqa: S608
        assert connection.scalar(text("SELECT count(*) FROM posts WHERE hides_author")) == 0
        assert connection.scalar(text("SELECT parent_id FROM posts WHERE id = 2")) == 1


def test_what_was_closed_or_waits_does_not_become_open_by_going_back(empty):
    database.upgrade(empty, "7c1d04b2e9a5")
    with empty.begin() as connection:
        _old_rows(connection)
    database.upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE posts SET audience = 'place', for_place_id = 1 WHERE id = 1"))
        connection.execute(text("UPDATE posts SET audience = 'everyone', held_at = CURRENT_TIMESTAMP WHERE id = 2"))
        connection.execute(text("UPDATE comments SET hidden_at = CURRENT_TIMESTAMP"))
    database.downgrade(empty, "7c1d04b2e9a5")
    with empty.connect() as connection:
        assert connection.scalar(text("SELECT audience FROM posts WHERE id = 1")) == "members"
        assert connection.scalar(text("SELECT count(*) FROM posts WHERE id = 2 AND hidden_at IS NOT NULL")) == 1
        assert connection.scalar(text("SELECT count(*) FROM comments WHERE withdrawn_at IS NOT NULL")) == 1


def test_checks_of_the_tables_still_hold_after_they_are_made_anew(empty):
    database.upgrade(empty)
    for wrong in (
        "UPDATE posts SET audience = 'ingen'",
        "UPDATE posts SET kind = 'annet'",
        "UPDATE accounts SET role = 'konge'",
    ):
        with empty.begin() as connection:
            _old_names(connection)
        with empty.connect() as connection, pytest.raises(IntegrityError):
            connection.execute(text(wrong))


def _old_names(connection):
    """A person with an account and a post, once."""
    if connection.scalar(text("SELECT count(*) FROM posts")):
        return
    now = clock.now()
    person = {"id": 1, "name": "Test", "workplace_kind": "other", "created_at": now, "confirmed_at": now}
    connection.execute(insert(Person.__table__), person)
    connection.execute(insert(Account.__table__), {"id": 1, "email": "test@skien.kommune.no", "person_id": 1})
    connection.execute(insert(Post.__table__), {"id": 1, "kind": "question", "author_id": 1})


def test_the_database_itself_refuses_to_change_the_audit_log(empty):
    database.upgrade(empty)
    with empty.begin() as connection:
        entry = {"id": 1, "happened_at": clock.now(), "act": "test", "facts": {}, "previous": "0", "digest": "0"}
        connection.execute(insert(AuditEntry.__table__), entry)
    for change in ("UPDATE audit_entries SET act = 'annet'", "DELETE FROM audit_entries"):
        with empty.connect() as connection, pytest.raises(DatabaseError, match="the audit log is not changed"):
            connection.execute(text(change))


def test_what_people_said_they_can_help_with_becomes_what_they_can_guide_others_in_and_back(empty):
    database.upgrade(empty, BEFORE_NETWORKS)
    with empty.begin() as connection:
        known = _known(connection)
        now = clock.now()
        person = {
            "role": "",
            "workplace_kind": "other",
            "organisation": "",
            "about": "",
            "email": "test@kommune.example",
        }
        person |= {"phone": "", "listed": True, "created_at": now, "confirmed_at": now, "name": "Test"}
        for number in (1, 2):
            _insert(connection, known, "people", person | {"id": number})
        theme = {"id": 1, "slug": "flom", "name_nb": "Flom", "name_nn": "Flaum", "name_en": "Flood", "position": 1}
        _insert(connection, known, "themes", theme)
        for level in ("help", "learn"):
            _insert(connection, known, "person_themes", {"person_id": 1, "theme_id": 1, "level": level})
    database.upgrade(empty)
    with empty.begin() as connection:
        kept = connection.execute(text("SELECT level FROM person_themes ORDER BY level")).scalars().all()
        row = connection.execute(text("SELECT email_for, asks_a_week, working_days, language FROM people")).first()
        connection.execute(text("INSERT INTO person_themes (person_id, theme_id, level) VALUES (1, 1, 'done')"))
        connection.execute(text("UPDATE people SET email_for = 'networks' WHERE id = 1"))
    assert kept == ["guide", "learn"]
    assert tuple(row) == ("members", 2, "12345", "nb")
    database.downgrade(empty, BEFORE_NETWORKS)
    with empty.connect() as connection:
        back = connection.execute(text("SELECT level FROM person_themes ORDER BY level")).scalars().all()
        mails = connection.execute(text("SELECT email FROM people ORDER BY id")).scalars().all()
    assert back == ["help", "learn"]
    assert mails == ["", "test@kommune.example"]
