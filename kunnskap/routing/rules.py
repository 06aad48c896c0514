"""Whom to ask, how the ladder is climbed, and who may do what with an offer. Pure: no database, no request."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from kunnskap import working_days
from kunnskap.accounts.models import Account
from kunnskap.actor import Actor
from kunnskap.i18n import Message, mark, say
from kunnskap.people.rules import is_away
from kunnskap.posts.kinds import QUESTION
from kunnskap.posts.models import Post
from kunnskap.posts.rules import may_see
from kunnskap.rights import MEMBER
from kunnskap.routing.models import COORDINATOR, COUNTY, FIRST, NOT_NOW, OTHER, WIDER, YES, Ladder, Offer

FEWEST, ENOUGH = 3, 4
"""Below how few the circle is widened at once, and how many are asked first and again whenever somebody cannot."""
MOST_WIDER, MOST_COORDINATORS, MOST_AT_COUNTY, MOST_CHOSEN = 5, 5, 3, 5
A_WEEK = timedelta(days=7)
"""How long an offer counts against what somebody wants to be asked."""
FRESH_FOR = timedelta(days=14)
"""A question older than this when it is first seen is asked of nobody: it was brought in, or has stood long."""
OPEN_FOR = timedelta(days=30)
"""How long an offer waits for a reply, and its link works."""
ORDER = (FIRST, WIDER, COORDINATOR, COUNTY)
DAYS = {FIRST: 0, WIDER: 2, COORDINATOR: 4, COUNTY: 7}
"""Working days without an answer before each step."""
LAST_WAIT = 3
"""Working days the last step is given before the one who asked is told that nobody has answered."""
NEXT = {
    WIDER: mark("en videre krets"),
    COORDINATOR: mark("nettverkskoordinatoren"),
    COUNTY: mark("fylkeskommunen"),
}
"""What the next step is called in a sentence."""
LINK, STOP = "tilbud", "tilbud-stopp"
"""What the links in a letter are signed for."""
WAYS = {"kan-svare": YES, "ikke-na": NOT_NOW, "spor-heller": OTHER}
"""How each reply is written in addresses."""
ALIKE = 0.6
"""How alike two municipalities are when a letter says that they are."""
CLOSED = mark("Spørsmålet tar ikke imot flere svar nå.")
TOO_MANY = say("Du kan spørre høyst %(max)s til.", max=MOST_CHOSEN)
HAS_ENOUGH = mark("%(name)s har fått nok spørsmål denne uken. Velg en annen.")
IS_AWAY = mark("%(name)s er borte nå. Velg en annen.")
NOBODY = mark("Velg noen som står under Folk.")
"""Said of those who are not shown there, whose name is not to be told."""
MAY_NOT = mark("%(name)s kan ikke spørres om dette. Velg en annen.")
"""Said of the one who asks, of those who may not see the question and of those asked before alike: it tells nothing."""


def is_open(question: Post | None, duplicate_of_id: int | None) -> bool:
    """Whether a question still waits for its first answer, and may get one."""
    if question is None or question.kind_key != QUESTION.key or question.is_gone:
        return False
    leads_elsewhere = question.merged_into_id is not None or duplicate_of_id is not None
    return not leads_elsewhere and question.locked_at is None and question.answer_count == 0


def is_fresh(question: Post, now: datetime) -> bool:
    """Whether it is so new that people are asked about it; what was brought in from elsewhere never is."""
    return question.external_id is None and question.published_at > now - FRESH_FOR


def following(step: str) -> str | None:
    """Give the step after this one; None after the last."""
    place = ORDER.index(step) + 1
    return ORDER[place] if place < len(ORDER) else None


def due_after(step: str, day: date) -> date:
    """Give the day the ladder moves on from a step that was taken this day.

    It is counted from the day the step was really taken, so that a site that stood still for a week goes on one step at
    a time.
    """
    onward = following(step)
    return working_days.after(day, DAYS[onward] - DAYS[step] if onward else LAST_WAIT)


def is_waiting(offer: Offer) -> bool:
    """Whether somebody may still answer: they have said yes, or nothing yet."""
    return offer.reply in {None, YES}


def is_over(offer: Offer, now: datetime) -> bool:
    """Whether an offer has waited so long for a reply that it no longer does."""
    return offer.reply is None and offer.offered_at < now - OPEN_FOR


def has_ended(ladder: Ladder) -> bool:
    """Whether every step was taken without an answer."""
    return ladder.stopped_at is not None and ladder.due_on is None


def may_follow(actor: Actor, question: Post) -> bool:
    """Who asked sees where it stands, and may choose whom to ask; nobody else."""
    return actor.is_member and actor.person_id == question.author_id


def asked_from(question: Post) -> int | None:
    """Where a question is asked from, for choosing whom to ask; a nameless one tells that to nobody."""
    return None if question.hides_author else question.place_id


def reasons(shown: Mapping[str, int], says: Sequence[str], likeness: float) -> list[Message]:
    """Say why somebody was chosen: answers and experiences by theme, themes they say they know, and likeness."""
    found = [
        say("Du har svart på eller delt %(n)s om %(theme)s.", n=count, theme=name) for name, count in shown.items()
    ]
    if says and not found:
        found.append(say("Du har sagt at du kan hjelpe med %(themes)s.", themes=", ".join(says)))
    if likeness >= ALIKE:
        found.append(say("Du jobber i en kommune som ligner på kommunen som spør."))
    return found


def refusal(account: Account | None, question: Post, asked: int, day: date) -> str | None:
    """Say why somebody is not to be asked (a sentence with a name in it), None when they are; `asked` is in the last week."""
    if account is None or not account.is_active or account.person.left_at is not None:
        return MAY_NOT
    person = account.person
    if (
        not person.listed
        or person.id == question.author_id
        or not may_see(account.acting_as(MEMBER), question)
        or not person.asks_a_week
    ):
        return MAY_NOT
    if is_away(person, day):
        return IS_AWAY
    return HAS_ENOUGH if asked >= person.asks_a_week else None
