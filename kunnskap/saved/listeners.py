"""Tells people by mail what is new in their saved searches: one mail a person, and none when there is nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kunnskap import clock, events, letters, mail, worker
from kunnskap.accounts.models import Account
from kunnskap.rights import MEMBER
from kunnskap.saved import actions, queries, rules
from kunnskap.saved.events import NoticeDue
from kunnskap.saved.models import SavedSearch
from kunnskap.saved.queries import News
from kunnskap.year_wheel import actions as year_wheel

EVERY = 3600.0
"""Seconds between looks for whom to tell."""


@dataclass(frozen=True)
class Found:
    """A search in a letter, with what is new in it."""

    name: str
    link: str
    news: News


@dataclass(frozen=True)
class Notices:
    """Writes the mail. `address` is the site's own, `secret` signs the link that stops it."""

    address: str
    secret: str = field(repr=False)

    def listen(self) -> None:
        """Begin to look for whom to tell, and to tell."""
        worker.every(EVERY, actions.find_due)
        events.listen(self.tell, NoticeDue)

    def tell(self, due: Sequence[NoticeDue]) -> None:
        """Write to each whose searches have new hits; what was told stays told, also when this is heard again."""
        for one in due:
            account = queries.owner(one.person_id)
            until = datetime.fromisoformat(one.until)
            since = actions.take_to_tell(one.person_id, until, one.searches)
            if account is not None and since:
                # Whoever reads the mail has shown no second factor: it tells what a plain member may see.
                reader = account.acting_as(MEMBER)
                self._write(account, queries.news(reader, since, until))

    def _write(self, account: Account, news: dict[int, News]) -> None:
        mine = queries.of(account.actor)
        found = [self._found(saved, news[saved.id]) for saved in mine if saved.id in news and news[saved.id].total]
        if not found:
            return
        stop = f"{self.address}/lagrede-sok/stopp/{rules.stop_mark(self.secret, account.person_id)}"
        subject, text = letters.write(
            "saved_searches",
            next(saved.language for saved in mine if saved.id in news),
            found=found,
            # Whoever reads the mail has shown no second factor: it tells what a plain member may see.
            coming=year_wheel.take_to_tell(account.acting_as(MEMBER), clock.today()),
            total=sum(one.news.total for one in found),
            site=self.address,
            stop=stop,
        )
        mail.send(account.email, subject, text, stop)

    def _found(self, saved: SavedSearch, news: News) -> Found:
        return Found(saved.name, f"{self.address}/sok?{saved.query}", news)
