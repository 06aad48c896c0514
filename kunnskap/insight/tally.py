"""Counts searches in the memory of this process and hands them on a little later, so that no page waits for it.

Who searched is known only as a mark that cannot be turned back, in memory and for an hour, so that somebody who turns
pages or comes back counts once. What has not been handed on when a process dies is lost, and that is fine.
"""

import hashlib
import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic

log = logging.getLogger(__name__)

PAUSE = 10.0
"""Seconds from the first search until what was counted is handed on."""
MOST_WORDS = 500
"""Different words counted between two writings; a flood of made-up ones goes no further."""
REMEMBERED, MOST_REMEMBERED = 3600.0, 50_000
"""Seconds, and how many, that somebody's search is remembered so that it counts once."""


@dataclass(frozen=True)
class Count:
    """How often words were looked for, found nothing, and led on to something."""

    searches: int = 0
    without_hits: int = 0
    clicks: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.searches + other.searches, self.without_hits + other.without_hits, self.clicks + other.clicks)


Counts = Mapping[str, Count]


class Tally:
    """Counts by words; safe to use from several threads. With no `pause` nothing is handed on but by `flush`."""

    def __init__(self, keep: Callable[[Counts], None], pause: float | None = PAUSE) -> None:
        self._keep, self._pause = keep, pause
        self._counts: dict[str, Count] = {}
        self._seen: OrderedDict[bytes, float] = OrderedDict()
        self._salt = secrets.token_bytes(16)
        self._lock = threading.Lock()

    def searched(self, words: str, visitor: str, *, found: bool) -> None:
        """Count a search, unless the same visitor made it within the hour."""
        self._add(words, visitor, "search", Count(1, int(not found)))

    def clicked(self, words: str, visitor: str) -> None:
        """Count that somebody went on to something that was found."""
        self._add(words, visitor, "click", Count(clicks=1))

    def flush(self) -> None:
        """Hand on what was counted; what cannot be kept now is tried again with the next."""
        with self._lock:
            counts, self._counts = self._counts, {}
        if not counts:
            return
        try:
            self._keep(counts)
        except Exception:
            log.exception("the tally of searches could not be kept; it is tried again")
            with self._lock:
                for words, count in counts.items():
                    self._counts[words] = self._counts.get(words, Count()) + count

    def _add(self, words: str, visitor: str, what: str, count: Count) -> None:
        with self._lock:
            if self._is_seen(f"{what}\n{visitor}\n{words}"):
                return
            if words not in self._counts and len(self._counts) >= MOST_WORDS:
                return
            is_first = not self._counts
            self._counts[words] = self._counts.get(words, Count()) + count
        if is_first and self._pause is not None:
            timer = threading.Timer(self._pause, self.flush)
            timer.daemon = True
            timer.start()

    def _is_seen(self, told: str) -> bool:
        mark, now = hashlib.blake2b(told.encode(errors="replace"), key=self._salt, digest_size=8).digest(), monotonic()
        while self._seen and (len(self._seen) >= MOST_REMEMBERED or now - next(iter(self._seen.values())) > REMEMBERED):
            self._seen.popitem(last=False)
        if mark in self._seen:
            return True
        self._seen[mark] = now
        return False
