"""The worker: tells what has happened, in threads of the site's own process or in a process of its own.

It also does what is to be done now and then (`every`), in between the slow events.
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
_tasks: dict[Task, float] = {}


def every(seconds: float, task: Task) -> None:
    """Have a worker do this when it starts and then whenever so many seconds have passed.

    Each time is a transaction of its own, which the worker commits. A task that fails is tried again when its time
    comes. Several workers may do the same task at the same time; it must tolerate that.
    """
    _tasks[task] = seconds


def _forget_told() -> None:
    events.forget_told(KEEP_TOLD)


every(TIDY_EVERY, _forget_told)


class Worker:
    """Two threads: one for quick events, one for slow ones, so that a heavy file never delays the index."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._done_at: dict[Task, float] = {}
        self._threads = [
            threading.Thread(target=self._run, args=(slow,), name=f"worker-{name}", daemon=True)
            for name, slow in (("quick", False), ("slow", True))
        ]

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
            now = time.monotonic()
            if not self._stop.is_set() and now - self._done_at.get(task, -math.inf) >= seconds:
                self._done_at[task] = now
                _do(task)


def _do(task: Task) -> None:
    try:
        db.expect_writes()
        task()
        db.session.commit()
    except Exception:
        log.exception("%s failed; it is tried again when its time comes", task)
    finally:
        db.session.remove()
