"""Pages of one's own data: fetch it, delete the account, and what one has agreed to."""

from flask import Blueprint, Response, current_app, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kunnskap.accounts.letting_in import current, let_out
from kunnskap.errors import NotFound
from kunnskap.people import actions as people
from kunnskap.people.models import PURPOSES
from kunnskap.privacy import actions, queries
from kunnskap.privacy.forms import DeletingForm
from kunnskap.privacy.listeners import Exporter
from kunnskap.web.access import actor, members, recently
from kunnskap.web.limits import limiter

privacy = Blueprint("privacy", __name__, url_prefix="/konto")
EXPORTS, DELETIONS = "5 per day", "20 per hour"


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
    path = exporter.path(export.filename)
    if not path.is_file():
        raise NotFound
    name = f"kunnskap-mine-data-{export.asked_at:%Y-%m-%d}.zip"
    response = send_file(path, "application/zip", as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response


@privacy.get("/slett")
@members
@recently
def delete_form() -> str:
    """Say what is deleted and what stays, and ask to be sure."""
    return _deleting(DeletingForm())


@privacy.post("/slett")
@members
@recently
@limiter.limit(DELETIONS)
def delete_account() -> ResponseReturnValue:
    """Delete one's own account."""
    form = DeletingForm.sent()
    if form.validate():
        with form.gather_problems():
            actions.delete_account(actor(), form.email.data)
            answer = let_out(redirect(url_for("home.index"), 303))
            flash(_("Kontoen din er slettet. Takk for det du har delt."), "success")
            return answer
    return _deleting(form), 422


def _deleting(form: DeletingForm) -> str:
    return render_template("privacy/delete.html", form=form, account=current().account)


@privacy.get("/samtykker")
@members
def consents() -> str:
    """List what one has agreed to."""
    return render_template("privacy/consents.html", consents=queries.consents(actor()), purposes=PURPOSES)


@privacy.post("/samtykker/<purpose>/trekk")
@members
def withdraw(purpose: str) -> ResponseReturnValue:
    """Take back what one has agreed to."""
    people.withdraw_consent(actor(), purpose)
    flash(_("Samtykket er trukket tilbake."), "success")
    return redirect(url_for("privacy.consents"), 303)
