"""Tells those who look after the site: that people wait to be let in, and that the audit log has been tampered with."""

import logging
import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kunnskap import audit, clock, db, events, letters, mail, worker
from kunnskap.accounts.events import AccountWaits
from kunnskap.accounts.models import Account
from kunnskap.administration import actions, queries, rules
from kunnskap.db import SiteVersion, session
from kunnskap.letters import BOKMAL

log = logging.getLogger(__name__)
LOOK_EVERY, CHECK_EVERY = 600.0, 24 * 3600.0


@dataclass(frozen=True)
class ToldOfWaiting(events.Event):
    """Somebody was told that people wait. Nobody listens: it is there to know whom not to tell again at once."""

    account_id: int
    at: str


class Caretaker:
    """Writes the mail. `address` is the site's own."""

    def __init__(self, address: str) -> None:
        self._address = address

    def listen(self) -> None:
        """Begin to tell."""
        events.listen(self.tell, AccountWaits)
        worker.every(LOOK_EVERY, self.tell_of_waiting)
        worker.look_after(CHECK_EVERY, self.check_log)

    def tell(self, _waits: Sequence[AccountWaits]) -> None:
        """Tell at once, but nobody more than once an hour: the rest is told of when the hour is over."""
        self.tell_of_waiting()

    def tell_of_waiting(self) -> None:
        """Tell everybody of those who have come to wait since they were told last."""
        waiting = queries.all_waiting()
        if not waiting:
            return
        # One worker at a time, so that nobody gets the same mail twice.
        db.hold(session.get_one(SiteVersion, 1))
        told = _told_last()
        for recipient, theirs in _by_recipient(waiting):
            last = told.get(recipient.id)
            new = [one for one in theirs if last is None or (one.confirmed_at or last) > last]
            if new and (last is None or clock.now() - last >= rules.TOLD_AGAIN):
                self._write(recipient, len(theirs))

    def _write(self, recipient: Account, count: int) -> None:
        letter = letters.write("waiting", BOKMAL, count=count, link=f"{self._address}/administrasjon/venter")
        mail.send(recipient.email, *letter)
        events.emit(ToldOfWaiting(recipient.id, clock.now().isoformat()))

    def check_log(self, _stop: threading.Event) -> None:
        """Look through the audit log, without holding up those who write to it; tell administrators when it is broken."""
        broken = audit.broken_at()
        session.rollback()
        if broken is None:
            return
        log.error("the audit log is broken at entry %s", broken)
        db.expect_writes()
        try:
            actions.warn_of_broken_log(broken, self._address)
            session.commit()
        finally:
            db.expect_writes(False)


def _told_last() -> dict[int, datetime]:
    """Give when each was told last, as far as it is remembered."""
    heard = events.happened_since(clock.now() - worker.KEEP_TOLD, ToldOfWaiting)
    return {one.account_id: datetime.fromisoformat(one.at) for one in heard}


def _by_recipient(waiting: list[Account]) -> list[tuple[Account, list[Account]]]:
    by_place: defaultdict[int | None, list[Account]] = defaultdict(list)
    for one in waiting:
        by_place[one.person.place_id].append(one)
    recipients: dict[int, Account] = {}
    theirs: defaultdict[int, list[Account]] = defaultdict(list)
    for place_id, people in by_place.items():
        for recipient in queries.recipients(place_id):
            recipients[recipient.id] = recipient
            theirs[recipient.id] += people
    return [(recipients[number], people) for number, people in theirs.items()]
