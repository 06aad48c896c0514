"""Finding networks, and who and what belongs to them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from kunnskap import clock
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import NotAllowed, NotFound
from kunnskap.networks import rules
from kunnskap.networks.models import COORDINATOR, Network, NetworkMember, NetworkPlace, NetworkTheme
from kunnskap.paging import Page
from kunnskap.people.models import Person
from kunnskap.places import queries as places
from kunnskap.places.models import Place
from kunnskap.remembering import remembered
from kunnskap.themes.models import Theme

MOST_WORDS = 6
FEW, SIZE, ALL = 12, 60, 1_000


@dataclass(frozen=True)
class Listed:
    """A network in the list, with how many places and people belong to it."""

    network: Network
    places: int
    people: int


@dataclass(frozen=True)
class Membership:
    """People in a network whom the reader may know of, coordinators first, a page of them; `total` counts all there are."""

    page: Page[NetworkMember]
    total: int

    @property
    def shown(self) -> list[NetworkMember]:
        """Those on this page."""
        return self.page.items

    @property
    def coordinators(self) -> list[NetworkMember]:
        """Those on this page who coordinate it."""
        return [row for row in self.shown if row.role == COORDINATOR]

    @property
    def hidden(self) -> int:
        """How many the reader is not told of, since they do not stand in the directory."""
        return self.total - self.page.total

    @property
    def by_place(self) -> list[tuple[Place | None, list[NetworkMember]]]:
        """The others on this page by where they work, in the order they stand."""
        found: list[tuple[Place | None, list[NetworkMember]]] = []
        for row in self.shown:
            if row.role == COORDINATOR:
                continue
            if not found or found[-1][0] is not row.person.place:
                found.append((row.person.place, []))
            found[-1][1].append(row)
        return found


@dataclass(frozen=True)
class Belonging:
    """A place that belongs to a network; `origins` are those it took over after, which belonged to it before."""

    place: Place
    row: NetworkPlace
    origins: list[Place] = field(default_factory=list)


@dataclass(frozen=True)
class Belongings:
    """The places of a network: those of today, and the rows of those that have left it or are no more."""

    todays: list[Belonging]
    former: list[NetworkPlace]

    @property
    def ids(self) -> tuple[int, ...]:
        """The ids of today's places, and of those they took over after."""
        origins = (origin.id for one in self.todays for origin in one.origins)
        return tuple(dict.fromkeys([*(one.place.id for one in self.todays), *origins]))


def listed(words: str = "", county: str = "", theme_ids: Collection[int] = ()) -> list[Listed]:
    """Give networks by name, narrowed by words, the number of a county that takes part, and themes; one statement."""
    members = _count(NetworkMember).where(NetworkMember.person_id == Person.id, Person.left_at.is_(None))
    belonging = _count(NetworkPlace).join(Place, Place.id == NetworkPlace.place_id).where(belongs())
    rows = select(Network, belonging.scalar_subquery(), members.scalar_subquery()).order_by(Network.name)
    rows = rows.where(*(_says(word) for word in words.split()[:MOST_WORDS]))
    if county:
        above = aliased(Place)
        inside = (
            select(NetworkPlace.network_id)
            .join(Place, Place.id == NetworkPlace.place_id)
            .outerjoin(above, above.id == Place.county_id)
            .where(or_(Place.number == county, above.number == county), belongs())
        )
        rows = rows.where(Network.id.in_(inside))
    if theme_ids:
        about = select(NetworkTheme.network_id).where(NetworkTheme.theme_id.in_(theme_ids))
        rows = rows.where(Network.id.in_(about))
    return [Listed(*row) for row in session.execute(rows)]


def holds(day: date) -> ColumnElement[bool]:
    """The condition under which a place belongs to a network on a day."""
    begun = or_(NetworkPlace.since.is_(None), NetworkPlace.since <= day)
    return and_(begun, or_(NetworkPlace.until.is_(None), NetworkPlace.until >= day))


def place_ids(network_id: int) -> frozenset[int]:
    """Give the places that belong to a network today, and all that has become the same; one statement after a change."""
    today = clock.today()
    rows = select(NetworkPlace.place_id).where(NetworkPlace.network_id == network_id, holds(today))
    key = ("places of a network", network_id, today)
    return remembered(key, lambda: frozenset(places.same_place(*session.scalars(rows))))


def belongs() -> ColumnElement[bool]:
    """The condition under which a place (joined) takes part today, or did when it became part of another."""
    today = clock.today()
    stands = or_(NetworkPlace.until.is_(None), NetworkPlace.until >= today, NetworkPlace.until >= Place.valid_to)
    return and_(or_(NetworkPlace.since.is_(None), NetworkPlace.since <= today), stands)


def _count(what: type[NetworkPlace] | type[NetworkMember]) -> Select[int]:
    return select(func.count()).select_from(what).where(what.network_id == Network.id).correlate(Network)


def _says(word: str) -> ColumnElement[bool]:
    # SQLite tells capitals from small letters outside a–z, so the likely spellings are asked for.
    spellings = sorted({word, word.lower(), word.capitalize(), word.upper()})
    columns = (Network.name, Network.topics, Network.description, Network.coordinated_by)
    named = (Theme.name_nb, Theme.name_nn, Theme.name_en)
    about = select(NetworkTheme.network_id).join(Theme, Theme.id == NetworkTheme.theme_id)
    about = about.where(or_(*(column.icontains(one, autoescape=True) for column in named for one in spellings)))
    said = (column.icontains(one, autoescape=True) for column in columns for one in spellings)
    return or_(*said, Network.id.in_(about))


def without_coordinator(actor: Actor) -> list[Network]:
    """Give the networks people are in that nobody coordinates, by name; raises NotAllowed to others than moderators."""
    if not actor.may("moderate"):
        raise NotAllowed
    rows = select(Network).where(exists(_still().where(NetworkMember.network_id == Network.id).correlate(Network)))
    leading = _still().where(NetworkMember.network_id == Network.id, NetworkMember.role == COORDINATOR)
    return list(session.scalars(rows.where(~exists(leading.correlate(Network))).order_by(Network.name)))


def _still() -> Select[int]:
    """Memberships of those who have not left the site."""
    rows = select(NetworkMember.person_id).join(Person, Person.id == NetworkMember.person_id)
    return rows.where(Person.left_at.is_(None))


def by_slug(slug: str) -> Network:
    """Give a network with its themes and the places that belong to it with their counties; raises NotFound."""
    if not slug.isprintable():
        raise NotFound  # a NUL character cannot even be asked for
    about = joinedload(Network.places).joinedload(NetworkPlace.place).joinedload(Place.county)
    wanted = select(Network).where(Network.slug == slug).options(about, selectinload(Network.themes))
    found = session.scalars(wanted).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def belongings(network: Network) -> Belongings:
    """Sort the places of a network from `by_slug`: what became of a former one belongs in its stead.

    One statement more when there are places that are no more, otherwise none.
    """
    today = clock.today()
    now = places.sole_successors() if any(row.place.valid_to for row in network.places) else {}
    standing: list[NetworkPlace] = []
    former: list[NetworkPlace] = []
    for row in network.places:
        gone = row.place.valid_to
        stands = row.until is None or row.until >= today or (gone is not None and row.until >= gone)
        (standing if stands and (gone is None or row.place_id in now) else former).append(row)
    moved = {now[row.place_id] for row in standing if row.place.valid_to}
    todays = {row.place_id: Belonging(row.place, row) for row in standing if not row.place.valid_to}
    known = {place.id: place for place in _places(moved - todays.keys())}
    for row in standing:
        if row.place.valid_to:
            here = now[row.place_id]
            todays.setdefault(here, Belonging(known[here] if here in known else todays[here].place, row))
            todays[here].origins.append(row.place)
    return Belongings(
        sorted(todays.values(), key=lambda one: one.place.name), sorted(former, key=lambda row: row.place.name)
    )


def _places(ids: Collection[int]) -> list[Place]:
    if not ids:
        return []
    return list(session.scalars(select(Place).where(Place.id.in_(ids)).options(joinedload(Place.county))))


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


def slugs() -> Mapping[str, int]:
    """Give the id of every network by the end of its address; one statement, and none while nothing changes."""
    rows = select(Network.slug, Network.id)
    return remembered("addresses of networks", lambda: dict(session.execute(rows).all()))


def membership(actor: Actor, network: Network, number: int = 1, size: int = FEW) -> Membership:
    """Give a page of the people in a network with their workplaces, coordinators first, then by workplace.

    Those who have left the site are in none. Whoever is not in the network sees those who stand in the directory. One
    statement.
    """
    still = and_(NetworkMember.network_id == network.id, Person.left_at.is_(None))
    known = and_(still, _known(actor, network))
    totals = [
        select(func.count()).select_from(NetworkMember).join(Person, Person.id == NetworkMember.person_id).where(which)
        for which in (known, still)
    ]
    rows = (
        select(NetworkMember, *(total.scalar_subquery() for total in totals))
        .select_from(NetworkMember)
        .join(Person, Person.id == NetworkMember.person_id)
        .outerjoin(Place, Place.id == Person.place_id)
        .where(known)
        .options(joinedload(NetworkMember.person).joinedload(Person.place))
        .order_by(case((NetworkMember.role == COORDINATOR, 0), else_=1))
        .order_by(case((NetworkMember.role == COORDINATOR, Person.name), else_=func.coalesce(Place.name, "Å")))
        .order_by(Person.place_id, Person.name, Person.id)
    )
    found = session.execute(rows.limit(size).offset((number - 1) * size)).all()
    seen, every = (found[0][1] or 0, found[0][2] or 0) if found else _totals(totals)
    return Membership(Page([row for row, _seen, _every in found], number, size, seen), every)


def _totals(totals: list[Select[int]]) -> tuple[int, int]:
    seen, every = session.execute(select(*(total.scalar_subquery() for total in totals))).one()
    return seen or 0, every or 0


def _known(actor: Actor, network: Network) -> ColumnElement[bool]:
    """The condition under which the actor may know that a person is in a network."""
    if rules.sees_everyone(actor, network):
        return Person.id.is_not(None)
    return or_(Person.listed, Person.id == (actor.person_id or 0))


def known_ids(actor: Actor, network: Network) -> tuple[int, ...]:
    """Give the ids of the people in a network whom the actor may know of; one statement."""
    rows = _still().where(NetworkMember.network_id == network.id, _known(actor, network))
    return tuple(session.scalars(rows.order_by(NetworkMember.person_id).limit(ALL)))


def member(network: Network, person_id: int) -> NetworkMember | None:
    """Find somebody's membership as it stands now."""
    return session.get(NetworkMember, (network.id, person_id), populate_existing=True)


def has_coordinator(network: Network, besides: int) -> bool:
    """Say whether somebody who has not left coordinates a network, others than the one person."""
    others = _still().where(NetworkMember.network_id == network.id, NetworkMember.role == COORDINATOR)
    return session.scalar(others.where(NetworkMember.person_id != besides).limit(1)) is not None


def of_person(person_id: int) -> list[Network]:
    """Give the networks somebody is in, by name."""
    joined = select(NetworkMember.network_id).where(NetworkMember.person_id == person_id)
    return list(session.scalars(select(Network).where(Network.id.in_(joined)).order_by(Network.name)))


def told_of(actor: Actor, person: Person, networks: Collection[Network]) -> list[Network]:
    """Pick those of somebody's networks the actor may know of: all of one who is listed, otherwise those they share."""
    if person.listed or actor.person_id == person.id:
        return list(networks)
    return [one for one in networks if rules.sees_everyone(actor, one)]


def people_in(network_ids: Collection[int]) -> list[int]:
    """Give the ids of the people in any of these networks, also those who have left the site."""
    rows = select(NetworkMember.person_id).where(NetworkMember.network_id.in_(sorted(network_ids))).distinct()
    return list(session.scalars(rows.order_by(NetworkMember.person_id)))


def near(actor: Actor) -> list[Network]:
    """Give the networks the actor is not in that their municipality, or its county, takes part in, by name."""
    if actor.place_id is None:
        return []
    now = places.sole_successors()
    origins = [old for old, new in now.items() if new == actor.place_id]
    county = select(Place.county_id).where(Place.id == actor.place_id).scalar_subquery()
    theirs = or_(NetworkPlace.place_id.in_([actor.place_id, *origins]), NetworkPlace.place_id == county)
    belonging = select(NetworkPlace.network_id).join(Place, Place.id == NetworkPlace.place_id).where(theirs, belongs())
    rows = select(Network).where(Network.id.in_(belonging), Network.id.not_in(sorted(actor.network_ids)))
    return list(session.scalars(rows.order_by(Network.name)))


def of_place(place_id: int) -> list[Network]:
    """Give the networks a place belongs to, by name."""
    return with_places((place_id,))


def with_places(place_ids: Collection[int]) -> list[Network]:
    """Give the networks that one of the places belongs to today, by name."""
    belonging = select(NetworkPlace.network_id).join(Place, Place.id == NetworkPlace.place_id)
    belonging = belonging.where(NetworkPlace.place_id.in_(place_ids), belongs())
    return list(session.scalars(select(Network).where(Network.id.in_(belonging)).order_by(Network.name)))
