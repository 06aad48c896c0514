"""Words that editors have said mean the same; used when something is looked for, so that nothing need be built anew."""

from collections.abc import Iterable, Sequence


class Synonyms:
    """Groups of expressions that mean the same. Two are equal only if they are the same object."""

    def __init__(self, groups: Iterable[Sequence[str]] = ()) -> None:
        self.groups = tuple(tuple(group) for group in groups)


NO_SYNONYMS = Synonyms()
