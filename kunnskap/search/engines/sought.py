"""What is looked for once the words of a query have met an index: typing errors mended, small words gone."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kunnskap.search.analysis.analyser import Analyser, Concept, Phrase
from kunnskap.search.analysis.speller import Speller, distance
from kunnskap.search.analysis.words import lower
from kunnskap.search.engines.protocol import Correction, Query

CORRECTED = 0.8
"""What a corrected word weighs beside one that was written as it stands."""


@dataclass(frozen=True)
class Sought:
    """Concepts to look for, the phrases that must stand, what must not, and what was corrected on the way.

    `numbers` are the words of the query in order as they stand in documents' sequences, `title` is one for all of them.
    """

    concepts: Sequence[Concept] = ()
    phrases: Sequence[Phrase] = ()
    without: Sequence[Phrase] = ()
    corrections: Sequence[Correction] = ()
    numbers: Sequence[int] = ()
    title: int = 0

    @property
    def terms(self) -> Mapping[str, float]:
        """Every term that is looked for, with its highest weight."""
        found: dict[str, float] = {}
        for concept in self.concepts:
            for way in (*concept.ways, *concept.guesses):
                for term, weight in way:
                    found[term] = max(found.get(term, 0.0), weight)
        return found


def understood(query: Query, analyser: Analyser, speller: Speller, is_written: Callable[[str], bool]) -> Sought:
    """Turn a query into what to look for.

    `is_written` says whether the reader may see any document with a term.
    """
    words = " ".join((query.words, *query.phrases))
    concepts: list[Concept] = []
    corrections: list[Correction] = []
    for concept in _asked(analyser.concepts(words, query.synonyms), query.optional):
        if concept.extra:
            ways = tuple(way for way in concept.ways if is_written(way[0][0]))
            concepts += [replace(concept, ways=ways)] if ways else []
        elif query.literal or is_written(concept.ways[0][0][0]):
            concepts.append(concept)
        else:
            mended, meant = _mended(concept, analyser, speller, is_written)
            concepts.append(mended)
            corrections += [Correction(concept.typed, meant)] if meant else []
    phrases = [analyser.phrase(phrase) for phrase in query.phrases]
    without = [analyser.phrase(phrase) for phrase in query.without]
    return Sought(
        concepts,
        [phrase for phrase in phrases if phrase.terms],
        [phrase for phrase in without if phrase.terms],
        corrections,
        analyser.numbers(words),
        analyser.whole(query.words),
    )


def _asked(concepts: Iterable[Concept], optional: frozenset[str]) -> Iterator[Concept]:
    for concept in concepts:
        may_lack = not optional.isdisjoint(lower(concept.typed).split())
        yield replace(concept, extra=True) if may_lack else concept


def _mended(
    concept: Concept, analyser: Analyser, speller: Speller, is_written: Callable[[str], bool]
) -> tuple[Concept, str | None]:
    """A word nobody has written, with what may have been meant; a compound whose parts are known may well be new."""
    parts_known = any(is_written(term) for way in concept.ways for term, _ in way)
    typed = lower(concept.typed)
    found = [(word, share) for word, share in speller.near(typed) if _is_seen(word, analyser, is_written)]
    if parts_known:
        found = [(word, share) for word, share in found if distance(typed, word) == 1]
    if not found:
        return concept, None
    guesses = tuple(
        tuple((term, weight * share * CORRECTED) for term, weight in analyser.terms_of(word)) for word, share in found
    )
    return replace(concept, guesses=guesses), found[0][0]


def _is_seen(word: str, analyser: Analyser, is_written: Callable[[str], bool]) -> bool:
    """Nothing is suggested that stands only in what the reader may not see."""
    terms = analyser.terms_of(word)
    return bool(terms) and is_written(terms[0][0])
