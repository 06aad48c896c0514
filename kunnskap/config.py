"""Every setting, typed, read from the environment once and checked before the site starts."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
YES, NO = {"yes", "true", "1", "on", "ja"}, {"no", "false", "0", "off", "nei", ""}
ENGINES = {"whoosh", "postgresql", "memory"}


class BadSetting(Exception):
    """A setting has a value that cannot be used; the text names it and says what it takes."""


@dataclass(frozen=True)
class Settings:
    """What the site is told from outside. Sizes in bytes, times in seconds."""

    instance: Path
    database_url: str
    secret_key: str
    address: str = "http://127.0.0.1:5000"
    port: int = 5000
    threads: int = 8
    demo: bool = False
    worker: bool = False
    search: str = "whoosh"
    upload_limit: int = 50 * 1024 * 1024
    read_seconds: int = 60
    read_memory: int = 1024 * 1024 * 1024
    mail_from: str = "Kunnskap <ikke-svar@kunnskap.invalid>"
    smtp_url: str = ""
    trusted_proxies: int = 0
    secure_cookies: bool = False
    page_cache: bool = True
    rate_limits: bool = True
    rate_limit_storage: str = "memory://"
    count_searches: bool = True
    require_second_factor: bool = False
    session_idle_hours: int = 336
    session_days: int = 30
    contact: str = ""
    log_level: str = "INFO"
    given: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read `KUNNSKAP_…` variables; raises BadSetting on the first that cannot be used."""
        return _read(os.environ if environment is None else environment)


def _read(env: Mapping[str, str]) -> Settings:
    instance = Path(env.get("KUNNSKAP_INSTANCE") or HOUSE / "instance").absolute()
    port = _whole(env, "KUNNSKAP_PORT", 5000, 1, 65_535)
    address = _address(env.get("KUNNSKAP_ADDRESS") or f"http://127.0.0.1:{port}")
    database_url = _database(env.get("KUNNSKAP_DATABASE_URL") or f"sqlite:///{instance / 'kunnskap.db'}")
    return Settings(
        instance=instance,
        database_url=database_url,
        secret_key=env.get("KUNNSKAP_SECRET_KEY") or _kept_secret(instance),
        address=address,
        port=port,
        threads=_whole(env, "KUNNSKAP_THREADS", 8, 1, 256),
        demo=_yes_or_no(env, "KUNNSKAP_DEMO", default=False),
        worker=_yes_or_no(env, "KUNNSKAP_WORKER", default=False),
        search=_engine(env, database_url),
        upload_limit=_whole(env, "KUNNSKAP_UPLOAD_LIMIT_MB", 50, 1, 2_000) * 1024 * 1024,
        read_seconds=_whole(env, "KUNNSKAP_READ_SECONDS", 60, 1, 3_600),
        read_memory=_whole(env, "KUNNSKAP_READ_MEMORY_MB", 1024, 128, 65_536) * 1024 * 1024,
        mail_from=env.get("KUNNSKAP_MAIL_FROM") or Settings.mail_from,
        smtp_url=_smtp(env.get("KUNNSKAP_SMTP_URL", "")),
        trusted_proxies=_whole(env, "KUNNSKAP_TRUSTED_PROXIES", 0, 0, 10),
        secure_cookies=_yes_or_no(env, "KUNNSKAP_SECURE_COOKIES", default=address.startswith("https://")),
        page_cache=_yes_or_no(env, "KUNNSKAP_PAGE_CACHE", default=True),
        rate_limits=_yes_or_no(env, "KUNNSKAP_RATE_LIMITS", default=True),
        rate_limit_storage=env.get("KUNNSKAP_RATE_LIMIT_STORAGE") or "memory://",
        count_searches=_yes_or_no(env, "KUNNSKAP_COUNT_SEARCHES", default=True),
        require_second_factor=_yes_or_no(env, "KUNNSKAP_REQUIRE_SECOND_FACTOR", default=address.startswith("https://")),
        session_idle_hours=_whole(env, "KUNNSKAP_SESSION_IDLE_HOURS", 336, 1, 8_760),
        session_days=_whole(env, "KUNNSKAP_SESSION_DAYS", 30, 1, 365),
        contact=env.get("KUNNSKAP_CONTACT", "").strip(),
        log_level=_one_of(env, "KUNNSKAP_LOG_LEVEL", "INFO", {"DEBUG", "INFO", "WARNING", "ERROR"}),
    )


def _whole(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = env.get(name) or str(default)
    if not text.strip().isdecimal() or not least <= int(text) <= most:
        raise BadSetting(f"{name}={text!r}: must be a whole number from {least} to {most}")
    return int(text)


def _yes_or_no(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = env.get(name, "yes" if default else "no").strip().lower()
    if text not in YES | NO:
        raise BadSetting(f"{name}={text!r}: must be yes or no")
    return text in YES


def _one_of(env: Mapping[str, str], name: str, default: str, choices: set[str]) -> str:
    text = env.get(name) or default
    if text not in choices:
        raise BadSetting(f"{name}={text!r}: must be one of {', '.join(sorted(choices))}")
    return text


def _engine(env: Mapping[str, str], database_url: str) -> str:
    is_postgresql = database_url.startswith("postgresql")
    chosen = _one_of(env, "KUNNSKAP_SEARCH", "postgresql" if is_postgresql else "whoosh", ENGINES)
    if chosen == "postgresql" and not is_postgresql:
        raise BadSetting("KUNNSKAP_SEARCH=postgresql: needs a KUNNSKAP_DATABASE_URL that begins with postgresql://")
    return chosen


def _database(url: str) -> str:
    if url.startswith("postgres://"):
        url = url.replace("postgres://", "postgresql://", 1)
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if not url.startswith(("sqlite:", "postgresql+psycopg:")):
        raise BadSetting("KUNNSKAP_DATABASE_URL: must begin with sqlite:/// or postgresql://")
    return url


def _address(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise BadSetting(f"KUNNSKAP_ADDRESS={url!r}: must begin with http:// or https://")
    return url.rstrip("/")


def _smtp(url: str) -> str:
    if url and not url.startswith(("smtp://", "smtps://")):
        raise BadSetting("KUNNSKAP_SMTP_URL: must begin with smtp:// or smtps://")
    return url


def _kept_secret(instance: Path) -> str:
    """Read the instance's own secret, or make it on the first start, readable by its owner only."""
    file = instance / "secret_key"
    if not file.exists():
        instance.mkdir(parents=True, exist_ok=True)
        made = os.open(file, os.O_CREAT | os.O_WRONLY, 0o600)
        with os.fdopen(made, "w") as out:
            out.write(secrets.token_hex(32))
    return file.read_text().strip()
