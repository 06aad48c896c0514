"""What may follow an operator that is being written: tema:ener… becomes tema:energi."""

from collections.abc import Iterable
from urllib.parse import urlencode

from kunnskap.actor import Actor
from kunnskap.i18n import mark
from kunnskap.places.models import COUNTY, MUNICIPALITY
from kunnskap.places.rules import SIZES
from kunnskap.search.names import Names, names
from kunnskap.search.place_names import key_of
from kunnskap.search.query_language import Unfinished, unfinished
from kunnskap.search.results import FINDABLE, STATUSES, Proposal, Proposals

HEADING = mark("Avgrens til")
MOST = 8


def completions(actor: Actor, text: str) -> list[Proposals]:
    """Give values for the operator at the end of the text; nothing when there is none, or none that fits."""
    written = unfinished(text)
    if written is None:
        return []
    fitting = sorted({(fit, value) for value in _values(written, names(actor)) if (fit := _fit(written, value)) < 2})
    rows = [_row(text, written, value) for _, value in fitting[:MOST]]
    return [Proposals(HEADING, rows)] if rows else []


def _values(written: Unfinished, called: Names) -> Iterable[str]:
    if written.facet in {MUNICIPALITY, COUNTY}:
        return called.places.todays_names(written.facet)
    labels = {"theme": called.labels.themes, "network": called.labels.networks}
    if written.facet in labels:
        return (label.name_nb for label in labels[written.facet].values())
    said = {"kind": [kind.name.lower() for kind in FINDABLE.values()], "status": STATUSES.values(), "size": SIZES}
    return said.get(written.facet, ())


def _fit(written: Unfinished, value: str) -> int:
    """0 when the value begins like what is written, 1 when a word of it does, 2 when none does."""
    typed, whole = " ".join(key_of(written.value)), " ".join(key_of(value))
    return 0 if whole.startswith(typed) else 1 if f" {typed}" in f" {whole}" else 2


def _row(text: str, written: Unfinished, value: str) -> Proposal:
    quoted = f'"{value}"' if " " in value else value
    operator = f"{written.operator}:{quoted}"
    return Proposal(operator, f"/sok?{urlencode({'q': text[: written.start] + operator})}")
