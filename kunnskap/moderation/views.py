"""Pages of moderation."""

from flask import Blueprint

from kunnskap.moderation import models  # noqa: F401 -- the table is known before its pages are written

moderation = Blueprint("moderation", __name__, url_prefix="/moderering")
