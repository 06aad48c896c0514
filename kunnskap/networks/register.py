"""The register of networks: reads the files, refuses what is wrong with them, and brings the database up to date."""

from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import select

from kunnskap.db import session
from kunnskap.networks.models import Network, NetworkPlace
from kunnskap.places import register as places
from kunnskap.places.models import Place
from kunnskap.tables import DATA, Loaded, Row, expect, read_csv, refuse_repeats

NETWORKS = 26
KINDS = {"klimagass", "klimatilpasning", "partnerskap", "paraply"}
COLUMNS = (
    "slug", "name", "kind", "description", "topics", "coordinated_by", "members_note", "since", "source",
)  # fmt: skip
OWN_WORDS = ("description", "topics")
"""What coordinators may have written themselves."""
MEMBER_COLUMNS = ("network", "place")


@dataclass(frozen=True)
class Entry:
    """A network as the file tells it."""

    slug: str
    name: str
    kind: str
    description: str
    topics: str
    coordinated_by: str
    members_note: str
    since: int | None
    source_url: str


@dataclass(frozen=True)
class Register:
    """Every network, and pairs of a network's slug and the number of a place that belongs to it."""

    networks: list[Entry]
    members: list[tuple[str, str]]


def read(folder: Path = DATA) -> Register:
    """Read and check both files; raises BadFile on the first thing that is wrong."""
    networks = read_networks(read_csv(folder / "networks.csv", COLUMNS))
    rows = read_csv(folder / "network_members.csv", MEMBER_COLUMNS)
    numbers = {place.number for place in places.read(folder).places}
    return Register(networks, read_members(rows, {network.slug for network in networks}, numbers))


def read_networks(rows: list[Row]) -> list[Entry]:
    """Turn the rows of `networks.csv` into networks."""
    expect(rows, NETWORKS)
    refuse_repeats(rows, "slug")
    refuse_repeats(rows, "name")
    return [_entry(row) for row in rows]


def _entry(row: Row) -> Entry:
    return Entry(
        slug=row.matching("slug", r"[a-z0-9]+(-[a-z0-9]+)*"),
        name=row.text("name"),
        kind=row.one_of("kind", KINDS),
        description=row.text("description"),
        topics=row.optional("topics"),
        coordinated_by=row.optional("coordinated_by"),
        members_note=row.optional("members_note"),
        since=row.whole("since", 1990, 2100) if row.optional("since") else None,
        source_url=row.web_address("source"),
    )


def read_members(rows: list[Row], slugs: set[str], numbers: set[str]) -> list[tuple[str, str]]:
    """Turn the rows of `network_members.csv` into pairs; each network and each place must exist."""
    pairs: list[tuple[str, str]] = []
    for row in rows:
        pair = row.one_of("network", slugs), row.matching("place", r"\d{2}|\d{4}")
        if pair[1] not in numbers:
            raise row.bad(f"there is no place {pair[1]}")
        if pair in pairs:
            raise row.bad("the member stands twice")
        pairs.append(pair)
    return pairs


def load(folder: Path = DATA) -> Loaded:
    """Bring the database up to date with the files; places must be loaded. Raises BadFile before anything is touched.

    Loading again changes nothing. Networks, and members that have come to them since, are never removed.
    """
    register = read(folder)
    networks = {network.slug: network for network in session.scalars(select(Network))}
    changed = sum(_keep(entry, networks) for entry in register.networks)
    session.flush()
    changed += _keep_members(register.members, networks)
    session.flush()
    return Loaded({"networks": len(register.networks), "network members": len(register.members)}, changed)


def _keep(entry: Entry, networks: dict[str, Network]) -> bool:
    network = networks.get(entry.slug)
    if network is None:
        network = networks[entry.slug] = Network(slug=entry.slug)
        session.add(network)
    kept = OWN_WORDS if network.edited_at else ()
    differing = {
        name: value for name, value in asdict(entry).items() if name not in kept and getattr(network, name) != value
    }
    for name, value in differing.items():
        setattr(network, name, value)
    return bool(differing)


def _keep_members(members: list[tuple[str, str]], networks: dict[str, Network]) -> int:
    known = {place.number: place for place in session.scalars(select(Place))}
    there = {(row.network_id, row.place_id) for row in session.scalars(select(NetworkPlace))}
    missing = [
        NetworkPlace(network_id=networks[slug].id, place_id=known[number].id, until=known[number].valid_to)
        for slug, number in members
        if (networks[slug].id, known[number].id) not in there
    ]
    session.add_all(missing)
    return len(missing)
