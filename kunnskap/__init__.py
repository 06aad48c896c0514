"""Kunnskap: opens the database, lays the floors and lets the rooms in."""

import atexit
from datetime import timedelta
from functools import partial

import jinja2
from flask import Flask

from kunnskap import cli, clock, db, logs, worker
from kunnskap.accounts import queries as accounts
from kunnskap.accounts import sessions
from kunnskap.accounts.presence import Presence
from kunnskap.config import HOUSE, Settings
from kunnskap.desk.listeners import NetworkPost
from kunnskap.documents.listeners import Reader
from kunnskap.documents.reading import Limits
from kunnskap.expertise.listeners import Counter, Matchmaker
from kunnskap.files import Shelf
from kunnskap.handover.listeners import Handovers
from kunnskap.home import actions as feedback
from kunnskap.insight import actions as counting
from kunnskap.insight.tally import Tally
from kunnskap.mail import Postman
from kunnskap.meetings.listeners import MeetingLetters
from kunnskap.messages.listeners import Messenger
from kunnskap.moderation.listeners import Letters
from kunnskap.networks.listeners import Welcome
from kunnskap.people.listeners import Reminders
from kunnskap.places import comparing as likeness
from kunnskap.privacy.listeners import Cleaner, Exporter
from kunnskap.rooms import ROOMS
from kunnskap.routing import queries as routing
from kunnskap.routing.listeners import Router
from kunnskap.saved.listeners import Notices
from kunnskap.search import indexing, upkeep
from kunnskap.search.engines.memory import MemoryEngine
from kunnskap.search.engines.postgres import PostgresEngine
from kunnskap.search.engines.protocol import SearchEngine
from kunnskap.search.engines.whoosh import WhooshEngine
from kunnskap.web import access, addresses, errors, filters, limits, locale, page_cache, security, unit_of_work


def create_app(settings: Settings | None = None) -> Flask:
    """Build the site. Settings come from the environment unless they are given."""
    settings = settings or Settings.from_environment()
    logs.start(settings.log_level)
    app = Flask(
        __name__,
        template_folder=str(HOUSE / "templates"),
        static_folder=str(HOUSE / "static"),
        instance_path=str(settings.instance),
    )
    _configure(app, settings)
    db.connect(settings.database_url)
    Postman(settings.instance / "outbox", settings.mail_from, settings.smtp_url).listen()
    Notices(settings.address, settings.secret_key).listen()
    Letters(settings.address, settings.secret_key).listen()
    Welcome(settings.address, settings.secret_key).listen()
    NetworkPost(settings.address, settings.secret_key).listen()
    MeetingLetters(settings.address, settings.secret_key).listen()
    Reminders(settings.address, settings.secret_key, accounts.can_sign_in).listen()
    Handovers(settings.address).listen()
    Router(settings.address, settings.secret_key).listen()
    Messenger(settings.address).listen()
    Counter().listen()
    Matchmaker(settings.address, routing.recent_load, settings.secret_key).listen()
    app.extensions["kunnskap.index"] = index = indexing.connect(_open_search(settings))
    upkeep.begin()
    page_cache.also_depends_on(index.version)
    # What is brought forward today is not what was yesterday.
    page_cache.also_depends_on(clock.today)
    _count_searches(app, settings)
    _note_presence(app, settings)
    _open_doors(app, settings)
    for room in ROOMS:
        app.register_blueprint(room)
    cli.init_app(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    app.secret_key = settings.secret_key
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.url_map.strict_slashes = False
    app.config.update(
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,
        TRANSLATIONS=HOUSE / "kunnskap" / "translations",
    )
    security.keep_cookies(app, secure=settings.secure_cookies)
    security.trust_proxies(app, settings.trusted_proxies)
    app.extensions["kunnskap.settings"] = settings
    shelf = app.extensions["kunnskap.shelf"] = Shelf(settings.instance / "files", settings.upload_limit)
    Reader(shelf, Limits(settings.read_seconds, settings.read_memory), settings.address).listen()
    app.extensions["kunnskap.exporter"] = exporter = Exporter(settings.instance / "exports", shelf, settings.address)
    exporter.listen()
    Cleaner(settings.instance / "outbox", exporter).listen()


def _open_doors(app: Flask, settings: Settings) -> None:
    addresses.init_app(app)
    locale.init_app(app)
    filters.init_app(app)
    access.init_app(app)
    security.init_app(app, settings)
    unit_of_work.init_app(app)
    if settings.page_cache:
        page_cache.init_app(app)
    limits.init_app(app, enabled=settings.rate_limits, storage=settings.rate_limit_storage)
    errors.init_app(app)


def _count_searches(app: Flask, settings: Settings) -> None:
    worker.every(3600, counting.tidy)
    worker.every(3600, feedback.tidy)
    worker.every(3600, likeness.compute_missing)
    if settings.count_searches:
        tally = app.extensions["kunnskap.tally"] = Tally(counting.keep_counts)
        atexit.register(tally.flush)


def _note_presence(app: Flask, settings: Settings) -> None:
    idle, longest = timedelta(hours=settings.session_idle_hours), timedelta(days=settings.session_days)
    worker.every(3600, partial(sessions.tidy, idle, longest))
    app.extensions["kunnskap.presence"] = presence = Presence(_keep_presence)
    atexit.register(presence.flush)


def _keep_presence(numbers: set[int]) -> None:
    db.expect_writes()
    try:
        sessions.note_seen(numbers)
        db.session.commit()
    finally:
        db.session.remove()


def _open_search(settings: Settings) -> SearchEngine:
    if settings.search == "postgresql":
        return PostgresEngine(settings.database_url)
    return WhooshEngine(settings.instance / "search") if settings.search == "whoosh" else MemoryEngine()
