"""What tests of collections do again and again."""

from bs4 import BeautifulSoup
from sqlalchemy import select

from kunnskap import clock
from kunnskap.collections.models import Collection, CollectionItem
from kunnskap.db import session
from kunnskap.networks.models import MEMBER, NetworkMember
from tests import factories


def enrol(network, account, role=MEMBER):
    factories.keep(NetworkMember(network_id=network.id, person_id=account.person_id, role=role))
    return account


def begun(network, coordinator=None, **facts):
    """A published collection without anything in it."""
    told = {"title": "Kom i gang med overvann", "published_at": clock.now()} | facts
    return factories.keep(
        Collection(network_id=network.id, made_by_id=coordinator.person_id if coordinator else None, **told)
    )


def put(collection, **facts):
    position = len(items_of(collection)) + 1
    return factories.keep(CollectionItem(collection_id=collection.id, position=position, **facts))


def items_of(collection):
    rows = select(CollectionItem).where(CollectionItem.collection_id == collection.id)
    rows = rows.order_by(CollectionItem.position).execution_options(populate_existing=True)
    return list(session.scalars(rows))


def read(client, collection):
    answer = client.get(f"/samlinger/{collection.slug}")
    return answer.status_code, answer.text


def shown(client, collection):
    page = BeautifulSoup(client.get(f"/samlinger/{collection.slug}").text, "html.parser")
    return [item.find("a").get_text(strip=True) for item in page.select(".k-collection > li")]
