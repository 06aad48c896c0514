"""Pages of the year wheel."""

from flask import Blueprint

from kunnskap.year_wheel import models  # noqa: F401 -- so that the tables are known

year_wheel = Blueprint("year_wheel", __name__, url_prefix="/arshjul")
