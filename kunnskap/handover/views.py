"""Pages of leaving and taking over."""

from flask import Blueprint

from kunnskap.handover import models  # noqa: F401 -- so that the tables are known

handover = Blueprint("handover", __name__, url_prefix="/overtakelse")
