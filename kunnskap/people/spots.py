"""What the directory is narrowed to, and where the places people work at lie today."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from kunnskap.db import session
from kunnskap.places.models import Place, PlaceSuccession
from kunnskap.places.rules import size_class
from kunnskap.remembering import remembered

LONGEST_WORDS = 100


@dataclass(frozen=True)
class Wanted:
    """What the directory is narrowed to.

    `words` are of name, role or workplace, `role` of the role alone; `county` and `place` are numbers, `theme` a slug,
    `kind` a kind of workplace, `size` a class of municipalities and `level` one of HELPING.
    """

    words: str = ""
    county: str = ""
    theme: str = ""
    kind: str = ""
    role: str = ""
    size: str = ""
    level: str = ""
    place: str = ""


CALLED = {
    "q": "words",
    "fylke": "county",
    "tema": "theme",
    "sted": "kind",
    "rolle": "role",
    "storrelse": "size",
    "niva": "level",
    "kommune": "place",
}
"""What addresses call each of these."""


def wanted_in(address: Mapping[str, str]) -> Wanted:
    """Read what an address narrows the directory to; signs that cannot be asked for are left out."""
    said = {ours: address.get(called, "")[:LONGEST_WORDS] for called, ours in CALLED.items()}
    cleaned = {
        name: "".join(sign if sign.isprintable() else " " for sign in value).strip() for name, value in said.items()
    }
    return Wanted(**cleaned)


def chosen(wanted: Wanted) -> dict[str, str]:
    """Give what it is narrowed to by what addresses call it."""
    return {called: getattr(wanted, ours) for called, ours in CALLED.items()}


@dataclass(frozen=True)
class Spot:
    """Where a place that is or was lies today: its number and name, its county's, and its class by size.

    `words` are its own name, that of today's and the county's, without capitals.
    """

    id: int
    number: str
    name: str
    county: str
    county_name: str
    size: str | None
    words: str


def is_inside(wanted: Wanted, spot: Spot) -> bool:
    """Whether a place is in the county, of the size and the municipality that is wanted, as far as these are."""
    return wanted.county in {"", spot.county} and wanted.size in {"", spot.size} and wanted.place in {"", spot.number}


def spots() -> Mapping[int, Spot]:
    """Tell where every place that is or was lies today, by its id; none of these statements while nothing changes."""
    return remembered("spots of the directory", _read_spots, reference=True)


def _read_spots() -> Mapping[int, Spot]:
    rows = select(Place, PlaceSuccession.new_id)
    rows = rows.outerjoin(PlaceSuccession, PlaceSuccession.old_id == Place.id)
    every: dict[int, Place] = {}
    leads: defaultdict[int, list[int]] = defaultdict(list)
    for place, heir in session.execute(rows):
        every[place.id] = place
        if heir is not None:
            leads[place.id].append(heir)
    return {number: _spot(every[number], every[_today(number, leads)], every) for number in every}


def _today(number: int, leads: Mapping[int, list[int]]) -> int:
    """The place of today's that took over alone after this one; where several did, it stays what it was."""
    heirs = leads.get(number, [])
    return _today(heirs[0], leads) if len(heirs) == 1 else number


def _spot(before: Place, place: Place, every: Mapping[int, Place]) -> Spot:
    county = every[place.county_id] if place.county_id else place
    size = None if place.is_county else size_class(place.population)
    words = f"{before.name}\n{place.name}\n{county.name}".casefold()
    return Spot(place.id, place.number, place.name, county.number, county.name, size, words)
