"""How addresses name things in the database."""

from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

from flask import Flask, request, url_for
from werkzeug.routing import IntegerConverter, Map

from kunnskap.errors import NotFound
from kunnskap.logs import shortened

__all__ = ["LARGEST_NUMBER", "address", "number_of", "parts_of", "shortened"]
LARGEST_NUMBER = 2_147_483_647
"""The largest number a row can have in either database; a larger one names nothing."""


class RowNumber(IntegerConverter):
    """A whole number that can be a row's."""

    def __init__(self, map: Map, **limits: int) -> None:  # noqa: A002 -- werkzeug's name
        super().__init__(map, **({"max": LARGEST_NUMBER} | limits))  # type: ignore[arg-type]


def init_app(app: Flask) -> None:
    """Let `<int:…>` in a route take only numbers that a row can have."""
    app.url_map.converters["int"] = RowNumber
    app.add_template_global(address, "url_for")


def address(endpoint: str, **values: Any) -> str:
    """Build an address as `url_for` does, but each only once: a list page has a hundred."""
    if endpoint.startswith(".") or "_external" in values:
        return url_for(endpoint, **values)
    return _built(request.script_root, endpoint, tuple(values.items()))


@lru_cache(maxsize=20_000)
def _built(_root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    return url_for(endpoint, **dict(values))


def parts_of(sent: str) -> SplitResult:
    """Split an address that somebody sent; one that cannot be read has no parts."""
    try:
        return urlsplit(sent)
    except ValueError:
        return urlsplit("")


def number_of(slug: str) -> int:
    """Read the number that an address such as "12-klimabudsjett-i-praksis" begins with; raises NotFound."""
    number = slug.partition("-")[0]
    if not (number.isascii() and number.isdecimal()) or not 0 < int(number[:11]) <= LARGEST_NUMBER:
        raise NotFound
    return int(number)
