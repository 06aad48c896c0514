"""Pages of passkeys."""

from flask import Blueprint

from kunnskap.passkeys import models  # noqa: F401 -- the table is known before its pages are written

passkeys = Blueprint("passkeys", __name__)
