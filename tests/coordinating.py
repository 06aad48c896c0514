"""What tests of a network's desk do again and again."""

from datetime import timedelta

from bs4 import BeautifulSoup

from kunnskap import clock
from kunnskap.networks.models import MEMBER, NetworkMember, NetworkPlace
from tests import factories

HOME = "/nettverk/testnettverk"


def network_of(*places):
    """A network that these places belong to."""
    made = factories.network()
    for place in places:
        factories.keep(NetworkPlace(network_id=made.id, place_id=place.id))
    return made


def join(network, account, role=MEMBER, *, weeks_ago=0, **facts):
    """Have somebody be in a network, since so many weeks."""
    joined = clock.now() - timedelta(weeks=weeks_ago)
    row = NetworkMember(network_id=network.id, person_id=account.person_id, role=role, joined_at=joined, **facts)
    factories.keep(row)
    return account


def words(answer):
    """What a page says, in one line."""
    return " ".join(BeautifulSoup(answer.data, "html.parser").get_text(" ").split())
