"""What those with power do to other people's accounts: let in, refuse, change roles, sign out, end.

Every act is written down in the audit log, and the one it concerns is told by mail. Letters are in bokmål, since nobody
knows which language somebody else reads.
"""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import InvalidRequestError

from kunnskap import audit, clock, letters, mail
from kunnskap.accounts import actions, queries, sessions
from kunnskap.accounts.models import Account
from kunnskap.accounts.queries import Workplace
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed, NotFound
from kunnskap.events import emit
from kunnskap.i18n import mark
from kunnskap.letters import BOKMAL
from kunnskap.people.events import PersonChanged
from kunnskap.people.models import Person
from kunnskap.rights import ADMINISTRATOR, MEMBER, MODERATOR

GIVEN_ROLES = (MEMBER, MODERATOR, ADMINISTRATOR)
LONGEST_REASON = 1_000


def refuse_last_administrator(account: Account) -> None:
    """Raise Invalid when nobody but this account can administer the site.

    Ask before an account loses its role or is suspended, closed or deleted. Of two who leave at the same time one waits
    here for the other, and then counts anew.
    """
    if account.role != ADMINISTRATOR:
        return
    session.flush()
    rows = select(Account.id).where(Account.role == ADMINISTRATOR, *queries.opens())
    # All are held, always in the same order, so that nobody waits for one who waits for them.
    standing = session.scalars(rows.order_by(Account.id).with_for_update()).all()
    if not any(number != account.id for number in standing):
        raise Invalid(form=mark("Nettstedet må ha minst én administrator. Gjør noen andre til administrator først."))


def let_in(actor: Actor, number: int, workplace: Workplace, *, site: str) -> bool:
    """Let in somebody who waits, as working there; False when somebody else was first. `site` is the site's address.

    Where somebody says they work is not proven by this: it opens nothing that is for their municipality.
    """
    account = held(actor, number, "let in people from unknown domains")
    if not is_waiting(account):
        return False
    proven = queries.workplace(account.email)
    actions.works_at(account.person, proven or workplace)
    if proven is not None:  # somebody has made the domain known meanwhile
        account.place_id, account.trusted_at = proven.place_id, clock.now()
    actions.approve(account)
    audit.note(actor, "let in", f"account:{account.id}", {"workplace": workplace.kind, "place": workplace.place_id})
    _tell(account, "let_in", link=f"{site}/logg-inn")
    return True


def refuse(actor: Actor, number: int, reason: str) -> bool:
    """Refuse somebody who waits, and remove what they told; False when somebody else was first. Raises Invalid."""
    if not reason.strip():
        raise Invalid(reason=mark("Skriv hvorfor. Det blir sendt til den som søkte."))
    account = held(actor, number, "let in people from unknown domains")
    if not is_waiting(account):
        return False
    _tell(account, "refused", reason=reason.strip())
    audit.note(actor, "refused", f"account:{account.id}")
    session.execute(delete(Account).where(Account.id == account.id))
    session.execute(delete(Person).where(Person.id == account.person_id, Person.listed.is_(False)))
    session.expire_all()
    return True


def is_waiting(account: Account) -> bool:
    """Whether somebody has shown that the address is theirs, and waits to be let in."""
    return account.confirmed_at is not None and account.approved_at is None and account.closed_at is None


def set_role(actor: Actor, number: int, role: str) -> None:
    """Give somebody a role; raises Invalid for one that is not given, and when no administrator would be left."""
    if role not in GIVEN_ROLES:
        raise Invalid(role=mark("Velg en av verdiene i listen."))
    account = held(actor, number)
    if account.role == role:
        return
    if account.closed_at is not None or account.confirmed_at is None or account.approved_at is None:
        raise Invalid(role=mark("Kontoen kan ikke brukes. Da kan den heller ikke få en rolle."))
    refuse_last_administrator(account)
    audit.note(actor, "role", f"account:{account.id}", {"role": role, "was": account.role})
    account.role = role
    _tell(account, "role_changed", role=role)


def sign_out(actor: Actor, number: int) -> None:
    """End every session somebody has, and make links that were sent to them useless."""
    account = held(actor, number)
    _end_sessions(account)
    audit.note(actor, "signed out", f"account:{account.id}")
    _tell(account, "signed_out")


def end(actor: Actor, number: int) -> None:
    """Close somebody's account for good and take them out of the directory; ending twice is ending once.

    What they have written stays. Nothing is deleted here: people delete their own data themselves. Whoever decides it
    tells them why (`moderation.suspending`). Raises Invalid.
    """
    account = _held_other(actor, number, "change roles and end accounts")
    if account.closed_at is not None:
        return
    was, account.role = account.role, MEMBER
    account.closed_at = account.person.left_at = clock.now()
    account.person.listed = False
    _end_sessions(account)
    emit(PersonChanged(account.person_id))
    audit.note(actor, "account ended", f"account:{account.id}", {"was": was})


def held(actor: Actor, number: int, right: str = "change roles and end accounts") -> Account:
    """Give an account, held so that two who look at it act one after the other. Raises NotAllowed and NotFound."""
    if not actor.may(right):
        raise NotAllowed
    account = queries.by_id(number)
    try:
        hold(account)
    except InvalidRequestError:  # somebody removed it while we waited
        raise NotFound from None
    return account


def _held_other(actor: Actor, number: int, right: str) -> Account:
    account = held(actor, number, right)
    if account.person_id == actor.person_id:
        raise Invalid(form=mark("Dette er din egen konto. Den kan du ikke stenge her."))
    if account.role != MEMBER and not actor.is_administrator:
        raise NotAllowed
    refuse_last_administrator(account)
    return account


def _end_sessions(account: Account) -> None:
    sessions.end_all(account)
    actions.void_links(account)


def _tell(account: Account, letter: str, **facts: object) -> None:
    if account.closed_at is None:
        mail.send(account.email, *letters.write(letter, BOKMAL, **facts))


def _day(moment: datetime) -> str:
    return f"{moment.day}.{moment.month}.{moment.year}"
