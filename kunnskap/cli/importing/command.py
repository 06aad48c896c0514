"""`flask --app app import FILE.jsonl`."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from tqdm import tqdm

from kunnskap import db
from kunnskap.cli.importing.importer import Account, import_file
from kunnskap.cli.importing.lines import KINDS

MOST_SHOWN = 200


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@with_appcontext
def import_lines(file: Path) -> None:
    """Import people, questions, answers, comments, experiences and documents from a file of JSON lines.

    The same id again updates, so a broken import is simply run again. Bad lines are listed with their number and the
    reason, and cost nothing but themselves; then the exit status is 1.
    """
    db.expect_writes()
    total = file.stat().st_size * len(KINDS)
    with tqdm(total=total, unit="B", unit_scale=True, desc=file.name) as bar:
        account = import_file(file, current_app.extensions["kunnskap.shelf"], bar.update)
    _tell(account)
    if account.problems:
        raise SystemExit(1)


def _tell(account: Account) -> None:
    for number, reason in sorted(account.problems.items())[:MOST_SHOWN]:
        click.echo(f"line {number}: {reason}", err=True)
    if len(account.problems) > MOST_SHOWN:
        click.echo(f"… and {len(account.problems) - MOST_SHOWN} more bad lines.", err=True)
    for kind in KINDS:
        if account.new[kind] or account.again[kind]:
            click.echo(f"{kind}: {account.new[kind]} new, {account.again[kind]} updated")
    click.echo(f"{len(account.problems)} lines could not be used.")
