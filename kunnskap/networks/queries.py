"""Finding networks."""

from collections.abc import Collection

from sqlalchemy import select

from kunnskap.db import session
from kunnskap.networks.models import Network, NetworkPlace


def with_places(place_ids: Collection[int]) -> list[Network]:
    """Give the networks that one of the places belongs to, by name."""
    belonging = select(NetworkPlace.network_id).where(NetworkPlace.place_id.in_(place_ids))
    return list(session.scalars(select(Network).where(Network.id.in_(belonging)).order_by(Network.name)))
