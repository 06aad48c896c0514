"""The commands, one function each; they tell in plain words what they did."""

from collections.abc import Callable
from pathlib import Path

import click
from flask.cli import with_appcontext

from kunnskap import events
from kunnskap.cli import backup as copies
from kunnskap.cli import database, search, serving
from kunnskap.cli.deployment import check_deploy
from kunnskap.cli.importing.command import import_lines
from kunnskap.cli.starting import first_administrator, load_demo_content, load_reference_data, settings
from kunnskap.db import expect_writes, session
from kunnskap.errors import BadFile, Invalid, NotFound
from kunnskap.passkeys import actions as passkeys
from kunnskap.second_factor import actions as second_factor
from kunnskap.worker import Worker


@click.command()
@with_appcontext
def migrate() -> None:
    """Bring the database's tables up to date."""
    database.upgrade(database.engine())
    click.echo("The tables are up to date.")


@click.command("load-reference")
@with_appcontext
def load_reference() -> None:
    """Load municipalities, counties, themes, networks, synonyms and the year wheel; loading again only updates."""
    click.echo(_or_refuse(load_reference_data))


@click.command("load-demo")
@with_appcontext
def load_demo() -> None:
    """Load the demonstration content; loading again only updates."""
    click.echo(_or_refuse(load_demo_content))


def _or_refuse(load: Callable[[], str]) -> str:
    try:
        return load()
    except BadFile as refused:
        raise click.ClickException(str(refused)) from None


@click.command("create-admin")
@click.argument("email")
@click.option("--name", default="Administrator", help="The name people see, when a new account is made.")
@with_appcontext
def create_admin(email: str, name: str) -> None:
    """Make the account with this address an administrator; one is made if there is none.

    Sign in with a link by mail, and choose a password under "Kontoen min" (/konto).
    """
    try:
        made = first_administrator(email, name)
    except Invalid as refused:
        raise click.BadParameter(f"{email!r} is not an address mail can be sent to", param_hint="EMAIL") from refused
    session.commit()
    click.echo(f"{email} {'is a new account and ' if made else 'is '}administrator.")


@click.command("reset-second-factor")
@click.argument("email")
@with_appcontext
def reset_second_factor(email: str) -> None:
    """Take codes from an app and passkeys off an account whose owner has lost the phone and the recovery codes.

    Make sure first, in another way than by mail, that it is the owner who asks. Every session of the account ends.
    """
    try:
        had = second_factor.reset(email)
        keys = passkeys.remove_all(email)
    except NotFound:
        raise click.BadParameter(f"there is no account with the address {email!r}", param_hint="EMAIL") from None
    session.commit()
    click.echo(f"{email} {'no longer has' if had else 'had no'} codes from an app; {keys} passkeys were removed.")


@click.command()
@click.option("--show", is_flag=True, help="Only tell how much is waiting and how much was set aside.")
@click.option("--retry", is_flag=True, help="Give what was set aside new attempts first.")
@with_appcontext
def worker(show: bool, retry: bool) -> None:
    """Tell what has happened (index, mail, reading of files) until stopped with Ctrl+C."""
    expect_writes()
    if retry:
        events.retry_set_aside()
        session.commit()
    waiting = events.backlog()
    session.remove()
    click.echo(f"{waiting.waiting} events are waiting; {waiting.set_aside} were set aside.")
    if not show:
        with serving.stopped_politely(Worker()) as one:
            one.wait()


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@with_appcontext
def backup(folder: Path) -> None:
    """Copy database, files and secret key into a new folder in FOLDER, while the site runs."""
    made = copies.copy_instance(settings(), database.engine(), folder)
    click.echo(f"Copied to {made}.")
    if database.engine().dialect.name != "sqlite":
        click.echo("The database is PostgreSQL and is not in the copy: take it with pg_dump now.")


@click.command()
@with_appcontext
def serve() -> None:
    """Do what is needed before the site can be used, and serve it with waitress until Ctrl+C."""
    serving.serve()


ALL = (
    migrate,
    load_reference,
    load_demo,
    *search.ALL,
    create_admin,
    reset_second_factor,
    worker,
    backup,
    import_lines,
    check_deploy,
    serve,
)
