"""How addresses name things in the database."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from kunnskap.errors import NotFound

LARGEST_NUMBER = 2_147_483_647
"""The largest number a row can have in either database; a larger one names nothing."""


class RowNumber(IntegerConverter):
    """A whole number that can be a row's."""

    def __init__(self, map: Map, **limits: int) -> None:  # noqa: A002 -- werkzeug's name
        super().__init__(map, **({"max": LARGEST_NUMBER} | limits))  # type: ignore[arg-type]


def init_app(app: Flask) -> None:
    """Let `<int:…>` in a route take only numbers that a row can have."""
    app.url_map.converters["int"] = RowNumber


def number_of(slug: str) -> int:
    """Read the number that an address such as "12-klimabudsjett-i-praksis" begins with; raises NotFound."""
    number = slug.partition("-")[0]
    if not (number.isascii() and number.isdecimal()) or not 0 < int(number[:11]) <= LARGEST_NUMBER:
        raise NotFound
    return int(number)
