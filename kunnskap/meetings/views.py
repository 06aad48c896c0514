"""Pages of meetings, and calendars."""

from flask import Blueprint

from kunnskap.meetings import models  # noqa: F401 -- so that the tables are known

meetings = Blueprint("meetings", __name__, url_prefix="/moter")
