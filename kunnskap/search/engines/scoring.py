"""What a word is worth, alike in every engine: BM25, and words that are not typed to the end."""

import math

K1, B = 0.9, 0.4
"""How fast repeated words tire, and how much long texts are held back (BM25)."""
MOST_COMPLETIONS = 24
"""Terms that a word which is being typed may become."""
COMPLETION_WEIGHT = 0.7
"""What they weigh beside a word that is typed to the end."""


def rarity(having: int, documents: int) -> float:
    """What a term that `having` documents have is worth among so many; never nothing, nor less."""
    return math.log(1 + max(0.0, documents - having + 0.5) / (having + 0.5)) or 1e-6
