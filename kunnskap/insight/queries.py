"""What people look for, and which words mean the same."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from kunnskap import clock
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import NotFound
from kunnskap.i18n import mark
from kunnskap.insight import rules
from kunnskap.insight.models import SearchTally
from kunnskap.paging import Page
from kunnskap.search import queries as search
from kunnskap.search.engines.protocol import Correction, IndexDown
from kunnskap.search.indexing import index
from kunnskap.search.models import SynonymGroup
from kunnskap.search.register import sameness
from kunnskap.search.results import Wanted
from kunnskap.search.synonyms import current

SIZE = 50
MOST_ROWS = 10_000
_searches, _without_hits, _clicks = (
    func.sum(column) for column in (SearchTally.searches, SearchTally.without_hits, SearchTally.clicks)
)
VIEWS = {
    "uten-treff": mark("Uten treff"),
    "uten-valg": mark("Ingen valgte noe"),
    "flest": mark("Oftest søkt etter"),
}
_NARROWED: dict[str, tuple[ColumnElement[bool], ...]] = {
    "uten-treff": (_without_hits > 0,),
    "uten-valg": (_clicks == 0, _without_hits < _searches),
    "flest": (),
}


@dataclass(frozen=True)
class Sought:
    """Words that were looked for in a period, and how it went."""

    words: str
    searches: int
    without_hits: int
    clicks: int


def sought(view: str, days: int, number: int = 1, size: int = SIZE) -> Page[Sought]:
    """Give what was looked for in the last so many days (whole weeks), as a key of VIEWS narrows it; most often first.

    What was looked for only once is somebody's own business and never shown.
    """
    since = rules.week_of(clock.now().date() - timedelta(days=days))
    rows = select(SearchTally.words, _searches, _without_hits, _clicks).where(SearchTally.week >= since)
    rows = rows.group_by(SearchTally.words).having(_searches >= rules.SHOWN_FROM, *_NARROWED[view])
    total = session.scalar(select(func.count()).select_from(rows.subquery())) or 0
    first = _without_hits if view == "uten-treff" else _searches
    ordered = rows.order_by(first.desc(), SearchTally.words).limit(size).offset((number - 1) * size)
    return Page([Sought(*row) for row in session.execute(ordered)], number, size, total)


def groups(words: str = "", number: int = 1) -> Page[SynonymGroup]:
    """Give the groups that stand, in the alphabet's order, those in which some expression has these words in it."""
    standing = select(SynonymGroup).where(SynonymGroup.removed_at.is_(None))
    found = list(session.scalars(standing.options(joinedload(SynonymGroup.changed_by))))
    wanted = sameness(words)
    found = [group for group in found if wanted in sameness(group.words)] if wanted else found
    found.sort(key=lambda group: group.words.casefold())
    return Page(found[(number - 1) * SIZE : number * SIZE], number, SIZE, len(found))


def group(number: int) -> SynonymGroup:
    """Give a group, removed or not, with whoever changed it last; raises NotFound."""
    wanted = select(SynonymGroup).where(SynonymGroup.id == number).options(joinedload(SynonymGroup.changed_by))
    found = session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class Tried:
    """What words become when somebody looks for them: terms with their weight, groups they stand in, and hits."""

    words: str
    terms: Sequence[tuple[str, float]]
    groups: Sequence[str]
    corrections: Sequence[Correction]
    total: int


def tried(actor: Actor, words: str) -> Tried | None:
    """Look for the words as the search page does, and tell what they became; None when the index cannot be asked."""
    try:
        found = index().find(replace(search.asked(actor, Wanted(words)), size=1, counted=False))
    except IndexDown:
        return None
    terms = sorted(found.terms.items(), key=lambda one: (-one[1], one[0]))
    said = f" {sameness(words)} "
    meant = [
        " = ".join(members)
        for members in current().groups
        if any(f" {sameness(member)} " in said for member in members)
    ]
    return Tried(words, terms, meant, found.corrections, found.total)
