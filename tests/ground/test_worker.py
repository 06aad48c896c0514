"""The worker tells what happens while it runs, and stops when it is asked to."""

import threading
from dataclasses import dataclass

import pytest

from kunnskap import db, events
from kunnskap.worker import Worker


@dataclass(frozen=True)
class Rung(events.Event):
    """Something a test hears."""


@pytest.fixture
def site_of_its_own(engine, tmp_path, monkeypatch):
    """A database that threads can share, unlike the one that is undone after each test."""
    bind = db.session.get_bind()
    monkeypatch.setattr(events, "_listeners", {})
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
