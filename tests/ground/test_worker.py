"""The worker tells what happens while it runs, and stops when it is asked to."""

import threading
from dataclasses import dataclass
from datetime import timedelta

import pytest

from kunnskap import clock, db, events, worker
from kunnskap.events import Outbox
from kunnskap.worker import Worker


@dataclass(frozen=True)
class Rung(events.Event):
    """Something a test hears."""


@pytest.fixture
def site_of_its_own(engine, tmp_path, monkeypatch):
    """A database that threads can share, unlike the one that is undone after each test."""
    bind = db.session.get_bind()
    monkeypatch.setattr(events, "_listeners", {})
    monkeypatch.setattr(worker, "_tasks", {})
    monkeypatch.setattr(worker, "_long_tasks", {})
    own = db.connect(f"sqlite:///{tmp_path / 'own.db'}")
    db.Base.metadata.create_all(own)
    with db.session.begin():
        db.session.add(db.SiteVersion(id=1))
    yield
    db.session.remove()
    own.dispose()
    db.session.configure(bind=bind)


@pytest.mark.usefixtures("site_of_its_own")
def test_an_event_is_told_soon_after_it_is_committed():
    heard = threading.Event()
    events.listen(lambda _told: heard.set(), Rung)
    worker = Worker()
    worker.start()
    try:
        with db.session.begin():
            events.emit(Rung())
        assert heard.wait(1), "a second is enough"
    finally:
        worker.stop()
    assert not any(thread.name.startswith("worker-") for thread in threading.enumerate())


@pytest.fixture
def at_work(site_of_its_own):
    """Run a worker while something is awaited, and stop it."""
    one = Worker()

    def until(happened, seconds=2):
        one.start()
        return happened.wait(seconds)

    yield until
    one.stop()


def test_a_task_is_done_at_the_start_and_again_when_its_time_has_come(at_work):
    times, twice = [], threading.Event()

    def task():
        times.append(1)
        if len(times) == 2:
            twice.set()

    worker.every(0.05, task)
    assert at_work(twice)


def test_what_a_task_writes_is_kept_and_a_task_that_fails_disturbs_nobody(at_work):
    told = threading.Event()

    def failing():
        events.emit(Rung())
        raise RuntimeError

    worker.every(3600, failing)
    worker.every(3600, lambda: events.emit(Rung()))
    events.listen(lambda _told: told.set(), Rung)
    assert at_work(told)
    assert len(list(db.session.scalars(db.session.query(Outbox).statement))) == 1


def test_what_takes_long_delays_no_event_and_ends_when_the_worker_is_to_stop(at_work):
    told, begun, ended = threading.Event(), threading.Event(), threading.Event()

    def long(stop):
        begun.set()
        stop.wait(20)
        ended.set()

    worker.look_after(3600, long)
    events.listen(lambda _told: told.set(), Rung)
    assert at_work(begun)
    with db.session.begin():
        events.emit(Rung())
    assert told.wait(1)
    assert not ended.is_set()


def test_what_was_told_long_ago_is_removed(site_of_its_own):
    with db.session.begin():
        for days in (29, 31):
            moment = clock.now() - timedelta(days=days)
            db.session.add(Outbox(name="Rung", facts="{}", told_at=moment))
    worker._do(worker._forget_told)
    assert db.session.query(Outbox).count() == 1
