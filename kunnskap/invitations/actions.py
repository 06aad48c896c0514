"""Inviting, and coming with an invitation.

Nothing tells the one who invites whether an address has an account: the same is kept and answered in every case, and
those who have one get another letter. The link of an invitation to one address is only ever in the letter, so whoever
has it has the address.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from kunnskap import audit, clock, letters, mail
from kunnskap.accounts import actions as accounts
from kunnskap.accounts import passwords
from kunnskap.accounts import queries as account_queries
from kunnskap.accounts.actions import Letter, SignUp, one_line
from kunnskap.accounts.events import NobodyWritten
from kunnskap.accounts.models import Account
from kunnskap.accounts.queries import Workplace, digest
from kunnskap.accounts.rules import checked_email
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed
from kunnskap.events import emit
from kunnskap.i18n import Message, mark, say
from kunnskap.invitations import queries, rules
from kunnskap.invitations.models import Invitation
from kunnskap.invitations.queries import Found
from kunnskap.invitations.reading import Line
from kunnskap.invitations.rules import Invited
from kunnskap.networks import queries as networks
from kunnskap.networks.models import Network, NetworkMember
from kunnskap.people.events import PersonChanged
from kunnskap.people.models import WORKPLACES, Person
from kunnskap.places.models import Place

NYNORSK = "nn"
UNKNOWN_DOMAIN = mark(
    "Lenken er for folk i kommuner og virksomheter vi kjenner, og vi kjenner ikke denne adressen. Bruk jobbadressen din, "
    "eller be den som inviterte deg, om å sende invitasjonen rett til deg."
)
NO_WORKPLACE = mark("Vi kjenner ikke domenet i adressen. Skriv hvor personen jobber.")


@dataclass(frozen=True)
class Outcome:
    """What became of a line of a list; no problem means that it was invited."""

    line: Line
    problem: str | Message = ""


def invite(actor: Actor, invited: Invited, network_id: int | None, site: str) -> None:
    """Invite one address; raises Invalid. `site` is the site's own address."""
    network = _begin(actor, network_id)
    if queries.made_lately(actor.person_id) >= rules.A_DAY:
        raise Invalid(form=_too_many())
    made = _invite(actor, invited, network, site)
    audit.note(actor, "invited", f"invitation:{made.id}", {"network": network_id})


def invite_many(actor: Actor, lines: Iterable[Line], network_id: int | None, site: str) -> list[Outcome]:
    """Invite everybody on a list, and tell what became of each line. Raises NotAllowed."""
    network = _begin(actor, network_id)
    left = rules.A_DAY - queries.made_lately(actor.person_id)
    outcomes, made = [], 0
    for line in lines:
        problem: str | Message = line.problem
        if not problem and made >= left:
            problem = _too_many()
        elif not problem and line.invited is not None:
            problem = _tried(actor, line.invited, network, site)
            made += not problem
        outcomes.append(Outcome(line, problem))
    if made:
        audit.note(actor, "invited many", "", {"invitations": made, "network": network_id})
    return outcomes


def _tried(actor: Actor, invited: Invited, network: Network | None, site: str) -> str | Message:
    try:
        _invite(actor, invited, network, site)
    except Invalid as refused:
        return next(iter(refused.problems.values()))
    return ""


def make_link(actor: Actor, uses: int, days: int, invited: Invited, network_id: int | None) -> str:
    """Make an invitation that several may use, and give its secret, which is kept nowhere. Raises Invalid."""
    network = _begin(actor, network_id)
    problems: dict[str, str | Message] = {}
    if not 1 <= uses <= rules.MOST_USES:
        problems["uses"] = say("Skriv et tall fra 1 til %(most)s.", most=rules.MOST_USES)
    if not 1 <= days <= rules.MOST_DAYS:
        problems["days"] = say("Skriv et tall fra 1 til %(most)s.", most=rules.MOST_DAYS)
    if bool(invited.workplace_kind) != bool(invited.organisation):
        problems["organisation"] = mark(
            "Skriv både hva slags arbeidssted det er, og hva det heter, eller ingen av delene."
        )
    if queries.made_lately(actor.person_id) >= rules.A_DAY:
        problems["form"] = _too_many()
    if problems:
        raise Invalid(**problems)
    workplace = _told(invited) if invited.organisation else None
    made, secret = _kept(actor, workplace, network, timedelta(days=days))
    made.uses_left = uses
    session.flush()
    audit.note(actor, "link made", f"invitation:{made.id}", {"uses": uses, "days": days, "network": network_id})
    return secret


def withdraw(actor: Actor, number: int) -> None:
    """Make an invitation useless; withdrawing twice is withdrawing once. Raises NotFound for others' invitations."""
    invitation = queries.mine(actor, number)
    hold(invitation)
    if invitation.withdrawn_at is None:
        invitation.withdrawn_at = clock.now()
        audit.note(actor, "invitation withdrawn", f"invitation:{invitation.id}")


def tidy() -> None:
    """Forget invitations that have been of no use for a while, and the addresses in them."""
    session.execute(delete(Invitation).where(queries.ended_before(rules.KEPT)))


def _begin(actor: Actor, network_id: int | None) -> Network | None:
    """Let one invite at a time, so that nobody comes past the limit; gives the network. Raises NotAllowed and NotFound."""
    if not actor.may("invite colleagues"):
        raise NotAllowed
    network = networks.by_id(network_id) if network_id is not None else None
    if network is not None and not rules.may_invite_to(actor, network):
        raise NotAllowed
    hold(session.get_one(Person, actor.person_id))
    return network


def _too_many() -> Message:
    return say("Du kan sende %(most)s invitasjoner i døgnet. Prøv igjen i morgen.", most=rules.A_DAY)


def _invite(actor: Actor, invited: Invited, network: Network | None, site: str) -> Invitation:
    email = checked_email(invited.email)
    known = account_queries.workplace(email)
    if known is None and (not invited.organisation.strip() or invited.workplace_kind not in WORKPLACES):
        raise Invalid(organisation=NO_WORKPLACE)
    if queries.was_invited_lately(email, network.id if network else None):
        raise Invalid(email=mark("Er invitert de siste sju dagene"))
    workplace = known or _told(invited)
    made, secret = _kept(actor, workplace, network, rules.STANDS)
    made.email, made.name = email, one_line(invited.name)[: rules.LONGEST_NAME]
    session.flush()
    _write(actor, email, workplace, network, f"{site}/invitasjon/{secret}")
    return made


def _told(invited: Invited) -> Workplace:
    if invited.workplace_kind not in WORKPLACES:
        raise Invalid(workplace_kind=mark("Velg en av verdiene i listen."))
    organisation = one_line(invited.organisation)[: rules.LONGEST_ORGANISATION]
    return accounts.told_workplace(invited.workplace_kind, organisation)


def _kept(
    actor: Actor, workplace: Workplace | None, network: Network | None, stands: timedelta
) -> tuple[Invitation, str]:
    secret, now = accounts.new_secret(), clock.now()
    made = Invitation(
        digest=digest(secret),
        workplace_kind=workplace.kind if workplace else None,
        organisation=workplace.organisation if workplace else "",
        place_id=workplace.place_id if workplace else None,
        network_id=network.id if network else None,
        invited_by_id=actor.person_id,
        made_at=now,
        expires_at=now + stands,
    )
    session.add(made)
    return made, secret


def _write(actor: Actor, email: str, workplace: Workplace, network: Network | None, link: str) -> None:
    account = account_queries.by_email(email)
    if account is not None and account.closed_at is not None:
        emit(NobodyWritten())
        return
    has_account = account is not None and account.confirmed_at is not None
    inviter = session.get_one(Person, actor.person_id)
    place = session.get(Place, workplace.place_id) if workplace.place_id is not None else None
    subject, text = letters.write(
        "invitation",
        NYNORSK if place is not None and place.language_form == "nynorsk" else letters.BOKMAL,
        link=link,
        inviter=inviter.name,
        workplace=inviter.organisation,
        network=network.name if network else "",
        has_account=has_account,
        days=rules.STANDS.days,
    )
    mail.send(email, subject, text)


def accept(secret: str, wanted: SignUp) -> Account | None:
    """Make the account of one who was invited by address, open at once, since the link proves the address.

    None when the link cannot be used (any more), or the address has an account already. Raises Invalid.
    """
    found = queries.by_link(secret)
    if found is None or found.invitation.email is None or not _spend(found.invitation):
        return None
    email = found.invitation.email
    workplace = account_queries.workplace(email) or found.workplace or _told_by(wanted)
    if wanted.password:
        passwords.check(wanted.password, email)
    account = account_queries.by_email(email) or _made(email, wanted)
    if account.confirmed_at is not None or account.closed_at is not None:
        return None
    # Whoever may have signed up with the address before has not shown that it is theirs.
    account.password_hash = passwords.hashed(wanted.password) if wanted.password else None
    if not account.person.listed:
        account.person.name, account.person.role = one_line(wanted.name), one_line(wanted.role)
        accounts.works_at(account.person, workplace)
    accounts.open_account(account, _vouched(found, workplace))
    _come(account, found)
    return account


def vouch(secret: str) -> bool:
    """Let in one who waits, and was invited by address meanwhile; False when the link cannot be used (any more)."""
    found = queries.by_link(secret)
    account = account_queries.by_email(found.invitation.email or "") if found else None
    if found is None or account is None or account.closed_at is not None or account.confirmed_at is None:
        return False
    if account.approved_at is not None:
        return True  # they come back with the link once they are signed in
    if not _spend(found.invitation):
        return False
    account.trusted_at = account.trusted_at or clock.now()
    accounts.approve(account)
    _come(account, found)
    return True


def sign_up(secret: str, wanted: SignUp, confirming: str, welcome: Letter, known_letter: Letter) -> bool:
    """Sign up with a link that several may use: let in, but the address is still to be confirmed. Raises Invalid.

    False when the link cannot be used (any more). Otherwise the same as signing up, also for those who have an account.
    """
    found = queries.by_link(secret)
    if found is None or found.invitation.email is not None:
        return False
    _refuse_outsiders(found, wanted.email)
    if not _spend(found.invitation):
        return False
    said = found.workplace
    if said is not None:
        wanted = replace(wanted, workplace_kind=said.kind, organisation=said.organisation)
    accounts.sign_up(wanted, confirming, welcome, known_letter)
    account = account_queries.by_email(wanted.email)
    if account is not None and account.closed_at is None and account.approved_at is None:
        # Whoever holds the link may have passed it on: such people come in, and a moderator looks at their first post.
        account.approved_at = clock.now()
        if account.confirmed_at is not None:
            accounts.approve(account)
        audit.note(None, "came by invitation", f"account:{account.id}", {"invitation": found.invitation.id})
    return True


def _refuse_outsiders(found: Found, email: str) -> None:
    """Let nobody into a network whose workplace neither the address nor the inviter tells. Raises Invalid."""
    address = checked_email(email)
    if found.network is not None and found.workplace is None and account_queries.workplace(address) is None:
        raise Invalid(email=UNKNOWN_DOMAIN)


def join(actor: Actor, secret: str, *, has_used: bool = False) -> Network | None:
    """Have somebody who is signed in join the network an invitation leads to; one who `has_used` it uses no more of it.

    None when it cannot be used (any more), is for somebody else, or leads to no network.
    """
    found = queries.by_link(secret, also_over=has_used)
    if actor.person_id is None or found is None or found.network is None:
        return None
    if not rules.is_for(found.invitation, account_queries.of(actor).email):
        return None
    if found.network.id in actor.network_ids:
        return found.network
    if not has_used and not _spend(found.invitation):
        return None
    _join(actor.person_id, found.network)
    audit.note(actor, "joined by invitation", f"network:{found.network.id}", {"invitation": found.invitation.id})
    return found.network


def _told_by(wanted: SignUp) -> Workplace:
    if not wanted.organisation.strip():
        raise Invalid(organisation=mark("Skriv navnet på arbeidsstedet ditt."))
    return _told(Invited("", workplace_kind=wanted.workplace_kind, organisation=wanted.organisation))


def _made(email: str, wanted: SignUp) -> Account:
    person = account_queries.listed_person_without_account(email) or Person(
        name=one_line(wanted.name), email=email, listed=False
    )
    person.language = wanted.language
    account = Account(email=email, person=person)
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError:  # somebody signed up with it in the meantime
        return account_queries.by_email(email) or account
    return account


def _vouched(found: Found, workplace: Workplace) -> Workplace:
    """Give what the inviter's word is worth: the place only from one who is in a position to know."""
    place = workplace.place_id
    proven = place is not None and rules.proves_place(found.powers, found.invitation, queries.networks_with(place))
    return workplace if proven else replace(workplace, place_id=None)


def _spend(invitation: Invitation) -> bool:
    """Use an invitation once; of two who try at the same time with the last use, one gets in."""
    spent = update(Invitation).where(Invitation.id == invitation.id, *queries.usable())
    spent = spent.values(uses_left=Invitation.uses_left - 1, used_at=clock.now())
    return session.scalar(spent.returning(Invitation.id)) is not None


def _come(account: Account, found: Found) -> None:
    if found.network is not None:
        _join(account.person_id, found.network)
    audit.note(None, "came by invitation", f"account:{account.id}", {"invitation": found.invitation.id})


def _join(person_id: int, network: Network) -> None:
    hold(network)
    if networks.member(network, person_id) is None:
        session.add(NetworkMember(network_id=network.id, person_id=person_id))
        session.flush()
        emit(PersonChanged(person_id))
