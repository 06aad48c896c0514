"""Which sessions are used, gathered in memory and written down a little later, so that no page that is read writes."""

import logging
import threading
from collections.abc import Callable
from time import monotonic

log = logging.getLogger(__name__)

PAUSE = 30.0
"""Seconds from the first use until what was gathered is written down."""
AGAIN = 600.0
"""Seconds until the same session is noted again."""


class Presence:
    """Notes uses by the number of the session; safe to use from several threads. With no `pause` only `flush` writes."""

    def __init__(self, keep: Callable[[set[int]], None], pause: float | None = PAUSE) -> None:
        self._keep, self._pause = keep, pause
        self._waiting: set[int] = set()
        self._noted: dict[int, float] = {}
        self._lock = threading.Lock()

    def note(self, number: int) -> None:
        """Note that a session is used, unless it was noted lately."""
        now = monotonic()
        with self._lock:
            if now - self._noted.get(number, -AGAIN) < AGAIN:
                return
            self._noted[number] = now
            is_first = not self._waiting
            self._waiting.add(number)
        if is_first and self._pause is not None:
            timer = threading.Timer(self._pause, self.flush)
            timer.daemon = True
            timer.start()

    def flush(self) -> None:
        """Write down what was gathered; what cannot be written now is noted again when it is used again."""
        with self._lock:
            numbers, self._waiting = self._waiting, set()
            old = monotonic() - AGAIN
            self._noted = {number: at for number, at in self._noted.items() if at > old}
        if not numbers:
            return
        try:
            self._keep(numbers)
        except Exception:
            log.exception("which sessions are used could not be written down")
            with self._lock:
                for number in numbers:
                    self._noted.pop(number, None)
