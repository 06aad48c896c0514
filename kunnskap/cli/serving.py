"""Serving the site from one process: everything that must be in place first, then waitress and the worker."""

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, cast

import click
import waitress
from flask import Flask, current_app

from kunnskap.cli import database
from kunnskap.cli.search import prepare_search
from kunnskap.cli.starting import load_demo_content, load_reference_data, settings
from kunnskap.db import session
from kunnskap.worker import Worker

HOST = "127.0.0.1"


def serve() -> None:
    """Prepare, say where the site is, and answer until the process is asked to stop."""
    prepare()
    session.remove()
    logging.getLogger("waitress").setLevel(logging.WARNING)
    click.echo(f"Kunnskap is at {settings().address} (Ctrl+C stops it).")
    with stopped_politely(Worker() if settings().worker else None):
        waitress.serve(_application(), host=HOST, port=settings().port, threads=settings().threads, **bounds())


def bounds() -> dict[str, Any]:
    """How much, and how long, waitress takes from one who asks. Times in seconds, sizes in bytes."""
    return {
        "ident": None,
        "max_request_header_size": 32 * 1024,
        "max_request_body_size": current_app.config["UPLOAD_LIMIT"],
        "channel_timeout": 60,
        "connection_limit": 500,
        # What proxies say is for the app to believe or not, by KUNNSKAP_TRUSTED_PROXIES.
        "clear_untrusted_proxy_headers": not settings().trusted_proxies,
    }


def prepare() -> None:
    """Bring tables, reference data, demonstration content (when asked for) and index into place."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    database.upgrade(database.engine())
    click.echo(load_reference_data())
    if settings().demo:
        click.echo(load_demo_content())
    prepare_search(has_worker=settings().worker)


def _application() -> Flask:
    return cast(Flask, current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 -- no other way


@contextmanager
def stopped_politely(worker: Worker | None) -> Iterator[Worker]:
    """Run the worker meanwhile; Ctrl+C and SIGTERM let it finish what it holds."""
    signal.signal(signal.SIGTERM, _stop)
    running = worker or Worker()
    if worker:
        worker.start()
    try:
        with suppress(KeyboardInterrupt, SystemExit):
            yield running
    finally:
        click.echo("Stopping.")
        if worker:
            worker.stop()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
