"""What somebody may have meant by a word nobody has written."""

from collections.abc import Mapping, Sequence


class Speller:
    """Knows words and how often each is written; finds those that are nearly like another."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = counts

    def near(self, word: str) -> Sequence[tuple[str, float]]:
        """Words that look like this lower-case one, likeliest first, each with how likely it is (0 to 1)."""
        return ()
