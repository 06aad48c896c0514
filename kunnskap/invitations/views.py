"""Pages of invitations: those who invite make and withdraw them; those who are invited come in by their link."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeSerializer

from kunnskap import letters, worker
from kunnskap.accounts import actions as accounts
from kunnskap.accounts import queries as account_queries
from kunnskap.accounts import sessions
from kunnskap.accounts.actions import Letter, SignUp
from kunnskap.accounts.forms import SignUpForm
from kunnskap.accounts.letting_in import current, let_in, settings
from kunnskap.accounts.models import Account
from kunnskap.accounts.rules import normal_email
from kunnskap.invitations import actions, queries, reading, rules
from kunnskap.invitations.actions import Outcome
from kunnskap.invitations.forms import AcceptForm, InviteForm, LinkForm, ListForm, text_of
from kunnskap.invitations.queries import Found
from kunnskap.paging import page_number
from kunnskap.web import limits
from kunnskap.web.access import actor, coordinators, open_door
from kunnskap.web.limits import limiter
from kunnskap.web.locale import language
from kunnskap.web.page_cache import not_kept

invitations = Blueprint("invitations", __name__)
TIDY_EVERY = 24 * 3600.0
USED = "brukt"
"""What marks, in an address, that somebody has used the invitation already and may go on with it."""


@invitations.record_once
def _keep_tidy(_state: BlueprintSetupState) -> None:
    worker.every(TIDY_EVERY, actions.tidy)


@invitations.get("/invitasjoner")
@coordinators
def index() -> str:
    """List invitations one has made; moderators see all."""
    page = queries.listed(actor(), page_number(request.args.get("side")))
    return render_template("invitations/index.html", page=page, states=rules.STATES)


@invitations.get("/invitasjoner/ny")
@coordinators
def invite_form() -> str:
    """Ask whom to invite."""
    form = InviteForm().offer(queries.networks_to_invite_to(actor()))
    return render_template("invitations/invite.html", form=form)


@invitations.post("/invitasjoner/ny")
@coordinators
@limiter.limit(limits.POSTING)
def invite() -> ResponseReturnValue:
    """Invite one address."""
    form = InviteForm.sent().offer(queries.networks_to_invite_to(actor()))
    if form.validate():
        with form.gather_problems():
            actions.invite(actor(), form.invited, form.network_id, settings().address)
            flash(_("Invitasjonen er sendt til %(email)s.", email=normal_email(form.email.data)), "success")
            return redirect(url_for("invitations.index"), 303)
    return render_template("invitations/invite.html", form=form), 422


@invitations.get("/invitasjoner/lenke")
@coordinators
def link_form() -> str:
    """Ask what a link for several is to be like."""
    offered = queries.networks_to_invite_to(actor())
    asked = next((str(one.id) for one in offered if one.slug == request.args.get("nettverk")), None)
    return render_template("invitations/link.html", form=LinkForm(network=asked).offer(offered))


@invitations.post("/invitasjoner/lenke")
@coordinators
@limiter.limit(limits.POSTING)
def make_link() -> ResponseReturnValue:
    """Make a link for several, and show it the only time it is shown."""
    form = LinkForm.sent().offer(queries.networks_to_invite_to(actor()))
    if form.validate():
        with form.gather_problems():
            uses, days = form.how_many
            secret = actions.make_link(actor(), uses, days, form.invited, form.network_id)
            link = settings().address + url_for("invitations.show", token=secret)
            return not_kept(render_template("invitations/made.html", link=link, form=form))
    return render_template("invitations/link.html", form=form), 422


@invitations.get("/invitasjoner/liste")
@coordinators
def list_form() -> str:
    """Ask for a list of people to invite."""
    form = ListForm().offer(queries.networks_to_invite_to(actor()))
    return render_template("invitations/list.html", form=form, outcomes=[])


@invitations.post("/invitasjoner/liste")
@coordinators
@limiter.limit(limits.CONTACT)
def invite_many() -> ResponseReturnValue:
    """Invite everybody on a list, tell what became of each line, and give back those to mend."""
    form = ListForm.sent().offer(queries.networks_to_invite_to(actor()))
    if form.validate():
        with form.gather_problems():
            lines = reading.lines(text_of(form))
            outcomes = actions.invite_many(actor(), lines, form.network_id, settings().address)
            return _report(form, outcomes)
    return render_template("invitations/list.html", form=form, outcomes=[]), 422


def _report(form: ListForm, outcomes: list[Outcome]) -> ResponseReturnValue:
    form.lines.data = "\n".join(one.line.text for one in outcomes if one.problem)
    return not_kept(render_template("invitations/list.html", form=form, outcomes=outcomes))


@invitations.post("/invitasjoner/<int:number>/trekk")
@coordinators
def withdraw(number: int) -> ResponseReturnValue:
    """Make an invitation useless."""
    actions.withdraw(actor(), number)
    flash(_("Invitasjonen er trukket tilbake."))
    return redirect(url_for("invitations.index"), 303)


@invitations.get("/invitasjon/<token>")
@open_door
def show(token: str) -> ResponseReturnValue:
    """Show who invites, and what is to be filled in; reading it uses nothing."""
    used = _has_used(token)
    found = queries.by_link(token, also_over=used)
    if found is None:
        return _gone(token)
    if actor().is_member:
        if not rules.is_for(found.invitation, current().account.email):
            return _for_another()
        return not_kept(render_template("invitations/join.html", found=found))
    account = _invited_account(found)
    if account is not None and account.closed_at is not None:
        return _gone(token)
    if account is not None:
        return not_kept(render_template("invitations/known.html", found=found, account=account))
    form = AcceptForm(name=found.invitation.name) if found.invitation.email else SignUpForm()
    return not_kept(_page(found, form))


def _address_typed() -> str:
    return f"address:{normal_email(request.form.get('email', ''))[:254]}"


@invitations.post("/invitasjon/<token>")
@open_door
@limiter.limit(limits.SIGN_IN)
@limiter.limit(limits.MAIL_TO_ONE, key_func=_address_typed, exempt_when=lambda: "email" not in request.form)
def come(token: str) -> ResponseReturnValue:
    """Come with an invitation: join, be let in, or sign up."""
    found = queries.by_link(token, also_over=_has_used(token))
    if found is None:
        return _gone(token)
    if actor().is_member:
        return _join(token) if rules.is_for(found.invitation, current().account.email) else _for_another()
    if _invited_account(found) is not None:
        return _let_wait_end(token)
    return _accept(token, found) if found.invitation.email else _sign_up(token, found)


def _join(token: str) -> ResponseReturnValue:
    network = actions.join(actor(), token, has_used=_has_used(token))
    if network is None:
        return _gone(token)
    flash(_("Du er nå med i %(network)s.", network=network.name), "success")
    return redirect(url_for("networks.show", slug=network.slug), 303)


def _let_wait_end(token: str) -> ResponseReturnValue:
    if not actions.vouch(token):
        return _gone(token)
    flash(_("Du har en konto fra før. Logg inn, så er du med."))
    return redirect(url_for("accounts.sign_in_form", til=url_for("invitations.show", token=token)), 303)


def _accept(token: str, found: Found) -> ResponseReturnValue:
    form = AcceptForm.sent()
    if form.validate():
        with form.gather_problems():
            account = actions.accept(token, _wanted(form, found.invitation.email or ""))
            if account is None:
                return _gone(token)
            network = found.network
            there = url_for("networks.show", slug=network.slug) if network else url_for("home.my_page")
            answer = let_in(account, sessions.INVITATION, there)
            flash(_("Velkommen til Kunnskap!"), "success")
            return answer
    return _page(found, form), 422


def _sign_up(token: str, found: Found) -> ResponseReturnValue:
    form = SignUpForm.sent()
    if form.validate():
        with form.gather_problems():
            secret, wanted = accounts.new_secret(), _wanted(form, form.email.data)
            til = url_for("invitations.show", token=token, brukt=_mark(found, wanted.email)) if found.network else None
            confirm = url_for("accounts.confirm_form", token=secret, til=til)
            welcome = _letter("confirm", link=settings().address + confirm)
            sign_in = settings().address + url_for("accounts.sign_in_form", til=til)
            forgot = settings().address + url_for("accounts.forgot_form")
            if not actions.sign_up(token, wanted, secret, welcome, _letter("known", link=sign_in, forgot=forgot)):
                return _gone(token)
            return redirect(url_for("accounts.mail_sent"), 303)
    return _page(found, form), 422


def _page(found: Found, form: SignUpForm) -> str:
    email = found.invitation.email
    workplace = (account_queries.workplace(email) if email else None) or found.workplace
    return render_template("invitations/accept.html", found=found, form=form, workplace=workplace)


def _wanted(form: SignUpForm, email: str) -> SignUp:
    told = {name: form[name].data or "" for name in ("name", "role", "password", "workplace_kind", "organisation")}
    return SignUp(email=email, **told, language=language())


def _invited_account(found: Found) -> Account | None:
    """The account of the one who was invited by address; whoever has the link may know of it."""
    account = account_queries.by_email(found.invitation.email) if found.invitation.email else None
    return account if account is not None and account.confirmed_at is not None else None


def _letter(name: str, **facts: str) -> Letter:
    return Letter(*letters.write(name, language(), **facts))


def _mark(found: Found, email: str) -> str:
    return str(_sealer().dumps([found.invitation.id, normal_email(email)]))


def _has_used(token: str) -> bool:
    """Whether the one who is signed in has signed up with this invitation, and now comes back to join the network."""
    seal, found = request.args.get(USED, ""), queries.by_link(token, also_over=True)
    if not seal or found is None or not actor().is_member:
        return False
    try:
        said = _sealer().loads(seal)
    except BadData:
        return False
    return bool(said == [found.invitation.id, current().account.email])


def _sealer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="invitation used")


def _gone(token: str) -> ResponseReturnValue:
    return render_template("invitations/gone.html", why=queries.why_not(token)), 410


def _for_another() -> ResponseReturnValue:
    return render_template("invitations/for_another.html"), 403
