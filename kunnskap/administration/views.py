"""Pages of administration: who waits, known domains, accounts, the audit log, and who may do what."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import to_user_timezone

from kunnskap import rights
from kunnskap.accounts import actions as accounts
from kunnskap.accounts import administering
from kunnskap.accounts.letting_in import current, settings
from kunnskap.accounts.queries import Workplace
from kunnskap.accounts.rules import domain as domain_of
from kunnskap.accounts.rules import is_public_domain
from kunnskap.administration import actions, queries, rules
from kunnskap.administration.forms import (
    ChangeDomainForm,
    DomainForm,
    LetInForm,
    ReasonForm,
    RoleForm,
    WorkplaceForm,
    day,
)
from kunnskap.administration.listeners import Caretaker
from kunnskap.administration.queries import Asked, Wanted
from kunnskap.home import queries as home
from kunnskap.invitations import queries as invitations
from kunnskap.moderation import queries as moderation
from kunnskap.paging import page_number
from kunnskap.web.access import actor, administrators, coordinators, has_shown_lately, members, moderators, recently

administration = Blueprint("administration", __name__, url_prefix="/administrasjon")


@administration.record_once
def _keep_watch(state: BlueprintSetupState) -> None:
    Caretaker(state.app.extensions["kunnskap.settings"].address).listen()


@administration.get("")
@coordinators
def index() -> str:
    """Show what waits, and the way to everything one may look after."""
    who = actor()
    counts = {"waiting": queries.waiting_count(), "invitations": invitations.open_count(who)}
    if who.is_moderator:
        counts |= {"moderation": moderation.open_count(who), "feedback": home.open_feedback_count(who)}
    return render_template("administration/index.html", counts=counts)


@administration.get("/rettigheter")
@members
def rights_table() -> str:
    """Show who may do what."""
    return render_template(
        "administration/rights.html", rights=rights.RIGHTS, may=rights.may, words=rules.RIGHTS, roles=rules.ROLES
    )


@administration.get("/tilbakemeldinger")
@moderators
def feedback() -> str:
    """List what people have told is hard to use."""
    return render_template("administration/feedback.html", page=home.feedback(actor(), _page()))


@administration.get("/venter")
@coordinators
def waiting() -> str:
    """List people who wait to be let in."""
    return render_template("administration/waiting.html", page=queries.waiting(actor(), _page()))


@administration.get("/venter/<int:number>")
@coordinators
def one_waiting(number: int) -> str:
    """Show somebody who waits, with what they told of where they work."""
    account = queries.one_waiting(actor(), number)
    return _waiting_page(number, LetInForm(obj=account.person), ReasonForm())


@administration.post("/venter/<int:number>/slipp-inn")
@coordinators
def let_in(number: int) -> ResponseReturnValue:
    """Let somebody in; a moderator may know their domain from now on."""
    form = LetInForm.sent()
    if form.validate():
        with form.gather_problems():
            workplace = _told(form)
            if form.know_domain.data and not has_shown_lately():
                return _ask_who_it_is(number)
            if form.know_domain.data:
                account = queries.one_waiting(actor(), number)
                actions.know_domain_of(actor(), account.email, workplace)
            done = administering.let_in(actor(), number, workplace, site=settings().address)
            return _settled(_("Personen er sluppet inn og får en e-post om det.") if done else None)
    return _waiting_page(number, form, ReasonForm()), 422


def _ask_who_it_is(number: int) -> ResponseReturnValue:
    """A domain is known as seldom and as surely here as on its own page."""
    back = url_for("administration.one_waiting", number=number)
    return redirect(url_for("second_factor.anew_form", til=back), 303)


@administration.post("/venter/<int:number>/avsla")
@coordinators
def refuse(number: int) -> ResponseReturnValue:
    """Refuse somebody, and say why."""
    form = ReasonForm.sent()
    if form.validate():
        with form.gather_problems():
            done = administering.refuse(actor(), number, form.reason.data)
            return _settled(_("Søknaden er avslått. Personen får en e-post med grunnen.") if done else None)
    account = queries.one_waiting(actor(), number)
    return _waiting_page(number, LetInForm(formdata=None, obj=account.person), form), 422


def _settled(words: str | None) -> ResponseReturnValue:
    if words is None:
        flash(_("Noen andre kom deg i forkjøpet. Personen venter ikke lenger."), "warning")
    else:
        flash(words, "success")
    return redirect(url_for("administration.waiting"), 303)


def _waiting_page(number: int, form: LetInForm, reason: ReasonForm) -> str:
    account = queries.one_waiting(actor(), number)
    domain = domain_of(account.email)
    may_know = actor().may("keep synonyms and domains") and not is_public_domain(domain)
    return render_template(
        "administration/one_waiting.html", account=account, domain=domain, form=form, reason=reason, may_know=may_know
    )


def _told(form: WorkplaceForm) -> Workplace:
    return accounts.told_workplace(form.workplace_kind.data, accounts.one_line(form.organisation.data or ""))


@administration.get("/domener")
@moderators
def domains() -> str:
    """List the domains whose people are let in at once."""
    return render_template("administration/domains.html", domains=queries.domains(actor()))


@administration.get("/domener/nytt")
@moderators
@recently
def new_domain() -> str:
    """Ask what is known of a domain."""
    return render_template("administration/domain.html", form=DomainForm(), known=None)


@administration.post("/domener/nytt")
@moderators
@recently
def add_domain() -> ResponseReturnValue:
    """Know a domain from now on."""
    form = DomainForm.sent()
    if form.validate():
        with form.gather_problems():
            known = actions.add_domain(actor(), form.domain.data, _told(form), form.tenant.data or "")
            flash(_("Alle med adresse hos %(domain)s slippes inn fra nå av.", domain=known.domain), "success")
            return redirect(url_for("administration.domains"), 303)
    return render_template("administration/domain.html", form=form, known=None), 422


@administration.get("/domener/<name>")
@moderators
@recently
def edit_domain(name: str) -> str:
    """Show what is known of a domain."""
    known = queries.domain(actor(), name)
    return render_template("administration/domain.html", form=ChangeDomainForm(obj=known), known=known)


@administration.post("/domener/<name>")
@moderators
@recently
def change_domain(name: str) -> ResponseReturnValue:
    """Keep what is known of a domain."""
    form, known = ChangeDomainForm.sent(), queries.domain(actor(), name)
    if form.validate():
        with form.gather_problems():
            actions.change_domain(actor(), name, _told(form), form.tenant.data or "")
            flash(_("Endringene er lagret. De gjelder for dem som registrerer seg fra nå av."), "success")
            return redirect(url_for("administration.domains"), 303)
    return render_template("administration/domain.html", form=form, known=known), 422


@administration.post("/domener/<name>/fjern")
@moderators
@recently
def remove_domain(name: str) -> ResponseReturnValue:
    """Know a domain no longer."""
    actions.remove_domain(actor(), name)
    flash(_("%(domain)s er ikke lenger et kjent domene. De som er medlemmer, er det fortsatt.", domain=name))
    return redirect(url_for("administration.domains"), 303)


@administration.get("/kontoer")
@administrators
def list_accounts() -> str:
    """List accounts, narrowed by words (`q`), role (`rolle`) and state (`status`)."""
    wanted = Wanted(_words("q"), _words("rolle"), _words("status"))
    page = queries.accounts(actor(), wanted, _page())
    roles = {role: rules.ROLES[role] for role in administering.GIVEN_ROLES}
    return render_template(
        "administration/accounts.html",
        page=page,
        wanted=wanted,
        roles=roles,
        states=rules.STATES,
        state=queries.state,
    )


@administration.get("/kontoer/<int:number>")
@administrators
def account(number: int) -> str:
    """Show an account, and what can be done with it."""
    return _account_page(number)


@administration.post("/kontoer/<int:number>/rolle")
@administrators
@recently
def set_role(number: int) -> ResponseReturnValue:
    """Give somebody a role."""
    form = RoleForm.sent()
    if form.validate():
        with form.gather_problems():
            administering.set_role(actor(), number, form.role.data)
            return _done(number, _("Rollen er endret."))
    return _account_page(number, role=form), 422


@administration.post("/kontoer/<int:number>/logg-ut")
@administrators
@recently
def sign_out(number: int) -> ResponseReturnValue:
    """End every session somebody has."""
    administering.sign_out(actor(), number)
    return _done(number, _("Alle øktene er avsluttet."))


@administration.post("/kontoer/<int:number>/totrinn")
@administrators
@recently
def reset_second_factor(number: int) -> ResponseReturnValue:
    """Take the second factor off an account whose owner has lost it."""
    actions.reset_second_factor(actor(), number)
    return _done(number, _("Totrinnsinnlogging og passnøkler er fjernet, og alle øktene er avsluttet."))


def _account_page(number: int, role: RoleForm | None = None) -> str:
    found = queries.account(actor(), number)
    return render_template(
        "administration/account.html",
        account=found,
        state=queries.state(found),
        counts=queries.counts_of(found),
        role=role or RoleForm(formdata=None, role=found.role),
        roles=rules.ROLES,
        states=rules.STATES,
        is_own=found.id == current().account_id,
    )


def _done(number: int, words: str) -> ResponseReturnValue:
    flash(words, "success")
    if not actor().may("change roles and end accounts"):
        return redirect(url_for("home.my_page"), 303)  # they gave away their own power
    return redirect(url_for("administration.account", number=number), 303)


@administration.get("/logg")
@administrators
def audit_log() -> str:
    """Show the audit log, narrowed by act, person, target and days; `kontroller` looks whether all is as it was written."""
    asked = Asked(_words("handling"), _words("person"), _words("gjelder"), day(_words("fra")), day(_words("til")))
    checked = bool(request.args.get("kontroller"))
    return render_template(
        "administration/log.html",
        log=queries.entries(actor(), asked, _page()),
        asked=asked,
        acts=queries.acts(),
        words=rules,
        moment=_moment,
        checked=checked,
        broken=queries.broken_at(actor()) if checked else None,
    )


def _moment(at: datetime) -> str:
    """Write a moment to the second, so that entries can be told apart."""
    return to_user_timezone(at).strftime("%d.%m.%Y %H:%M:%S")


def _words(name: str) -> str:
    return request.args.get(name, "")[: rules.LONGEST_WORDS].replace("\x00", "").strip()


def _page() -> int:
    return page_number(request.args.get("side"))
