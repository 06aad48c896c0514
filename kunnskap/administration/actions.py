"""What those who look after the site do beyond accounts: known domains, lost second factors, the check of the log."""

import logging

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from kunnskap import audit, letters, mail
from kunnskap.accounts import actions as accounts
from kunnskap.accounts import administering, sessions
from kunnskap.accounts.models import KnownDomain
from kunnskap.accounts.queries import Workplace
from kunnskap.accounts.rules import domain as domain_of
from kunnskap.actor import Actor
from kunnskap.administration import queries, rules
from kunnskap.db import session
from kunnskap.errors import Invalid, NotAllowed
from kunnskap.i18n import mark
from kunnskap.letters import BOKMAL
from kunnskap.passkeys.models import Passkey
from kunnskap.second_factor.models import RecoveryCode

log = logging.getLogger(__name__)


def add_domain(actor: Actor, typed: str, workplace: Workplace, tenant: str = "") -> KnownDomain:
    """Let everybody with an address at a domain in from now on, as working there. Raises NotAllowed and Invalid."""
    _expect(actor)
    domain = rules.checked_domain(typed, queries.domains_of_places())
    if session.get(KnownDomain, domain) is not None:
        raise Invalid(domain=mark("Domenet er kjent fra før."))
    known = KnownDomain(domain=domain, added_by_id=actor.person_id)
    _describe(known, workplace, tenant)
    try:
        with session.begin_nested():
            session.add(known)
    except IntegrityError:
        raise Invalid(domain=mark("Domenet er kjent fra før.")) from None
    _note(actor, "domain added", known)
    return known


def change_domain(actor: Actor, name: str, workplace: Workplace, tenant: str = "") -> None:
    """Say something else of where those at a domain work; those who have signed up stay where they are."""
    _expect(actor)
    known = queries.domain(actor, name)
    try:
        with session.begin_nested():
            _describe(known, workplace, tenant)
            session.flush()
    except IntegrityError:
        raise Invalid(tenant=mark("Et annet domene har denne leietakeren.")) from None
    _note(actor, "domain changed", known)


def _note(actor: Actor, act: str, known: KnownDomain) -> None:
    """Write down what a domain and its tenant open from now on."""
    facts = {"workplace": known.workplace_kind, "place": known.place_id, "tenant": known.tenant}
    audit.note(actor, act, f"domain:{known.domain}", facts)


def remove_domain(actor: Actor, name: str) -> None:
    """Let those at a domain wait from now on; those who have signed up stay. Raises NotAllowed and NotFound."""
    _expect(actor)
    session.delete(queries.domain(actor, name))
    session.flush()
    audit.note(actor, "domain removed", f"domain:{name}")


def know_domain_of(actor: Actor, email: str, workplace: Workplace) -> None:
    """Let everybody with an address at this one's domain in from now on. Raises NotAllowed, and Invalid(know_domain=…)."""
    try:
        add_domain(actor, domain_of(email), workplace)
    except Invalid as refused:
        raise Invalid(know_domain=next(iter(refused.problems.values()))) from None


def _describe(known: KnownDomain, workplace: Workplace, tenant: str) -> None:
    kept = rules.checked_tenant(tenant)
    taken = select(KnownDomain.domain).where(KnownDomain.tenant == kept, KnownDomain.domain != known.domain)
    if kept is not None and session.scalar(taken) is not None:
        raise Invalid(tenant=mark("Et annet domene har denne leietakeren."))
    known.workplace_kind, known.organisation = workplace.kind, workplace.organisation
    known.place_id, known.tenant = workplace.place_id, kept


def reset_second_factor(actor: Actor, number: int) -> None:
    """Take app, recovery codes and passkeys off an account whose owner has lost the device; sessions end. Raises NotFound."""
    account = administering.held(actor, number)
    account.totp_secret = account.totp_step = None
    for table in (RecoveryCode, Passkey):
        session.execute(delete(table).where(table.account_id == account.id))
    sessions.end_all(account)
    accounts.void_links(account)
    audit.note(actor, "second factor reset", f"account:{account.id}")
    if account.closed_at is None:
        mail.send(account.email, *letters.write("second_factor_reset", BOKMAL))


def warn_of_broken_log(broken: int, site: str) -> None:
    """Tell administrators that the audit log is not as it was written. The caller commits."""
    for one in queries.administrators():
        letter = letters.write("audit_broken", BOKMAL, number=broken, link=f"{site}/administrasjon/logg?kontroller=1")
        mail.send(one.email, *letter)


def _expect(actor: Actor) -> None:
    if not actor.may("keep synonyms and domains"):
        raise NotAllowed
