"""Hears what is written and taken away, and keeps the count of what people have shown in step with it."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from kunnskap import db, events, worker
from kunnskap.expertise import actions
from kunnskap.posts.events import PostChanged, PostEvent, PostPublished

LOOK_EVERY = 86_400.0
"""Seconds between looks through everybody's count, for changes that nobody told of."""
AT_ONCE = 200


@dataclass(frozen=True)
class Counter:
    """Counts anew for those whom a change concerns; hearing of it twice changes nothing."""

    def listen(self) -> None:
        """Begin to hear, and to look through everybody's count now and then, also when the worker starts."""
        events.listen(self.hear, PostPublished, PostChanged)
        worker.look_after(LOOK_EVERY, self.look_through)

    def hear(self, happened: Sequence[PostEvent]) -> None:
        """Count anew for those who wrote these posts, and what hangs on them."""
        posts = {number for one in happened for number in (one.post_id, one.root_id)}
        actions.recount(actions.authors_near(posts))

    def look_through(self, stop: threading.Event) -> None:
        """Find everybody whose count is not right and put it right, some at a time; breaks off when it is to stop."""
        wrong = sorted(actions.out_of_step())
        db.session.rollback()
        db.expect_writes()
        for start in range(0, len(wrong), AT_ONCE):
            if stop.is_set():
                return
            actions.recount(wrong[start : start + AT_ONCE])
            db.session.commit()
