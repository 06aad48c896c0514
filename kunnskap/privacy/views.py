"""Pages of one's own data: fetch it, delete the account, and what one has agreed to."""

from flask import Blueprint, Response, current_app, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kunnskap.privacy import actions, queries
from kunnskap.privacy.listeners import Exporter
from kunnskap.web.access import actor, members, recently
from kunnskap.web.limits import limiter

privacy = Blueprint("privacy", __name__, url_prefix="/konto")
EXPORTS = "5 per day"


@privacy.get("/mine-data")
@members
def export_page() -> str:
    """Say what can be fetched, and how far the last one asked for has come."""
    return render_template("privacy/export.html", export=queries.last_export(actor()))


@privacy.post("/mine-data")
@members
@recently
@limiter.limit(EXPORTS)
def ask_for_export() -> ResponseReturnValue:
    """Have everything about oneself put together."""
    actions.ask_for_export(actor())
    flash(_("Vi samler dataene dine nå. Du får en e-post når filen er klar."), "success")
    return redirect(url_for("privacy.export_page"), 303)


@privacy.get("/mine-data/<int:number>")
@members
@recently
def export_file(number: int) -> Response:
    """Give a file with one's own data to its owner."""
    export = queries.ready_export(actor(), number)
    exporter: Exporter = current_app.extensions["kunnskap.exporter"]
    name = f"kunnskap-mine-data-{export.asked_at:%Y-%m-%d}.zip"
    response = send_file(exporter.path(export.filename), "application/zip", as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response
