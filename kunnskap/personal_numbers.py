"""Finds national identity numbers and bank account numbers in text. Pure: no database, nothing is kept.

An identity number (folkeregisterforskriften § 2-2-1) is a date of birth, three digits that tell the century, and two
control digits. A D-number adds 40 to the day, an H-number and NAV's test numbers 40 to the month, Skatteetaten's test
numbers 80; they are stopped too, since nobody can tell by looking that a test number is one. An account number is four,
two and five digits of which the last controls the others (Bits' norm for account numbers); an IBAN has the same behind
NO and two digits. From 2032 numbers will be given whose first control digit may be 0 to 3 off, and whose century cannot
be read (skatteetaten.github.io/folkeregisteret-api-dokumentasjon/nytt-fodselsnummer-fra-2032); until then both control
digits must be right, or four times as many other numbers would be taken for one. docs/decisions/0019 says more.
"""

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from kunnskap.i18n import Message, mark, say

IDENTITY, ACCOUNT = "identity", "account"
GAP = "[ .\\-\t\u00a0\u2007\u2009\u2010-\u2013\u202f]"
DIGIT = "[0-9]"
CANDIDATE = re.compile(
    # Begins with a plain set, which the machine looks for quickly; what follows is looked at without being used up, so
    # that a number is also found when it begins inside something that is none.
    f"{DIGIT}(?:"
    f"(?<=[^\\W_]{DIGIT})(?<=[Nn][Oo]{DIGIT})(?={DIGIT}{GAP}?(?P<iban>{DIGIT}{{4}}{GAP}?{DIGIT}{{4}}{GAP}?{DIGIT}{{3}})(?![^\\W_]))"
    f"|(?<![^\\W_]{DIGIT})(?<![0-9]\\.{DIGIT})"
    f"(?=(?P<rest>{DIGIT}{GAP}?{DIGIT}{{2}}{GAP}?{DIGIT}{{2}}{GAP}{{0,3}}{DIGIT}{{3}}{GAP}?{DIGIT}{{2}})"
    # A decimal number goes on behind its point; ".0" is how sheets write whole numbers.
    f"(?![^\\W_])(?!\\.(?!0+(?![0-9]))[0-9])))"
)
GROUPS = re.compile(f"{DIGIT}+")
OF_IDENTITY = {(11,), (6, 5), (2, 2, 2, 5), (6, 3, 2), (2, 2, 2, 3, 2)}
OF_ACCOUNT = (4, 2, 5)
OF_URL = re.compile(r"[\s<>\"'()\[\],;|]")
ABOUT_ACCOUNTS = re.compile(r"konto(?!r)|\bkto\b|\biban\b|account n", re.IGNORECASE)
BEFORE, BEHIND, LONGEST_URL = 60, 30, 300
"""How far from a number a word about accounts may stand, and how far back an address may begin; characters."""
FIRST_WEIGHTS, SECOND_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
BESIDE = 4
YEAR = re.compile("(?:19|20)[0-9]{2}")
SPACES = {" ", "\u00a0", "\u2007", "\u2009", "\u202f"}
MONTHS_ADDED = (0, 40, 80)
MARKS = re.compile(r"[*_`~\\]")
"""Signs of Markdown, which readers do not see."""
AT_ONCE = 50_000
"""Characters looked through at a time, so that other threads come to in between."""


@dataclass(frozen=True)
class Found:
    """A number: IDENTITY or ACCOUNT, the position of its first digit, and how it may be shown ("010190 *****")."""

    kind: str
    position: int
    masked: str


class _PlainSigns(dict[int, str | None]):
    """What becomes of each sign: digits of every script and spaces and dashes of every width the usual ones, what has no width nothing."""

    def __missing__(self, code: int) -> str | None:
        sign = chr(code)
        category = unicodedata.category(sign)
        known = {"Nd": str(unicodedata.digit(sign, 0)), "Zs": " ", "Pd": "-", "Cf": None}
        self[code] = made = known.get(category, sign)
        return made


PLAIN_SIGNS = _PlainSigns({0x2212: "-"})


def found_in(text: str) -> list[Found]:
    """Give the numbers in a text, in order."""
    return list(search(text))


def seen_in(text: str) -> list[Found]:
    """Give the numbers in a text; where there are none, those in what its readers see, with positions in that (`as_read`)."""
    return found_in(text) or found_in(as_read(text))


def as_read(text: str) -> str:
    """Give Markdown about as its readers see it, so that a number with signs of any kind inside it is one number."""
    seen = MARKS.sub("", html.unescape(text))
    return seen if seen.isascii() else seen.translate(PLAIN_SIGNS)


def search(text: str) -> Iterator[Found]:
    """Give the numbers in a text one by one. The time it takes grows as the length of the text."""
    begin = 0
    while begin < len(text):
        # Numbers never go over a line's end, so there the text may be parted.
        cut = text.find("\n", begin + AT_ONCE)
        end = len(text) if cut < 0 else cut + 1
        for candidate in CANDIDATE.finditer(text, begin, end):
            found = _of_candidate(text, candidate)
            if found is not None:
                yield found
        begin = end


def problems(fields: Mapping[str, str]) -> dict[str, str | Message]:
    """Say at each field that has a number what must go, in words for the one who wrote it."""
    found = {name: seen_in(text) for name, text in fields.items()}
    return {name: refusal(numbers[0]) for name, numbers in found.items() if numbers}


def refusal(found: Found) -> Message:
    """Say that a number must go."""
    if found.kind == ACCOUNT:
        return say(
            mark(
                "Her står det som ser ut til å være et kontonummer: %(number)s. Ta det bort. Ingenting er lagt ut ennå."
            ),
            number=found.masked,
        )
    return say(
        mark(
            "Her står det som ser ut til å være et fødselsnummer: %(number)s. Ta det bort. Ingenting er lagt ut ennå."
        ),
        number=found.masked,
    )


def is_identity(digits: str) -> bool:
    """Whether eleven digits are a national identity number, of a person or for tests."""
    return _is_birth(digits) and _controls(digits[:9], FIRST_WEIGHTS, digits[9]) and is_account(digits)


def is_account(digits: str) -> bool:
    """Whether the last of eleven digits controls the others; so does the last of an identity number, by the same rule."""
    return _controls(digits[:10], SECOND_WEIGHTS, digits[10])


def _of_candidate(text: str, candidate: re.Match[str]) -> Found | None:
    begin = candidate.start()
    if candidate["iban"]:
        digits = "".join(GROUPS.findall(candidate["iban"]))
        return Found(ACCOUNT, candidate.start("iban"), _masked_account(digits)) if is_account(digits) else None
    groups = GROUPS.findall(text, begin, candidate.end("rest"))
    digits = "".join(groups)
    if not is_account(digits) or _is_in_address(text, begin):
        return None
    layout = tuple(len(group) for group in groups)
    if layout in OF_IDENTITY and is_identity(digits):
        return Found(IDENTITY, begin, f"{digits[:6]} *****")
    if _is_called_account(text, begin, layout) or _is_written_as_account(text, begin, candidate.end("rest"), layout):
        return Found(ACCOUNT, begin, _masked_account(digits))
    return None


def _is_birth(digits: str) -> bool:
    day, month, year, person = int(digits[:2]), int(digits[2:4]), int(digits[4:6]), int(digits[6:9])
    century = _century(year, person)
    if century is None:
        return False
    day, month = day - 40 if day > 40 else day, next((month - add for add in MONTHS_ADDED if 0 < month - add <= 12), 0)
    try:
        date(century + year, month, day)
    except ValueError:
        return False
    return True


def _century(year: int, person: int) -> int | None:
    if person < 500 or (person >= 900 and year >= 40):
        return 1900
    if year < 40:
        return 2000
    return 1800 if person < 750 and year >= 54 else None


def _controls(digits: str, weights: tuple[int, ...], control: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return -total % 11 == int(control)


def _masked_account(digits: str) -> str:
    return f"{digits[:4]}.**.*****"


def _is_written_as_account(text: str, begin: int, end: int, layout: tuple[int, ...]) -> bool:
    """Whether it stands as accounts are written: with points, or with spaces when it is no part of a row of numbers."""
    if layout != OF_ACCOUNT:
        return False
    gaps = set(text[begin:end]) - set("0123456789")
    if gaps == {"."}:
        return True
    beside = text[max(0, begin - BESIDE) : begin] + text[end : end + BESIDE]
    return gaps <= SPACES and not YEAR.match(text, begin) and not GROUPS.search(beside)


def _is_called_account(text: str, begin: int, layout: tuple[int, ...]) -> bool:
    is_fitting = layout in {(11,), OF_ACCOUNT}
    return is_fitting and ABOUT_ACCOUNTS.search(text[max(0, begin - BEFORE) : begin + 11 + BEHIND]) is not None


def _is_in_address(text: str, begin: int) -> bool:
    start = OF_URL.split(text[max(0, begin - LONGEST_URL) : begin])[-1]
    return "://" in start or start.lower().startswith("www.")
