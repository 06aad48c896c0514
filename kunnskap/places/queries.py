"""Finding places: today's, those before them, and what became of those."""

import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, String, cast, false, or_, select
from sqlalchemy.orm import joinedload

from kunnskap.db import session
from kunnskap.errors import NotFound
from kunnskap.places.models import COUNTY, MUNICIPALITY, Place, PlaceSuccession
from kunnskap.remembering import detached, remembered

AFTER_Z = str.maketrans("æøåá", "{|}a")
PLAIN = str.maketrans({"ø": "o", "æ": "ae", "đ": "d", "ŋ": "n", "ŧ": "t", "ß": "ss"})


def municipalities() -> list[Place]:
    """Give today's municipalities by name, each with its county."""
    return _sorted(session.scalars(_todays(MUNICIPALITY).options(joinedload(Place.county))))


def counties() -> list[Place]:
    """Give today's counties by name."""
    rows = _todays(COUNTY)
    return remembered("counties", lambda: detached(_sorted(session.scalars(rows))), reference=True)


def on_map() -> list[Place]:
    """Give today's municipalities without what hangs on them, for a map; no statement while nothing changes."""
    rows = _todays(MUNICIPALITY).order_by(Place.number)
    return remembered("municipalities on the map", lambda: detached(session.scalars(rows)), reference=True)


def municipalities_in(county: Place) -> list[Place]:
    """Give today's municipalities in a county, by name."""
    return _sorted(session.scalars(_todays(MUNICIPALITY).where(Place.county_id == county.id)))


def counties_of(places: Iterable[Place]) -> list[Place]:
    """Give the counties that municipalities loaded with theirs lie in, by name."""
    return _sorted({place.county for place in places if place.county})


def by_county(places: Iterable[Place]) -> dict[int, list[Place]]:
    """Sort municipalities by the id of their county."""
    found = defaultdict(list)
    for place in places:
        if place.county_id is not None:
            found[place.county_id].append(place)
    return dict(found)


def by_number(number: str) -> Place:
    """Give the place that has or had this number, with its county; raises NotFound."""
    if not (number.isascii() and number.isdecimal()):
        raise NotFound
    found = session.scalar(select(Place).where(Place.number == number).options(joinedload(Place.county)))
    if found is None:
        raise NotFound
    return found


def by_id(number: int) -> Place:
    """Give the place with this id; raises NotFound."""
    found = session.get(Place, number)
    if found is None:
        raise NotFound
    return found


def by_ids(ids: Iterable[int]) -> dict[int, Place]:
    """Give places by their ids, each with its county."""
    rows = select(Place).where(Place.id.in_(list(ids))).options(joinedload(Place.county))
    return {place.id: place for place in session.scalars(rows)}


def by_words(words: str) -> Place | None:
    """Find today's municipality or county by what people type: a name, or a name with its number as in "Våler (3419)"."""
    name, _, number = words.strip().rstrip(")").rpartition("(")
    if name and number.strip().isdecimal():
        return session.scalar(_todays().where(Place.number == number.strip()))
    wanted = folded(words)
    named = [place for place in session.scalars(_todays()) if wanted in map(folded, names(place))]
    living = [place for place in named if not place.is_county] or named
    return living[0] if len(living) == 1 else None


def by_domain(domain: str) -> Place | None:
    """Find today's place whose e-mail addresses end in this domain or one below it, as in post.skien.kommune.no."""
    asked = domain.strip().lower()
    ends = [asked.split(".", skipped)[-1] for skipped in range(asked.count("."))]
    held = cast(Place.domains, String)
    likely = or_(*(held.contains(f'"{end}"', autoescape=True) for end in ends)) if ends else false()
    for place in session.scalars(_todays().where(likely).order_by(Place.kind.desc())):
        if any(own in ends for own in place.domains):
            return place
    return None


def names_by_id() -> Mapping[int, str]:
    """Give the name of every place that is or was, by its id; one statement, and none while nothing changes."""
    rows = select(Place.id, Place.name)
    return remembered("names of places", lambda: dict(session.execute(rows).all()), reference=True)


def sole_successors() -> Mapping[int, int]:
    """Give the place of today's that took over after each former one, by their ids; not for those that were split."""
    leads = _leads()
    ends = {old: _ends(old, leads) for old in leads}
    return {old: next(iter(found)) for old, found in ends.items() if len(found) == 1}


def same_place(*place_ids: int | None) -> set[int]:
    """Give places, what they are today, and everything else that has become the same since."""
    leads, known = sole_successors(), {number for number in place_ids if number is not None}
    todays = {leads.get(number, number) for number in known}
    return known | todays | {old for old, new in leads.items() if new in todays}


def options() -> list[str]:
    """Give words for every place of today's to choose from; the number follows where two have the same name."""
    todays = _sorted(session.scalars(_todays(MUNICIPALITY)))
    seen = defaultdict(list)
    for place in todays:
        seen[place.name].append(place)
    towns = [place.name if len(seen[place.name]) == 1 else f"{place.name} ({place.number})" for place in todays]
    return [*towns, *(f"{county.name} ({county.number})" for county in counties())]


def names(place: Place) -> list[str]:
    """Give every name a place goes by."""
    return [place.name, *(one["name"] for one in place.parallel_names)]


def folded(name: str) -> str:
    """Write a name without capitals and without what stands over its letters, so that "Alesund" finds Ålesund."""
    parts = unicodedata.normalize("NFKD", name.casefold().translate(PLAIN))
    return " ".join("".join(letter for letter in parts if not unicodedata.combining(letter)).split())


@dataclass(frozen=True)
class Found:
    """A municipality in a list; `formerly` is the old name that was looked for, when that is why it is there."""

    place: Place
    formerly: str = ""


def search(places: Iterable[Place], name: str = "", county: str = "") -> list[Found]:
    """Pick those of today's municipalities that have this in a name, parallel and former names too, by county number."""
    wanted = folded(name)
    inside = [place for place in places if not county or place.number.startswith(county)]
    formerly = _former_names(wanted) if wanted else {}
    found = []
    for place in inside:
        if any(wanted in folded(one) for one in names(place)) or wanted == place.number:
            found.append(Found(place))
        elif place.id in formerly:
            found.append(Found(place, formerly[place.id]))
    return found


def _former_names(wanted: str) -> dict[int, str]:
    """Tell which of today's places took over after one whose name holds the words."""
    step = PlaceSuccession.old_id == Place.id
    rows = session.execute(select(Place, PlaceSuccession.new_id).join(PlaceSuccession, step)).all()
    leads = defaultdict(list)
    for old, new in rows:
        leads[old.id].append(new)
    matching = {old.id: old.name for old, _ in rows if any(wanted in folded(one) for one in names(old))}
    return {end: name for number, name in matching.items() for end in _ends(number, leads)}


def successors(place: Place) -> list[Place]:
    """Give those of today that took over after a former place; several when it was split."""
    ids = _ends(place.id, _leads())
    todays = select(Place).where(Place.id.in_(ids)).options(joinedload(Place.county))
    return _sorted(session.scalars(todays)) if place.valid_to else [place]


def _leads() -> Mapping[int, list[int]]:
    leads = defaultdict(list)
    for old, new in session.execute(select(PlaceSuccession.old_id, PlaceSuccession.new_id)):
        leads[old].append(new)
    return leads


def _ends(number: int, leads: Mapping[int, list[int]]) -> set[int]:
    return set().union(*(_ends(one, leads) for one in leads[number])) if leads.get(number) else {number}


@dataclass(frozen=True)
class Before:
    """A place that was before another: what it was, when it ended and how."""

    place: Place
    happened_on: date
    change: str


def history(place: Place) -> list[Before]:
    """Give every place this one came from, newest first."""
    rows = session.execute(select(PlaceSuccession, Place).join(Place, Place.id == PlaceSuccession.old_id))
    before = defaultdict(list)
    for step, old in rows:
        before[step.new_id].append(Before(old, step.happened_on, step.change))
    found, waiting = [], [place.id]
    while waiting:
        steps = before[waiting.pop()]
        found += steps
        waiting += [step.place.id for step in steps]
    return sorted(found, key=lambda one: (-one.happened_on.toordinal(), one.place.name))


def _todays(kind: str | None = None) -> Select[Place]:
    wanted = select(Place).where(Place.valid_to.is_(None))
    return wanted if kind is None else wanted.where(Place.kind == kind)


def _sorted(places: Iterable[Place]) -> list[Place]:
    return sorted(places, key=lambda place: (_alphabetical(place.name), place.number))


def _alphabetical(name: str) -> str:
    """Put æ, ø and å after z, as the alphabet does here."""
    return name.casefold().translate(AFTER_Z)


@dataclass(frozen=True)
class Dot:
    """A municipality on the map: `x` and `y` of its centre and `radius`, in the map's own units."""

    place: Place
    x: float
    y: float
    radius: float
    count: int


WIDTH, HEIGHT, MARGIN = 460, 556, 12
WEST_EAST, SOUTH_NORTH = (-0.0987, 0.0881), (-0.5827, -0.3545)
"""What the cone below makes of the outermost municipal centres."""


def dots(places: Iterable[Place], counts: Mapping[int, int]) -> list[Dot]:
    """Put municipalities on the map, those with most to show drawn last and largest."""
    drawn = [_dot(place, counts.get(place.id, 0)) for place in places if place.latitude and place.longitude]
    return sorted(drawn, key=lambda dot: (dot.count, dot.place.number))


def _dot(place: Place, count: int) -> Dot:
    east, north = _on_cone(place.latitude or 0, place.longitude or 0)
    x = MARGIN + (east - WEST_EAST[0]) / (WEST_EAST[1] - WEST_EAST[0]) * (WIDTH - 2 * MARGIN)
    y = HEIGHT - MARGIN - (north - SOUTH_NORTH[0]) / (SOUTH_NORTH[1] - SOUTH_NORTH[0]) * (HEIGHT - 2 * MARGIN)
    return Dot(place, round(x, 1), round(y, 1), round(3 + min(2 * math.sqrt(count), 9), 1), count)


def _on_cone(latitude: float, longitude: float) -> tuple[float, float]:
    """Lay the globe on a cone (Lambert's conformal) that touches it at 60° and 69° north, with 16° east upright."""
    south, north, middle = math.radians(60), math.radians(69), 16
    n = math.log(math.cos(south) / math.cos(north)) / math.log(_stretch(north) / _stretch(south))
    distance = math.cos(south) * _stretch(south) ** n / n / _stretch(math.radians(latitude)) ** n
    angle = n * math.radians(longitude - middle)
    return distance * math.sin(angle), -distance * math.cos(angle)


def _stretch(latitude: float) -> float:
    return math.tan(math.pi / 4 + latitude / 2)
