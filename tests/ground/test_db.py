"""The session: moments keep their zone, foreign keys hold, and every visible change is counted."""

import threading
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from kunnskap import db
from kunnskap.db import SiteVersion, session
from kunnskap.people.models import Person
from kunnskap.posts.models import Draft, Post
from tests import factories


def version():
    return session.scalar(select(SiteVersion.number))


def test_a_moment_comes_back_in_utc():
    noon = datetime(2024, 5, 17, 12, tzinfo=timezone(timedelta(hours=2)))
    person = factories.person(confirmed_at=noon)
    session.expire_all()
    assert session.get(Person, person.id).confirmed_at == datetime(2024, 5, 17, 10, tzinfo=UTC)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(StatementError, match="time zone"):
        factories.person(confirmed_at=datetime(2024, 5, 17, 12))  # noqa: DTZ001 -- the point of the test


def test_foreign_keys_hold():
    with pytest.raises(IntegrityError):
        factories.keep(Post(kind_key="question", author_id=987_654_321))


def test_a_change_that_shows_is_counted():
    before = version()
    person = factories.person()
    assert version() == before + 1
    session.execute(update(Person).where(Person.id == person.id).values(name="Prøve Person"))
    session.commit()
    assert version() == before + 2


def test_a_change_is_counted_though_something_after_it_was_undone():
    before = version()
    session.add(Person(name="Prøve Person"))
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(Post(kind_key="question", author_id=987_654_321))
    session.commit()
    assert version() == before + 1


def test_what_people_write_does_not_stand_in_errors():
    with pytest.raises(IntegrityError) as error:
        factories.keep(Post(kind_key="question", author_id=987_654_321, body="Dette er fortrolig"))
    assert "fortrolig" not in str(error.value)
    session.rollback()


def test_reading_and_drafts_are_not_counted():
    person = factories.person()
    before = version()
    session.scalars(select(Person)).all()
    session.commit()
    factories.keep(Draft(person_id=person.id, form="sporsmal", fields={}))
    assert version() == before


def test_what_is_undone_is_not_counted():
    before = version()
    session.add(Person(name="Test Testesen"))
    session.flush()
    session.rollback()
    session.commit()
    assert version() == before


@pytest.fixture
def file_of_its_own(engine, tmp_path):
    """An SQLite database that several threads write to."""
    bind = session.get_bind()
    own = db.connect(f"sqlite:///{tmp_path / 'own.db'}")
    db.Base.metadata.create_all(own)
    yield own
    session.remove()
    own.dispose()
    session.configure(bind=bind)


def test_whoever_will_write_soon_has_a_turn_though_another_writes_all_the_time(file_of_its_own):
    done, begun = threading.Event(), threading.Event()

    def write_all_the_time():
        db.expect_writes()
        while not done.is_set():
            session.execute(update(Person).values(name="Prøve Person"))
            begun.set()
            time.sleep(0.02)
            session.commit()
            session.remove()
            time.sleep(0.004)

    other = threading.Thread(target=write_all_the_time)
    other.start()
    begun.wait(5)
    waited = []
    db.expect_writes()
    for _ in range(5):
        started = time.monotonic()
        session.execute(update(Person).values(name="Test Testesen"))
        waited.append(time.monotonic() - started)
        session.commit()
        session.remove()
    db.expect_writes(False)
    done.set()
    other.join()
    assert sorted(waited)[2] < 0.5


def test_whoever_waits_too_long_is_told_that_the_database_is_locked(file_of_its_own, monkeypatch):
    monkeypatch.setattr(db, "PATIENCE", 0.05)
    with file_of_its_own.connect() as other:
        other.exec_driver_sql("PRAGMA user_version = 1")
        db.expect_writes()
        with pytest.raises(OperationalError, match="locked"):
            session.execute(update(Person).values(name="Test Testesen"))
        db.expect_writes(False)
        session.rollback()
    session.execute(update(Person).values(name="Test Testesen"))
