"""Every setting, typed, read from the environment once and checked before the site starts."""

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

HOUSE = Path(__file__).resolve().parent.parent
YES, NO = {"yes", "true", "1", "on", "ja"}, {"no", "false", "0", "off", "nei", ""}
ENGINES = {"whoosh", "postgresql", "memory"}
LOCAL_HOSTS = ("localhost", "127.0.0.1")
HOST = r"[a-z0-9][a-z0-9.-]*"
"""A name or an IPv4 address: what the web framework can compare a Host header with."""
SHORTEST_SECRET, FEWEST_CHARACTERS = 32, 8
"""A key this long, of so many different characters, is not guessed."""


class BadSetting(Exception):
    """A setting has a value that cannot be used; the text names it and says what it takes."""


@dataclass(frozen=True)
class OrganisationSetting:
    """An organisation whose people sign in with their account there (OpenID Connect). `issuer` is an address."""

    key: str
    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """What the site is told from outside. Sizes in bytes, times in seconds."""

    instance: Path
    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
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
    smtp_url: str = field(default="", repr=False)
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
    hosts: tuple[str, ...] = ()
    secret_files: tuple[Path, ...] = ()
    organisations: tuple[OrganisationSetting, ...] = ()
    log_level: str = "INFO"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read `KUNNSKAP_…` variables; raises BadSetting on the first that cannot be used."""
        return _read(os.environ if environment is None else environment)

    @property
    def is_https(self) -> bool:
        """Whether people reach the site over HTTPS."""
        return self.address.startswith("https://")

    @property
    def trusted_hosts(self) -> tuple[str, ...]:
        """The names the site answers to, without ports; a local site answers to every local name."""
        own = _host_of(self.address)
        return tuple(dict.fromkeys((own, *(LOCAL_HOSTS if own in LOCAL_HOSTS else ()), *self.hosts)))


def _read(env: Mapping[str, str]) -> Settings:
    instance = Path(env.get("KUNNSKAP_INSTANCE") or HOUSE / "instance").absolute()
    port = _whole(env, "KUNNSKAP_PORT", 5000, 1, 65_535)
    address = _address(env.get("KUNNSKAP_ADDRESS") or f"http://127.0.0.1:{port}")
    given_url = _secret(env, "KUNNSKAP_DATABASE_URL", "KUNNSKAP_DATABASE_URL_FILE")
    database_url = _database(given_url or f"sqlite:///{instance / 'kunnskap.db'}")
    return Settings(
        instance=instance,
        database_url=database_url,
        secret_key=_key(env, instance, https=address.startswith("https://")),
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
        smtp_url=_smtp(_secret(env, "KUNNSKAP_SMTP_URL", "KUNNSKAP_SMTP_URL_FILE")),
        trusted_proxies=_whole(env, "KUNNSKAP_TRUSTED_PROXIES", 0, 0, 10),
        secure_cookies=_yes_or_no(env, "KUNNSKAP_SECURE_COOKIES", default=address.startswith("https://")),
        page_cache=_yes_or_no(env, "KUNNSKAP_PAGE_CACHE", default=True),
        rate_limits=_yes_or_no(env, "KUNNSKAP_RATE_LIMITS", default=True),
        rate_limit_storage=env.get("KUNNSKAP_RATE_LIMIT_STORAGE") or "memory://",
        count_searches=_yes_or_no(env, "KUNNSKAP_COUNT_SEARCHES", default=True),
        require_second_factor=_yes_or_no(env, "KUNNSKAP_REQUIRE_SECOND_FACTOR", default=address.startswith("https://")),
        session_idle_hours=_whole(env, "KUNNSKAP_SESSION_IDLE_HOURS", 336, 1, 8_760),
        session_days=_whole(env, "KUNNSKAP_SESSION_DAYS", 30, 1, 365),
        contact=_contact(env.get("KUNNSKAP_CONTACT", "").strip()),
        hosts=_hosts(env.get("KUNNSKAP_HOSTS", "")),
        secret_files=tuple(Path(file) for name, file in env.items() if _names_a_secret_file(name) and file),
        organisations=_organisations(env),
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
    if not re.fullmatch(HOST, _host_of(url)):
        raise BadSetting(f"KUNNSKAP_ADDRESS={url!r}: must name a host, as in https://kunnskap.example.no")
    return url.rstrip("/")


def _host_of(url: str) -> str:
    """The host of an address without its port; empty when there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(host.strip().lower() for host in text.split(",") if host.strip())
    for host in hosts:
        if not re.fullmatch(HOST, host):
            raise BadSetting(f"KUNNSKAP_HOSTS: {host!r} is no host name; write names without http:// and port")
    return hosts


def _smtp(url: str) -> str:
    if url and not url.startswith(("smtp://", "smtps://")):
        raise BadSetting("KUNNSKAP_SMTP_URL: must begin with smtp:// or smtps://")
    return url


def _contact(address: str) -> str:
    if address and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", address):
        raise BadSetting("KUNNSKAP_CONTACT: must be an e-mail address")
    return address


def _organisations(env: Mapping[str, str]) -> tuple[OrganisationSetting, ...]:
    keys = [key.strip().lower() for key in env.get("KUNNSKAP_ORGANISATIONS", "").split(",") if key.strip()]
    if len(set(keys)) < len(keys):
        raise BadSetting("KUNNSKAP_ORGANISATIONS: names an organisation twice")
    return tuple(_organisation(env, key) for key in keys)


def _organisation(env: Mapping[str, str], key: str) -> OrganisationSetting:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", key):
        raise BadSetting(f"KUNNSKAP_ORGANISATIONS: {key!r} must be letters, digits and _, and begin with a letter")
    prefix = f"KUNNSKAP_ORGANISATION_{key.upper()}"
    issuer, client_id = env.get(f"{prefix}_ISSUER", "").strip(), env.get(f"{prefix}_CLIENT_ID", "").strip()
    client_secret = _secret(env, f"{prefix}_CLIENT_SECRET", f"{prefix}_CLIENT_SECRET_FILE")
    if not issuer.startswith("https://") and not (issuer.startswith("http://") and _host_of(issuer) in LOCAL_HOSTS):
        raise BadSetting(f"{prefix}_ISSUER: must begin with https://")
    if not client_id or not client_secret:
        raise BadSetting(f"{prefix}_CLIENT_ID and {prefix}_CLIENT_SECRET: both are needed")
    return OrganisationSetting(key, env.get(f"{prefix}_NAME", "").strip() or key, issuer, client_id, client_secret)


def _secret(env: Mapping[str, str], name: str, name_of_file: str) -> str:
    """Read what should stay secret from the environment or from the file it names; empty when neither is given."""
    value, file = env.get(name, ""), env.get(name_of_file, "")
    if value and file:
        raise BadSetting(f"{name} and {name_of_file} are both given; keep one")
    return _content(Path(file), name_of_file) if file else value


def _names_a_secret_file(name: str) -> bool:
    return name.startswith("KUNNSKAP_") and name.endswith("_FILE")


def _content(file: Path, name: str) -> str:
    try:
        content = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"{name}: {file} cannot be read ({type(error).__name__})") from None
    if not content:
        raise BadSetting(f"{name}: {file} is empty")
    return content


def _key(env: Mapping[str, str], instance: Path, *, https: bool) -> str:
    key = _secret(env, "KUNNSKAP_SECRET_KEY", "KUNNSKAP_SECRET_KEY_FILE") or _kept_secret(instance, https=https)
    if https and is_weak(key):
        raise BadSetting(
            f"KUNNSKAP_SECRET_KEY: can be guessed; use at least {SHORTEST_SECRET} random characters, or leave it out"
        )
    return key


def is_weak(key: str) -> bool:
    """Whether a secret key could be guessed: it is short, or of few different characters."""
    return len(key) < SHORTEST_SECRET or len(set(key)) < FEWEST_CHARACTERS


def is_open_to_others(path: Path) -> bool:
    """Whether others than its owner may read a file or folder; Windows says nothing of that."""
    return os.name == "posix" and bool(path.stat().st_mode & 0o077)


def _kept_secret(instance: Path, *, https: bool) -> str:
    """Read the instance's own secret, or make it on the first start, readable by its owner only."""
    file = instance / "secret_key"
    if not file.exists():
        _make_secret(file)
    if https and is_open_to_others(file):
        raise BadSetting(f"{file} can be read by others than its owner: chmod 600 {file}")
    return _content(file, "the secret key")


def _make_secret(file: Path) -> None:
    """Put a new secret in place whole, so that two processes that start at once use the same."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=file.parent, prefix=".secret_key") as made:
        made.write(secrets.token_hex(32))
        made.flush()
        try:
            os.link(made.name, file)
        except FileExistsError:
            return
