"""Pages of passkeys."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kunnskap.accounts.letting_in import current
from kunnskap.passkeys import queries
from kunnskap.web.access import members, recently

passkeys = Blueprint("passkeys", __name__)


@passkeys.get("/konto/nokler")
@members
@recently
def own() -> ResponseReturnValue:
    """Show one's passkeys."""
    return render_template("passkeys/own.html", keys=queries.of(current().account))
