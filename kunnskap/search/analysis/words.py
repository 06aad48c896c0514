"""Finding the words of a text, and writing each of them one way."""

import re
import unicodedata
from collections.abc import Iterator

LONGEST_WORD = 40
LONGEST_TEXT = 300_000
"""Signs of a text that are read."""

# A case number (24/1234-5); a number with its decimals; or letters, digits and combining marks, joined by hyphens (soft and non-breaking ones too).
_WORD = re.compile(
    r"\d{2,4}/\d+(?:-\d+)?(?![\w/])|\d+(?:[.,]\d+)+|[^\W_](?:[^\W_]|[\u0300-\u036f]|[-\u2010\u2011\u00ad](?=[^\W_]))*"
)
_HYPHENS = re.compile(r"[-\u2010\u2011]")
_JOINTS = re.compile(r"[-/\u2010\u2011]|(?<=\d)(?=[^\W\d_]{2})")

# Letters people type otherwise when their keyboard or habit lacks them; each group meets on one key.
_FOLDED = str.maketrans(
    {"å": "a", "æ": "a", "ä": "a", "ø": "o", "ö": "o", "đ": "d", "ð": "d", "ŋ": "n", "ß": "ss", "ł": "l"}
)
_DOUBLES = re.compile(r"aa|ae|oe")


def words(text: str) -> Iterator[re.Match[str]]:
    """Yield every word of `text` where it stands."""
    return _WORD.finditer(text)


def word_list(text: str) -> list[str]:
    """Give the words of `text` as they are written; quicker than `words` where places do not matter."""
    return _WORD.findall(text)


def lower(word: str) -> str:
    """CO₂ is CO2, full width is ordinary, and capitals do not matter."""
    return unicodedata.normalize("NFKC", word).lower().replace("\u00ad", "")


def fold(word: str) -> str:
    """å, aa and a meet on one key; likewise ø, oe, o and æ, ae, a; other accents are dropped."""
    if not word.isascii():
        word = word.translate(_FOLDED)
        word = "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
    return _DOUBLES.sub(lambda found: found[0][0], word)


def pieces(word: str) -> list[str]:
    """The pieces of a word with hyphens (el-bil: el, bil), of a case number, and of a number with its unit (50kWh: 50, kWh)."""
    found = _JOINTS.split(word)
    return found if len(found) > 1 else []


def joined(word: str) -> str:
    """A word without its hyphens (el-bil is elbil); numbers keep theirs (§ 5-4 is not 54)."""
    if word.replace("-", "").replace("/", "").isdigit() or not _HYPHENS.search(word):
        return word.replace(",", ".")
    return _HYPHENS.sub("", word)
