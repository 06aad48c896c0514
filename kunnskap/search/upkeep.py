"""Has the worker see to it that the index stands: what is missing, damaged or made by an older analysis is built anew.

The site answers with the old one meanwhile, if there is one.
"""

import logging
import math
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from kunnskap import worker
from kunnskap.search.engines.protocol import IndexBusy
from kunnskap.search.indexing import Progress, index
from kunnskap.targets import Target

log = logging.getLogger(__name__)

LOOK_EVERY = 15.0
"""Seconds between looks at the index."""
FIRST_PAUSE, LONGEST_PAUSE = 30.0, 1_800.0
"""Seconds until a build that failed is tried again, twice as long each time."""

TURN = 0.0005
"""Seconds a thread may hold on while an index is built in the same process; Python's own is ten times that."""


class _NotNeeded(Exception):
    """Somebody else has built it meanwhile."""


class _Stopped(Exception):
    """The worker is to stop; the build goes on where it stopped the next time."""


class _Watch(Progress):
    """Breaks a build off that is no longer needed, or when the worker is to stop."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    def begin(self, after: Target | None, done: int, total: int) -> None:
        """By now nobody else is building; whoever was may have come to an end."""
        if index().is_current():
            raise _NotNeeded
        self.advance(0)

    def advance(self, things: int) -> None:
        """Look whether to stop."""
        if self._stop.is_set():
            raise _Stopped


@contextmanager
def _giving_way() -> Iterator[None]:
    """Have this process's threads take turns more often, so that those who answer wait less for one that reckons all the time."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


class Upkeep:
    """Looks at the index now and then, and remembers how often building it has failed."""

    def __init__(self) -> None:
        self._failures = 0
        self._not_before = -math.inf

    def look(self, stop: threading.Event) -> None:
        """Build the index anew if that is needed and nobody else does it."""
        if time.monotonic() < self._not_before or index().is_current():
            return
        log.warning("the search index is missing, damaged or made by an older analysis; it is being built anew")
        try:
            with _giving_way():
                index().rebuild(_Watch(stop))
            self._failures = 0
        except IndexBusy:
            log.info("another process is building the search index")
        except _NotNeeded:
            log.info("another process has built the search index")
        except _Stopped:
            log.info("the build of the search index goes on when the worker starts again")
        except Exception:
            pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**self._failures)
            self._failures = min(self._failures + 1, 10)
            self._not_before = time.monotonic() + pause
            log.exception("the search index could not be built; it is tried again in %g seconds", pause)


_upkeep = Upkeep()


def begin() -> None:
    """Have the worker look after the index."""
    worker.look_after(LOOK_EVERY, _look)


def _look(stop: threading.Event) -> None:
    _upkeep.look(stop)
