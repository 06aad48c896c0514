"""Signing in through one's organisation, and connecting an account to it."""

from dataclasses import asdict
from typing import cast

from flask import Blueprint, Flask, flash, redirect, render_template, request, session, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer

from kunnskap.accounts import sessions
from kunnskap.accounts.letting_in import current, let_in, settings
from kunnskap.accounts.rules import local_path
from kunnskap.errors import Invalid
from kunnskap.organisations import actions, provider, queries
from kunnskap.organisations.provider import Refused
from kunnskap.organisations.rules import Claims
from kunnskap.web import limits
from kunnskap.web.access import actor, members, open_door, recently
from kunnskap.web.filters import told
from kunnskap.web.limits import limiter
from kunnskap.web.locale import language
from kunnskap.web.page_cache import not_kept

organisations = Blueprint("organisations", __name__)
GOING, CLAIMS = "organisation_going", "organisation_claims"
"""What the cookie keeps: where to go afterwards and whether to connect, and what the provider said."""
GOOD_FOR = 600
"""Seconds from coming back until the button is pressed."""


@organisations.record_once
def _know_providers(state: BlueprintSetupState) -> None:
    provider.init_app(cast("Flask", state.app), state.app.extensions["kunnskap.settings"].organisations)


@organisations.get("/logg-inn/organisasjon/<key>")
@open_door
@limiter.limit(limits.SIGN_IN)
def go(key: str) -> ResponseReturnValue:
    """Lead to the organisation's own sign-in; `til` is where to go afterwards."""
    session[GOING] = {"til": local_path(request.args.get("til")), "connects": False}
    return _there(key)


@organisations.get("/konto/organisasjon/<key>")
@members
@recently
@limiter.limit(limits.SIGN_IN)
def go_to_connect(key: str) -> ResponseReturnValue:
    """Lead to the organisation's own sign-in, to connect it to one's account."""
    session[GOING] = {"til": url_for("organisations.connected"), "connects": True}
    return _there(key)


def _there(key: str) -> ResponseReturnValue:
    return provider.lead_there(key, settings().address + url_for("organisations.come_back", key=key))


@organisations.get("/logg-inn/organisasjon/<key>/tilbake")
@open_door
@limiter.limit(limits.SIGN_IN)
def come_back(key: str) -> ResponseReturnValue:
    """Show whom the organisation says one is, and the button that signs in: reading a page changes nothing."""
    claims = provider.come_back(key)
    session[CLAIMS] = _sealer().dumps(asdict(claims))
    connects = bool(session.get(GOING, {}).get("connects"))
    name = provider.known()[key].name
    return not_kept(render_template("organisations/press.html", claims=claims, organisation=name, connects=connects))


@organisations.post("/logg-inn/organisasjon")
@open_door
@limiter.limit(limits.SIGN_IN)
def enter() -> ResponseReturnValue:
    """Sign in as whom the organisation said one is; works once."""
    claims, going = _claims(), session.pop(GOING, {})
    if going.get("connects"):
        return _connect(claims)
    try:
        account = actions.enter(claims, language())
    except Invalid as refused:
        return _stopped([told(problem) for problem in refused.problems.values()])
    if not account.is_active:
        return not_kept(render_template("accounts/shut.html", account=account))
    return let_in(account, sessions.ORGANISATION, going.get("til"), second_factor=claims.is_strong)


def _connect(claims: Claims) -> ResponseReturnValue:
    """Connect to the account that is signed in now; whoever signed out meanwhile connects nothing."""
    if not actor().is_member:
        return redirect(url_for("accounts.sign_in_form"), 303)
    try:
        actions.connect(actor(), claims)
    except Invalid as refused:
        return _stopped([told(problem) for problem in refused.problems.values()])
    flash(_("Kontoen er koblet til organisasjonen din."), "success")
    return redirect(url_for("organisations.connected"), 303)


@organisations.get("/konto/organisasjoner")
@members
def connected() -> str:
    """Show how the account is known at organisations."""
    identities = queries.identities_of(current().account)
    return render_template("organisations/connected.html", identities=identities, known=provider.known())


@organisations.post("/konto/organisasjoner/fjern")
@members
@recently
def disconnect() -> ResponseReturnValue:
    """Take an identity off the account."""
    issuer, subject = (request.form.get(name, "").replace("\x00", "") for name in ("issuer", "subject"))
    actions.disconnect(actor(), issuer, subject)
    flash(_("Innloggingen gjennom organisasjonen er fjernet fra kontoen."), "success")
    return redirect(url_for("organisations.connected"), 303)


@organisations.app_errorhandler(Refused)
def refused(_problem: Refused) -> ResponseReturnValue:
    """Say kindly that it did not work."""
    return _stopped([_("Innloggingen gjennom organisasjonen ble avbrutt eller kunne ikke kontrolleres. Prøv igjen.")])


@organisations.app_context_processor
def _ways_in() -> dict[str, object]:
    return {"ways_in": list(provider.known().values())}


def _claims() -> Claims:
    """What the provider said a little while ago; raises Refused when nothing is kept or it is too old."""
    try:
        return Claims(**_sealer().loads(session.pop(CLAIMS, ""), max_age=GOOD_FOR))
    except (BadData, TypeError) as problem:
        raise Refused("nothing is kept") from problem


def _sealer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret_key, salt="organisation")


def _stopped(problems: list[str]) -> ResponseReturnValue:
    return render_template("organisations/stopped.html", problems=problems), 400
