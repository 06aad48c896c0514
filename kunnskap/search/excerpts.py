"""The passage of a text that shows best why it was found, with the words that matched marked.

A word matches when any of its terms was looked for, so it is marked whole whether it was reached through its stem, one of
its parts, another written form, a synonym or a mended typing error.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from markupsafe import Markup, escape

from kunnskap.search.analysis.analyser import Analyser
from kunnskap.search.analysis.words import fold, joined, lower, word_list
from kunnskap.search.analysis.written_forms import beginnings, meet_spellings

LENGTH = 240
LONGEST_TEXT = 20_000
"""Characters that are looked through; what stands further down a long page is not shown."""
LEAD = 60
"""Characters shown before the first word that matched, when there is room."""
SIDE_BY_SIDE = 0.5
"""What two different words in a row are worth, beside a word alone (1)."""
OPEN, CLOSE = Markup("<mark>"), Markup("</mark>")
# Control characters, halves of characters and marks that turn the direction of writing: nothing a reader should meet.
_UNFIT = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff\\ufdd0-\\ufdef\\ufff9-\\uffff]"
)


@dataclass(frozen=True)
class Excerpt:
    """A passage, safe to show; `matched` tells whether any of the words stand in it.

    `words` are all that match in the whole text, as written, each with the terms it matches by.
    """

    html: Markup
    matched: bool
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Spot:
    start: int
    end: int
    terms: tuple[str, ...]


class Marker:
    """Marks the words that match these terms; what it learns of a word in one text it knows in the next."""

    def __init__(self, terms: Mapping[str, float], analyser: Analyser) -> None:
        self._terms = terms
        self._analyser = analyser
        self._known: dict[str, tuple[str, ...]] = {}
        self._beginnings = frozenset(one for term in terms for one in beginnings(term))

    def best(self, text: str, length: int = LENGTH) -> Excerpt:
        """Find the passage of at most about `length` characters in which most of the terms stand."""
        text = text[:LONGEST_TEXT]
        spots = self._spots(text)
        start, end = _around(text, _densest(spots, self._terms, length), length)
        inside = [spot for spot in spots if start <= spot.start and spot.end <= end]
        before, after = "… " if start else "", " …" if end < len(text) else ""
        html = Markup("{}{}{}").format(before, _mark(text, start, end, inside), after)
        return Excerpt(html, bool(inside), {text[spot.start : spot.end]: spot.terms for spot in spots})

    def mark(self, text: str) -> Markup:
        """Mark the words of a short text, such as a title."""
        return _mark(text, 0, len(text), self._spots(text))

    def matching(self, text: str) -> Mapping[str, tuple[str, ...]]:
        """Give the words of a text that match, as they are written, each with the terms it matches by."""
        found = word_list(text[:LONGEST_TEXT]) if self._terms else []
        known = self._learn(found)
        return {word: known[word] for word in dict.fromkeys(found) if known[word]}

    def _spots(self, text: str) -> list[_Spot]:
        found = word_list(text) if self._terms else []
        known = self._learn(found)
        if not any(map(known.__getitem__, set(found))):
            return []
        spots, at = [], 0
        for word in found:
            # Between words there is nothing a word could begin in, so the next place it stands is its own.
            start = text.index(word, at)
            at = start + len(word)
            if known[word]:
                spots.append(_Spot(start, at, known[word]))
        return spots

    def _learn(self, found: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        known, terms, terms_of = self._known, self._terms, self._analyser.terms_of
        for word in set(found) - known.keys():
            if not self._may_match(word):
                known[word] = ()
                continue
            matched: tuple[str, ...] = ()
            for term, _ in terms_of(word):  # nearly all words have one term and match by none
                if term in terms:
                    matched += (term,)
            known[word] = matched
        return known

    def _may_match(self, word: str) -> bool:
        """Reading a word takes long the first time, and hardly any word of a text is one that was looked for."""
        if self._analyser.is_read(word):
            return True
        folded = fold(lower(word))
        whole = joined(folded)
        seen = f"{folded} {whole} {meet_spellings(whole)}"
        return any(one in seen for one in self._beginnings)


def _densest(spots: Sequence[_Spot], terms: Mapping[str, float], length: int) -> tuple[int, int]:
    """Where the run of spots within `length` characters begins and ends that says most.

    Different terms count most, the rarer in this text the more; then words side by side, then how many there are.
    """
    often = Counter(term for spot in spots for term in spot.terms)
    worth_of = {term: terms[term] * (1 + 1 / count) for term, count in often.items()}
    pairs = _side_by_side(spots)
    best_worth, best_run = 0.0, (0, 0)
    inside: Counter[str] = Counter()
    first = paired = 0
    for number, spot in enumerate(spots):
        inside.update(spot.terms)
        paired += pairs[number]
        while spot.end - spots[first].start > length:
            inside.subtract(spots[first].terms)
            first += 1
            paired -= pairs[first]
        worth = sum(worth_of[term] for term, count in inside.items() if count)
        worth += SIDE_BY_SIDE * min(paired, 2) + 0.01 * (number - first)
        if worth > best_worth:
            best_worth, best_run = worth, (spots[first].start, spot.end)
    return best_run


def _side_by_side(spots: Sequence[_Spot]) -> list[int]:
    """For each spot, whether another word stands right before it that matched otherwise (1) or not (0); one more at the end."""
    pairs = [int(later.start - one.end <= 2 and later.terms != one.terms) for one, later in pairwise(spots)]
    return [0, *pairs, 0]


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
        pieces += (_safe(text[at : spot.start]), OPEN, _safe(text[spot.start : spot.end]), CLOSE)
        at = spot.end
    pieces.append(_safe(text[at:end]))
    return Markup("").join(pieces)


def _safe(words: str) -> Markup:
    return escape(_UNFIT.sub(" ", words))
