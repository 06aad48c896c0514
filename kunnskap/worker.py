"""The worker: tells what has happened, in threads of the site's own process or in a process of its own."""

import logging
import threading
import time
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


class Worker:
    """Two threads: one for quick events, one for slow ones, so that a heavy file never delays the index."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._tidied_at = -TIDY_EVERY
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
            if not self._tell_some(slow):
                events.news.wait(PAUSE)
                events.news.clear()

    def _tell_some(self, slow: bool) -> int:
        try:
            db.expect_writes(False)
            if not events.is_waiting(slow=slow):
                return 0 if slow else self._tidy()
            db.session.rollback()
            db.expect_writes()
            return events.tell_pending(slow=slow, limit=SLOW_BATCH if slow else events.BATCH)
        except Exception:
            log.exception("the worker could not reach the outbox; it tries again")
            self._stop.wait(1)
            return 0
        finally:
            db.session.remove()

    def _tidy(self) -> int:
        """Now and then, when nothing else waits, remove what has long been told."""
        if time.monotonic() - self._tidied_at > TIDY_EVERY:
            self._tidied_at = time.monotonic()
            db.session.rollback()
            db.expect_writes()
            events.forget_told(KEEP_TOLD)
            db.session.commit()
        return 0
