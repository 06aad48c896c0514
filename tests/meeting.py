"""What tests of meetings share: rows, and what the form sends."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from kunnskap import clock
from kunnskap.accounts.models import Account
from kunnskap.meetings.models import Meeting
from kunnskap.networks.models import MEMBER, Network, NetworkMember
from tests import factories


def enrol(network: Network, account: Account, role: str = MEMBER) -> Account:
    """Let somebody into a network."""
    factories.keep(NetworkMember(network_id=network.id, person_id=account.person_id, role=role))
    return account


def meeting_of(network: Network, **facts: Any) -> Meeting:
    """A meeting of two hours, in a week unless told otherwise."""
    starts_at = facts.pop("starts_at", clock.now() + timedelta(days=7))
    given = {
        "title": "Prøvemøte",
        "location": "Rådhuset",
        "uid": f"{uuid4()}@test",
        "ends_at": starts_at + timedelta(hours=2),
    }
    made = factories.keep(Meeting(network_id=network.id, starts_at=starts_at, **(given | facts)))
    made.network = network
    return made


def form(**facts: str) -> dict[str, str]:
    """What the form of a meeting sends: one that comes, in thirty days."""
    day = (clock.today() + timedelta(days=30)).isoformat()
    return {
        "title": "Høstmøte", "day": day, "starts": "09:00", "ends": "11:00", "location": "Skien rådhus",
        "audience": "network", "form_key": uuid4().hex,
    } | facts  # fmt: skip
