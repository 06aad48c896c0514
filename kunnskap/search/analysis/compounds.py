"""Splitting compounds into the words they are put together of, by a vocabulary."""

from kunnskap.search.analysis.vocabulary import Vocabulary


class Splitter:
    """Splits by one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def parts(self, word: str) -> list[str]:
        """The parts of a lower-case word, in order; none when it is not a compound of known words."""
        return []
