"""Pages of privacy."""

from flask import Blueprint

from kunnskap.privacy import models  # noqa: F401 -- the table is known before its pages are written

privacy = Blueprint("privacy", __name__)
