"""Whom to ask, how the ladder is climbed, and who may do what with an offer. Pure: no database, no request."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from kunnskap import clock, working_days
from kunnskap.actor import Actor
from kunnskap.i18n import Message, mark, say
from kunnskap.people.models import GUIDE
from kunnskap.posts.kinds import QUESTION
from kunnskap.posts.models import Post
from kunnskap.routing.models import COORDINATOR, COUNTY, FIRST, NOT_NOW, OTHER, WIDER, YES, Ladder, Offer

FEWEST, ASKED_FIRST, MOST_OPEN = 3, 4, 5
"""How many are asked first, and how many open offers there are at most before a no brings another one."""
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
FOR_EXACT, FOR_NEAR, FOR_GUIDE, FOR_LIKENESS = 3.0, 1.0, 1.0, 3.0
FOR_RECORD, MOST_RECORD, FOR_LOAD = 0.75, 4, 1.0
ALIKE = 0.6
"""How alike two municipalities are when a letter says that they are."""
CLOSED = mark("Spørsmålet tar ikke imot flere svar nå.")
TOO_MANY = say("Du kan spørre høyst %(max)s til.", max=MOST_CHOSEN)
HAS_ENOUGH = mark("%(name)s har fått nok spørsmål denne uken. Velg en annen.")
IS_AWAY = mark("%(name)s er borte nå. Velg en annen.")
WANTS_NONE = mark("%(name)s tar ikke imot slike spørsmål. Velg en annen.")
ASKED_BEFORE = mark("%(name)s er spurt allerede.")
MAY_NOT_SEE = mark("%(name)s kan ikke spørres om dette. Velg en annen.")


@dataclass(frozen=True)
class Known:
    """What speaks for asking somebody: levels by theme, and how much they have shown by theme.

    `enough` is how much they will be asked in a week, `stand_in_id` who is asked instead (they are away).
    """

    person_id: int
    place_id: int | None = None
    enough: int = 2
    stand_in_id: int | None = None
    is_away: bool = False
    levels: Mapping[int, str] = field(default_factory=dict)
    shown: Mapping[int, int] = field(default_factory=dict)


def is_open(question: Post | None, duplicate_of_id: int | None) -> bool:
    """Whether a question still waits for its first answer, and may get one."""
    if question is None or question.kind_key != QUESTION.key or question.is_gone:
        return False
    leads_elsewhere = question.merged_into_id is not None or duplicate_of_id is not None
    return not leads_elsewhere and question.locked_at is None and question.answer_count == 0


def is_fresh(question: Post, now: datetime) -> bool:
    """Whether it is so new that people are asked about it; what was brought in from elsewhere never is."""
    return question.external_id is None and question.published_at > now - FRESH_FOR


def score(known: Known, themes: Collection[int], likeness: Mapping[int, float] | None, load: int) -> float:
    """Weigh one who could answer. `likeness` is by place, None where it is not to count (the wider circle)."""
    themed = sum(FOR_EXACT if theme in themes else FOR_NEAR for theme in known.levels)
    guides = FOR_GUIDE if GUIDE in known.levels.values() else 0.0
    shown = FOR_RECORD * min(MOST_RECORD, sum(known.shown.values()))
    alike = FOR_LIKENESS * likeness.get(known.place_id or 0, 0.0) if likeness else 0.0
    return themed + guides + shown + alike - FOR_LOAD * load


def ranked(
    found: Iterable[Known], themes: Collection[int], likeness: Mapping[int, float] | None, loads: Mapping[int, int]
) -> list[Known]:
    """Put those who could answer in order, the best first; those who have had enough questions stand last."""
    rows = [(_has_enough(one, loads), -score(one, themes, likeness, loads.get(one.person_id, 0)), one) for one in found]
    return [one for _enough, _score, one in sorted(rows, key=lambda row: (row[0], row[1], row[2].person_id))]


def _has_enough(known: Known, loads: Mapping[int, int]) -> bool:
    return loads.get(known.person_id, 0) >= known.enough


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
    found = [say("Du har svart på eller delt %(n)s om %(theme)s.", n=count, theme=name) for name, count in shown.items()]
    if says and not found:
        found.append(say("Du har sagt at du kan hjelpe med %(themes)s.", themes=", ".join(says)))
    if likeness >= ALIKE:
        found.append(say("Du jobber i en kommune som ligner på kommunen som spør."))
    return found


def today(moment: datetime) -> date:
    """Give the Norwegian day of a moment."""
    return moment.astimezone(clock.HERE).date()
