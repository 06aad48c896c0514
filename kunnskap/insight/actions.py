"""Changing which words mean the same, and keeping counts of searches for as long as they are of use."""

from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from kunnskap import audit, clock
from kunnskap.actor import Actor
from kunnskap.db import SiteVersion, expect_writes, hold, session
from kunnskap.errors import Invalid, NotAllowed, NotFound
from kunnskap.i18n import Message, say
from kunnskap.insight import rules
from kunnskap.insight.models import SearchTally
from kunnskap.insight.tally import Counts
from kunnskap.search.models import BETWEEN, SynonymGroup


def add(actor: Actor, typed: str) -> SynonymGroup:
    """Make a group of the expressions typed; raises Invalid. Sent twice, it makes one group."""
    _begin(actor)
    members = rules.expressions(typed)
    words = BETWEEN.join(members)
    same = session.scalar(select(SynonymGroup).where(SynonymGroup.words == words, SynonymGroup.removed_at.is_(None)))
    if same is not None:
        return same
    _check(members)
    group = SynonymGroup(words=words, version=1, changed_by_id=actor.person_id)
    session.add(group)
    session.flush()
    audit.note(actor, "synonyms added", f"synonyms:{group.id}")
    return group


def change(actor: Actor, number: int, version: int, typed: str) -> SynonymGroup:
    """Change a group that was seen as `version`. Raises Invalid, also when somebody else has changed it meanwhile."""
    _begin(actor)
    group = _group(number)
    members = rules.expressions(typed)
    words = BETWEEN.join(members)
    if group.words == words and group.removed_at is None:
        return group
    if group.version != version:
        raise Invalid(words=_meanwhile(group))
    _check(members, but=number)
    group.words, group.removed_at = words, None
    _sign(actor, group)
    audit.note(actor, "synonyms changed", f"synonyms:{group.id}", {"version": group.version})
    return group


def remove(actor: Actor, number: int, version: int) -> bool:
    """Take a group away; removing twice is removing once. False when somebody has changed it since it was `version`."""
    _begin(actor)
    group = _group(number)
    if group.removed_at is None and group.version != version:
        return False
    if group.removed_at is None:
        group.removed_at = clock.now()
        _sign(actor, group)
        audit.note(actor, "synonyms removed", f"synonyms:{group.id}", {"version": group.version})
    return True


def _begin(actor: Actor) -> None:
    """Let one at a time change groups, so that no expression comes to stand in two."""
    if not actor.is_moderator:
        raise NotAllowed
    hold(session.get_one(SiteVersion, 1))


def _group(number: int) -> SynonymGroup:
    group = session.get(SynonymGroup, number, populate_existing=True)
    if group is None:
        raise NotFound
    return group


def _meanwhile(group: SynonymGroup) -> Message:
    if group.removed_at is not None:
        return say("Noen andre har fjernet gruppen mens du skrev. Lagrer du likevel, kommer den tilbake.")
    return say(
        "Noen andre har endret gruppen mens du skrev. Nå står det: «%(now)s». Lagrer du likevel, gjelder det du skrev.",
        now=group.words,
    )


def _check(members: tuple[str, ...], but: int | None = None) -> None:
    standing = select(SynonymGroup.words).where(SynonymGroup.removed_at.is_(None), SynonymGroup.id != (but or 0))
    problem = rules.problem(members, rules.by_expression(session.scalars(standing)))
    if problem is not None:
        raise Invalid(words=problem)


def _sign(actor: Actor, group: SynonymGroup) -> None:
    group.version += 1
    group.changed_at, group.changed_by_id = clock.now(), actor.person_id
    session.flush()


def keep_counts(counts: Counts) -> None:
    """Add these counts to this week's, in a transaction of its own; two processes may do so at the same time."""
    try:
        try:
            _add_counts(counts)
        except IntegrityError:  # the other one was first with a new row
            session.rollback()
            _add_counts(counts)
    finally:
        session.remove()
        expect_writes(False)


def _add_counts(counts: Counts) -> None:
    expect_writes()
    week = rules.week_of(clock.now().date())
    there = select(SearchTally).where(SearchTally.week == week, SearchTally.words.in_(counts)).with_for_update()
    rows = {row.words: row for row in session.scalars(there.order_by(SearchTally.words))}
    for words in sorted(counts):
        row = rows.get(words) or _new(week, words)
        row.searches += counts[words].searches
        row.without_hits += counts[words].without_hits
        row.clicks += counts[words].clicks
    session.commit()


def _new(week: date, words: str) -> SearchTally:
    row = SearchTally(week=week, words=words, searches=0, without_hits=0, clicks=0)
    session.add(row)
    return row


def tidy() -> None:
    """Forget what nobody else looked for after a month, and everything after little more than a year."""
    today = clock.now().date()
    lonely = select(SearchTally.words).group_by(SearchTally.words)
    lonely = lonely.having(func.sum(SearchTally.searches) < rules.SHOWN_FROM)
    session.execute(
        delete(SearchTally).where(
            SearchTally.week < rules.week_of(today - rules.LONELY_KEPT), SearchTally.words.in_(lonely)
        )
    )
    session.execute(delete(SearchTally).where(SearchTally.week < rules.week_of(today - rules.KEPT)))
