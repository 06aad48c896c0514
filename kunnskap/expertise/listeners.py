"""Keeps the count of what people have shown in step with what is written and taken away; and suggests pairs."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from kunnskap import db, events, letters, mail, signed, worker
from kunnskap.expertise import actions, pairing, rules
from kunnskap.expertise.pairing import Letter
from kunnskap.expertise.queries import Loads
from kunnskap.posts.events import PostChanged, PostEvent, PostPublished

LOOK_EVERY = 86_400.0
"""Seconds between looks through everybody's count, for changes that nobody told of."""
AT_ONCE = 200
PAIRS_EVERY = 3_600.0
"""Seconds between looks whether this month's pairs are to be made."""


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


@dataclass(frozen=True)
class Matchmaker:
    """Suggests pairs once a month, by mail to both. `address` is the site's own, `secret` signs the link that stops it."""

    address: str
    loads: Loads
    secret: str = field(repr=False)

    def listen(self) -> None:
        """Begin to look whether it is time."""
        worker.every(PAIRS_EVERY, self.suggest)

    def suggest(self) -> None:
        """Make the pairs of the month, if nobody has, and write to both of each."""
        for letter in pairing.suggest(self.loads):
            self._write(letter)

    def _write(self, letter: Letter) -> None:
        pair, mine = letter.pair, letter.account.person_id
        learns = mine == pair.learner_id
        me, other = (pair.learner, pair.guide) if learns else (pair.guide, pair.learner)
        mark = signed.mark(self.secret, rules.STOP, {"person": mine})
        stop = f"{self.address}/folk/par/stopp/{mark}"
        subject, text = letters.write(
            "learning_pair",
            me.language,
            learns=learns,
            reader=me.name,
            other=other,
            theme=pair.theme.name_in(me.language),
            profile=f"{self.address}/folk/{other.slug}",
            write=f"{self.address}/meldinger/ny?til={other.id}",
            stop=stop,
        )
        mail.send(letter.account.email, subject, text, stop)
