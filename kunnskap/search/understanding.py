"""Places and people in the words of a query: what fits them comes first, and nothing that fits the rest is hidden."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from kunnskap.places.models import COUNTY, MUNICIPALITY
from kunnskap.search.analysis.words import lower, word_list, words
from kunnskap.search.engines.protocol import Preference
from kunnskap.search.place_names import LONGEST_NAME, ORDINARY, Meant, PlaceNames, key_of

PLACE_FIRST = 0.5
"""What comes from a place that is named counts half as much again, its name among the words being worth much already.

At 1.0 whatever comes from there passes what the rest of the words are about.
"""
PEOPLE_FIRST = 2.0
"""People count three times when somebody asks who."""
PEOPLE = "people"
_WHO = frozenset({"hvem", "kven", "who"})
_NOT_PEOPLE = frozenset(
    word_list("bør burde skal må får fikk eier eig betaler betalar bestemmer bestemmar avgjør should must owns pays")
)
"""Who must, pays or decides is a question about rules, and nobody to ask."""
_SAID = {
    **dict.fromkeys(("kommune", "kommunen", "kommunes", "municipality"), MUNICIPALITY),
    **dict.fromkeys(("fylke", "fylket", "fylkeskommune", "fylkeskommunen", "county"), COUNTY),
}
_BEFORE = re.compile(r"(?<!\w)(?:i|fra|frå|in|from|kommune|kommunen|fylke|fylket)\s+$", re.IGNORECASE)
_AFTER = re.compile(rf"^\s+(?:{'|'.join(_SAID)})(?!\w)", re.IGNORECASE)
_AMOUNTS = range(1_000, 2_101)
"""Numbers that are likelier years or amounts than old numbers of places, unless they are said to be those."""
MOST = 5
MOST_WORDS = 60


@dataclass(frozen=True)
class Understood:
    """Something in a query that was understood: where it stands, what it is called in addresses, and what it means.

    `facet` is "municipality", "county" or "kind" with `keys`; `also` are words to look for besides.
    """

    start: int
    end: int
    key: str
    facet: str
    name: str
    keys: frozenset[str]
    also: tuple[str, ...] = ()

    @property
    def preference(self) -> Preference:
        """What it lifts."""
        if self.facet == "kind":
            return Preference(PEOPLE, self.facet, self.keys, PEOPLE_FIRST)
        return Preference("place", self.facet, self.keys, PLACE_FIRST)


@dataclass(frozen=True)
class _Word:
    start: int
    end: int
    text: str
    parts: tuple[str, ...]
    has_telling_capital: bool = False


def understand(text: str, places: PlaceNames, plain: Iterable[str] = ()) -> list[Understood]:
    """Find the places that are named and whether people are asked for; what is in `plain` is only words."""
    refused = {" ".join(key_of(one)) for one in plain}
    return [one for one in _found(text, places, refused) if one.key not in refused][:MOST]


def _found(text: str, places: PlaceNames, refused: set[str]) -> Iterator[Understood]:
    row = _words(text)
    place = 0
    who = False
    while place < len(row):
        name = _place(row, place, places, refused)
        if name is not None:
            length, understood = name
            yield from understood
            place += length
            continue
        if not who and _asks_for_people(row, place):
            who = True
            one = row[place]
            yield Understood(one.start, one.end, one.parts[0], "kind", one.text, frozenset({"person"}))
        place += 1


def _words(text: str) -> list[_Word]:
    """The words; a capital tells nothing where all are capitals, nor right after another: that is somebody's surname."""
    found = list(islice(words(text), MOST_WORDS))
    capitals = [one[0][:1].isupper() for one in found]
    shouts = len(found) > 1 and text.isupper()
    return [
        _Word(*one.span(), one[0], key_of(one[0]), capital and not shouts and not before)
        for one, capital, before in zip(found, capitals, [False, *capitals], strict=False)
    ]


def _asks_for_people(row: Sequence[_Word], place: int) -> bool:
    word, following = row[place], row[place + 1 : place + 2]
    if word.text.isupper() or lower(word.text) not in _WHO:
        return False
    return not any(lower(one.text) in _NOT_PEOPLE for one in following)


def _place(
    row: Sequence[_Word], first: int, places: PlaceNames, refused: set[str]
) -> tuple[int, list[Understood]] | None:
    """The longest name that begins with this word, and what it means."""
    for length in range(min(LONGEST_NAME, len(row) - first), 0, -1):
        run = row[first : first + length]
        key = tuple(part for word in run for part in word.parts)
        if " ".join(key) in refused:
            return length, []
        said = _said(row, first, first + length)
        found = _meant(run, key, places, said)
        if found:
            span = (run[0].start, run[-1].end)
            return length, [_understood(span, " ".join(key), one, places) for one in found]
    return None


def _meant(run: Sequence[_Word], key: tuple[str, ...], places: PlaceNames, said: str) -> list[Meant]:
    if len(run) == 1 and run[0].text.isdecimal():
        found = _numbered(run[0].text, places, said)
        return [found] if found else []
    named = places.meant(key, said) or (places.meant(key) if not said else [])
    if not named and len(run[-1].text) > 4 and key[-1].endswith("s"):
        named = places.meant((*key[:-1], key[-1][:-1]), said)
    if said or len(run) > 1 or not named:
        return named
    # Oslo is both a municipality and a county, and one of them is enough.
    return named[:1] if _is_name(run[0], named[0]) else []


def _is_name(word: _Word, meant: Meant) -> bool:
    """Whether a word is a name although it is an ordinary word too: written so, with a capital, letter for letter."""
    ordinary = lower(meant.name)
    if ordinary not in ORDINARY or not {word.parts[0], word.parts[0].removesuffix("s")} & set(key_of(ordinary)):
        return True
    return word.has_telling_capital and lower(word.text) in {ordinary, f"{ordinary}s"}


def _numbered(number: str, places: PlaceNames, said: str) -> Meant | None:
    found = places.by_number(number)
    if found is None or said:
        return found if found and said == found.kind else None
    is_old = number not in found.numbers
    return None if len(number) != 4 or (is_old and int(number) in _AMOUNTS) else found


def _said(row: Sequence[_Word], first: int, end: int) -> str:
    """Whether a place is called a municipality or a county, right after it or right before."""
    beside = [row[end]] if end < len(row) else []
    beside += [row[first - 1]] if first else []
    return next((_SAID[lower(word.text)] for word in beside if lower(word.text) in _SAID), "")


def _understood(span: tuple[int, int], key: str, meant: Meant, places: PlaceNames) -> Understood:
    name = meant.name if len(meant.todays_names) != 1 else meant.todays_names[0]
    known = {key, key.removesuffix("s")}
    also = tuple(one for one in meant.todays_names if " ".join(key_of(one)) not in known)
    return Understood(*span, key, meant.kind, name, meant.numbers, also)


def optional(text: str, understood: Iterable[Understood]) -> frozenset[str]:
    """The words (lower case) that said what was understood: they lift what has them, and are not missed elsewhere."""
    said = (" ".join((text[one.start : one.end], *one.also)) for one in understood)
    found = frozenset(lower(word) for one in said for word in word_list(one))
    return found.union(_SAID) if found else found


def cut(text: str, understood: Understood) -> str:
    """The text without a place that is named in it, nor the words that belong to it ("i Skien kommune")."""
    before = _BEFORE.sub("", text[: understood.start])
    after = _AFTER.sub("", text[understood.end :])
    return " ".join(f"{before} {after}".split())
