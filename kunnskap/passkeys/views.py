"""Pages of passkeys, and what scripts ask for and send when one is made or used (JSON)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, jsonify, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from kunnskap import clock
from kunnskap.accounts import sessions
from kunnskap.accounts.letting_in import TIL, current, let_in, settings
from kunnskap.accounts.models import AccountSession
from kunnskap.accounts.rules import local_path
from kunnskap.errors import Invalid
from kunnskap.passkeys import actions, queries, rules
from kunnskap.passkeys.actions import Answer, Challenge
from kunnskap.passkeys.forms import NameForm
from kunnskap.web.access import actor, also_asks, members, open_door, recently, signed_in
from kunnskap.web.filters import browser_name, told
from kunnskap.web.limits import limiter
from kunnskap.web.locale import language

passkeys = Blueprint("passkeys", __name__)
GIVEN = "passkey"
"""What the cookie keeps while a device signs: the challenge, what it is for, and when it was given out."""
MAKING, ENTERING, SHOWING = "make", "enter", "show"
limit = limiter.limit("60 per minute;600 per hour")
"""Generous: a whole municipality may sit behind one address, and keys are not guessed."""


def _owes_key() -> bool:
    """Whether powers are kept from a session until its key is shown: it may put no other second factor in the key's place."""
    found = signed_in()
    return isinstance(found, AccountSession) and found.lacks_second_factor and queries.has_any(found.account)


also_asks(_owes_key)


@passkeys.get("/konto/nokler")
@members
@recently
def own() -> ResponseReturnValue:
    """Show one's keys, and how to make one."""
    return _own_page(NameForm(name=browser_name(request.user_agent.string)))


@passkeys.post("/konto/nokler/valg")
@members
@recently
@limit
def make_options() -> ResponseReturnValue:
    """Tell the browser which key to make."""
    account = current().account
    known = [key.credential_id for key in queries.of(account)]
    return _given(MAKING, rules.options_to_make(_site().party, account.id, account.email, known))


@passkeys.post("/konto/nokler")
@members
@recently
@limit
def make() -> ResponseReturnValue:
    """Take the key a device made."""

    def add() -> str:
        name = _sent().get("name")
        actions.add(actor(), _answer(MAKING), name if isinstance(name, str) else "", _site())
        flash(_("Nøkkelen er lagt til. Neste gang kan du logge inn med den."), "success")
        return url_for("passkeys.own")

    return _leading_to(add)


@passkeys.post("/konto/nokler/<int:number>/navn")
@members
def rename(number: int) -> ResponseReturnValue:
    """Call a key something else."""
    form = NameForm.sent()
    if form.validate():
        actions.rename(actor(), number, form.name.data)
        flash(_("Navnet er endret."), "success")
        return redirect(url_for("passkeys.own"), 303)
    return _own_page(form, renamed=number), 422


@passkeys.post("/konto/nokler/<int:number>/fjern")
@members
@recently
def remove(number: int) -> ResponseReturnValue:
    """Have a key open nothing any more."""
    actions.remove(actor(), number, _site())
    flash(_("Nøkkelen er fjernet. Du kan slette den på enheten også."), "success")
    return redirect(url_for("passkeys.own"), 303)


@passkeys.post("/logg-inn/nokkel/valg")
@open_door
@limit
def enter_options() -> ResponseReturnValue:
    """Tell the browser to ask for a key of this site's; which is for the person to choose."""
    return _given(ENTERING, rules.options_to_use(_site().party, []))


@passkeys.post("/logg-inn/nokkel")
@open_door
@limit
def enter() -> ResponseReturnValue:
    """Let in whoever's key was used: the device has made sure of who holds it, so no code is asked for."""

    def come_in() -> str:
        account = actions.use(_answer(ENTERING), _site())
        return let_in(account, sessions.PASSKEY, _wanted(), second_factor=True).location or "/"

    return _leading_to(come_in)


@passkeys.post("/bekreft-deg/nokkel/valg")
@members
@limit
def anew_options() -> ResponseReturnValue:
    """Tell the browser to ask for one of the keys of whoever is signed in."""
    known = [key.credential_id for key in queries.of(current().account)]
    return _given(SHOWING, rules.options_to_use(_site().party, known))


@passkeys.post("/bekreft-deg/nokkel")
@members
@limit
def anew() -> ResponseReturnValue:
    """Take a key as a sign of who is signed in."""

    def show() -> str:
        shown = current()
        account = actions.use(_answer(SHOWING), _site(), shown.account)
        return let_in(account, shown.how, _wanted(), second_factor=True).location or "/"

    return _leading_to(show)


def _own_page(form: NameForm, renamed: int | None = None) -> Response:
    account = current().account
    page = render_template(
        "passkeys/own.html",
        keys=queries.of(account),
        form=form,
        renamed=renamed,
        can_have_keys=rules.can_have_keys(settings().address),
    )
    response = make_response(page)
    response.cache_control.no_store = True
    return response


def _given(purpose: str, options: dict[str, Any]) -> Response:
    session[GIVEN] = {"for": purpose, "challenge": options["challenge"], "at": clock.now().isoformat()}
    return _told(options)


def _answer(purpose: str) -> Answer:
    """Read what the browser sent, with the challenge of the cookie; that is good for one try."""
    kept = session.pop(GIVEN, None)
    credential = _sent().get("credential")
    challenge = None
    if isinstance(kept, dict) and kept.get("for") == purpose:
        challenge = Challenge(kept["challenge"], datetime.fromisoformat(kept["at"]))
    return Answer(credential if isinstance(credential, dict) else {}, challenge)


def _sent() -> Mapping[str, Any]:
    found = request.get_json(silent=True)
    return found if isinstance(found, dict) else {}


def _wanted() -> str:
    """The page to be led to: what the script says, or where one was going when a code was asked for."""
    found = signed_in()
    til = _sent().get("til")
    is_waiting = isinstance(found, AccountSession) and found.awaits_second_factor
    return local_path(til if isinstance(til, str) and til else session.get(TIL) if is_waiting else None)


def _leading_to(act: Callable[[], str]) -> ResponseReturnValue:
    """Tell the script where to go next, or what was wrong."""
    try:
        return _told({"til": act()})
    except Invalid as refused:
        return _told({"problem": " ".join(told(problem) for problem in refused.problems.values())}), 422


def _told(facts: dict[str, Any]) -> Response:
    answer = jsonify(facts)
    answer.cache_control.no_store = True
    return answer


def _site() -> actions.Site:
    given = settings()
    return actions.Site(rules.party(given.address), given.contact, language())
