"""The address of the search page: what is wanted, as pairs of names and values, and back. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlencode

from kunnskap.paging import page_number
from kunnskap.search.results import FIELDS, FINDABLE, Wanted

LONGEST = 500
"""Characters of the words; the rest is left out."""
MOST_CHOICES = 30
LONGEST_CHOICE = 100
NAMES = {
    "kind": "type", "theme": "tema", "county": "fylke", "municipality": "kommune", "size": "storrelse",
    "status": "status", "year": "ar", "network": "nettverk", "author": "forfatter",
}  # fmt: skip
"""What each facet is called in addresses."""
PATHS = {key: kind.path for key, kind in FINDABLE.items()}
_KINDS = {path: key for key, path in PATHS.items()}
PLAIN, LITERAL, ALIKE = "ordrett", ("bare", "ordrett"), ("likt", "nei")

Pairs = list[tuple[str, str]]


def address(wanted: Wanted) -> str:
    """Give the address of the search page for these wishes."""
    sent = pairs(wanted)
    return f"/sok?{urlencode(sent)}" if sent else "/sok"


def pairs(wanted: Wanted) -> Pairs:
    """Give what stands in the address."""
    sent = [("q", wanted.words)] if wanted.words else []
    for facet, keys in wanted.chosen.items():
        sent += [(NAMES[facet], PATHS[key] if facet == "kind" else key) for key in keys]
    sent += [(PLAIN, one) for one in wanted.plain]
    sent += [LITERAL] if wanted.literal else []
    sent += [] if wanted.alike else [ALIKE]
    return [*sent, ("side", str(wanted.number))] if wanted.number > 1 else sent


def wanted(sent: Iterable[tuple[str, str]]) -> Wanted:
    """Read what is wanted from an address; what has no meaning there is left out."""
    values: dict[str, list[str]] = {}
    for name, value in sent:
        values.setdefault(name, []).append(value)
    chosen = {field: _several(values, NAMES[facet]) for facet, field in FIELDS.items()}
    chosen["kinds"] = tuple(_KINDS[one] for one in chosen["kinds"] if one in _KINDS)
    return Wanted(
        clean(values.get("q", [""])[0]),
        number=page_number(values.get("side", [""])[0]),
        plain=_several(values, PLAIN),
        literal=LITERAL[1] in values.get(LITERAL[0], []),
        alike=ALIKE[1] not in values.get(ALIKE[0], []),
        **chosen,
    )


def clean(words: str) -> str:
    """Words as they can be searched for and shown: at most `LONGEST` characters, without those that cannot be read."""
    return " ".join(
        "".join(sign if sign.isprintable() else " " for sign in words[:LONGEST]).replace("\ufffd", " ").split()
    )


def _several(values: Mapping[str, Sequence[str]], name: str) -> tuple[str, ...]:
    sent = (" ".join(one[:LONGEST_CHOICE].split()) for one in values.get(name, [])[:MOST_CHOICES])
    return tuple(dict.fromkeys(one for one in sent if one.isprintable() and one))
