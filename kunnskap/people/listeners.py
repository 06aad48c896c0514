"""Writes to people about their profiles: once a year whether it holds, and when a colleague says that it does not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement

from kunnskap import clock, events, letters, mail, signed, worker
from kunnskap.people import actions, queries, rules
from kunnskap.people.events import PersonLeft, ProfileReported
from kunnskap.people.models import Person

EVERY = 3600.0
"""Seconds between looks for whom to ask."""
AT_A_TIME = 200
"""How many are asked in one such look, so that a whole directory is not written to at once."""


@dataclass(frozen=True)
class Reminders:
    """Writes the letters. `address` is the site's own, `secret` signs the links that confirm a profile.

    `can_sign_in` gives the condition on Person under which somebody has an account that is open.
    """

    address: str
    secret: str = field(repr=False)
    can_sign_in: Callable[[], ColumnElement[bool]]

    def listen(self) -> None:
        """Begin to ask, and to hear what colleagues say."""
        worker.every(EVERY, self.remind)
        events.listen(self.tell_reported, ProfileReported)
        events.listen(self.tell_left, PersonLeft)

    def remind(self) -> None:
        """Ask those who have not confirmed their profile for a year whether it holds, twice at most."""
        now = clock.now()
        for person in queries.due_to_remind(now, self.can_sign_in(), AT_A_TIME):
            if actions.take_to_remind(person, now):
                self._write(person, "profile_confirm", is_again=person.reminders > 1)

    def tell_reported(self, reported: Sequence[ProfileReported]) -> None:
        """Ask each who is reported, unless it is settled already."""
        for one in reported:
            report = queries.find_report(one.report_id)
            if report is not None and report.settled_at is None and report.person.left_at is None:
                self._write(report.person, "profile_reported", what=report.what, words=report.words)

    def tell_left(self, left: Sequence[PersonLeft]) -> None:
        """Say to each that their profile says they have left."""
        for one in left:
            person = queries.find(one.person_id)
            if person is not None and person.left_at is not None:
                self._write(person, "profile_left")

    def _write(self, person: Person, letter: str, **facts: object) -> None:
        if not person.email or not person.name or person.is_former:
            return
        mark = signed.mark(self.secret, rules.STILL_HERE, {"person": person.id})
        subject, text = letters.write(
            letter,
            person.language,
            person=person,
            link=f"{self.address}/folk/stemmer/{mark}",
            page=f"{self.address}/folk/{person.id}/rediger",
            days=rules.LINK_LASTS.days,
            **facts,
        )
        mail.send(person.email, subject, text)
