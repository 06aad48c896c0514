"""Saving searches, looking after them, and finding out who is to be told."""

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from kunnskap import clock
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed
from kunnskap.events import emit
from kunnskap.i18n import mark, say
from kunnskap.people.models import Person
from kunnskap.saved import queries, rules
from kunnskap.saved.events import NoticeDue
from kunnskap.saved.models import NEVER, NOTICES, SavedSearch

MARGIN = timedelta(minutes=10)
"""How long after it was published a post is told about, so that it is in the index by then."""
AT_ONCE = 1_000


def save(actor: Actor, address: str, name: str, language: str) -> tuple[SavedSearch, bool]:
    """Save a search page's address; gives the search and whether it is new. Saved twice, it is one. Raises Invalid."""
    if actor.person_id is None:
        raise NotAllowed
    query = rules.kept(address)
    if rules.wanted(query).is_empty:
        raise Invalid(sok=mark("Søk etter noe først, så kan du lagre søket."))
    hold(session.get_one(Person, actor.person_id))
    mine = SavedSearch.person_id == actor.person_id
    there = session.scalar(select(SavedSearch).where(mine, SavedSearch.query == query))
    if there is not None:
        return there, False
    if (session.scalar(select(func.count()).select_from(SavedSearch).where(mine)) or 0) >= rules.MOST:
        raise Invalid(sok=say("Du kan ha høyst %(max)s lagrede søk. Fjern ett du ikke trenger.", max=rules.MOST))
    made = SavedSearch(person_id=actor.person_id, query=query, name=_name(name), language=language)
    session.add(made)
    session.flush()
    return made, True


def change(actor: Actor, number: int, *, name: str, notice: str, language: str) -> SavedSearch:
    """Give a search another name, and choose when to be told of new hits, in the language one reads. Raises Invalid."""
    saved = queries.one(actor, number)
    if notice not in NOTICES:
        raise Invalid(notice=mark("Velg en av verdiene i listen."))
    if not name.strip():
        raise Invalid(name=mark("Skriv et navn på søket."))
    hold(saved)
    saved.name, saved.language = _name(name), language
    if notice != saved.notice:
        now = clock.now()
        saved.told_at = now if saved.notice == NEVER else saved.told_at
        saved.notice, saved.due_at = notice, rules.next_time(notice, now)
    session.flush()
    return saved


def see(actor: Actor, number: int, until: datetime) -> None:
    """Take what was new up to a moment as seen."""
    saved = queries.one(actor, number)
    hold(saved)
    saved.seen_at = max(saved.seen_at, min(until, clock.now()))
    session.flush()


def remove(actor: Actor, number: int) -> None:
    """Keep a search no more; removing it twice is removing it once, and so is removing another's."""
    mine = SavedSearch.person_id == (actor.person_id or 0)
    session.execute(delete(SavedSearch).where(SavedSearch.id == number, mine))


def stop_notices(person_id: int) -> int:
    """Write to somebody about none of the searches any more; gives how many there were."""
    theirs = update(SavedSearch).where(SavedSearch.person_id == person_id, SavedSearch.notice != NEVER)
    stopped = session.scalars(theirs.values(notice=NEVER, due_at=None).returning(SavedSearch.id))
    return len(list(stopped))


def find_due() -> None:
    """Write down whose searches are to be looked through now: one event a person; the next time is set at once."""
    now = clock.now()
    due = select(SavedSearch).where(SavedSearch.due_at <= now).order_by(SavedSearch.person_id, SavedSearch.id)
    of_person: defaultdict[int, list[int]] = defaultdict(list)
    for saved in session.scalars(due.limit(AT_ONCE).with_for_update(skip_locked=True)):
        of_person[saved.person_id].append(saved.id)
        saved.due_at = rules.next_time(saved.notice, now)
    for person_id, numbers in of_person.items():
        emit(NoticeDue(person_id, (now - MARGIN).isoformat(), numbers))


def take_to_tell(person_id: int, until: datetime, numbers: list[int]) -> dict[int, datetime]:
    """Take on the telling of these searches up to a moment: gives since when, each only once however often it is asked."""
    rows = select(SavedSearch).where(
        SavedSearch.id.in_(numbers),
        SavedSearch.person_id == person_id,
        SavedSearch.notice != NEVER,
        SavedSearch.told_at < until,
    )
    taken = {}
    for saved in session.scalars(rows.order_by(SavedSearch.id).with_for_update()):
        taken[saved.id] = saved.told_at
        saved.told_at = until
    return taken


def _name(typed: str) -> str:
    name = " ".join(typed.split())
    return name if len(name) <= rules.LONGEST_NAME else name[: rules.LONGEST_NAME - 2].rstrip() + " …"
