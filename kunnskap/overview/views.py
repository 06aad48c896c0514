"""The page that tells how the site is used."""

from flask import Blueprint

overview = Blueprint("overview", __name__, url_prefix="/oversikt")
