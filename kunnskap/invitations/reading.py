"""Reads lists of people to invite: a CSV file or pasted lines, as spreadsheets and mail programs write them. Pure."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kunnskap.errors import Invalid
from kunnskap.i18n import mark, say
from kunnskap.invitations.rules import LONGEST_NAME, LONGEST_ORGANISATION, Invited
from kunnskap.places.models import COUNTY, MUNICIPALITY

MOST_LINES, MOST_BYTES, LONGEST_CELL = 500, 200_000, 1_000
HEADINGS = {
    "email": {"epost", "e-post", "epostadresse", "e-postadresse", "email", "e-mail", "mail"},
    "name": {"navn", "namn", "name"},
    "organisation": {"arbeidssted", "arbeidsstad", "arbeidsplass", "kommune", "organisasjon", "workplace"},
}
ORDER = ("name", "email", "organisation")
"""What the columns hold when no line says it."""
STATE_WORDS = ("statsforvalter", "direktorat", "departement", "statens ", "universitet")


@dataclass(frozen=True)
class Line:
    """A line of the list: its number in what was sent, its text, and whom it names. `problem` is what is wrong with it."""

    number: int
    text: str
    invited: Invited | None = None
    problem: str = ""


def decoded(raw: bytes) -> str:
    """Read a file as UTF-8 (with or without its mark) or as Windows writes; raises Invalid(file=…) for anything else."""
    if len(raw) > MOST_BYTES:
        raise Invalid(file=say("Filen er for stor. Den kan være på høyst %(most)s kB.", most=MOST_BYTES // 1000))
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Invalid(file=mark("Dette ser ut som et regneark. Lagre det som CSV først, og velg den filen."))
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _as(raw, "utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _as(raw, "cp1252")


def _as(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        raise Invalid(file=mark("Filen kan ikke leses. Lagre den som CSV med tegnsettet UTF-8.")) from None


def lines(text: str, field: str = "lines") -> list[Line]:
    """Read the lines; raises Invalid with the problem at `field` when there are none, too many, or they cannot be read."""
    if "\x00" in text or len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise Invalid(**{field: mark("Listen er for lang, eller den har tegn som ikke kan leses.")})
    rows = _rows(text, field)
    order: Sequence[str] = ORDER
    if rows and (headings := _headings(rows[0][2])):
        order, rows = headings, rows[1:]
    if not rows:
        raise Invalid(**{field: mark("Skriv minst én e-postadresse.")})
    if len(rows) > MOST_LINES:
        raise Invalid(
            **{field: say("Listen har %(n)s linjer. Den kan ha høyst %(most)s.", n=len(rows), most=MOST_LINES)}
        )
    return list(_marked_repeats(_line(number, line, _by_column(cells, order)) for number, line, cells in rows))


def _rows(text: str, field: str) -> list[tuple[int, str, list[str]]]:
    """Give each line that says something: its number, its text and its cells."""
    written = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff").split("\n")
    said = [(number, line.strip()) for number, line in enumerate(written, start=1) if line.strip(" \t;,")]
    between = next((sign for sign in ("\t", ";", ",") if any(sign in line for _, line in said)), ",")
    try:
        # Each line by itself: a quotation mark that is never closed spoils no more than its own line.
        return [(number, line, next(csv.reader([line], delimiter=between), [])) for number, line in said]
    except csv.Error:
        raise Invalid(**{field: mark("Listen kan ikke leses. Skriv én person på hver linje.")}) from None


def _headings(cells: list[str]) -> list[str]:
    """Give what each column holds when the first line says it; nothing when it names somebody already."""
    said = [cell.strip().casefold() for cell in cells]
    named = [next((name for name, words in HEADINGS.items() if cell in words), "") for cell in said]
    return named if "email" in named else []


def _by_column(cells: list[str], order: Sequence[str]) -> dict[str, str]:
    told = {name: " ".join(cell.split()) for name, cell in zip(order, cells, strict=False) if name}
    if "@" in told.get("email", "") or order is not ORDER:
        return told
    # No heading, and the address stands somewhere else: what is left is a name and a workplace, in that order.
    words = [" ".join(cell.split()) for cell in cells]
    address = next((word for word in words if "@" in word), "")
    others = [word for word in words if word and word != address]
    return dict(zip(("email", "name", "organisation"), (address, *others), strict=False))


def _line(number: int, text: str, told: dict[str, str]) -> Line:
    email, name, organisation = (told.get(column, "") for column in ("email", "name", "organisation"))
    if max(len(name) - LONGEST_NAME, len(organisation) - LONGEST_ORGANISATION, len(text) - LONGEST_CELL) > 0:
        return Line(number, text[:LONGEST_CELL], problem=mark("Navnet eller arbeidsstedet er for langt"))
    if not email:
        return Line(number, text, problem=mark("E-postadressen mangler"))
    return Line(number, text, Invited(email, name, workplace_kind(organisation) if organisation else "", organisation))


def _marked_repeats(read: Iterator[Line]) -> Iterator[Line]:
    seen: set[str] = set()
    for line in read:
        email = line.invited.email.strip().lower() if line.invited else ""
        yield replace(line, problem=mark("Står flere ganger i listen")) if email and email in seen else line
        seen.add(email)


def workplace_kind(organisation: str) -> str:
    """Guess what kind of workplace a name is, as a key of WORKPLACES."""
    words = f"{organisation.casefold()} "
    if "fylkeskommune" in words:
        return COUNTY
    if words.endswith((" kommune ", " herad ")):
        return MUNICIPALITY
    return "state" if any(word in words for word in STATE_WORDS) else "other"
