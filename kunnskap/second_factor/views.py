"""Pages of the second factor."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from kunnskap.second_factor import models  # noqa: F401 -- the table is known before its pages are written
from kunnskap.web.access import members, open_door

second_factor = Blueprint("second_factor", __name__)


@second_factor.get("/logg-inn/totrinn")
@open_door
def ask_form() -> ResponseReturnValue:
    """Ask for the code."""
    return ""


@second_factor.get("/bekreft-deg")
@members
def anew_form() -> ResponseReturnValue:
    """Ask to show again who one is."""
    return ""
