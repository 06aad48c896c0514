"""Pages of the second factor: turning it on and off, showing it when signing in, and showing anew who one is."""

import segno
from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from kunnskap.accounts import sessions
from kunnskap.accounts.letting_in import TIL, current, forget, let_in, settings
from kunnskap.accounts.models import AccountSession
from kunnskap.accounts.rules import local_path
from kunnskap.errors import Invalid, NotFound
from kunnskap.passkeys import queries as passkeys
from kunnskap.second_factor import actions, queries, rules
from kunnskap.second_factor.forms import CodeForm, PasswordForm, SetUpForm
from kunnskap.web import limits
from kunnskap.web.access import actor, has_shown_lately, members, open_door, recently, signed_in
from kunnskap.web.filters import told
from kunnskap.web.limits import limiter
from kunnskap.web.locale import language
from kunnskap.web.page_cache import not_kept

second_factor = Blueprint("second_factor", __name__)


def _account() -> str:
    found = signed_in()
    return f"account:{found.account_id}" if isinstance(found, AccountSession) else request.remote_addr or "unknown"


# The same count for every page that takes a code or a password of somebody who is known.
limit_guesses = limiter.shared_limit("10 per minute;30 per hour", scope="second factor", key_func=_account)
limit_visitor = limiter.limit(limits.SIGN_IN)


@second_factor.get("/logg-inn/totrinn")
@open_door
def ask_form() -> ResponseReturnValue:
    """Ask for the code that comes after the password."""
    return _ask(CodeForm()) if _is_half_way() else _elsewhere()


@second_factor.post("/logg-inn/totrinn")
@open_door
@limit_visitor
@limit_guesses
def ask() -> ResponseReturnValue:
    """Let somebody in whose code is right, with a session of its own: nothing of the one that waited is kept."""
    if not _is_half_way():
        return _elsewhere()
    form, waiting = CodeForm.sent(), current()
    if form.validate():
        with form.gather_problems():
            was_recovery = actions.use_code(waiting.account, form.code.data, _site())
            answer = let_in(waiting.account, waiting.how, session.get(TIL), second_factor=True)
            if was_recovery:
                _say_what_is_left()
            return answer
    return _ask(form), 422


@second_factor.post("/logg-inn/totrinn/avbryt")
@open_door
def give_up() -> ResponseReturnValue:
    """End a session that waits for a code, to sign in as somebody else or in another way."""
    if _is_half_way():
        forget()
    return redirect(url_for("accounts.sign_in_form"), 303)


def _is_half_way() -> bool:
    """Whether the password or link was right so lately that the code may follow."""
    found = signed_in()
    return isinstance(found, AccountSession) and found.awaits_second_factor and found.is_fresh


def _elsewhere() -> ResponseReturnValue:
    """Lead on somebody who is signed in; others, and those who took too long, begin again."""
    if actor().is_member:
        return redirect(local_path(session.get(TIL)), 303)
    if isinstance(signed_in(), AccountSession):
        flash(_("Det gikk for lang tid. Logg inn på nytt."), "warning")
    til = session.get(TIL)
    return redirect(url_for("accounts.sign_in_form", til=til if til != "/" else None), 303)


def _ask(form: CodeForm) -> Response:
    has_passkeys = passkeys.has_any(current().account)
    page = render_template("second_factor/ask.html", form=form, has_passkeys=has_passkeys, til=session.get(TIL))
    return not_kept(page)


@second_factor.get("/konto/totrinn")
@members
@recently
def own() -> ResponseReturnValue:
    """Show whether codes are asked for; how to have them asked for, or to change the app (`bytt`)."""
    return _own_page(changes="bytt" in request.args)


@second_factor.post("/konto/totrinn")
@members
@recently
@limit_guesses
def turn_on() -> ResponseReturnValue:
    """Ask for codes from now on, or from another app; every other session ends, and this one gets a new id."""
    form = SetUpForm.sent()
    if form.validate():
        with form.gather_problems():
            codes = actions.turn_on(actor(), form.sealed.data or "", form.code.data, _site())
            let_in(current().account, current().how, second_factor=True)
            return _codes_page(codes)
    return _own_page(form, changes=current().account.totp_secret is not None), 422


@second_factor.post("/konto/totrinn/av")
@members
@recently
@limit_guesses
def turn_off() -> ResponseReturnValue:
    """Ask for no codes any more."""
    form = CodeForm.sent()
    if current().account.totp_secret is None:
        raise NotFound
    if form.validate():
        with form.gather_problems():
            actions.turn_off(actor(), form.code.data, _site(), required=settings().require_second_factor)
            answer = let_in(current().account, current().how, url_for("second_factor.own"))
            flash(_("Totrinn er slått av. Alle andre økter er avsluttet."), "success")
            return answer
    return _own_page(off=form), 422


@second_factor.post("/konto/totrinn/gjenopprettingskoder")
@members
@recently
@limit_guesses
def new_recovery_codes() -> ResponseReturnValue:
    """Make new recovery codes and show them this once."""
    return _codes_page(actions.new_recovery_codes(actor()))


def _own_page(form: SetUpForm | None = None, off: CodeForm | None = None, *, changes: bool = False) -> Response:
    account = current().account
    is_on = account.totp_secret is not None
    facts: dict[str, object] = {"is_on": is_on, "left": queries.codes_left(account) if is_on else 0}
    if changes or not is_on:
        facts |= _set_up(form or SetUpForm())
    may_turn_off = rules.may_turn_off(account.role, required=settings().require_second_factor)
    page = render_template(
        "second_factor/own.html",
        sets_up=changes or not is_on,
        off=off or CodeForm(),
        may_turn_off=may_turn_off,
        **facts,
    )
    return not_kept(page)


def _set_up(form: SetUpForm) -> dict[str, object]:
    """Give what the page needs to set an app up: the same secret again after a wrong code, a new one when it is too old."""
    account, site = current().account, _site()
    try:
        secret = actions.begun(account, form.sealed.data or "", site)
    except Invalid as refused:
        if form.sealed.data and not form.form_errors:
            form.form_errors = [told(problem) for problem in refused.problems.values()]
        secret, form.sealed.data = actions.begin(account, site)
    picture = segno.make(rules.app_address(secret, account.email), micro=False).svg_data_uri(
        scale=5, border=4, light="#fff"
    )
    return {"form": form, "secret": secret, "picture": picture}


def _codes_page(codes: list[str]) -> Response:
    return not_kept(render_template("second_factor/codes.html", codes=codes))


@second_factor.get("/bekreft-deg")
@members
def anew_form() -> ResponseReturnValue:
    """Ask to show again who one is; `til` is the page to be led to afterwards."""
    til = local_path(request.args.get("til"))
    if has_shown_lately():
        return redirect(til, 303)
    return _anew_page(CodeForm(til=til), PasswordForm(til=til))


@second_factor.post("/bekreft-deg/kode")
@members
@limit_visitor
@limit_guesses
def anew_by_code() -> ResponseReturnValue:
    """Show again who one is with a code."""
    form, shown = CodeForm.sent(), current()
    if shown.account.totp_secret is None:
        raise NotFound
    if form.validate():
        with form.gather_problems():
            was_recovery = actions.use_code(shown.account, form.code.data, _site())
            answer = let_in(shown.account, shown.how, form.til.data, second_factor=True)
            if was_recovery:
                _say_what_is_left()
            return answer
    return _anew_page(form, PasswordForm(til=form.til.data)), 422


@second_factor.post("/bekreft-deg/passord")
@members
@limit_visitor
@limit_guesses
def anew_by_password() -> ResponseReturnValue:
    """Show again who one is with the password; whoever uses codes is asked for a code instead."""
    form, shown = PasswordForm.sent(), current()
    if shown.account.totp_secret is not None or shown.account.password_hash is None:
        raise NotFound
    if form.validate():
        with form.gather_problems():
            actions.show_password(shown.account, form.password.data)
            in_two_ways = shown.second_factor_at is not None
            return let_in(shown.account, sessions.PASSWORD, form.til.data, second_factor=in_two_ways)
    return _anew_page(CodeForm(til=form.til.data), form), 422


def _anew_page(code: CodeForm, password: PasswordForm) -> Response:
    account = current().account
    page = render_template(
        "second_factor/anew.html",
        account=account,
        code_form=code,
        password_form=password,
        til=code.til.data,
        has_passkeys=passkeys.has_any(account),
    )
    return not_kept(page)


def _say_what_is_left() -> None:
    left = queries.codes_left(current().account)
    words = ngettext(
        "Du brukte en gjenopprettingskode. Du har %(num)s igjen.",
        "Du brukte en gjenopprettingskode. Du har %(num)s igjen.",
        left,
    )
    flash(words, "warning")


def _site() -> actions.Site:
    return actions.Site(settings().secret_key, settings().contact, language())
