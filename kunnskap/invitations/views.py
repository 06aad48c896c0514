"""Pages of invitations."""

from flask import Blueprint

from kunnskap.invitations import models  # noqa: F401 -- the table is known before its pages are written

invitations = Blueprint("invitations", __name__, url_prefix="/invitasjoner")
