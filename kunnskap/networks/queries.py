"""Finding networks, and who and what belongs to them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import NotFound
from kunnskap.networks.models import COORDINATOR, Network, NetworkMember, NetworkPlace
from kunnskap.people.models import Person
from kunnskap.places.models import Place
from kunnskap.remembering import remembered

MOST_WORDS = 6
FEW, ALL = 12, 1_000


@dataclass(frozen=True)
class Listed:
    """A network in the list, with how many places and people belong to it."""

    network: Network
    places: int
    people: int


@dataclass(frozen=True)
class Membership:
    """People in a network, coordinators first: some of them, how many in all, and the reader's own place among them."""

    shown: list[NetworkMember]
    total: int
    mine: NetworkMember | None


def listed(words: str = "", county: str = "") -> list[Listed]:
    """Give networks by name, narrowed by words and by the number of a county that takes part; one statement."""
    members = _count(NetworkMember).where(NetworkMember.person_id == Person.id, Person.left_at.is_(None))
    rows = select(Network, _count(NetworkPlace).scalar_subquery(), members.scalar_subquery()).order_by(Network.name)
    rows = rows.where(*(_says(word) for word in words.split()[:MOST_WORDS]))
    if county:
        above = aliased(Place)
        inside = (
            select(NetworkPlace.network_id)
            .join(Place, Place.id == NetworkPlace.place_id)
            .outerjoin(above, above.id == Place.county_id)
            .where(or_(Place.number == county, above.number == county))
        )
        rows = rows.where(Network.id.in_(inside))
    return [Listed(*row) for row in session.execute(rows)]


def _count(what: type[NetworkPlace] | type[NetworkMember]) -> Select[int]:
    return select(func.count()).select_from(what).where(what.network_id == Network.id).correlate(Network)


def _says(word: str) -> ColumnElement[bool]:
    # SQLite tells capitals from small letters outside a–z, so the likely spellings are asked for.
    spellings = sorted({word, word.lower(), word.capitalize(), word.upper()})
    columns = (Network.name, Network.topics, Network.description, Network.coordinated_by)
    return or_(*(column.icontains(one, autoescape=True) for column in columns for one in spellings))


def by_slug(slug: str) -> Network:
    """Give a network with the places that belong to it and their counties, in one statement; raises NotFound."""
    if not slug.isprintable():
        raise NotFound  # a NUL character cannot even be asked for
    places = joinedload(Network.places).joinedload(NetworkPlace.place).joinedload(Place.county)
    found = session.scalars(select(Network).where(Network.slug == slug).options(places)).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def by_id(network_id: int) -> Network:
    """Give a network alone; raises NotFound."""
    found = session.get(Network, network_id)
    if found is None:
        raise NotFound
    return found


def names() -> Mapping[int, str]:
    """Give the name of every network by its id, sorted by name; one statement, and none while nothing changes."""
    rows = select(Network.id, Network.name).order_by(Network.name)
    return remembered("names of networks", lambda: dict(session.execute(rows).all()))


def membership(actor: Actor, network: Network, limit: int = FEW) -> Membership:
    """Give people in a network who have not left the site, with their workplaces; the actor is always among them. One statement."""
    still = and_(NetworkMember.network_id == network.id, Person.left_at.is_(None))
    total = select(func.count()).select_from(NetworkMember)
    total = total.join(Person, Person.id == NetworkMember.person_id).where(still)
    me = NetworkMember.person_id == (actor.person_id or 0)
    rows = (
        select(NetworkMember, total.scalar_subquery())
        .join(Person, Person.id == NetworkMember.person_id)
        .where(still)
        .options(joinedload(NetworkMember.person).joinedload(Person.place))
        .order_by(case((me, 0), (NetworkMember.role == COORDINATOR, 1), else_=2), Person.name, Person.id)
        .limit(limit)
    )
    found = session.execute(rows).all()
    shown = sorted((row for row, _ in found), key=lambda row: (row.role != COORDINATOR, row.person.name, row.person_id))
    mine = next((row for row in shown if row.person_id == actor.person_id), None)
    return Membership(shown, found[0][1] or 0 if found else 0, mine)


def member(network: Network, person_id: int) -> NetworkMember | None:
    """Find somebody's membership."""
    return session.get(NetworkMember, (network.id, person_id))


def of_person(person_id: int) -> list[Network]:
    """Give the networks somebody is in, by name."""
    joined = select(NetworkMember.network_id).where(NetworkMember.person_id == person_id)
    return list(session.scalars(select(Network).where(Network.id.in_(joined)).order_by(Network.name)))


def of_place(place_id: int) -> list[Network]:
    """Give the networks a place belongs to, by name."""
    return with_places((place_id,))


def with_places(place_ids: Collection[int]) -> list[Network]:
    """Give the networks that one of the places belongs to, by name."""
    belonging = select(NetworkPlace.network_id).where(NetworkPlace.place_id.in_(place_ids))
    return list(session.scalars(select(Network).where(Network.id.in_(belonging)).order_by(Network.name)))
