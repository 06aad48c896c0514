"""`flask --app app rebuild-search` and `check-search`, and what `serve` does about the index before it answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError
from tqdm import tqdm

from kunnskap.search import documents
from kunnskap.search.comparing import Differences
from kunnskap.search.engines.protocol import IndexBusy, IndexDown, Query
from kunnskap.search.indexing import Comparison, Progress, index
from kunnskap.targets import Target

SMALL = 2_000
"""An index of at most so many things is built before the site answers, when there is none."""
MOST_NAMED = 20
BUSY = "Another process is building the search index or writing to it. Try again when it is done."


class Bars(Progress):
    """A bar for each reading of everything, on a terminal only; says in words when an earlier build is gone on with."""

    def __init__(self) -> None:
        self._begun: tuple[int, int] = 0, 0
        self._bar: tqdm[Any] | None = None
        self._round = 0

    def begin(self, after: Target | None, done: int, total: int) -> None:
        """Note where it begins; the bar comes with the first things read."""
        self.close()
        self._begun = done, total
        if after:
            click.echo(f"An earlier build was broken off; it goes on after {done} of {total} things.")

    def advance(self, things: int) -> None:
        """Move the bar."""
        if self._bar is None:
            done, total = self._begun
            self._round += 1
            bar = tqdm(total=total, initial=done, unit=" things", desc=f"Round {self._round}", disable=None)
            self._bar = bar
        self._bar.update(things)

    def close(self) -> None:
        """Leave the bar as it stands."""
        if self._bar is not None:
            self._bar.close()
        self._bar = None


@contextmanager
def _shown() -> Iterator[Bars]:
    """Show how far it has come, and say in one sentence why it cannot go on."""
    bars = Bars()
    try:
        yield bars
    except IndexBusy:
        raise click.ClickException(BUSY) from None
    except (IndexDown, OSError, SQLAlchemyError) as problem:
        again = "What has been built stays, and the next time goes on from there; an index that was there is in use."
        raise click.ClickException(f"The search index could not be read or written: {problem}. {again}") from problem
    finally:
        bars.close()


@click.command("rebuild-search")
@with_appcontext
def rebuild_search() -> None:
    """Build the search index anew beside the old one and change over, while the site answers.

    Everything is read twice: once to count words, once to write. A build that was broken off goes on where it stopped.
    """
    with _shown() as bars:
        things = index().rebuild(bars)
    click.echo(f"{things} things are in the index.")


@click.command("check-search")
@click.option("--only-tell", is_flag=True, help="Change nothing; the exit status is 1 when something is wrong.")
@with_appcontext
def check_search(only_tell: bool) -> None:
    """Compare the search index with the database, and put right what differs."""
    with _shown() as bars:
        wrong = _check(bars, only_tell=only_tell)
    if wrong and only_tell:
        raise SystemExit(1)


def _check(bars: Bars, *, only_tell: bool) -> bool:
    if not index().is_current():
        click.echo("The index is missing, damaged or made by an older analysis.")
        if not only_tell:
            click.echo(f"It was built anew; {index().rebuild(bars)} things are in it.")
        return True
    found = index().compare(bars)
    bars.close()
    for sentence in _sentences(found):
        click.echo(sentence)
    if found.differences.groups and not only_tell:
        index().mend(found.differences)
        click.echo("They have been put right.")
    return bool(found.differences.groups)


def _sentences(found: Comparison) -> Iterator[str]:
    """What was found, in words."""
    if found.waiting:
        yield f"{found.waiting} things have changed and wait for the worker to tell of them; they are not counted here."
    differences: Differences = found.differences
    if not differences.groups:
        yield f"The index is in step with the database: {documents.how_many()} things."
    for groups, what in (
        (differences.missing, "missing from the index"),
        (differences.stale, "in the index as they were before a change"),
        (differences.left_over, "in the index but should not be"),
    ):
        if groups:
            ordered = sorted(groups, key=lambda group: (group.kind, group.id))
            named = ", ".join(str(group) for group in ordered[:MOST_NAMED])
            yield f"{len(groups)} {what}: {named}{' …' if len(groups) > MOST_NAMED else ''}"


def prepare_search(*, has_worker: bool) -> None:
    """Build the index before the site answers where that is better than answering without; the worker sees to the rest."""
    is_current = index().is_current()
    if is_current and not _is_forgotten():
        return
    if not is_current and index().answers():
        whose = "" if has_worker else " by `flask --app app worker`, or `rebuild-search`"
        click.echo(
            f"The search index is damaged or made by an older analysis. It answers until a new one is built{whose}."
        )
        return
    many = documents.how_many()
    if is_current or many <= SMALL or not has_worker:
        _build_now()
    else:
        click.echo(f"There is no search index yet. One of {many} things is built while the site answers.")


def _is_forgotten() -> bool:
    """Whether nothing at all is in an index of a database with something in it."""
    return index().find(Query("", counted=False)).total == 0 and documents.how_many() > 0


def _build_now() -> None:
    try:
        with _shown() as bars:
            click.echo(f"{index().rebuild(bars)} things are in the new search index.")
    except click.ClickException as problem:
        click.echo(f"{problem.message} The site answers without search until then.")


ALL = (rebuild_search, check_search)
