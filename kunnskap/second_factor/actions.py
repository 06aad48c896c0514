"""Turning the second factor on and off, and showing it. A code counts once, whoever comes first with it."""

import logging
from dataclasses import dataclass

from sqlalchemy import delete, or_, update

from kunnskap import audit, clock, letters, mail
from kunnskap.accounts import passwords, queries, sessions
from kunnskap.accounts.models import Account
from kunnskap.accounts.queries import digest
from kunnskap.actor import Actor
from kunnskap.db import expect_writes, hold, session
from kunnskap.errors import Invalid, NotAllowed, NotFound
from kunnskap.i18n import mark
from kunnskap.second_factor import rules, sealing
from kunnskap.second_factor.models import RecoveryCode
from kunnskap.second_factor.queries import codes_left

log = logging.getLogger(__name__)
SET_UP_WITHIN = 30 * 60
"""Seconds from the QR code is shown until the first code must have come."""
WRONG = mark("Koden er feil, for gammel eller brukt før. Vent til appen viser en ny kode, og prøv igjen.")


@dataclass(frozen=True)
class Site:
    """What the site brings along: its secret key, whom to write to when something is wrong, the letters' language."""

    key: str
    contact: str = ""
    language: str = "nb"


def begin(account: Account, site: Site) -> tuple[str, str]:
    """Make a secret for an app; gives it, and the same sealed: what the form carries until the first code comes."""
    secret = rules.new_secret()
    return secret, sealing.seal(secret, site.key, _new(account))


def begun(account: Account, sealed: str, site: Site) -> str:
    """Give the secret a form carries; raises Invalid when it is too old or another's."""
    secret = sealing.opened(sealed, site.key, _new(account), SET_UP_WITHIN)
    if secret is None:
        raise Invalid(form=mark("Det gikk for lang tid. Skann den nye QR-koden og prøv igjen."))
    return secret


def turn_on(actor: Actor, sealed: str, typed: str, site: Site) -> list[str]:
    """Ask for codes from now on, or from another app; gives the recovery codes, which are shown this once.

    Every session ends: the caller begins the actor's anew. Raises Invalid.
    """
    account = queries.of(actor)
    secret = begun(account, sealed, site)
    step = rules.fitting_step(secret, rules.normal(typed), clock.now())
    if step is None:
        raise Invalid(code=WRONG)
    hold(account)
    act = "second factor on" if account.totp_secret is None else "second factor moved"
    account.totp_secret, account.totp_step = sealing.seal(secret, site.key, _kept(account)), step
    codes = _put_recovery_codes(account)
    sessions.end_all(account)
    audit.note(actor, act, f"account:{account.id}")
    _tell(account, "second_factor_on", site)
    return codes


def turn_off(actor: Actor, typed: str, site: Site, *, required: bool) -> None:
    """Ask for no codes any more; a code is the last thing that is asked for. Raises Invalid and NotAllowed."""
    account = queries.of(actor)
    if not rules.may_turn_off(account.role, required=required):
        raise NotAllowed
    use_code(account, typed, site)
    _take_off(account)
    audit.note(actor, "second factor off", f"account:{account.id}")
    _tell(account, "second_factor_off", site)


def new_recovery_codes(actor: Actor) -> list[str]:
    """Make new recovery codes; the old ones open nothing from now on. Raises NotFound where codes are not asked for."""
    account = queries.of(actor)
    hold(account)
    if account.totp_secret is None:
        raise NotFound
    codes = _put_recovery_codes(account)
    audit.note(actor, "recovery codes made", f"account:{account.id}")
    return codes


def use_code(account: Account, typed: str, site: Site) -> bool:
    """Use up a code from the app or a recovery code; returns whether it was the latter. Raises Invalid(code=…)."""
    code = rules.normal(typed)
    if _use_app_code(account, code, site):
        return False
    if not _use_recovery_code(account, code):
        log.warning("a code for account %s was refused", account.id)
        raise Invalid(code=WRONG)
    audit.note(account.actor, "recovery code used", f"account:{account.id}")
    _tell(account, "recovery_code_used", site, left=codes_left(account))
    return True


def show_password(account: Account, typed: str) -> None:
    """Check the password of somebody who is signed in; raises Invalid(password=…)."""
    if not passwords.fits(account.password_hash, typed):
        log.warning("the password of account %s, asked for anew, was refused", account.id)
        raise Invalid(password=mark("Passordet er feil."))


def reset(email: str) -> bool:
    """Take the second factor off an account whose owner has lost it, and end its sessions; returns whether it had one.

    For the operator's command line; the caller commits. Raises NotFound.
    """
    expect_writes()
    account = queries.by_email(email)
    if account is None:
        raise NotFound
    had = account.totp_secret is not None
    _take_off(account)
    audit.note(None, "second factor reset", f"account:{account.id}")
    if had:
        _tell(account, "second_factor_off", Site(""))
    return had


def _use_app_code(account: Account, code: str, site: Site) -> bool:
    secret = sealing.opened(account.totp_secret or "", site.key, _kept(account))
    if secret is None:
        log.warning("the second factor of account %s cannot be opened with this secret key", account.id)
        return False
    step = rules.fitting_step(secret, code, clock.now())
    if step is None:
        return False
    # As a change of the table, not of Account: signing in makes no kept page old.
    table = Account.__table__
    newer = or_(table.c.totp_step.is_(None), table.c.totp_step < step)
    spent = update(table).where(table.c.id == account.id, newer)  # type: ignore[arg-type]
    return session.scalar(spent.values(totp_step=step).returning(table.c.id)) is not None


def _use_recovery_code(account: Account, code: str) -> bool:
    theirs = RecoveryCode.account_id == account.id, RecoveryCode.digest == digest(code)
    spent = update(RecoveryCode).where(*theirs, RecoveryCode.used_at.is_(None)).values(used_at=clock.now())
    return session.scalar(spent.returning(RecoveryCode.account_id)) is not None


def _put_recovery_codes(account: Account) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = rules.new_recovery_codes()
    session.add_all(RecoveryCode(digest=digest(rules.normal(code)), account_id=account.id) for code in codes)
    session.flush()
    return codes


def _take_off(account: Account) -> None:
    """Forget the secret and the codes; sessions that were waiting for a code are not let in by that."""
    account.totp_secret = account.totp_step = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    sessions.end_all(account)
    session.flush()


def _tell(account: Account, letter: str, site: Site, **facts: object) -> None:
    subject, text = letters.write(letter, site.language, contact=site.contact, **facts)
    mail.send(account.email, subject, text)


def _new(account: Account) -> str:
    return f"new secret of account {account.id}"


def _kept(account: Account) -> str:
    return f"secret of account {account.id}"
