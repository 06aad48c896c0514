"""Tells the successor by mail what they have taken over, and moderators which networks nobody coordinates."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from kunnskap import events, letters, mail, worker
from kunnskap.accounts.models import Account
from kunnskap.accounts.queries import opens
from kunnskap.db import session
from kunnskap.handover import actions, queries
from kunnskap.handover.events import HandedOver
from kunnskap.handover.models import Handover
from kunnskap.networks.models import Network
from kunnskap.rights import ADMINISTRATOR, MODERATOR

EVERY = 600.0
"""Seconds between looks for whose day has come."""


@dataclass(frozen=True)
class Handovers:
    """Carries out what is due and writes the mail. `address` is the site's own."""

    address: str

    def listen(self) -> None:
        """Begin to look for what is due, and to tell."""
        worker.every(EVERY, actions.carry_out_due)
        events.listen(self.tell, HandedOver)

    def tell(self, done: Sequence[HandedOver]) -> None:
        """Write to each successor, and to moderators where a network lost its last coordinator."""
        for one in done:
            made = session.get(Handover, one.handover_id, options=[joinedload(Handover.person)])
            if made is not None and made.done_at is not None:
                self._write_successor(made)
                self._write_moderators(made)

    def _write_successor(self, made: Handover) -> None:
        account = queries.account_of(made.successor_id)
        if account is None:
            return
        name = made.person.name if made.person else ""
        page = f"{self.address}/overtakelse/{made.id}"
        letter = letters.write("handed_over", account.person.language, who=name, words=made.words, link=page)
        mail.send(account.email, *letter)

    def _write_moderators(self, made: Handover) -> None:
        ids = made.what.get("without_coordinator", [])
        networks = session.scalars(select(Network).where(Network.id.in_(ids)).order_by(Network.name)).all()
        if not networks:
            return
        found = [(network.name, f"{self.address}/nettverk/{network.slug}/medlemmer") for network in networks]
        rows = select(Account).where(Account.role.in_((MODERATOR, ADMINISTRATOR)), *opens())
        for account in session.scalars(rows.options(joinedload(Account.person)).order_by(Account.id)):
            letter = letters.write("no_coordinator", account.person.language, networks=found)
            mail.send(account.email, *letter)
