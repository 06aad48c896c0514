"""What changed between two revisions, word by word, for people to read."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from kunnskap.posts.models import Revision

WORDS = re.compile(r"\S+\s*|\s+")
SAME, ADDED, REMOVED = "same", "added", "removed"
EDITORS_ONLY = {"contact_mailbox"}
"""Fields with addresses: what somebody keeps to themselves today, history does not tell others than those who edit."""


@dataclass(frozen=True)
class Piece:
    """A run of text that stands, came or went (`how`)."""

    how: str
    text: str


@dataclass(frozen=True)
class Difference:
    """What became of one field."""

    name: str
    pieces: list[Piece]


def between(old: Revision | None, new: Revision, *, for_editors: bool = False) -> list[Difference]:
    """Compare two revisions field by field; fields that stand, or that readers may not see, are left out."""
    before, after = _fields(old), _fields(new)
    names = [*after, *(name for name in before if name not in after)]
    names = names if for_editors else [name for name in names if name not in EDITORS_ONLY]
    return [
        Difference(name, _pieces(before.get(name, ""), after.get(name, "")))
        for name in names
        if before.get(name, "") != after.get(name, "")
    ]


def _fields(revision: Revision | None) -> dict[str, str]:
    if revision is None:
        return {}
    # What begins with _ is kept for restoring and says nothing to readers.
    shown = {name: value for name, value in revision.details.items() if not name.startswith("_")}
    return {"title": revision.title, "body": revision.body, **shown}


def _pieces(before: str, after: str) -> list[Piece]:
    old, new = WORDS.findall(before), WORDS.findall(after)
    pieces = []
    for what, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        if what == "equal":
            pieces.append(Piece(SAME, "".join(old[i:j])))
            continue
        if j > i:
            pieces.append(Piece(REMOVED, "".join(old[i:j])))
        if m > k:
            pieces.append(Piece(ADDED, "".join(new[k:m])))
    return pieces
