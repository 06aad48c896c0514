"""What is unsafe is told before others are let in, each with what to do."""

import dataclasses
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from kunnskap import clock, db
from kunnskap.cli import deployment
from kunnskap.config import Settings
from kunnskap.passkeys.models import Passkey

KEY = "0123456789abcdef" * 4


@pytest.fixture
def safe(tmp_path):
    """Settings of a site that may be opened to others."""
    instance = tmp_path / "instance"
    instance.mkdir(mode=0o700)
    return Settings.from_environment(
        {
            "KUNNSKAP_INSTANCE": str(instance),
            "KUNNSKAP_DATABASE_URL": f"sqlite:///{instance / 'kunnskap.db'}",
            "KUNNSKAP_SECRET_KEY": KEY,
            "KUNNSKAP_ADDRESS": "https://kunnskap.example.no",
            "KUNNSKAP_SMTP_URL": "smtps://site:passord@mail.example.no",
            "KUNNSKAP_MAIL_FROM": "Kunnskap <kunnskap@example.no>",
            "KUNNSKAP_CONTACT": "kunnskap@example.no",
            "KUNNSKAP_TRUSTED_PROXIES": "1",
            "KUNNSKAP_WORKER": "yes",
        }
    )


@pytest.fixture
def look(monkeypatch):
    """Look at a site with these settings, on a database that is as it should be."""
    monkeypatch.setattr(deployment, "_is_up_to_date", lambda: True)
    monkeypatch.setattr(deployment, "_is_there", lambda _settings: True)

    def look(settings, *, processes=1, debug=False, **changes):
        changed = dataclasses.replace(settings, **changes)
        return list(deployment.findings(changed, debug=debug, processes=processes))

    return look


@pytest.fixture
def administrator(member):
    account = member(role="administrator")
    account.totp_secret = "forseglet"
    db.session.flush()
    return account


def told(found):
    return " ".join(one.what for one in found)


@pytest.mark.usefixtures("administrator")
def test_a_site_that_is_set_up_well_has_nothing_to_say(look, safe):
    assert look(safe) == []


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize(
    ("changes", "what", "to_do"),
    [
        ({"address": "http://kunnskap.example.no"}, "read on the way", "KUNNSKAP_ADDRESS"),
        ({"trusted_proxies": 0}, "No proxy is trusted", "KUNNSKAP_TRUSTED_PROXIES"),
        ({"secure_cookies": False}, "Cookies are also sent without HTTPS", "KUNNSKAP_SECURE_COOKIES"),
        ({"secret_key": "hemmelig"}, "can be guessed", "KUNNSKAP_SECRET_KEY"),
        ({"require_second_factor": False}, "one password", "KUNNSKAP_REQUIRE_SECOND_FACTOR"),
        ({"smtp_url": ""}, "No mail is sent", "KUNNSKAP_SMTP_URL"),
        ({"smtp_url": "smtp://a:b@mail.example.no"}, "without encryption", "smtps://"),
        ({"mail_from": Settings.mail_from}, "sender that does not exist", "KUNNSKAP_MAIL_FROM"),
        ({"contact": ""}, "whom to write to", "KUNNSKAP_CONTACT"),
        ({"rate_limits": False}, "Nothing limits", "KUNNSKAP_RATE_LIMITS"),
        ({"processes": 2}, "counted in memory, by each of 2", "KUNNSKAP_RATE_LIMIT_STORAGE"),
        ({"demo": True}, "Demonstration content", "KUNNSKAP_DEMO"),
        ({"debug": True}, "debugging", "--debug"),
        ({"log_level": "DEBUG"}, "The log has everything", "KUNNSKAP_LOG_LEVEL"),
    ],
)
def test_each_unsafe_thing_is_told_alone_with_what_to_do(look, safe, changes, what, to_do):
    (found,) = look(safe, **changes)
    assert what in found.what
    assert to_do in found.to_do
    assert found.unsafe


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"worker": False}, "counted in memory"),
        ({"database_url": "postgresql+psycopg://a:b@db.example.no/c"}, "must be reached by TLS"),
    ],
)
def test_what_may_be_right_is_told_but_is_not_unsafe(look, safe, changes, what):
    (found,) = look(safe, **changes)
    assert what in found.what
    assert not found.unsafe


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize(
    "changes",
    [
        {"processes": 4, "rate_limit_storage": "redis://localhost"},
        {"database_url": "postgresql+psycopg://a:b@localhost/c"},
        {"database_url": "postgresql+psycopg://a:b@db.example.no/c?sslmode=verify-full"},
        {"smtp_url": "smtp://localhost"},
    ],
)
def test_other_ways_that_are_safe_are_not_objected_to(look, safe, changes):
    assert look(safe, **changes) == []


@pytest.mark.usefixtures("administrator")
def test_what_others_on_the_machine_can_read_is_told(look, safe, tmp_path):
    for name in ("secret_key", "kunnskap.db"):
        (safe.instance / name).write_text(KEY)
        (safe.instance / name).chmod(0o644)
    given = tmp_path / "smtp_url"
    given.write_text("smtps://…")
    given.chmod(0o604)
    safe.instance.chmod(0o755)
    found = look(safe, secret_files=(given,))
    commands = [one.to_do for one in found]
    assert f"Run: chmod 700 {safe.instance}" in commands
    assert {
        f"Run: chmod 600 {file}" for file in (safe.instance / "secret_key", safe.instance / "kunnskap.db", given)
    } < set(commands)
    safe.instance.chmod(0o700)
    assert "The database" not in told(look(safe))


def test_a_database_without_the_newest_tables_is_told_and_not_looked_into(safe):
    Path(safe.database_url.removeprefix("sqlite:///")).touch(0o600)
    (found,) = deployment.findings(safe, debug=False, processes=1)
    assert "migrate" in found.to_do


def test_looking_for_a_database_makes_none(safe):
    (found,) = deployment.findings(safe, debug=False, processes=1)
    assert "migrate" in found.to_do
    assert list(safe.instance.iterdir()) == []


def test_a_database_that_is_not_there_is_told(safe, monkeypatch):
    def fail():
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(deployment, "_is_there", lambda _settings: True)
    monkeypatch.setattr(deployment, "_is_up_to_date", fail)
    (found,) = deployment.findings(safe, debug=False, processes=1)
    assert "cannot be reached" in found.what


def test_a_site_without_administrator_is_told(look, safe, member):
    gone = member(role="administrator")
    gone.totp_secret, gone.closed_at = "forseglet", clock.now()
    db.session.flush()
    (found,) = look(safe)
    assert "create-admin" in found.to_do


@pytest.mark.usefixtures("administrator")
def test_those_with_power_and_one_factor_only_are_told_by_number(look, safe, member):
    moderator, with_key = member(role="moderator"), member(role="moderator")
    member()
    db.session.add(Passkey(account_id=with_key.id, credential_id="a", public_key=b"b", sign_count=0))
    db.session.flush()
    (found,) = look(safe)
    assert found.what.endswith(f"no second factor: account {moderator.id}.")


def test_the_command_tells_and_says_no(app, settings):
    run = app.test_cli_runner().invoke(args=["check-deploy"])
    assert run.exit_code == 1
    assert run.output.startswith("Not safe to open to others:\n- The address begins with http://")
    assert "migrate" in run.output


@pytest.mark.usefixtures("administrator")
def test_the_command_says_yes_when_nothing_is_unsafe(app, safe, monkeypatch):
    monkeypatch.setattr(deployment, "_is_up_to_date", lambda: True)
    monkeypatch.setattr(deployment, "_is_there", lambda _settings: True)
    monkeypatch.setitem(app.extensions, "kunnskap.settings", safe)
    run = app.test_cli_runner().invoke(args=["check-deploy"])
    assert (run.exit_code, run.output) == (0, "Nothing unsafe was found.\n")


def test_a_folder_made_by_the_site_is_closed_to_others(tmp_path):
    made = Settings.from_environment({"KUNNSKAP_INSTANCE": str(tmp_path / "new")}).instance
    assert made.stat().st_mode & 0o077 == 0
