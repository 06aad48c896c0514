"""What may be written in a search field beside plain words: "exact phrases", -without, and operators like tema:energi.

Whatever cannot be understood is taken as the words it is made of. The time it takes grows with the length of the text
and nothing else.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from kunnskap.search.analysis.words import lower

Keys = frozenset[str]
Resolver = Callable[[str, str], Keys]
"""What a value means in a facet: its keys, or nothing when there is no such value."""

OPERATORS = {
    "theme": ("tema", "theme", "emne"),
    "municipality": ("kommune", "municipality"),
    "county": ("fylke", "county"),
    "kind": ("type", "kind"),
    "author": ("forfatter", "forfattar", "author"),
    "network": ("nettverk", "network"),
    "status": ("status",),
    "year": ("år", "ar", "aar", "year"),
    "size": ("størrelse", "storrelse", "storleik", "size"),
}
"""What each facet is called in a search field."""
_FACETS = {name: facet for facet, names in OPERATORS.items() for name in names}
FIRST_YEAR, LAST_YEAR = 1900, 2100
MOST_PIECES = 20
"""How many pieces of each sort count; the rest are words."""

_OPEN, _CLOSE = '"«“”„', '"»“”'
_QUOTED = rf"[{_OPEN}](?P<{{0}}>[^{_OPEN}{_CLOSE}]*)[{_CLOSE}]"
_PIECE = re.compile(
    rf"(?<!\S)(?P<operator>[^\W\d_]{{2,15}}):(?:{_QUOTED.format('value')}|(?P<plain>[^\s{_OPEN}{_CLOSE}]+))"
    rf"|(?<!\S)-(?:{_QUOTED.format('not_phrase')}|(?P<not_word>[^\W\d_][^\s{_OPEN}{_CLOSE}:]*)(?!\S))"
    rf"|(?<!\w){_QUOTED.format('phrase')}"
)
_UNFINISHED = re.compile(
    rf"(?<!\S)(?P<operator>[^\W\d_]{{2,15}}):(?:[{_OPEN}](?P<quoted>[^{_OPEN}{_CLOSE}]*)|(?P<plain>[^\s{_OPEN}{_CLOSE}]*))$"
)
LONGEST_OPERATOR = 200
_YEARS = re.compile(r"(\d{4})?(?:-|–|—|\.\.)(\d{4})?|(\d{4})")


@dataclass(frozen=True)
class Piece:
    """A stretch of the text that is more than words: `facet` is "phrase", "without" or what it narrows, `keys` to what."""

    facet: str
    value: str
    start: int
    end: int
    keys: Keys = frozenset()


@dataclass(frozen=True)
class Asked:
    """A text as it was understood. `rest` is as long as the text, with blanks where the pieces stand."""

    text: str
    rest: str
    pieces: tuple[Piece, ...] = ()

    @property
    def words(self) -> str:
        """What is plain words."""
        return " ".join(self.rest.split())

    @property
    def phrases(self) -> tuple[str, ...]:
        """What must stand as it is."""
        return tuple(piece.value for piece in self.pieces if piece.facet == "phrase")

    @property
    def without(self) -> tuple[str, ...]:
        """What must not be there."""
        return tuple(piece.value for piece in self.pieces if piece.facet == "without")

    @property
    def filters(self) -> tuple[Piece, ...]:
        """What narrows to values of a facet."""
        return tuple(piece for piece in self.pieces if piece.facet in OPERATORS)

    @property
    def chosen(self) -> Mapping[str, Keys]:
        """What each facet is narrowed to: any of the values that were named."""
        found: dict[str, Keys] = {}
        for piece in self.filters:
            found[piece.facet] = found.get(piece.facet, frozenset()) | piece.keys
        return found

    def without_pieces(self, pieces: Iterable[Piece]) -> str:
        """The text with these pieces taken out."""
        text = self.text
        for piece in sorted(pieces, key=lambda one: -one.start):
            text = f"{text[: piece.start]} {text[piece.end :]}"
        return " ".join(text.split())


def read(text: str, resolve: Resolver) -> Asked:
    """Tell pieces from words; an operator whose value `resolve` does not know stays among the words."""
    pieces: list[Piece] = []
    counts: dict[str, int] = {}
    for found in _PIECE.finditer(text):
        piece = _piece(found, resolve)
        if piece is None or counts.get(piece.facet, 0) >= MOST_PIECES:
            continue
        counts[piece.facet] = counts.get(piece.facet, 0) + 1
        pieces.append(piece)
    rest, last = [], 0
    for piece in pieces:
        rest += [text[last : piece.start], " " * (piece.end - piece.start)]
        last = piece.end
    return Asked(text, "".join((*rest, text[last:])), tuple(pieces))


@dataclass(frozen=True)
class Unfinished:
    """An operator at the end of a text, and what is written of its value."""

    operator: str
    facet: str
    value: str
    start: int


def unfinished(text: str) -> Unfinished | None:
    """Find the operator whose value is being written at the end of the text."""
    found = _UNFINISHED.search(text[-LONGEST_OPERATOR:])
    facet = _FACETS.get(lower(found["operator"])) if found else None
    if found is None or facet is None:
        return None
    start = max(0, len(text) - LONGEST_OPERATOR) + found.start()
    return Unfinished(found["operator"], facet, found["quoted"] or found["plain"] or "", start)


def years(value: str) -> Keys:
    """The years in 2019, 2019–2021, 2019.. and ..2021; none in anything else."""
    found = _YEARS.fullmatch(value.strip())
    if found is None or not any(found.groups()):
        return frozenset()
    first, last = (found[3], found[3]) if found[3] else (found[1] or FIRST_YEAR, found[2] or LAST_YEAR)
    low, high = sorted((int(first), int(last)))
    return frozenset(str(year) for year in range(max(low, FIRST_YEAR), min(high, LAST_YEAR) + 1))


def _piece(found: re.Match[str], resolve: Resolver) -> Piece | None:
    if found["operator"]:
        return _operator(found, resolve)
    excluded = found["not_phrase"] if found["not_phrase"] is not None else found["not_word"]
    value = " ".join((excluded if excluded is not None else found["phrase"]).split())
    if not any(sign.isalnum() for sign in value):
        return None
    return Piece("phrase" if excluded is None else "without", value, *found.span())


def _operator(found: re.Match[str], resolve: Resolver) -> Piece | None:
    facet = _FACETS.get(lower(found["operator"]))
    value = found["value"] if found["value"] is not None else found["plain"].rstrip(",;.!?")
    if facet is None or not value.strip():
        return None
    # An open range ends in the dots that otherwise end a sentence.
    keys = years(found["value"] or found["plain"]) or years(value) if facet == "year" else resolve(facet, value)
    return Piece(facet, " ".join(value.split()), *found.span(), keys) if keys else None
