"""Pages of those who are asked, and of those who ask."""

from flask import Blueprint

from kunnskap.routing import models  # noqa: F401 -- so that the tables are known

routing = Blueprint("routing", __name__, url_prefix="/spurt")
