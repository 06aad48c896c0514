"""What is looked for once the words of a query have met an index: typing errors mended, small words gone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kunnskap.search.analysis.analyser import Analyser, Concept
from kunnskap.search.analysis.speller import Speller
from kunnskap.search.analysis.words import lower
from kunnskap.search.engines.protocol import Correction, Query

CORRECTED = 0.8
"""What a corrected word weighs beside one that was written as it stands."""


@dataclass(frozen=True)
class Sought:
    """Concepts to look for, the phrases that must stand, what must not, and what was corrected on the way.

    Phrases are rows of numbers as they stand in documents' sequences.
    """

    concepts: Sequence[Concept]
    phrases: Sequence[Sequence[int]] = ()
    without: Sequence[Sequence[int]] = ()
    corrections: Sequence[Correction] = ()

    @property
    def terms(self) -> Mapping[str, float]:
        """Every term that is looked for, with its highest weight."""
        found: dict[str, float] = {}
        for concept in self.concepts:
            for way in concept.ways:
                for term, weight in way:
                    found[term] = max(found.get(term, 0.0), weight)
        return found


def understood(query: Query, analyser: Analyser, speller: Speller, is_written: Callable[[str], bool]) -> Sought:
    """Turn a query into what to look for; `is_written` says whether the reader may see any document with a term."""
    concepts, corrections = [], []
    for concept in analyser.concepts(" ".join((query.words, *query.phrases)), query.synonyms):
        mended = None if query.literal else _mended(concept, analyser, speller, is_written)
        concepts.append(mended[0] if mended else concept)
        corrections += [mended[1]] if mended else []
    return Sought(
        concepts,
        [keys for phrase in query.phrases if (keys := analyser.sequence(phrase))],
        [keys for phrase in query.without if (keys := analyser.sequence(phrase))],
        corrections,
    )


def _mended(
    concept: Concept, analyser: Analyser, speller: Speller, is_written: Callable[[str], bool]
) -> tuple[Concept, Correction] | None:
    if any(is_written(term) for way in concept.ways for term, _ in way):
        return None
    near = [(word, share) for word, share in speller.near(lower(concept.typed)) if _is_seen(word, analyser, is_written)]
    if not near:
        return None
    ways = tuple(
        tuple((term, weight * share * CORRECTED) for term, weight in analyser.terms_of(word)) for word, share in near
    )
    return Concept(concept.typed, (*concept.ways, *ways)), Correction(concept.typed, near[0][0])


def _is_seen(word: str, analyser: Analyser, is_written: Callable[[str], bool]) -> bool:
    """Nothing is suggested that stands only in what the reader may not see."""
    terms = analyser.terms_of(word)
    return bool(terms) and is_written(terms[0][0])
