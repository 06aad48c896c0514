"""The names and numbers of every place that is or was, and which of today's places each of them means."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from kunnskap.db import session
from kunnskap.places.models import COUNTY, MUNICIPALITY, Place, PlaceSuccession
from kunnskap.remembering import remembered
from kunnskap.search.analysis.words import fold, lower, word_list

ORDINARY = frozenset(
    word_list(
        "alver aure berg bø eid eide fet fjell fjord flora flå gol gran grue hof hol hole hvaler hå heim kinn klepp leka lier "
        "lom loppa lund marker nes nesset nome os osen rana re rygge råde røst sande sel selje ski sola stad stange stokke "
        "strand stranda sula sund time tinn torsken valle vang vega vik våler ås ål øyer"
    )
)
"""Places called what other things are called too: they are meant only when written with a capital or said to be places."""
LONGEST_NAME = 4
"""Words of the longest name."""
Words = tuple[str, ...]


@dataclass(frozen=True)
class PlaceRow:
    """A place as the database tells it."""

    id: int
    kind: str
    number: str
    name: str
    parallel: Sequence[str] = ()
    is_todays: bool = True


@dataclass(frozen=True)
class Meant:
    """What a name or number means: places of today's of one kind, by number, and their names."""

    kind: str
    name: str
    numbers: frozenset[str]
    todays_names: Words = ()


class PlaceNames:
    """Every place by its names and numbers."""

    def __init__(self, rows: Iterable[PlaceRow] = (), became: Mapping[int, Sequence[int]] | None = None) -> None:
        self._rows = {row.id: row for row in rows}
        self._became = became or {}
        self._named = self._by_words()
        self._todays_names = {row.number: row.name for row in self._rows.values() if row.is_todays}
        self._numbered = self._by_number()

    def meant(self, words: Words, kind: str = "") -> list[Meant]:
        """What folded words mean, municipalities first; of one kind, or any."""
        return [one for one in self._named.get(words, ()) if kind in {"", one.kind}]

    def by_name(self, name: str, kind: str) -> Meant | None:
        """What a name or number written by itself means as a place of this kind."""
        if name.isdecimal():
            found = self._numbered.get(name)
            return found if found and found.kind == kind else None
        return next(iter(self.meant(key_of(name), kind)), None)

    def by_number(self, number: str) -> Meant | None:
        """What a number means, today's or an old one."""
        return self._numbered.get(number)

    def name(self, number: str) -> str | None:
        """The name of one of today's places."""
        return self._todays_names.get(number)

    def todays_names(self, kind: str) -> list[str]:
        """The names of today's places of one kind."""
        return [row.name for row in self._rows.values() if row.is_todays and row.kind == kind]

    def county_of(self, place_id: int) -> str | None:
        """The number of the county a place lies in today; its own when it is one."""
        return next((row.number[:2] for row in self._ends(place_id)), None)

    def numbers_of(self, place_id: int) -> frozenset[str]:
        """The numbers of those of today's places that a place is, or became."""
        return frozenset(row.number for row in self._ends(place_id))

    def _ends(self, place_id: int) -> list[PlaceRow]:
        waiting, seen = [place_id], set[int]()
        while waiting:
            number = waiting.pop()
            if number in self._rows and number not in seen:
                seen.add(number)
                waiting += self._became.get(number, ())
        return [self._rows[number] for number in seen if self._rows[number].is_todays]

    def _by_words(self) -> dict[Words, list[Meant]]:
        living: defaultdict[tuple[Words, str], list[PlaceRow]] = defaultdict(list)
        former: defaultdict[tuple[Words, str], list[PlaceRow]] = defaultdict(list)
        for row in self._rows.values():
            for name in (row.name, *row.parallel):
                for words in _ways(name):
                    (living if row.is_todays else former)[words, row.kind].append(row)
        found: defaultdict[Words, list[Meant]] = defaultdict(list)
        # Who says a name that is still in use means the place that has it now.
        for (words, kind), rows in sorted((former | living).items(), key=lambda one: one[0][1] != MUNICIPALITY):
            ends = [end for row in rows for end in self._ends(row.id)]
            if ends:
                found[words].append(_meant(kind, rows[-1].name, ends))
        return dict(found)

    def _by_number(self) -> dict[str, Meant]:
        found: dict[str, Meant] = {}
        for row in sorted(self._rows.values(), key=lambda row: row.is_todays):
            ends = self._ends(row.id)
            if ends:
                found[row.number] = _meant(row.kind, row.name, ends)
        return found


def key_of(name: str) -> Words:
    """The words of a name as they are looked up: folded, with hyphens parted."""
    return tuple(fold(lower(word)) for word in word_list(name.replace("-", " ")))


def place_names() -> PlaceNames:
    """Give the names of all places; two statements, and none while the register stands still."""
    return remembered("place names", _read, reference=True)


def _read() -> PlaceNames:
    columns = (Place.id, Place.kind, Place.number, Place.name, Place.parallel_names, Place.valid_to)
    rows = [
        PlaceRow(number, kind, code, name, [one["name"] for one in parallel], until is None)
        for number, kind, code, name, parallel, until in session.execute(select(*columns))
    ]
    became: defaultdict[int, list[int]] = defaultdict(list)
    for old, new in session.execute(select(PlaceSuccession.old_id, PlaceSuccession.new_id)):
        became[old].append(new)
    return PlaceNames(rows, became)


def _meant(kind: str, name: str, ends: Sequence[PlaceRow]) -> Meant:
    # A municipality may have become part of one, but a county is never a municipality (but for Oslo, which is both).
    alike = [end for end in ends if (end.kind == COUNTY) == (kind == COUNTY)]
    names = tuple(dict.fromkeys(end.name for end in sorted(alike, key=lambda end: end.number)))
    return Meant(kind, name, frozenset(end.number for end in alike), names)


def _ways(name: str) -> set[Words]:
    """A name, and the same without "og"."""
    words = key_of(name)
    return {words, tuple(word for word in words if word != "og")}
