"""Writes to those who come to meetings, have homework, or are asked whether their words may be posted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from kunnskap import calendars, events, letters, mail, signed, worker
from kunnskap.accounts.models import Account
from kunnskap.errors import NotFound
from kunnskap.meetings import actions, minuting, queries, rules, times
from kunnskap.meetings.events import HomeworkDue, MeetingMoved, PartProposed, ReminderDue
from kunnskap.meetings.models import Meeting
from kunnskap.rights import MEMBER

EVERY = 900.0
"""Seconds between looks for whom to remind."""
PURPOSE = "referat"
LASTS = timedelta(days=90)
"""How long the link in a letter to a speaker works."""


@dataclass(frozen=True)
class MeetingLetters:
    """Writes the mail. `address` is the site's own, `secret` signs the link by which a speaker says yes or no."""

    address: str
    secret: str = field(repr=False)

    def listen(self) -> None:
        """Begin to look for whom to remind, and to write."""
        worker.every(EVERY, actions.find_due)
        events.listen(self.tell_moved, MeetingMoved)
        events.listen(self.remind, ReminderDue)
        events.listen(self.remind_of_homework, HomeworkDue)
        events.listen(self.ask_speaker, PartProposed)

    def tell_moved(self, moved: Sequence[MeetingMoved]) -> None:
        """Tell those who come that a meeting is changed or cancelled, with the new calendar file."""
        for one in moved:
            meeting = queries.by_id(one.meeting_id)
            if meeting is not None and not rules.is_over(meeting):
                for account in queries.accounts_of_comers(meeting):
                    self._write(account, meeting, "meeting_cancelled" if meeting.cancelled_at else "meeting_changed")

    def remind(self, due: Sequence[ReminderDue]) -> None:
        """Remind those who come, unless it was cancelled or has begun."""
        for one in due:
            meeting, account = queries.by_id(one.meeting_id), queries.account_of(one.person_id)
            if meeting is None or account is None or meeting.cancelled_at or rules.has_begun(meeting):
                continue
            row = queries.sign_up(account.acting_as(MEMBER), meeting)
            if row is not None and row.is_coming:
                self._write(account, meeting, "meeting_reminder")

    def remind_of_homework(self, due: Sequence[HomeworkDue]) -> None:
        """Remind those who have homework to do and are still in the network."""
        for one in due:
            account = queries.account_of(one.person_id)
            try:
                homework, meeting = queries.homework(one.homework_id)
            except NotFound:
                continue
            if account is None or meeting.network_id not in account.acting_as(MEMBER).network_ids:
                continue
            language = account.person.language
            facts = {"homework": homework, "meeting": meeting, "page": self._page(meeting)}
            due_on = times.written_date(homework.due_on, language) if homework.due_on else ""
            mail.send(account.email, *letters.write("meeting_homework", language, **facts, due=due_on))

    def ask_speaker(self, proposed: Sequence[PartProposed]) -> None:
        """Ask a speaker whether their words may be posted."""
        for one in proposed:
            part = queries.part(one.part_id)
            account = queries.account_of(part.speaker_id)
            if account is None or not rules.is_open(part):
                continue
            speaker, language = account.acting_as(MEMBER), account.person.language
            question = minuting.question_of(speaker, part)
            subject, text = letters.write(
                "meeting_part",
                language,
                part=part,
                source=minuting.source(part, language),
                question=question.title if question is not None else "",
                link=f"{self.address}/moter/forslag/lenke/{part_mark(self.secret, part.id)}",
            )
            mail.send(account.email, subject, text)

    def _write(self, account: Account, meeting: Meeting, letter: str) -> None:
        # Whoever reads the mail has shown no second factor: it tells what a plain member may see.
        if not rules.may_see(account.acting_as(MEMBER), meeting):
            return
        language = account.person.language
        when = times.written(meeting.starts_at, meeting.ends_at, language)
        subject, text = letters.write(letter, language, meeting=meeting, when=when, page=self._page(meeting))
        file = calendars.write([rules.entry(meeting, self.address)]).decode()
        mail.send(account.email, subject, text, calendar=file)

    def _page(self, meeting: Meeting) -> str:
        return f"{self.address}/moter/{meeting.slug}"


def part_mark(secret: str, part_id: int) -> str:
    """Make the end of the link by which a speaker says yes or no without signing in."""
    return signed.mark(secret, PURPOSE, {"part": part_id})
