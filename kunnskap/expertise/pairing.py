"""Putting those who want to learn together with those who have done it, once a month."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import select, tuple_
from sqlalchemy.orm import joinedload

from kunnskap import clock, events
from kunnskap.accounts.models import Account
from kunnskap.accounts.queries import can_sign_in
from kunnskap.db import SiteVersion, hold, session
from kunnskap.errors import NotFound
from kunnskap.expertise import rules
from kunnskap.expertise.events import PairsSought
from kunnskap.expertise.models import LearningPair
from kunnskap.expertise.queries import Loads
from kunnskap.expertise.rules import Pair, Side
from kunnskap.messages.models import Block
from kunnskap.people.asking import can_be_asked
from kunnskap.people.models import HELPING, LEARN, Person, PersonTheme
from kunnskap.people.spots import spots
from kunnskap.places import comparing


@dataclass(frozen=True)
class Letter:
    """Somebody in a pair, where to write to them, and the pair."""

    account: Account
    pair: LearningPair


def suggest(loads: Loads) -> list[Letter]:
    """Make this month's pairs if it is time and nobody has; gives those to write to, two for each pair.

    Several workers may try at the same time: each waits for the one before and finds the month done.
    """
    today = clock.today()
    if not rules.is_time(today):
        return []
    hold(session.get_one(SiteVersion, 1))
    begun = datetime.combine(today.replace(day=1), time(), clock.HERE)
    month = f"{today:%Y-%m}"
    if any(one.month == month for one in events.happened_since(begun, PairsSought)):
        return []
    events.emit(PairsSought(month))
    sides = _sides(begun)
    made = rules.pairs(sides.values(), comparing.scores, _refused(sides), _busy(sides, loads))
    session.add_all(
        LearningPair(learner_id=one.learner_id, guide_id=one.guide_id, theme_id=one.theme_id) for one in made
    )
    session.flush()
    return _letters(made)


def _sides(begun: datetime) -> dict[int, Side]:
    """Those who opted in, can be asked, can sign in and work at a place, and are in no pair of this month's."""
    wants = select(Person.id, Person.place_id).where(
        Person.wants_pairs, Person.place_id.is_not(None), can_be_asked(clock.now()), can_sign_in()
    )
    paired = session.execute(
        select(LearningPair.learner_id, LearningPair.guide_id).where(LearningPair.suggested_at >= begun)
    )
    taken = {number for pair in paired for number in pair}
    people = {number: place for number, place in session.execute(wants) if place and number not in taken}
    knows: defaultdict[int, dict[int, str]] = defaultdict(dict)
    learns: defaultdict[int, set[int]] = defaultdict(set)
    topics = select(PersonTheme.person_id, PersonTheme.theme_id, PersonTheme.level)
    topics = topics.where(PersonTheme.person_id.in_(wants.with_only_columns(Person.id)))
    for number, theme, level in session.execute(topics):
        if level == LEARN:
            learns[number].add(theme)
        elif knows[number].get(theme) != HELPING[0]:
            knows[number][theme] = level
    known = spots()
    return {
        number: Side(number, place, known[place].county, knows[number], frozenset(learns[number]))
        for number, place in people.items()
    }


def _refused(sides: dict[int, Side]) -> "_Refusal":
    blocked = session.execute(select(Block.blocker_id, Block.blocked_id).where(Block.blocker_id.in_(list(sides))))
    before = select(LearningPair.learner_id, LearningPair.guide_id, LearningPair.theme_id)
    earlier = session.execute(before.where(LearningPair.learner_id.in_(list(sides))))
    return _Refusal({frozenset(pair) for pair in blocked}, {tuple(one) for one in earlier})


@dataclass(frozen=True)
class _Refusal:
    blocked: set[frozenset[int]]
    earlier: set[tuple[int, ...]]

    def __call__(self, pair: Pair) -> bool:
        both = frozenset({pair.learner_id, pair.guide_id})
        return both in self.blocked or (pair.learner_id, pair.guide_id, pair.theme_id) in self.earlier


def _busy(sides: dict[int, Side], loads: Loads) -> "_Busy":
    rows = select(Person.id, Person.asks_a_week).where(Person.id.in_(list(sides)), Person.asks_a_week > 0)
    return _Busy(dict(session.execute(rows).all()), dict(loads(list(sides))))


@dataclass(frozen=True)
class _Busy:
    most: dict[int, int]
    asked: dict[int, int]

    def __call__(self, person_id: int) -> bool:
        return person_id in self.most and self.asked.get(person_id, 0) >= self.most[person_id]


def _letters(made: Sequence[Pair]) -> list[Letter]:
    keys = [(one.learner_id, one.guide_id, one.theme_id) for one in made]
    which = tuple_(LearningPair.learner_id, LearningPair.guide_id, LearningPair.theme_id).in_(keys)
    rows = (
        select(LearningPair)
        .where(which)
        .order_by(LearningPair.id)
        .options(
            joinedload(LearningPair.learner).joinedload(Person.place),
            joinedload(LearningPair.guide).joinedload(Person.place),
            joinedload(LearningPair.theme),
        )
    )
    found = list(session.scalars(rows)) if made else []
    people = {number for pair in found for number in (pair.learner_id, pair.guide_id)}
    accounts = {one.person_id: one for one in session.scalars(select(Account).where(Account.person_id.in_(people)))}
    return [Letter(accounts[number], pair) for pair in found for number in (pair.learner_id, pair.guide_id)]


def stop(person_id: int) -> None:
    """Put somebody in no more pairs; raises NotFound when there is nobody like that any more."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound
    hold(person)
    person.wants_pairs = False
    session.flush()
