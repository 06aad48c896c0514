"""The worker: tells what has happened, in threads of the site's own process or in a process of its own.

It also does what is to be done now and then: quick things in between the slow events (`every`), and what may take long
in a thread of its own (`look_after`).
"""

import logging
import math
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from kunnskap import db, events

log = logging.getLogger(__name__)

PAUSE = 0.25
"""Seconds between looks when nothing wakes the worker (another process may have written)."""
SLOW_BATCH = 4
"""Slow events taken at a time, few enough to be done within the lease, so that no other worker takes them too."""
KEEP_TOLD = timedelta(days=30)
TIDY_EVERY = 3600.0
"""Seconds between removals of what was told longer ago than KEEP_TOLD."""

Task = Callable[[], None]
LongTask = Callable[[threading.Event], None]
_tasks: dict[Task, float] = {}
_long_tasks: dict[LongTask, float] = {}


def every(seconds: float, task: Task) -> None:
    """Have a worker do this when it starts and then whenever so many seconds have passed.

    Each time is a transaction of its own, which the worker commits. A task that fails is tried again when its time
    comes. Several workers may do the same task at the same time; it must tolerate that.
    """
    _tasks[task] = seconds


def look_after(seconds: float, task: LongTask) -> None:
    """Have a worker do this, which may take long, when it starts and then whenever so many seconds have passed.

    It is given an event that is set when the worker is to stop; then it should come to an end. It ends its own
    transactions, and none is expected to write.
    """
    _long_tasks[task] = seconds


def _forget_told() -> None:
    events.forget_told(KEEP_TOLD)


every(TIDY_EVERY, _forget_told)


class Worker:
    """Three threads: for quick events, for slow ones, so that a heavy file never delays the index, and for long tasks."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._done_at: dict[Task | LongTask, float] = {}
        self._threads = [
            threading.Thread(target=self._run, args=(slow,), name=f"worker-{name}", daemon=True)
            for name, slow in (("quick", False), ("slow", True))
        ]
        self._threads.append(threading.Thread(target=self._look_after, name="worker-long", daemon=True))

    def start(self) -> None:
        """Begin telling."""
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 10) -> None:
        """Finish what is under way and end; waits at most `timeout` seconds for each thread."""
        self._stop.set()
        events.news.set()
        for thread in self._threads:
            thread.join(timeout)

    def wait(self) -> None:
        """Stand here until the worker is stopped."""
        self._stop.wait()

    def _run(self, slow: bool) -> None:
        while not self._stop.is_set():
            if slow:
                self._do_what_is_due()
            if not self._tell_some(slow):
                events.news.wait(PAUSE)
                events.news.clear()

    def _tell_some(self, slow: bool) -> int:
        try:
            db.expect_writes(False)
            if not events.is_waiting(slow=slow):
                return 0
            db.session.rollback()
            db.expect_writes()
            return events.tell_pending(slow=slow, limit=SLOW_BATCH if slow else events.BATCH)
        except Exception:
            log.exception("the worker could not reach the outbox; it tries again")
            self._stop.wait(1)
            return 0
        finally:
            db.session.remove()

    def _do_what_is_due(self) -> None:
        for task, seconds in list(_tasks.items()):
            if self._is_due(task, seconds):
                _do(task)

    def _look_after(self) -> None:
        while not self._stop.is_set():
            for task, seconds in list(_long_tasks.items()):
                if self._is_due(task, seconds):
                    self._do_long(task)
            self._stop.wait(1)

    def _is_due(self, task: Task | LongTask, seconds: float) -> bool:
        now = time.monotonic()
        if self._stop.is_set() or now - self._done_at.get(task, -math.inf) < seconds:
            return False
        self._done_at[task] = now
        return True

    def _do_long(self, task: LongTask) -> None:
        try:
            db.expect_writes(False)
            task(self._stop)
        except Exception:
            log.exception("%s failed; it is tried again when its time comes", task)
        finally:
            db.session.remove()


def _do(task: Task) -> None:
    try:
        db.expect_writes()
        task()
        db.session.commit()
    except Exception:
        log.exception("%s failed; it is tried again when its time comes", task)
    finally:
        db.session.remove()
