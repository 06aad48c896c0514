"""Our own Norwegian analysis: from text to the terms every engine keeps and looks for.

There is no engine in it. A word goes through a short list of small steps (`STEPS`); a document becomes weighted term
frequencies of one combined field (`document_terms`), a query becomes weighted terms (`query_terms`). `terms_of` is
remembered per word, so that a text costs little more than finding its words.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import lru_cache

import snowballstemmer

from kunnskap.search.engine import Document
from kunnskap.search.wordlists import SPELLINGS, STOP_WORDS, WORDS

VERSION = 1
"""Raise this when a step or a word list changes: an index made by another version is built anew."""

LONGEST_WORD = 40
LONGEST_TEXT = 300_000
LONGEST_QUERY = 1_000
MOST_QUERY_TERMS = 60
PART_WEIGHT = 0.5
"""What the parts of a word (el-bil: el, bil) weigh beside the word itself."""

FIELD_WEIGHTS = (
    ("title", 3.0),
    ("themes", 2.0),
    ("place", 2.0),
    ("people", 2.0),
    ("summary", 1.0),
    ("body", 1.0),
    ("replies", 0.5),
)
"""Weighing before BM25, in one field, finds far better than summing a score per field."""

Terms = tuple[tuple[str, float], ...]

# A number with its decimals; or letters, digits and combining marks, joined by hyphens (soft and non-breaking ones too).
_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_](?:[^\W_]|[\u0300-\u036f]|[-\u2010\u2011\u00ad](?=[^\W_]))*")
_HYPHENS = re.compile(r"[-\u2010\u2011]")
_stemmer = snowballstemmer.stemmer("norwegian")

# Letters people type otherwise when their keyboard or habit lacks them; each group meets on one key.
_FOLDED = str.maketrans(
    {"å": "a", "æ": "a", "ä": "a", "ø": "o", "ö": "o", "đ": "d", "ð": "d", "ŋ": "n", "ß": "ss", "ł": "l"}
)
_DOUBLES = re.compile(r"aa|ae|oe")


def words(text: str) -> Iterator[re.Match[str]]:
    """Yield every word of `text` where it stands."""
    return _WORD.finditer(text)


def lower(word: str) -> str:
    """CO₂ is CO2, full width is ordinary, and capitals do not matter."""
    return unicodedata.normalize("NFKC", word).lower().replace("\u00ad", "")


def fold(word: str) -> str:
    """å, aa and a meet on one key; likewise ø, oe, o and æ, ae, a; other accents are dropped."""
    if not word.isascii():
        word = word.translate(_FOLDED)
        word = "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
    return _DOUBLES.sub(lambda found: found[0][0], word)


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


def parts(word: str) -> list[str]:
    """Return what a lower-cased word is put together of, when it shows; splitting compounds belongs here."""
    pieces = _HYPHENS.split(word)
    return pieces if len(pieces) > 1 else []


def joined(word: str) -> str:
    """A word without its hyphens (el-bil is elbil); numbers keep theirs (§ 5-4 is not 54)."""
    if word.replace("-", "").isdigit() or not _HYPHENS.search(word):
        return word.replace(",", ".")
    return _HYPHENS.sub("", word)


def key(word: str) -> str:
    """The term a single lower-cased word is kept under; empty when it is too small to say anything."""
    folded = fold(word)[:LONGEST_WORD]
    if is_small(folded):
        return ""
    for step in STEPS:
        folded = step(folded)
    return folded


@lru_cache(maxsize=200_000)
def terms_of(word: str) -> Terms:
    """Return the terms of one word as it stands in a text, each with its weight; none for small words."""
    plain = lower(word)
    found = [(key(joined(plain)), 1.0), *((key(part), PART_WEIGHT) for part in parts(plain))]
    return tuple((term, weight) for term, weight in found if term)


def add_terms(into: dict[str, float], text: str, weight: float) -> None:
    """Add every term of `text` to `into`, each occurrence weighing `weight`."""
    for word in _WORD.findall(text[:LONGEST_TEXT]):
        for term, share in terms_of(word):
            into[term] += share * weight


def document_terms(document: Document) -> dict[str, float]:
    """Return the weighted term frequencies of a document's one combined field."""
    found: dict[str, float] = defaultdict(float)
    for field, weight in FIELD_WEIGHTS:
        add_terms(found, getattr(document, field), weight)
    return dict(found)


def query_terms(text: str) -> dict[str, float]:
    """Return the terms to look for, each with its weight; at most `MOST_QUERY_TERMS`, the first ones."""
    found: dict[str, float] = defaultdict(float)
    for word in words(text[:LONGEST_QUERY]):
        for term, weight in terms_of(word[0]):
            found[term] = max(found[term], weight)
        if len(found) >= MOST_QUERY_TERMS:
            break
    return dict(found)


def beginning(text: str) -> str:
    """The folded beginning of the word that is being typed at the end of `text`; empty when none is."""
    typed = text[-LONGEST_QUERY:]
    found = list(words(typed))
    if not found or found[-1].end() != len(typed):
        return ""
    return fold(joined(lower(found[-1][0])))
