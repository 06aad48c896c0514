"""The whole analysis: a document becomes weighted terms of one combined field, a query becomes what to look for.

A word goes through the steps of `written_forms` and is split into its parts. What a word becomes is remembered, so that
a text costs little more than finding its words.
"""

import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kunnskap.search.analysis.compounds import Splitter
from kunnskap.search.analysis.synonyms import NO_SYNONYMS, Synonyms
from kunnskap.search.analysis.vocabulary import Vocabulary
from kunnskap.search.analysis.words import LONGEST_TEXT, fold, joined, lower, pieces, word_list, words
from kunnskap.search.analysis.written_forms import key

VERSION = 6
"""Raise this when a step, a word list or what is kept of a document changes: an index of another version is built anew."""

LONGEST_SEQUENCE = 2_000
"""Words kept in order for phrases and nearness."""
LONGEST_QUERY = 1_000
MOST_CONCEPTS = 40
PART_WEIGHT = 0.5
"""What the parts of a word (klimabudsjett: klima, budsjett) weigh beside the word itself."""
SYNONYM_WEIGHT, SYNONYM_WORD_WEIGHT = 0.7, 0.4
"""What another word for the same weighs beside the one that was typed; and each word of an expression of several."""
COMPOUND_WEIGHT = 0.7
"""What the compound two typed words may make weighs beside themselves."""
LONGEST_EXPRESSION = 6
MOST_REMEMBERED = 300_000

FIELD_WEIGHTS = {"title": 1.5, "themes": 2.0, "place": 2.0, "people": 2.0, "summary": 1.0, "body": 1.0, "replies": 0.5}
"""Weighing before BM25, in one field, finds far better than summing a score per field."""
TERM_BITS = 0xFFFFF000
"""What of a word's number in a sequence tells its term; the other bits tell the form it is written in."""
SEQUENCED = ("title", "summary", "body", "replies")

Terms = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Analysed:
    """What an engine keeps of a document's texts.

    `terms` weigh what they weigh in all fields together, `length` is their sum. `sequence` holds a number (unsigned, four
    bytes) for every word in order, 0 between fields. `title` is one number for the whole title. `words` are as written,
    in lower case.
    """

    terms: Mapping[str, float]
    length: float
    sequence: bytes
    title: int
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that is looked for, as it was typed, and the ways of saying it: each some terms; the best way counts.

    `guesses` are ways of saying what may have been meant. What is `extra` may lift a document, but is not missed where it
    does not stand.
    """

    typed: str
    ways: tuple[Terms, ...]
    guesses: tuple[Terms, ...] = ()
    extra: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand side by side: their numbers in sequences, and the terms of those that say something."""

    numbers: tuple[int, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Word:
    typed: str
    key: str
    number: int
    terms: Terms
    place: int


class Analyser:
    """The analysis with one vocabulary."""

    def __init__(self, vocabulary: Vocabulary | None = None) -> None:
        self.vocabulary = vocabulary or Vocabulary()
        self._splitter = Splitter(self.vocabulary)
        self._known: dict[str, tuple[str, int, Terms]] = {}

    def terms_of(self, word: str) -> Terms:
        """Return the terms of one word as it stands in a text, each with its weight; none for small words."""
        return self._read(word)[2]

    def is_read(self, word: str) -> bool:
        """Whether a word was read before, so that its terms are at hand."""
        return word in self._known

    def document(self, texts: Mapping[str, str]) -> Analysed:
        """Analyse a document's texts, by the names of `FIELD_WEIGHTS`."""
        terms: dict[str, float] = defaultdict(float)
        sequence = array("I")
        written: set[str] = set()
        for name, weight in FIELD_WEIGHTS.items():
            found = word_list(texts.get(name, "")[:LONGEST_TEXT])
            read = {word: self._read(word) for word in found}
            for word, count in Counter(found).items():
                plain, _, shares = read[word]
                written.add(plain)
                for term, share in shares:
                    terms[term] += share * weight * count
            if name in SEQUENCED and len(sequence) < LONGEST_SEQUENCE:
                sequence.extend([read[word][1] for word in found])
                sequence.append(0)
        return Analysed(
            dict(terms),
            sum(terms.values()),
            sequence[:LONGEST_SEQUENCE].tobytes(),
            self.whole(texts.get("title", "")),
            frozenset(written),
        )

    def whole(self, text: str) -> int:
        """One number for all the words of a short text in order, whatever their inflection; 0 when there are none."""
        keys = [self._read(word)[1] & TERM_BITS for word in word_list(text[:LONGEST_QUERY])]
        return zlib.crc32(array("I", keys).tobytes()) if keys else 0

    def phrase(self, text: str) -> Phrase:
        """Read words that must stand side by side, in any inflection."""
        words = self._words(text)
        numbers = (self._read(word)[1] for word in word_list(text[:LONGEST_QUERY]))
        return Phrase(tuple(numbers), tuple(word.key for word in words))

    def numbers(self, text: str) -> list[int]:
        """The numbers in sequences of the words of a query that say something, in order."""
        return [word.number for word in self._words(text)]

    def concepts(self, text: str, synonyms: Synonyms = NO_SYNONYMS) -> list[Concept]:
        """Return what to look for, one concept a word or known expression; at most `MOST_CONCEPTS`, the first ones.

        Two words side by side may also be the parts of a compound, in either order: an extra concept.
        """
        words = self._words(text)
        found: dict[tuple[Terms, ...], Concept] = {}
        at = 0
        while at < len(words):
            taken, others = synonyms.at([word.key for word in words[at : at + LONGEST_EXPRESSION]], self._keys)
            concept = _spoken(words[at : at + max(1, taken)], [self._words(other) for other in others])
            found.setdefault(concept.ways, concept)
            at += max(1, taken)
        pairs = (_compound(one, other) for one, other in pairwise(words) if other.place == one.place + 1)
        extra = {concept.ways: concept for concept in pairs if concept}
        return list((found | extra).values())[:MOST_CONCEPTS]

    def _keys(self, text: str) -> tuple[str, ...]:
        return tuple(word.key for word in self._words(text))

    def _words(self, text: str) -> list[_Word]:
        found = []
        for place, typed in enumerate(word_list(text[:LONGEST_QUERY])):
            _, number, terms = self._read(typed)
            if terms:
                found.append(_Word(typed, terms[0][0], number, terms, place))
        return found[:MOST_CONCEPTS]

    def _read(self, word: str) -> tuple[str, int, Terms]:
        """Give a word in lower case, the number it has in sequences, and its terms."""
        known = self._known.get(word)
        if known is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            known = self._known[word] = self._make(lower(word))
        return known

    def _make(self, plain: str) -> tuple[str, int, Terms]:
        main = key(joined(plain))
        terms = [(main, 1.0), *((key(part), PART_WEIGHT) for part in self._parts(plain))]
        return plain, _number(main or fold(plain), fold(plain)), tuple(term for term in terms if term[0])

    def _parts(self, plain: str) -> list[str]:
        apart = pieces(plain) or [plain]
        parts = [part for piece in apart for part in self._splitter.parts(piece) or (piece,)]
        return parts if len(parts) > 1 else []


def _number(term: str, form: str) -> int:
    return (zlib.crc32(term.encode()) & TERM_BITS) | (zlib.crc32(form.encode()) & ~TERM_BITS)


def _spoken(words: Sequence[_Word], others: Sequence[Sequence[_Word]]) -> Concept:
    """A word, or several that are one expression, with what else it may be called."""
    typed = " ".join(word.typed for word in words)
    ways = [tuple(term for word in words for term in word.terms)]
    for other in others:
        weight = SYNONYM_WEIGHT if len(other) == 1 else SYNONYM_WORD_WEIGHT
        ways.append(tuple((term, share * weight) for word in other for term, share in word.terms))
    return Concept(typed, tuple(way for way in ways if way))


def _compound(one: _Word, other: _Word) -> Concept | None:
    """What two words would be as one: lading buss may be busslading, anleggs plass anleggsplass."""
    first, second = fold(lower(one.typed)), fold(lower(other.typed))
    if not (first.isalpha() and second.isalpha()):
        return None
    joined_ = (begin + joint + end for begin, end in ((first, second), (second, first)) for joint in ("", "s", "e"))
    keys = dict.fromkeys(key(word) for word in joined_)
    return Concept(f"{one.typed} {other.typed}", tuple(((term, COMPOUND_WEIGHT),) for term in keys if term), extra=True)


def beginning(text: str) -> str:
    """The folded beginning of the word that is being typed at the end of `text`; empty when none is."""
    typed = text[-LONGEST_QUERY:]
    found = list(words(typed))
    if not found or found[-1].end() != len(typed):
        return ""
    return fold(joined(lower(found[-1][0])))
