"""What a network's coordinators pin up on its page: posts and collections, in the order they choose."""

from sqlalchemy import delete, func, select

from kunnskap.actor import Actor
from kunnskap.collections import queries, rules
from kunnskap.collections.models import NetworkPin
from kunnskap.collections.rules import Reference
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed, NotFound
from kunnskap.i18n import mark, say
from kunnskap.networks.models import Network
from kunnskap.posts import queries as posts


def pin(actor: Actor, network: Network, what: Reference) -> None:
    """Pin up a post or a collection last; pinning twice is pinning once. Raises NotAllowed and Invalid."""
    _begin(actor, network)
    _expect(actor, network, what)
    mine = NetworkPin.network_id == network.id
    same = select(NetworkPin.id).where(mine, NetworkPin.post_id.is_not_distinct_from(what.post_id))
    if session.scalar(same.where(NetworkPin.collection_id.is_not_distinct_from(what.collection_id))) is not None:
        return
    count, last = session.execute(select(func.count(), func.max(NetworkPin.position)).where(mine)).one()
    if count >= rules.MOST_PINS:
        raise Invalid(
            what=say(
                "Dere kan feste høyst %(most)s ting. Ta ned noe først, eller lag en samling.", most=rules.MOST_PINS
            )
        )
    made = NetworkPin(
        network_id=network.id, position=(last or 0) + 1, post_id=what.post_id, collection_id=what.collection_id
    )
    session.add(made)
    session.flush()


def _expect(actor: Actor, network: Network, what: Reference) -> None:
    try:
        if what.post_id is not None:
            found = posts.post(actor, what.post_id, options=())
            if found.is_gone or (found.audience == "network" and found.for_network_id != network.id):
                raise Invalid(what=rules.NO_SUCH_POST)
        elif what.collection_id is not None:
            if not rules.may_lend(queries.collection(actor, what.collection_id), network.id):
                raise Invalid(what=mark("Samlingen er bare for sitt eget nettverk."))
        else:
            raise Invalid(what=mark("Dere kan feste innlegg og samlinger."))
    except NotFound:
        raise Invalid(what=mark("Vi finner ikke dette. Se over adressen eller nummeret.")) from None


def move(actor: Actor, network: Network, pin_id: int, to: str) -> None:
    """Move what is pinned up: `to` is "opp", "ned" or the place it gets, from 1. Raises NotFound."""
    _begin(actor, network)
    rows = select(NetworkPin).where(NetworkPin.network_id == network.id)
    standing = {one.id: one for one in session.scalars(rows.order_by(NetworkPin.position, NetworkPin.id))}
    if pin_id not in standing:
        raise NotFound
    for position, number in enumerate(rules.moved(list(standing), pin_id, to), start=1):
        standing[number].position = position


def unpin(actor: Actor, network: Network, pin_id: int) -> None:
    """Take something down; twice is once."""
    _begin(actor, network)
    session.execute(delete(NetworkPin).where(NetworkPin.network_id == network.id, NetworkPin.id == pin_id))


def _begin(actor: Actor, network: Network) -> None:
    if not rules.may_make(actor, network.id):
        raise NotAllowed
    hold(network)
