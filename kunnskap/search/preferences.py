"""What lifts a hit a little, all else being alike. Weights are shares of its score."""

from dataclasses import dataclass

from sqlalchemy import select

from kunnskap import clock
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.networks.models import Network, NetworkPlace
from kunnskap.places.models import Place
from kunnskap.places.rules import size_class
from kunnskap.remembering import remembered
from kunnskap.search.engines.protocol import NOTHING, Preference
from kunnskap.search.place_names import place_names

ANSWERED = 0.02
"""A question that has been answered helps more than one that has not; more than this and questions pass experiences."""
CONFIRMED = 0.05
"""What somebody said still holds, this year or last, is safer to build on."""
ENDORSED = 0.05
"""What others found useful is likelier to be so again."""
SAME_COUNTY = 0.05
"""The county is the same, and with it much of what one may ask for."""
SAME_SIZE = 0.05
"""A municipality of the same size has about the same people and money for it."""
SAME_NETWORK = 0.05
"""Those in the same network can be met."""


@dataclass(frozen=True)
class Home:
    """What the municipality of somebody who searches is like."""

    county: str | None = None
    size: str | None = None
    networks: frozenset[str] = NOTHING


def preferences(actor: Actor, *, alike: bool = True) -> tuple[Preference, ...]:
    """Give what lifts hits for this reader; `alike` says whether what is like the own municipality does."""
    year = clock.now().year
    confirmed = frozenset({f"confirmed-{year}", f"confirmed-{year - 1}"})
    general = (
        Preference("answered", "mark", frozenset({"answered"}), ANSWERED),
        Preference("confirmed", "mark", confirmed, CONFIRMED),
        Preference("endorsed", "mark", frozenset({"endorsed"}), ENDORSED),
    )
    return (*general, *_like(_home(actor.place_id))) if alike and has_home(actor) else general


def has_home(actor: Actor) -> bool:
    """Whether there is a municipality that others can be like."""
    return actor.is_member and actor.place_id is not None


def _like(home: Home) -> list[Preference]:
    wanted = [
        Preference("county", "county", frozenset({home.county} if home.county else ()), SAME_COUNTY),
        Preference("size", "size", frozenset({home.size} if home.size else ()), SAME_SIZE),
        Preference("network", "network", home.networks, SAME_NETWORK),
    ]
    return [one for one in wanted if one.values]


def _home(place_id: int | None) -> Home:
    """Read what a place is like; two statements, and none while nothing changes."""
    return remembered(("home", place_id), lambda: _read(place_id)) if place_id is not None else Home()


def _read(place_id: int) -> Home:
    names = place_names()
    numbers = names.numbers_of(place_id)
    populations = session.scalars(select(Place.population).where(Place.number.in_(numbers), Place.valid_to.is_(None)))
    inhabitants = [one for one in populations if one is not None]
    slugs = session.scalars(
        select(Network.slug)
        .join(NetworkPlace, NetworkPlace.network_id == Network.id)
        .join(Place, Place.id == NetworkPlace.place_id)
        .where(Place.number.in_(numbers), NetworkPlace.until.is_(None))
    )
    is_county = any(len(number) == 2 for number in numbers)
    size = None if is_county or not inhabitants else size_class(max(inhabitants))
    return Home(names.county_of(place_id), size, frozenset(slugs))
