"""Words that editors have said mean the same; used when something is looked for, so that nothing need be built anew."""

from collections.abc import Callable, Iterable, Mapping, Sequence

Keys = tuple[str, ...]


class Synonyms:
    """Groups of expressions that mean the same. Two are equal only if they are the same object."""

    def __init__(self, groups: Iterable[Sequence[str]] = ()) -> None:
        self.groups = tuple(tuple(group) for group in groups)
        self._read: tuple[object, Mapping[str, list[tuple[Keys, tuple[str, ...]]]]] | None = None

    def at(self, keys: Sequence[str], read: Callable[[str], Keys]) -> tuple[int, tuple[str, ...]]:
        """Look whether an expression begins here: how many keys it takes, and the others that mean the same.

        `keys` are the words from here on; `read` turns an expression into its keys. The longest one counts; (0, ()) for none.
        """
        found = self._by_first_key(read).get(keys[0], ()) if keys and self.groups else ()
        return next(((len(mine), others) for mine, others in found if tuple(keys[: len(mine)]) == mine), (0, ()))

    def _by_first_key(self, read: Callable[[str], Keys]) -> Mapping[str, list[tuple[Keys, tuple[str, ...]]]]:
        if self._read is None or self._read[0] != read:
            found: dict[str, list[tuple[Keys, tuple[str, ...]]]] = {}
            for group in self.groups:
                for place, expression in enumerate(group):
                    keys = read(expression)
                    if keys:
                        found.setdefault(keys[0], []).append((keys, group[:place] + group[place + 1 :]))
            for several in found.values():
                several.sort(key=lambda one: -len(one[0]))
            self._read = read, found
        return self._read[1]


NO_SYNONYMS = Synonyms()
