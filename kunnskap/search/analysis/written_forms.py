"""From a folded word to the key it is kept under: the two written forms and all inflections meet. One small step each."""

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

import snowballstemmer

from kunnskap.search.analysis.wordlists import SPELLINGS, STOP_WORDS, WORDS
from kunnskap.search.analysis.words import LONGEST_WORD, fold, lower
from kunnskap.tables import DATA, read_csv

LONGEST_BEGINNING = 3
_stemmer = snowballstemmer.stemmer("norwegian")
_stemming = threading.Lock()  # the stemmer keeps the word it works on, so two threads would mix theirs up
# Small words as they are written, and as they are typed without æ, ø and å; but "vær" (weather) is not "var", nor "vare".
_TYPED = ((("å", "aa"), ("ø", "oe"), ("æ", "ae")), (("å", "a"), ("ø", "o"), ("æ", "a")))
_OTHER_WORDS = {"far", "vare", "for"}
_WHOLE = {fold(lower(one)): fold(lower(other)) for one, other in WORDS.items()}
_INSIDE = {fold(lower(one)): fold(lower(other)) for one, other in SPELLINGS.items()}
_INSIDE_PATTERN = re.compile("|".join(sorted(_INSIDE, key=len, reverse=True)))


def _typed_otherwise(word: str) -> Iterator[str]:
    for letters in _TYPED:
        typed = word
        for letter, instead in letters:
            typed = typed.replace(letter, instead)
        yield typed


_STOPPED = STOP_WORDS | {typed for word in STOP_WORDS for typed in _typed_otherwise(word)} - _OTHER_WORDS


def is_small(word: str) -> bool:
    """Whether a lower-case word, as it is written, is too common in either written form to say anything."""
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
    """Nynorsk -heit and -leik stand where bokmål has -het, -leg where it has -lig, -sam where it has -som.

    Snowball leaves klimaet and temaene (folded: klimat, temane) apart from klima and tema.
    """
    return _AFTER_A.sub(r"\1a", _ENDINGS.sub(lambda found: _ENDED[found[1]] + found[2], word))


_ENDED = {"heit": "het", "leik": "het", "leg": "lig", "sam": "som", "semd": "somhet"}
_ENDINGS = re.compile(r"(?<=..)(heit|leik|leg|sam|semd)(e|en|a|er|ane|ene|t|s|)$")
_AFTER_A = re.compile(r"(klim|tem|skjem|dram|panoram)a(?:t|ts|r|ne|nes)$")


def stem(word: str) -> str:
    """What is left when Snowball has taken the endings: kommuner, kommunar and kommunens meet."""
    if word[-1].isdigit():
        return word
    with _stemming:
        return str(_stemmer.stemWord(word))


def drop_agent_ending(word: str) -> str:
    """Snowball leaves rådgiver and rådgivere apart; both become rådgiv. Verbs in -ere meet likewise."""
    return _AGENT.sub("", word)


_AGENT = re.compile(r"(?<=...)ern?$")


def single_m(word: str) -> str:
    """No word ends in -mm, but many get it before an ending: strømmen and flommer are strøm and flom."""
    return word[:-1] if word.endswith("mm") else word


def meet_written_forms(word: str) -> str:
    """What is left of a nynorsk word becomes what is left of the bokmål word for it (`data/written_forms.csv`)."""
    return _forms().get(word, word)


STEPS: tuple[Callable[[str], str], ...] = (
    meet_whole_words,
    meet_spellings,
    meet_beginnings,
    meet_endings,
    stem,
    drop_agent_ending,
    single_m,
    meet_written_forms,
)
"""What a folded word goes through, in order."""


@lru_cache(maxsize=1)
def _forms() -> Mapping[str, str]:
    rows = read_csv(DATA / "written_forms.csv", ("nynorsk", "bokmal"))
    pairs = ((_before_forms(row.text("nynorsk")), _before_forms(row.text("bokmal"))) for row in rows)
    return {nynorsk: bokmal for nynorsk, bokmal in pairs if nynorsk != bokmal}


def beginnings(term: str) -> frozenset[str]:
    """How words that are kept under a term, or parts of words, may begin once they are folded and their spellings have met."""
    first = {term[:LONGEST_BEGINNING], *_others().get(term, ())}
    return frozenset(first | {"hv" + one[2:] for one in first if one.startswith("kv")})


@lru_cache(maxsize=1)
def _others() -> Mapping[str, frozenset[str]]:
    """How words may begin that the tables lead to another term."""
    found: dict[str, set[str]] = defaultdict(set)
    for nynorsk, bokmal in _forms().items():
        found[bokmal].add(nynorsk[:LONGEST_BEGINNING])
    for one in _WHOLE:
        found[meet_written_forms(_before_forms(one))].add(one[:LONGEST_BEGINNING])
    return {term: frozenset(several) for term, several in found.items()}


def _before_forms(word: str) -> str:
    folded = fold(lower(word))
    for step in STEPS[:-1]:
        folded = step(folded)
    return folded


@lru_cache(maxsize=50_000)  # compounds end in the same words again and again
def key(word: str) -> str:
    """The term a single lower-cased word is kept under; empty when it is too small to say anything."""
    if is_small(word):
        return ""
    folded = fold(word)[:LONGEST_WORD]
    for step in STEPS:
        folded = step(folded)
    return folded
