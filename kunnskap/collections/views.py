"""Pages of collections."""

from flask import Blueprint

from kunnskap.collections import models  # noqa: F401 -- so that the tables are known

collections = Blueprint("collections", __name__, url_prefix="/samlinger")
