"""The house's own synonyms: reads the file, refuses what is wrong with it, and brings untouched groups up to date."""

from pathlib import Path

from sqlalchemy import delete, select

from kunnskap import clock
from kunnskap.db import session
from kunnskap.search.analysis.words import fold, lower
from kunnskap.search.models import BETWEEN, SynonymGroup
from kunnskap.tables import DATA, Loaded, Row, read_csv

FILE = "synonyms.csv"


def sameness(expression: str) -> str:
    """What two expressions that differ only in capitals, spaces and how æ, ø and å are written have in common."""
    return fold(lower(" ".join(expression.split())))


def read(folder: Path = DATA) -> list[tuple[str, ...]]:
    """Read and check the file: groups of two or more, and no expression in two of them. Raises BadFile."""
    seen: set[str] = set()
    return [_members(row, seen) for row in read_csv(folder / FILE, ("words",))]


def _members(row: Row, seen: set[str]) -> tuple[str, ...]:
    members = tuple(one.strip() for one in row.text("words").split(BETWEEN.strip()))
    if len(members) < 2 or not all(members):
        raise row.bad("a group needs at least two expressions, with = between them")
    for member in members:
        if sameness(member) in seen:
            raise row.bad(f"{member!r} stands twice")
        seen.add(sameness(member))
    return members


def load(folder: Path = DATA) -> Loaded:
    """Bring groups that no editor has touched up to date with the file; raises BadFile before anything is touched.

    A group that editors have changed or removed is left as it is, and a line whose words they use in a group of their
    own is passed over.
    """
    lines = {members[0]: members for members in read(folder)}
    known = {group.seed: group for group in session.scalars(select(SynonymGroup)) if group.seed}
    gone = [group.id for seed, group in known.items() if seed not in lines and not group.version]
    if gone:
        session.execute(delete(SynonymGroup).where(SynonymGroup.id.in_(gone)))
    taken = _taken_by_editors()
    changed = len(gone) + sum(_keep(seed, members, known, taken) for seed, members in lines.items())
    session.flush()
    return Loaded({"synonym groups": len(lines)}, changed)


def _taken_by_editors() -> set[str]:
    theirs = select(SynonymGroup).where(SynonymGroup.version > 0, SynonymGroup.removed_at.is_(None))
    return {sameness(member) for group in session.scalars(theirs) for member in group.members}


def _keep(seed: str, members: tuple[str, ...], known: dict[str, SynonymGroup], taken: set[str]) -> bool:
    group = known.get(seed)
    words = BETWEEN.join(members)
    if group is not None and (group.version or group.words == words):
        return False
    if any(sameness(member) in taken for member in members):
        if group is not None:
            session.delete(group)
        return group is not None
    if group is None:
        session.add(SynonymGroup(words=words, seed=seed))
    else:
        group.words, group.changed_at = words, clock.now()
    return True
