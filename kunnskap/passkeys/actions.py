"""Making, using and removing passkeys.

A challenge is answered once: one that was given out before the key was last used is refused, so an answer that
somebody has copied, with the cookie that belongs to it, opens nothing.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, update
from sqlalchemy.exc import IntegrityError

from kunnskap import audit, clock, letters, mail
from kunnskap.accounts import queries as accounts
from kunnskap.accounts.models import Account
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotFound
from kunnskap.i18n import mark, say
from kunnskap.passkeys import queries, rules
from kunnskap.passkeys.models import Passkey
from kunnskap.passkeys.rules import NewKey, Party, Refused

log = logging.getLogger(__name__)
FAILED = mark("Nøkkelen kunne ikke brukes. Prøv igjen, eller logg inn på en annen måte.")


@dataclass(frozen=True)
class Challenge:
    """What a device is to sign (base64url), and when it was given out."""

    value: str
    given_at: datetime

    @property
    def is_good(self) -> bool:
        """Whether it may be answered still."""
        return clock.now() - self.given_at < timedelta(seconds=rules.GOOD_FOR)


@dataclass(frozen=True)
class Answer:
    """What a browser sent for a challenge; none when there was no challenge, or none any more."""

    credential: Mapping[str, Any]
    challenge: Challenge | None

    @property
    def to(self) -> Challenge:
        """The challenge it answers; raises Invalid when that is over."""
        if self.challenge is None or not self.challenge.is_good:
            raise Invalid(form=mark("Det gikk for lang tid. Prøv igjen."))
        return self.challenge


@dataclass(frozen=True)
class Site:
    """What the site brings along: who asks, whom to write to when something is wrong, the letters' language."""

    party: Party
    contact: str = ""
    language: str = "nb"


def add(actor: Actor, answer: Answer, name: str, site: Site) -> Passkey:
    """Let the actor sign in with what their device made, and tell them by mail. Raises Invalid."""
    account, challenge = accounts.of(actor), answer.to
    try:
        made = rules.made(answer.credential, challenge.value, site.party)
    except Refused as refused:
        log.warning("a passkey for account %s was refused: %s", account.id, refused)
        raise Invalid(form=mark("Nøkkelen kunne ikke legges til. Prøv igjen.")) from None
    hold(account)
    if len(queries.of(account)) >= rules.MOST_KEYS:
        raise Invalid(form=say("Du kan ha høyst %(most)s nøkler. Fjern en du ikke bruker.", most=rules.MOST_KEYS))
    key = _kept(account, made, name)
    audit.note(actor, "passkey added", f"account:{account.id}", {"passkey": key.id})
    _tell(account, "passkey_added", site, key=key.name)
    return key


def _kept(account: Account, made: NewKey, name: str) -> Passkey:
    key = Passkey(
        account_id=account.id,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        name=one_line(name),
    )
    try:
        with session.begin_nested():
            session.add(key)
    except IntegrityError:
        raise Invalid(form=mark("Denne nøkkelen er lagt til fra før.")) from None
    return key


def use(answer: Answer, site: Site, account: Account | None = None) -> Account:
    """Give the account whose key was used: any, or only the one given. Raises Invalid, in the same words whatever was wrong."""
    challenge = answer.to
    try:
        key = _named(answer.credential, account)
        told = NewKey(key.credential_id, key.public_key, key.sign_count)
        count = rules.used(answer.credential, challenge.value, site.party, told)
        _spend(key, challenge, count)
        return _owner(key)
    except Refused as refused:
        log.warning("a passkey was refused: %s", refused)
        raise Invalid(form=FAILED) from None


def _named(credential: Mapping[str, Any], account: Account | None) -> Passkey:
    key = queries.by_credential(rules.credential_id(credential))
    if key is None or (account is not None and key.account_id != account.id):
        raise Refused("nobody, or somebody else, has this key")
    if not rules.names(credential, key.account_id):
        raise Refused(f"passkey {key.id} was used in the name of another account")
    return key


def _spend(key: Passkey, challenge: Challenge, count: int) -> None:
    """Note that a key was used: of two who send the same answer at the same time, one gets in."""
    unused = or_(Passkey.used_at.is_(None), Passkey.used_at < challenge.given_at)
    counted = update(Passkey).where(Passkey.id == key.id, unused, Passkey.sign_count <= count)
    if session.scalar(counted.values(used_at=clock.now(), sign_count=count).returning(Passkey.id)) is None:
        raise Refused(f"passkey {key.id} was used after this challenge was given out")


def _owner(key: Passkey) -> Account:
    account = accounts.by_id(key.account_id)
    if not account.is_active:
        raise Refused(f"account {account.id} does not open the house")
    return account


def rename(actor: Actor, number: int, name: str) -> None:
    """Call one of the actor's keys something else; raises NotFound for one that is not theirs, Invalid without a name."""
    key = _own(actor, number)
    if not one_line(name):
        raise Invalid(name=mark("Skriv et navn."))
    key.name = one_line(name)


def remove(actor: Actor, number: int, site: Site) -> None:
    """Have one of the actor's keys open nothing any more; raises NotFound for one that is not theirs."""
    key = _own(actor, number)
    account, name = accounts.of(actor), key.name
    session.delete(key)
    audit.note(actor, "passkey removed", f"account:{account.id}", {"passkey": number})
    _tell(account, "passkey_removed", site, key=name)


def remove_all(email: str) -> int:
    """Have every key of an account open nothing any more, for the operator's command line; returns how many there were.

    The caller commits. Raises NotFound.
    """
    account = accounts.by_email(email)
    if account is None:
        raise NotFound
    removed = queries.of(account)
    for key in removed:
        session.delete(key)
        audit.note(None, "passkey removed", f"account:{account.id}", {"passkey": key.id})
    return len(removed)


def _own(actor: Actor, number: int) -> Passkey:
    key = session.get(Passkey, number)
    if key is None or key.account_id != accounts.of(actor).id:
        raise NotFound
    return key


def one_line(name: str) -> str:
    """Write a name on one line, no longer than a name may be."""
    return " ".join(name.replace("\0", "").split())[: rules.LONGEST_NAME]


def _tell(account: Account, letter: str, site: Site, **facts: object) -> None:
    subject, text = letters.write(letter, site.language, contact=site.contact, **facts)
    mail.send(account.email, subject, text)
