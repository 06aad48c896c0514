"""The import itself: reads the file once for each kind, takes lines in batches, and keeps an account of them.

Every batch is a transaction of its own and every line is known by its outside id, so an import that was broken off is
simply run again. A bad line is reported and costs nothing but itself.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Protocol

from sqlalchemy.exc import IntegrityError

from kunnskap.cli.importing.comments import Comments
from kunnskap.cli.importing.known import Known
from kunnskap.cli.importing.lines import KINDS, BadLine, Line
from kunnskap.cli.importing.people import People
from kunnskap.cli.importing.posts import Posts
from kunnskap.db import session
from kunnskap.files import Shelf

BATCH = 500
LONGEST_LINE = 4 * 1024 * 1024
Progress = Callable[[int], object]


class Taker(Protocol):
    """Takes the lines of one kind, a batch at a time: `prepare`, `take` each, `finish`."""

    def prepare(self, lines: list[Line]) -> None:
        """Look up what the batch needs."""

    def take(self, line: Line) -> bool:
        """Take one line; returns whether it is new. Raises BadLine before anything of it is written."""

    def finish(self) -> None:
        """Do what is done once a batch."""


@dataclass
class Account:
    """How it went: numbers by kind, and what was wrong with which line."""

    new: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)
    problems: dict[int, str] = field(default_factory=dict)


def import_file(path: Path, shelf: Shelf, progress: Progress = lambda _count: None) -> Account:
    """Import a file of JSON lines; `progress` hears how many bytes have been gone through, once for each kind."""
    account, known = Account(), Known()
    for kind in KINDS:
        lines = _lines(path, kind, account, progress)
        while batch := list(islice(lines, BATCH)):
            _take_batch(_taker(kind, known, shelf, path.parent), batch, account)
    return account


def _taker(kind: str, known: Known, shelf: Shelf, folder: Path) -> Taker:
    if kind == "person":
        return People(known)
    return Comments(known) if kind == "comment" else Posts(kind, known, shelf, folder)


def _lines(path: Path, kind: str, account: Account, progress: Progress) -> Iterator[Line]:
    with path.open("rb") as stream:
        for number, raw in enumerate(iter(lambda: stream.readline(LONGEST_LINE), b""), start=1):
            progress(len(raw))
            if number in account.problems or not raw.strip():
                continue
            try:
                line = Line.read(number, raw)
            except BadLine as bad:
                account.problems[number] = str(bad)
                continue
            if line.kind == kind:
                yield line


def _take_batch(taker: Taker, batch: list[Line], account: Account) -> None:
    """Take a batch in one transaction; if the database refuses it, take its lines one by one."""
    try:
        _take(taker, batch, account)
    except IntegrityError:
        session.rollback()
        if len(batch) == 1:
            account.problems[batch[0].number] = "the database refuses it: is the same thing named twice?"
            return
        for line in batch:
            _take_batch(taker, [line], account)


def _take(taker: Taker, batch: list[Line], account: Account) -> None:
    taker.prepare(batch)
    new: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    for line in batch:
        try:
            new[line.kind] += taker.take(line)
            taken[line.kind] += 1
        except BadLine as bad:
            account.problems[line.number] = str(bad)
    taker.finish()
    session.commit()
    account.new += new
    account.again += taken - new
    session.expunge_all()
