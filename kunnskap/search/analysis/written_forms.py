"""From a folded word to the key it is kept under: the two written forms and all inflections meet. One small step each."""

import re
from collections.abc import Callable

import snowballstemmer

from kunnskap.search.analysis.wordlists import SPELLINGS, STOP_WORDS, WORDS
from kunnskap.search.analysis.words import LONGEST_WORD, fold, lower

_stemmer = snowballstemmer.stemmer("norwegian")
_STOPPED = frozenset(fold(lower(word)) for word in STOP_WORDS)
_WHOLE = {fold(lower(one)): fold(lower(other)) for one, other in WORDS.items()}
_INSIDE = {fold(lower(one)): fold(lower(other)) for one, other in SPELLINGS.items()}
_INSIDE_PATTERN = re.compile("|".join(sorted(_INSIDE, key=len, reverse=True)))


def is_small(word: str) -> bool:
    """Whether a folded word is too common in either written form to say anything."""
    return word in _STOPPED


def meet_whole_words(word: str) -> str:
    """Words the written forms spell apart: vegen and veien."""
    return _WHOLE.get(word, word)


def meet_spellings(word: str) -> str:
    """Parts of words the written forms spell apart: klimagassutslepp and klimagassutslipp."""
    return _INSIDE_PATTERN.sub(lambda found: _INSIDE[found[0]], word)


def meet_beginnings(word: str) -> str:
    """Nynorsk kv- stands where bokmål has hv-; both meet on kv- (kvalitet stays itself)."""
    return "kv" + word[2:] if word.startswith("hv") else word


def meet_endings(word: str) -> str:
    """Nynorsk -heit and -leik stand where bokmål has -het, -leg where it has -lig, -sam where it has -som."""
    return _ENDINGS.sub(lambda found: _ENDED[found[1]] + found[2], word)


_ENDED = {"heit": "het", "leik": "het", "leg": "lig", "sam": "som", "semd": "somhet"}
_ENDINGS = re.compile(r"(?<=..)(heit|leik|leg|sam|semd)(e|en|a|er|ane|ene|t|s|)$")


def stem(word: str) -> str:
    """What is left when Snowball has taken the endings: kommuner, kommunar and kommunens meet."""
    return str(_stemmer.stemWord(word)) if not word[-1].isdigit() else word


def drop_agent_ending(word: str) -> str:
    """Snowball leaves rådgiver and rådgivere apart; both become rådgiv. Verbs in -ere meet likewise."""
    return _AGENT.sub("", word)


_AGENT = re.compile(r"(?<=...)ern?$")

STEPS: tuple[Callable[[str], str], ...] = (
    meet_whole_words,
    meet_spellings,
    meet_beginnings,
    meet_endings,
    stem,
    drop_agent_ending,
)
"""What a folded word goes through, in order."""


def key(word: str) -> str:
    """The term a single lower-cased word is kept under; empty when it is too small to say anything."""
    folded = fold(word)[:LONGEST_WORD]
    return "" if is_small(folded) else stepped(folded)


def stepped(folded: str) -> str:
    """A folded word after all steps."""
    for step in STEPS:
        folded = step(folded)
    return folded
