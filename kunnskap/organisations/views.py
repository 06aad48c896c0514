"""Pages of organisations."""

from flask import Blueprint

from kunnskap.organisations import models  # noqa: F401 -- the table is known before its pages are written

organisations = Blueprint("organisations", __name__)
