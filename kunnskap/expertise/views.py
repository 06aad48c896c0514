"""Pages that find those who can help."""

from flask import Blueprint

from kunnskap.expertise import models  # noqa: F401 -- so that the tables are known

expertise = Blueprint("expertise", __name__)
