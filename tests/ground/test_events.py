"""Events: written with the change, told after commit, tried again, and set aside at last."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
from sqlalchemy import select

from kunnskap import clock, db, events
from kunnskap.db import session
from kunnskap.events import Event, Outbox


@dataclass(frozen=True)
class Happened(Event):
    number: int


@dataclass(frozen=True)
class SlowlyHappened(Event):
    slow: ClassVar[bool] = True
    number: int


@dataclass(frozen=True)
class SecretlyHappened(Event):
    secret: ClassVar[bool] = True
    word: str


@pytest.fixture
def heard(monkeypatch):
    monkeypatch.setattr(events, "_listeners", {})
    numbers = []

    def listener(told):
        for one in told:
            if one.number < 0:
                raise ValueError(one.number)
            numbers.append(one.number)

    events.listen(listener, Happened, SlowlyHappened)
    return numbers


def emit(*happened):
    for one in happened:
        events.emit(one)
    session.commit()


def rows():
    return list(session.scalars(select(Outbox).order_by(Outbox.id)))


def test_listeners_hear_what_is_committed_in_order_and_once(heard):
    emit(Happened(1), Happened(2))
    assert events.tell_pending() == 2
    assert events.tell_pending() == 0
    assert heard == [1, 2]


def test_what_is_undone_never_happened(heard):
    events.emit(Happened(1))
    session.rollback()
    assert events.tell_pending() == 0
    assert heard == []


def test_slow_events_are_told_apart_from_quick_ones(heard):
    emit(SlowlyHappened(1), Happened(2))
    events.tell_pending(slow=False)
    assert heard == [2]
    events.tell_pending(slow=True)
    assert heard == [2, 1]


def test_one_bad_event_holds_nothing_else_back(heard):
    emit(Happened(1), Happened(-1), Happened(2))
    events.tell_pending()
    assert set(heard) == {1, 2}
    assert [row.attempts for row in rows()] == [0, 1, 0]


def test_a_failing_event_waits_longer_each_time_and_is_set_aside_at_last(heard, monkeypatch):
    emit(Happened(-1))
    pauses = []
    for _attempt in range(events.ATTEMPTS):
        assert events.tell_pending() == 1
        assert events.tell_pending() == 0, "it must rest before it is tried again"
        pauses.append(rows()[0].next_try_at - clock.now())
        later = clock.now() + timedelta(days=2)
        monkeypatch.setattr(clock, "now", lambda later=later: later)
    assert pauses[:-1] == sorted(pauses[:-1])
    assert events.backlog() == events.Backlog(waiting=0, set_aside=1)
    assert events.tell_pending() == 0


def test_what_was_set_aside_can_be_tried_again(heard):
    emit(Happened(-1))
    row = rows()[0]
    row.set_aside_at, row.attempts = clock.now(), events.ATTEMPTS
    session.commit()
    events.retry_set_aside()
    session.commit()
    assert events.tell_pending() == 1


def test_an_event_claimed_by_a_worker_that_died_is_told_when_its_lease_is_over(heard, monkeypatch):
    emit(Happened(1))
    events._claim(slow=None, limit=10)
    assert events.tell_pending() == 0
    later = clock.now() + events.LEASE + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    events.tell_pending()
    assert heard == [1]


def test_a_secret_is_forgotten_when_it_is_told(heard):
    events.listen(lambda told: None, SecretlyHappened)
    emit(SecretlyHappened("hemmelig"))
    events.tell_pending()
    assert "hemmelig" not in rows()[0].facts


def test_what_was_told_long_ago_is_forgotten(heard, monkeypatch):
    emit(Happened(1))
    events.tell_pending()
    events.forget_told(timedelta(days=30))
    assert len(rows()) == 1
    later = clock.now() + timedelta(days=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    events.forget_told(timedelta(days=30))
    assert rows() == []


def test_what_is_told_slowly_is_told_once_though_the_next_one_fails(heard):
    emit(SlowlyHappened(1), SlowlyHappened(-1), SlowlyHappened(2))
    events.tell_pending(slow=True)
    assert heard == [1, 2]


def test_what_cannot_be_heard_now_is_told_again_until_it_can_be_and_all_at_once(monkeypatch, caplog):
    monkeypatch.setattr(events, "_listeners", {})
    calls, can = [], []

    def listener(told):
        calls.append(len(told))
        if not can:
            raise events.NotNow("the index is being moved")

    events.listen(listener, Happened)
    emit(Happened(1), Happened(2))
    for _ in range(2 * events.ATTEMPTS):
        assert events.tell_pending() == 2
        assert events.tell_pending() == 0, "it must rest before it is tried again"
        pause = rows()[0].next_try_at - clock.now()
        assert pause <= timedelta(seconds=20)
        later = clock.now() + timedelta(minutes=1)
        monkeypatch.setattr(clock, "now", lambda later=later: later)
    assert set(calls) == {2}, "one by one would keep everybody waiting"
    assert events.backlog() == events.Backlog(waiting=2, set_aside=0)
    assert "the index is being moved" in caplog.text
    can.append(True)
    events.tell_pending()
    assert events.backlog().waiting == 0


def test_who_only_reads_is_told_first_and_locks_nobody_out(monkeypatch):
    monkeypatch.setattr(events, "_listeners", {})
    heard = []
    events.listen(lambda _told: heard.append(("writes", db.is_writing())), Happened)
    events.listen(lambda _told: heard.append(("reads", db.is_writing())), Happened, only_reads=True)
    emit(Happened(1))
    db.expect_writes()
    events.tell_pending()
    assert heard == [("reads", False), ("writes", True)]
    assert db.is_writing()
    db.expect_writes(False)


def test_what_waits_can_be_seen(heard):
    emit(Happened(1), SlowlyHappened(2))
    assert events.untold(Happened) == [Happened(1)]
    events.tell_pending()
    assert events.untold(Happened, SlowlyHappened) == []


@dataclass(frozen=True)
class Ear:
    """Hears in a list that all of its name share."""

    name: str
    told: tuple[list[object], ...]

    def hear(self, heard):
        self.told[0].extend((self.name, one.number) for one in heard)


def test_a_site_made_twice_in_a_process_hears_once(monkeypatch):
    monkeypatch.setattr(events, "_listeners", {})
    told = []
    for name in ("a", "a", "b"):
        events.listen(Ear(name, (told,)).hear, Happened)
    events.emit(Happened(1))
    session.commit()
    events.tell_pending()
    assert sorted(told) == [("a", 1), ("b", 1)]
