"""What lifts a hit a little, all else being alike. Weights are shares of its score."""

from dataclasses import dataclass

from sqlalchemy import select

from kunnskap import clock
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.networks.models import Network, NetworkPlace
from kunnskap.networks.queries import holds
from kunnskap.places import comparing
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
OWN = 0.09
"""What colleagues in the same municipality wrote, or what is about it."""
ALIKE = 0.03
"""What is from or about a municipality that is like one's own: added for each circle of `CIRCLES` it lies in."""
CIRCLES = (10, 30, 90)
"""How many of the most alike municipalities each circle holds, the smaller ones within the larger."""


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
    if not alike or not has_home(actor):
        return general
    return (*general, *_like(_home(actor.place_id)), *_alike(actor.place_id))


def has_home(actor: Actor) -> bool:
    """Whether there is a municipality that others can be like."""
    return actor.is_member and actor.place_id is not None


def has_alike(actor: Actor) -> bool:
    """Whether other municipalities are alike: that of the actor is one of today's, and not a county."""
    return has_home(actor) and comparing.todays(actor.place_id) is not None


def _alike(place_id: int | None) -> list[Preference]:
    """Lift what is from or about municipalities like this one; where somebody wrote without a name is not in the index."""
    own = comparing.number_of(place_id)
    if own is None:
        return []
    numbers = comparing.numbers_alike(place_id, CIRCLES[-1])
    circles = [frozenset(numbers[:size]) for size in CIRCLES if numbers]
    lifting = [Preference("alike", "municipality", circle, ALIKE) for circle in circles]
    return [Preference("own", "municipality", frozenset({own}), OWN), *lifting]


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
        .where(Place.number.in_(numbers), holds(clock.today()))
    )
    is_county = any(len(number) == 2 for number in numbers)
    size = None if is_county or not inhabitants else size_class(max(inhabitants))
    return Home(names.county_of(place_id), size, frozenset(slugs))
