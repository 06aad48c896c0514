"""Serving the site from one process: everything that must be in place first, then waitress and the worker."""

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import cast

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
        waitress.serve(_application(), host=HOST, port=settings().port, threads=settings().threads, ident=None)


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
