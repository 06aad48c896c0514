"""The words a collection uses, with how many documents use each: what compounds are split by."""

from collections import Counter
from collections.abc import Iterable, Mapping


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
