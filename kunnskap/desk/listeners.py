"""Writes the mails of a letter to a network: one to each member, and never two."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kunnskap import clock, events, letters, mail, signed, text
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.desk import queries
from kunnskap.desk.events import LetterSent
from kunnskap.desk.models import NetworkLetter
from kunnskap.networks.models import Network
from kunnskap.people.models import Person
from kunnskap.rights import MEMBER
from kunnskap.year_wheel import queries as year_wheel

STOP = "network-letters"
"""What the link is signed for that stops letters to a network."""


@dataclass(frozen=True)
class NetworkPost:
    """Delivers letters to networks. `address` is the site's own, `secret` signs the link that stops them."""

    address: str
    secret: str = field(repr=False)

    def listen(self) -> None:
        """Begin to deliver."""
        events.listen(self.deliver, LetterSent)

    def deliver(self, sent: Sequence[LetterSent]) -> None:
        """Write to each who has not been written to, and note it in the same transaction."""
        for one in sent:
            letter = session.get(NetworkLetter, one.letter_id)
            if letter is not None:
                self._write(letter)

    def _write(self, letter: NetworkLetter) -> None:
        network = session.get_one(Network, letter.network_id)
        sender = session.get(Person, letter.sender_id) if letter.sender_id is not None else None
        words = "\n\n".join(text.paragraphs(letter.body_html))
        # One letter for all of them: it tells what a plain member of the network may see.
        reader = Actor(0, MEMBER, network_ids=frozenset({network.id}))
        coming = year_wheel.for_letters(reader, clock.today())
        for recipient, account in queries.untold(letter.id):
            facts = {"person": recipient.person_id, "network": network.id}
            stop = f"{self.address}/nettverk/brev/stopp/{signed.mark(self.secret, STOP, facts)}"
            subject, body = letters.write(
                "network_letter",
                account.person.language,
                subject=letter.subject,
                words=words,
                network=network.name,
                sender=sender.name if sender else "",
                coming=coming,
                site=self.address,
                link=f"{self.address}/nettverk/{network.slug}/brev/{letter.id}",
                stop=stop,
            )
            mail.send(account.email, subject, body, stop)
            recipient.mailed_at = clock.now()
        session.flush()
