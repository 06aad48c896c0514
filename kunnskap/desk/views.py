"""Pages of the coordinator's desk."""

from flask import Blueprint

from kunnskap.desk import models  # noqa: F401 -- so that the tables are known

desk = Blueprint("desk", __name__, url_prefix="/nettverk")
