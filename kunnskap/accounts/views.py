"""Signing up, in and out, and one's own account."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kunnskap.accounts import actions, queries, sessions
from kunnskap.accounts.actions import CHANGE, CONFIRM, RESET, SIGN_IN, Letter
from kunnskap.accounts.forms import (
    ChangeAddressForm,
    ChangePasswordForm,
    LinkForm,
    NewPasswordForm,
    SignInForm,
    SignUpForm,
)
from kunnskap.accounts.letting_in import current, let_in, let_out, load, settings
from kunnskap.accounts.models import Account
from kunnskap.accounts.rules import local_path, normal_email
from kunnskap.web import limits
from kunnskap.web.access import actor, login, members, open_door, recently
from kunnskap.web.limits import limiter
from kunnskap.web.locale import language
from kunnskap.web.page_cache import not_kept

accounts = Blueprint("accounts", __name__)
login.user_loader(load)


@accounts.record_once
def _keep_sessions(state: BlueprintSetupState) -> None:
    days = state.app.extensions["kunnskap.settings"].session_days
    state.app.config.update(PERMANENT_SESSION_LIFETIME=timedelta(days=days), SESSION_REFRESH_EACH_REQUEST=False)


def _address_typed() -> str:
    return f"address:{normal_email(request.form.get('email', ''))[:254]}"


def _guessed_at() -> str:
    return f"{limits.visitor()} at {_address_typed()}"


limit_visitor = limiter.limit(limits.SIGN_IN)
limit_passwords = limiter.limit(limits.GUESSES, key_func=_guessed_at)
limit_links = limiter.limit(limits.SIGN_IN)
limit_mail = limiter.limit(limits.MAIL)
limit_mail_to_one = limiter.limit(limits.MAIL_TO_ONE, key_func=_address_typed)
limit_guesses_at_one = limiter.limit("100 per hour", key_func=_address_typed)


@accounts.get("/registrer")
@open_door
def sign_up_form() -> ResponseReturnValue:
    """Ask who somebody is; `til` is the page to be led to once the address is confirmed."""
    if actor().is_member:
        return redirect(url_for("accounts.own"))
    return render_template("accounts/sign_up.html", form=SignUpForm(til=request.args.get("til")))


@accounts.post("/registrer")
@open_door
@limit_mail
@limit_mail_to_one
def sign_up() -> ResponseReturnValue:
    """Make an account that waits for its address to be confirmed."""
    form = SignUpForm.sent()
    if form.validate():
        secret = actions.new_secret()
        til = form.til.data if form.til.data != "/" else None
        welcome = _letter("confirm", link=_link("accounts.confirm_form", token=secret, til=til))
        known = _letter("known", link=_link("accounts.sign_in_form"), forgot=_link("accounts.forgot_form"))
        with form.gather_problems():
            actions.sign_up(_wanted(form), secret, welcome, known)
            return redirect(url_for("accounts.mail_sent"), 303)
    return render_template("accounts/sign_up.html", form=form), 422


def _wanted(form: SignUpForm) -> actions.SignUp:
    given = {name: value or "" for name, value in form.data.items() if name != "til"}
    return actions.SignUp(**given, language=language())


@accounts.get("/sjekk-eposten")
@open_door
def mail_sent() -> ResponseReturnValue:
    """Say that a mail may be on its way, the same for every address."""
    return render_template("accounts/mail_sent.html")


@accounts.get("/registrer/bekreft/<token>")
@open_door
def confirm_form(token: str) -> ResponseReturnValue:
    """Show the button that confirms an address; a mail scanner that opens the link spends nothing."""
    return _press(token, CONFIRM)


@accounts.post("/registrer/bekreft/<token>")
@open_door
@limit_links
def confirm(token: str) -> ResponseReturnValue:
    """Confirm an address and sign in."""
    account = actions.confirm(token)
    if account is None:
        return _gone(CONFIRM)
    if not account.is_active:
        return _shut(account)
    til = local_path(request.args.get("til"))
    answer = let_in(account, sessions.LINK, til if til != "/" else url_for("home.my_page"))
    flash(_("E-postadressen er bekreftet. Velkommen til Kunnskap!"), "success")
    return answer


@accounts.get("/logg-inn")
@open_door
def sign_in_form() -> ResponseReturnValue:
    """Ask for address and password; `til` is the page to be led to afterwards."""
    if actor().is_member:
        return redirect(local_path(request.args.get("til")))
    return render_template("accounts/sign_in.html", form=SignInForm(til=request.args.get("til")))


@accounts.post("/logg-inn")
@open_door
@limit_visitor
@limit_passwords
@limit_guesses_at_one
def sign_in() -> ResponseReturnValue:
    """Sign in with a password."""
    form = SignInForm.sent()
    if form.validate():
        with form.gather_problems():
            account = actions.sign_in(form.email.data, form.password.data)
            return let_in(account, sessions.PASSWORD, form.til.data)
    return render_template("accounts/sign_in.html", form=form), 422


@accounts.post("/logg-inn/lenke")
@open_door
@limit_mail
@limit_mail_to_one
def send_link() -> ResponseReturnValue:
    """Send a link that signs in."""
    form = LinkForm.sent()
    if form.validate():
        secret = actions.new_secret()
        til = form.til.data if form.til.data != "/" else None
        letter = _letter("sign_in", link=_link("accounts.link_form", token=secret, til=til))
        with form.gather_problems():
            actions.send_sign_in_link(form.email.data, secret, letter)
            return redirect(url_for("accounts.mail_sent"), 303)
    again = SignInForm.sent()
    again.email.errors, again.form_errors = form.email.errors, form.form_errors
    return render_template("accounts/sign_in.html", form=again), 422


@accounts.get("/logg-inn/lenke/<token>")
@open_door
def link_form(token: str) -> ResponseReturnValue:
    """Show the button that signs in."""
    return _press(token, SIGN_IN)


@accounts.post("/logg-inn/lenke/<token>")
@open_door
@limit_links
def sign_in_by_link(token: str) -> ResponseReturnValue:
    """Sign in with a link."""
    account = actions.sign_in_by_link(token)
    if account is None:
        return _gone(SIGN_IN)
    return let_in(account, sessions.LINK, request.args.get("til")) if account.is_active else _shut(account)


@accounts.get("/glemt-passord")
@open_door
def forgot_form() -> ResponseReturnValue:
    """Ask where a link for a new password is to be sent."""
    return render_template("accounts/forgot.html", form=LinkForm())


@accounts.post("/glemt-passord")
@open_door
@limit_mail
@limit_mail_to_one
def forgot() -> ResponseReturnValue:
    """Send a link for a new password."""
    form = LinkForm.sent()
    if form.validate():
        secret = actions.new_secret()
        letter = _letter("reset", link=_link("accounts.new_password_form", token=secret))
        with form.gather_problems():
            actions.send_reset_link(form.email.data, secret, letter)
            return redirect(url_for("accounts.mail_sent"), 303)
    return render_template("accounts/forgot.html", form=form), 422


@accounts.get("/nytt-passord/<token>")
@open_door
def new_password_form(token: str) -> ResponseReturnValue:
    """Ask for the new password."""
    email = queries.address_of_link(token, RESET)
    if email is None:
        return _gone(RESET)
    return not_kept(render_template("accounts/new_password.html", form=NewPasswordForm(), email=email))


@accounts.post("/nytt-passord/<token>")
@open_door
@limit_links
def new_password(token: str) -> ResponseReturnValue:
    """Choose a new password and sign in."""
    form, email = NewPasswordForm.sent(), queries.address_of_link(token, RESET)
    if form.validate():
        with form.gather_problems():
            account = actions.reset_password(token, form.password.data)
            if account is None:
                return _gone(RESET)
            if not account.is_active:
                return _shut(account)
            answer = let_in(account, sessions.LINK, url_for("accounts.own"))
            flash(_("Passordet er endret. Alle andre økter er avsluttet."), "success")
            return answer
    if email is None:
        return _gone(RESET)
    return render_template("accounts/new_password.html", form=form, email=email), 422


@accounts.post("/logg-ut")
@members
def sign_out() -> ResponseReturnValue:
    """End this session."""
    return let_out(redirect("/", 303))


@accounts.post("/logg-ut-overalt")
@members
def sign_out_everywhere() -> ResponseReturnValue:
    """End every session, on every machine."""
    actions.sign_out_everywhere(actor())
    answer = let_out(redirect(url_for("accounts.sign_in_form"), 303))
    flash(_("Du er logget ut på alle enheter."), "success")
    return answer


@accounts.get("/konto")
@members
def own() -> ResponseReturnValue:
    """Show one's own account."""
    return _own_page(ChangePasswordForm(), ChangeAddressForm())


@accounts.post("/konto/passord")
@members
@recently
@limit_passwords
def change_password() -> ResponseReturnValue:
    """Change one's own password; other sessions end."""
    form = ChangePasswordForm.sent()
    if form.validate():
        letter = _letter("password_changed", forgot=_link("accounts.forgot_form"))
        shown = current().second_factor_at is not None
        with form.gather_problems():
            account = actions.change_password(actor(), form.current.data or "", form.password.data, letter)
            answer = let_in(account, sessions.PASSWORD, url_for("accounts.own"), second_factor=shown)
            flash(_("Passordet er endret. Alle andre økter er avsluttet."), "success")
            return answer
    return _own_page(form, ChangeAddressForm()), 422


@accounts.post("/konto/epost")
@members
@recently
@limit_mail
@limit_mail_to_one
def change_address() -> ResponseReturnValue:
    """Send a link to a new address, which makes it the account's."""
    form = ChangeAddressForm.sent()
    if form.validate():
        secret = actions.new_secret()
        letter = _letter("change_address", link=_link("accounts.change_form", token=secret))
        with form.gather_problems():
            actions.ask_to_change_address(actor(), form.email.data, secret, letter)
            return redirect(url_for("accounts.mail_sent"), 303)
    return _own_page(ChangePasswordForm(), form), 422


@accounts.get("/konto/epost/<token>")
@members
def change_form(token: str) -> ResponseReturnValue:
    """Show the button that makes an address the account's."""
    return _press(token, CHANGE)


@accounts.post("/konto/epost/<token>")
@members
@limit_links
def change(token: str) -> ResponseReturnValue:
    """Make an address the account's, for whoever is signed in to it, and sign in anew with it."""
    letter = _letter("address_changed", contact=settings().contact)
    account = actions.change_address(actor(), token, letter)
    if account is None:
        return _gone(CHANGE)
    answer = let_in(account, sessions.LINK, url_for("accounts.own"))
    flash(_("E-postadressen er endret. Alle andre økter er avsluttet."), "success")
    return answer


@accounts.post("/konto/okter/<int:number>/avslutt")
@members
def end_session(number: int) -> ResponseReturnValue:
    """Sign out on another device."""
    sessions.end_one(actor(), number)
    flash(_("Økten er avsluttet."), "success")
    return redirect(url_for("accounts.own", _anchor="okter"), 303)


def _own_page(password: ChangePasswordForm, address: ChangeAddressForm) -> str:
    account = current().account
    return render_template(
        "accounts/own.html",
        account=account,
        form=password,
        address_form=address,
        sessions=queries.sessions_of(account),
        current=current(),
    )


def _link(endpoint: str, **values: Any) -> str:
    return settings().address + url_for(endpoint, **values)


def _letter(name: str, **facts: str) -> Letter:
    """Write a mail in the reader's language: the first line of the template is its subject."""
    subject, _line, text = render_template(f"email/{name}.txt", **facts).partition("\n")
    return Letter(subject.strip(), text.strip() + "\n")


def _press(token: str, purpose: str) -> ResponseReturnValue:
    email = queries.address_of_link(token, purpose)
    if email is None:
        return _gone(purpose)
    return not_kept(render_template("accounts/press.html", purpose=purpose, email=email))


def _gone(purpose: str) -> ResponseReturnValue:
    return render_template("accounts/link_gone.html", purpose=purpose), 410


def _shut(account: Account) -> ResponseReturnValue:
    """Say to the owner of an address that the account waits to be let in, or is suspended."""
    return not_kept(render_template("accounts/shut.html", account=account))
