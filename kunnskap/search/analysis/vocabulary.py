"""The words a collection uses, with how many documents use each: what compounds are split by."""

from collections import Counter
from collections.abc import Iterable, Mapping

from kunnskap.search.analysis.words import LONGEST_TEXT, lower, word_list

MOST_REMEMBERED = 1_000_000
"""How many words are remembered in lower case while they are counted."""


class Vocabulary:
    """Lower-case words as they are written, each with the number of documents it stands in; never changed once made."""

    def __init__(self, counts: Mapping[str, int] | None = None) -> None:
        self.counts: Mapping[str, int] = counts or {}

    @classmethod
    def of(cls, several: Iterable[Iterable[str]]) -> "Vocabulary":
        """Count the words of many documents."""
        counts: Counter[str] = Counter()
        for words in several:
            counts.update(set(words))
        return cls(counts)


def count_words(several: Iterable[Mapping[str, str]]) -> Mapping[str, int]:
    """In how many documents (each its texts by name) each word stands: the words a whole analysis gives, much quicker."""
    counts: Counter[str] = Counter()
    plain: dict[str, str] = {}
    for texts in several:
        if len(plain) > MOST_REMEMBERED:
            plain.clear()
        written = {word for text in texts.values() for word in word_list(text[:LONGEST_TEXT])}
        counts.update({plain.get(word) or plain.setdefault(word, lower(word)) for word in written})
    return counts
