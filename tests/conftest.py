"""Fixtures shared by every test: one app and one database, each test inside a transaction that is undone."""

import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, event, make_url

from kunnskap import create_app, db, remembering
from kunnskap.accounts.models import Account
from kunnskap.accounts.presence import Presence
from kunnskap.actor import Actor
from kunnskap.config import Settings
from kunnskap.search import indexing
from tests import factories
from tests.browsing import Browser
from tests.postgres import TEST_DATABASE, fresh_database, start_server
from tests.sources import build
from tests.statements import Statements

# The same examples each time, so that what is green stays green; HYPOTHESIS_PROFILE=explore looks for new ones.
hypothesis.settings.register_profile(
    "steady",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile(
    "explore", parent=hypothesis.settings.get_profile("steady"), derandomize=False, max_examples=2_000
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once, before the test processes part, when it is asked for."""
    if os.environ.get(TEST_DATABASE) == "postgresql" and not hasattr(config, "workerinput"):
        os.environ[TEST_DATABASE] = start_server(config)


def pytest_report_header() -> str:
    """Say which database the tests run on."""
    return f"database: {make_url(os.environ.get(TEST_DATABASE, 'sqlite://')).get_backend_name()}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say on the last lines which tests could not be run for want of a browser."""
    skipped = terminalreporter.stats.get("skipped", [])
    browser = [report for report in skipped if "browser" in report.keywords and "no Chromium" in str(report.longrepr)]
    if browser:
        terminalreporter.section("no browser", yellow=True)
        terminalreporter.line(f"{len(browser)} browser tests were left out: there is no Chromium on this machine.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What stands in tests/browser carries the marker of the same name and may talk to this machine only."""
    for item in items:
        if "browser" in item.path.relative_to(Path(__file__).parent).parts:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1"]))
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def database_url(worker_id: str) -> str:
    """An empty database of this test process's own."""
    server = os.environ.get(TEST_DATABASE, "sqlite")
    return fresh_database(server, f"kunnskap_{worker_id}") if server.startswith("postgresql") else "sqlite://"


@pytest.fixture(scope="session")
def settings(database_url: str) -> Iterator[Settings]:
    """Settings of a site without worker or index on disk."""
    with tempfile.TemporaryDirectory(prefix="kunnskap-test-") as folder:
        yield Settings(
            instance=Path(folder),
            database_url=database_url,
            secret_key="test",
            address="http://localhost",
            search="memory",
            # Kept pages and counted attempts would carry over from one test to the next.
            page_cache=False,
            rate_limits=False,
            # What is counted is written by a thread of its own, which would write into some test.
            count_searches=False,
        )


@pytest.fixture(scope="session")
def _nobody_notes_presence() -> Iterator[None]:
    """Uses of sessions are written by threads of their own, which would write into some test: of no site in any test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kunnskap.Presence", lambda _keep: Presence(lambda _numbers: None, pause=None))
        yield


@pytest.fixture(scope="session")
def app(settings: Settings, _nobody_notes_presence: None) -> Iterator[Flask]:
    """The whole site, with every table in place."""
    handlers = logging.getLogger().handlers[:]
    app = create_app(settings)
    logging.getLogger().handlers[:] = handlers
    app.testing = True
    app.test_client_class = Browser
    engine = db.maker.kw["bind"]
    db.session.remove()
    db.Base.metadata.create_all(engine)
    with db.session.begin():
        db.session.add(db.SiteVersion(id=1))
    db.session.remove()
    yield app
    db.session.remove()
    engine.dispose()


@pytest.fixture(scope="session")
def engine(app: Flask) -> Engine:
    """The database all tests share."""
    bind = db.maker.kw["bind"]
    assert isinstance(bind, Engine)
    return bind


@pytest.fixture(autouse=True)
def database(request: pytest.FixtureRequest) -> Iterator[Connection | None]:
    """A connection whose changes are undone after the test; unit tests get none, and fail if they ask for it."""
    db.expect_writes(False)  # a command that was tested before may have said otherwise
    parts = request.node.path.relative_to(Path(__file__).parent).parts
    if parts[0] == "unit":
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Engine, "connect", _refuse)
            yield None
    elif parts[0] == "browser":
        yield None
    else:
        engine = request.getfixturevalue("engine")
        _empty_index()
        with engine.connect() as connection, _undone(connection, engine):
            yield connection


def _empty_index() -> None:
    for index in indexing._connected:
        build(index._engine)


def _refuse(*_args: object, **_kwargs: object) -> None:
    pytest.fail("a unit test asked the database: give it plain objects, or move it to tests/rooms")


@contextmanager
def _undone(connection: Connection, engine: Engine) -> Iterator[None]:
    outer = connection.begin()
    db.session.remove()
    remembering.forget()
    db.session.configure(bind=connection, join_transaction_mode="create_savepoint")
    try:
        yield
    finally:
        db.session.remove()
        outer.rollback()
        db.session.configure(bind=engine, join_transaction_mode="conditional_savepoint")


@pytest.fixture
def member(database: Connection | None) -> Callable[..., Account]:
    """Make somebody who can sign in: `member("Test Testesen", role="moderator", place=skien)`."""
    return factories.account


@pytest.fixture
def browser(app: Flask) -> Callable[..., Browser]:
    """Open a browser, signed in as the given account: `browser(member())`."""

    def open_for(account: Account | None = None) -> Browser:
        client = app.test_client()
        assert isinstance(client, Browser)
        if account is not None:
            client.sign_in(account)
        return client

    return open_for


@pytest.fixture
def actor() -> Actor:
    """Somebody who is signed in; no such person is in the database."""
    return Actor(person_id=1, role="member")


@pytest.fixture
def count_sql(engine: Engine) -> Callable[[], object]:
    """Count statements: `with count_sql() as statements: …` and then `len(statements)`."""

    @contextmanager
    def count() -> Iterator[Statements]:
        statements = Statements()
        event.listen(engine, "before_cursor_execute", statements.note)
        try:
            yield statements
        finally:
            event.remove(engine, "before_cursor_execute", statements.note)

    return count
