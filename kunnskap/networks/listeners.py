"""Writes to those whom a coordinator has taken into a network, with a link by which they leave without signing in."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kunnskap import events, letters, mail, signed
from kunnskap.db import session
from kunnskap.networks import rules
from kunnskap.networks.events import MemberAdded
from kunnskap.networks.models import Network, NetworkMember
from kunnskap.people.models import Person


@dataclass(frozen=True)
class Welcome:
    """Writes the mail. `address` is the site's own, `secret` signs the link by which one leaves."""

    address: str
    secret: str = field(repr=False)

    def listen(self) -> None:
        """Begin to write."""
        events.listen(self.tell, MemberAdded)

    def tell(self, added: Sequence[MemberAdded]) -> None:
        """Tell everybody who is still in the network, and has an address."""
        for one in added:
            person, network = session.get(Person, one.person_id), session.get(Network, one.network_id)
            inviter = session.get(Person, one.added_by_id)
            is_in = session.get(NetworkMember, (one.network_id, one.person_id)) is not None
            if person is not None and person.email and network is not None and is_in:
                self._write(person, network, inviter.name if inviter else "")

    def _write(self, person: Person, network: Network, inviter: str) -> None:
        end = signed.mark(self.secret, rules.LEAVING, {"person": person.id, "network": network.id})
        leave = f"{self.address}/nettverk/ut/{end}"
        subject, text = letters.write(
            "network_added",
            person.language,
            network=network.name,
            inviter=inviter,
            link=f"{self.address}/nettverk/{network.slug}",
            leave=leave,
        )
        mail.send(person.email, subject, text, leave)
