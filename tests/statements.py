"""Counting what a page asks the database."""

from collections.abc import Iterator
from contextlib import contextmanager

BOOKKEEPING = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
_counting = [True]


class Statements(list[str]):
    """The SQL that ran, without the transactions' own."""

    def note(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        """Listen for `before_cursor_execute`."""
        if _counting[-1] and not statement.startswith(BOOKKEEPING):
            self.append(statement)

    def __str__(self) -> str:
        return "\n".join(f"{number}: {' '.join(sql.split())}" for number, sql in enumerate(self, 1))


@contextmanager
def uncounted() -> Iterator[None]:
    """Leave out what a worker would have asked in another thread."""
    _counting.append(False)
    try:
        yield
    finally:
        _counting.pop()
