"""Pages of conversations between two people."""

from flask import Blueprint

from kunnskap.messages import models  # noqa: F401 -- so that the tables are known

messages = Blueprint("messages", __name__, url_prefix="/meldinger")
