"""Whether a site may be opened to others: what is unsafe with its settings, its folder, its database and its people."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import click
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import exists, select
from sqlalchemy.exc import OperationalError

from kunnskap.accounts.models import Account
from kunnskap.accounts.queries import opens
from kunnskap.cli import database, starting
from kunnskap.config import LOCAL_HOSTS, Settings, is_open_to_others, is_weak
from kunnskap.db import session
from kunnskap.passkeys.models import Passkey
from kunnskap.rights import ADMINISTRATOR, MODERATOR

SAFE_TRANSPORT = ("sslmode=require", "sslmode=verify-ca", "sslmode=verify-full")


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be and what to do about it; one that is not `unsafe` is only worth knowing."""

    what: str
    to_do: str
    unsafe: bool = True


@click.command("check-deploy")
@click.option(
    "--processes", default=1, type=click.IntRange(1), help="How many processes serve the site (gunicorn --workers)."
)
@with_appcontext
def check_deploy(processes: int) -> None:
    """Tell what is unsafe about the site as it is set up; exit status 1 when anything is."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    found = list(findings(starting.settings(), debug=current_app.debug, processes=processes))
    unsafe, known = [one for one in found if one.unsafe], [one for one in found if not one.unsafe]
    for heading, part in (("Not safe to open to others:", unsafe), ("Worth knowing:", known)):
        if part:
            click.echo("\n".join([heading, *(f"- {one.what}\n  {one.to_do}" for one in part)]))
    if unsafe:
        raise SystemExit(1)
    click.echo("Nothing unsafe was found.")


def findings(settings: Settings, *, debug: bool, processes: int) -> Iterator[Finding]:
    """Look at everything that can be known from inside; `processes` is how many serve the site."""
    yield from _of_transport(settings)
    yield from _of_secrets(settings)
    yield from _of_mail(settings)
    yield from _of_limits(settings, processes)
    yield from _of_what_is_left_on(settings, debug=debug)
    yield from _of_folders(settings)
    yield from _of_the_database(settings)


def _of_transport(settings: Settings) -> Iterator[Finding]:
    if not settings.is_https:
        what = "The address begins with http://: what people send can be read on the way."
        yield Finding(what, "Put a proxy with HTTPS in front and set KUNNSKAP_ADDRESS to the https:// address.")
    elif not settings.trusted_proxies:
        what = "No proxy is trusted although the site is on HTTPS: every visitor seems to come from the proxy."
        yield Finding(what, "Set KUNNSKAP_TRUSTED_PROXIES to how many proxies stand in front, most often 1.")
    if not settings.secure_cookies:
        what = "Cookies are also sent without HTTPS, and whoever reads one on the way is signed in."
        yield Finding(what, "Set KUNNSKAP_SECURE_COOKIES=yes, or leave it out where the address begins with https://.")
    url = urlsplit(settings.database_url)
    if (
        url.scheme.startswith("postgresql")
        and not _is_near(url)
        and not any(way in url.query for way in SAFE_TRANSPORT)
    ):
        what = "The database is on another machine, and nothing says that it must be reached by TLS."
        yield Finding(what, "Add ?sslmode=verify-full (or require) to KUNNSKAP_DATABASE_URL.", unsafe=False)


def _is_near(url: SplitResult) -> bool:
    return url.hostname is None or url.hostname in (*LOCAL_HOSTS, "::1")


def _of_secrets(settings: Settings) -> Iterator[Finding]:
    if is_weak(settings.secret_key):
        what = "The secret key can be guessed, and with it anybody can make a cookie."
        yield Finding(what, "Leave KUNNSKAP_SECRET_KEY out, or use at least 32 random characters.")
    for file in (settings.instance / "secret_key", *settings.secret_files):
        if file.exists() and is_open_to_others(file):
            yield Finding(f"{file} can be read by others than its owner.", f"Run: chmod 600 {file}")
    if not settings.require_second_factor:
        what = "Moderators and administrators get in with one password or one mail."
        yield Finding(what, "Set KUNNSKAP_REQUIRE_SECOND_FACTOR=yes.")


def _of_mail(settings: Settings) -> Iterator[Finding]:
    url = urlsplit(settings.smtp_url)
    if not settings.smtp_url:
        what = "No mail is sent: links that let people in are files in the outbox folder."
        yield Finding(what, "Set KUNNSKAP_SMTP_URL (or KUNNSKAP_SMTP_URL_FILE).")
    elif url.scheme == "smtp" and url.password and not _is_near(url):
        what = "The password of the mail server may be sent without encryption."
        yield Finding(what, "Begin KUNNSKAP_SMTP_URL with smtps://.")
    if ".invalid" in settings.mail_from:
        what = "Mail has a sender that does not exist, and will be taken for spam."
        yield Finding(what, "Set KUNNSKAP_MAIL_FROM to an address of yours.")
    if not settings.contact:
        what = "Nobody is told whom to write to about the site, their data or a weakness they found."
        yield Finding(what, "Set KUNNSKAP_CONTACT to an e-mail address that somebody reads.")


def _of_limits(settings: Settings, processes: int) -> Iterator[Finding]:
    in_memory = settings.rate_limit_storage.startswith("memory:")
    if not settings.rate_limits:
        what = "Nothing limits how often somebody may guess a password or send mail."
        yield Finding(what, "Leave KUNNSKAP_RATE_LIMITS out, or set it to yes.")
    elif in_memory and processes > 1:
        what = f"Attempts are counted in memory, by each of {processes} processes for itself."
        yield Finding(what, "Set KUNNSKAP_RATE_LIMIT_STORAGE=redis://….")
    elif in_memory and not settings.worker:
        what = "Attempts are counted in memory, which is right only while one process serves the site."
        to_do = "With several, set KUNNSKAP_RATE_LIMIT_STORAGE=redis://…, and say --processes here to have it checked."
        yield Finding(what, to_do, unsafe=False)


def _of_what_is_left_on(settings: Settings, *, debug: bool) -> Iterator[Finding]:
    if debug:
        yield Finding("The site runs for debugging, and shows its insides to all.", "Start it without --debug.")
    if settings.demo:
        yield Finding("Demonstration content is loaded beside people's own.", "Leave KUNNSKAP_DEMO out.")
    if settings.log_level == "DEBUG":
        what = "The log has everything, also from libraries that know nothing of what must not be written down."
        yield Finding(what, "Set KUNNSKAP_LOG_LEVEL=INFO.")


def _of_folders(settings: Settings) -> Iterator[Finding]:
    folders, file = [settings.instance], _file_of(settings)
    if file is not None:
        folders = list(dict.fromkeys([settings.instance, file.parent]))
        if file.exists() and is_open_to_others(file) and is_open_to_others(file.parent):
            yield Finding(f"The database {file} can be read by others on the machine.", f"Run: chmod 600 {file}")
    for folder in folders:
        if folder.exists() and is_open_to_others(folder):
            yield Finding(f"The folder {folder} can be read by others on the machine.", f"Run: chmod 700 {folder}")


def _of_the_database(settings: Settings) -> Iterator[Finding]:
    try:
        is_up_to_date = _is_there(settings) and _is_up_to_date()
    except OperationalError:
        yield Finding("The database cannot be reached.", "See to KUNNSKAP_DATABASE_URL, and that the database runs.")
        return
    if is_up_to_date:
        yield from _of_people()
    else:
        yield Finding("The database's tables are not up to date.", "Run: flask --app app migrate")


def _is_there(settings: Settings) -> bool:
    """Whether there is a file to look into; asking SQLite would make one."""
    file = _file_of(settings)
    return file is None or file.exists()


def _file_of(settings: Settings) -> Path | None:
    is_file = settings.database_url.startswith("sqlite:///")
    return Path(settings.database_url.removeprefix("sqlite:///")) if is_file else None


def _is_up_to_date() -> bool:
    connection = session.connection()
    wanted = ScriptDirectory.from_config(database.config(connection)).get_heads()
    return set(MigrationContext.configure(connection).get_current_heads()) == set(wanted)


def _of_people() -> Iterator[Finding]:
    role = select(Account.role).where(Account.role == ADMINISTRATOR, *opens()).limit(1)
    if session.scalar(role) is None:
        what = "Nobody is administrator: nobody can let people in or take anything away."
        yield Finding(what, "Run: flask --app app create-admin name@example.no")
    has_passkey = exists().where(Passkey.account_id == Account.id)
    without = select(Account.id).where(
        Account.role.in_([ADMINISTRATOR, MODERATOR]), *opens(), Account.totp_secret.is_(None), ~has_passkey
    )
    if numbers := session.scalars(without.order_by(Account.id)).all():
        what = f"Moderators or administrators have no second factor: {_listed(numbers)}."
        yield Finding(what, "Ask them to set it up under Kontoen min (/konto).")


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(f"account {number}" for number in numbers)
