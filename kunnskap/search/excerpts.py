"""The passage of a text that shows best why it was found, with the words that matched marked."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from kunnskap.search.analysis.analyser import Analyser
from kunnskap.search.analysis.words import words

LENGTH = 240
LONGEST_TEXT = 20_000
"""Characters that are looked through; what stands further down a long page is not shown."""
LEAD = 60
"""Characters shown before the first word that matched, when there is room."""
OPEN, CLOSE = Markup("<mark>"), Markup("</mark>")


@dataclass(frozen=True)
class Excerpt:
    """A passage, safe to show; `matched` tells whether any of the words stand in it."""

    html: Markup
    matched: bool


@dataclass(frozen=True)
class _Spot:
    start: int
    end: int
    term: str


class Marker:
    """Marks the words that match these terms; what it learns of a word in one text it knows in the next."""

    def __init__(self, terms: Mapping[str, float], analyser: Analyser) -> None:
        self._terms = terms
        self._analyser = analyser
        self._known: dict[str, str] = {}

    def best(self, text: str, length: int = LENGTH) -> Excerpt:
        """Find the passage of at most about `length` characters in which most of the terms stand."""
        text = text[:LONGEST_TEXT]
        spots = self._spots(text)
        start, end = _around(text, _densest(spots, self._terms, length), length)
        inside = [spot for spot in spots if start <= spot.start and spot.end <= end]
        before, after = "… " if start else "", " …" if end < len(text) else ""
        return Excerpt(Markup("{}{}{}").format(before, _mark(text, start, end, inside), after), bool(inside))

    def mark(self, text: str) -> Markup:
        """Mark the words of a short text, such as a title."""
        return _mark(text, 0, len(text), self._spots(text))

    def _spots(self, text: str) -> list[_Spot]:
        if not self._terms:
            return []
        known = self._known
        spots = []
        for found in words(text):
            word = found[0]
            term = known.get(word)
            if term is None:
                term = known[word] = self._term(word)
            if term:
                spots.append(_Spot(found.start(), found.end(), term))
        return spots

    def _term(self, word: str) -> str:
        return next((term for term, _ in self._analyser.terms_of(word) if term in self._terms), "")


def _densest(spots: Sequence[_Spot], terms: Mapping[str, float], length: int) -> tuple[int, int]:
    """Where the run of spots within `length` characters begins and ends that has most different terms, then most."""
    best_worth, best_run = 0.0, (0, 0)
    inside: Counter[str] = Counter()
    first = 0
    for spot in spots:
        inside[spot.term] += 1
        while spot.end - spots[first].start > length:
            inside[spots[first].term] -= 1
            first += 1
        worth = sum(terms[term] for term, count in inside.items() if count) + 0.01 * inside.total()
        if worth > best_worth:
            best_worth, best_run = worth, (spots[first].start, spot.end)
    return best_run


def _around(text: str, run: tuple[int, int], length: int) -> tuple[int, int]:
    """Widen a run to a passage: from the start of its sentence when that is near, and to the end of a word."""
    first, last = run
    if len(text) <= length:
        return 0, len(text)
    earliest = max(0, first - min(LEAD, max(0, length - (last - first))))
    start = _sentence_start(text, earliest, first)
    end = min(len(text), max(start + length, last))
    if end < len(text):
        end = max(text.rfind(" ", start, end + 1), last)
    return start, end


def _sentence_start(text: str, earliest: int, first: int) -> int:
    if earliest == 0:
        return 0
    sentence = max(text.rfind(mark, earliest, first) + len(mark) for mark in (". ", "? ", "! ", ": "))
    if sentence > earliest:
        return sentence
    word = text.find(" ", earliest, first)
    return word + 1 if word >= 0 else first


def _mark(text: str, start: int, end: int, spots: Iterable[_Spot]) -> Markup:
    pieces: list[Markup] = []
    at = start
    for spot in spots:
        pieces += (escape(text[at : spot.start]), OPEN, escape(text[spot.start : spot.end]), CLOSE)
        at = spot.end
    pieces.append(escape(text[at:end]))
    return Markup("").join(pieces)
