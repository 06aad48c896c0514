"""The words that mean the same, as they stand in the database now.

They are used when something is looked for, never when a document is kept, so a change takes effect with the next search
in every process and nothing need be built anew.
"""

import threading

from sqlalchemy import select

from kunnskap.db import session
from kunnskap.remembering import remembered
from kunnskap.search.analysis.synonyms import NO_SYNONYMS, Synonyms
from kunnskap.search.models import SynonymGroup

_last: list[Synonyms] = [NO_SYNONYMS]
_lock = threading.Lock()


def current() -> Synonyms:
    """Give the groups that stand; the same object for as long as none of them changes. One statement after a change."""
    return remembered("synonyms", _read, reference=True)


def _read() -> Synonyms:
    standing = select(SynonymGroup).where(SynonymGroup.removed_at.is_(None)).order_by(SynonymGroup.id)
    fresh = Synonyms(group.members for group in session.scalars(standing))
    # Answers are kept by this object, and reference data change for other reasons too.
    with _lock:
        if _last[0].groups != fresh.groups:
            _last[0] = fresh
        return _last[0]
