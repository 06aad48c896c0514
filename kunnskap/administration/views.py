"""Pages of administration."""

from flask import Blueprint

administration = Blueprint("administration", __name__, url_prefix="/administrasjon")
