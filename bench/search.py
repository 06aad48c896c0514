"""Search on many posts of real length: the default engine beside plain SQLite FTS5 and tantivy, in one run.

`python -m bench.search [DOCUMENTS] [FOLDER]`: 100,000 documents unless told otherwise; with a folder, what was built is
kept there and used again the next time. Every query is put to all of them in turn, so that a machine that is busy for a
while disturbs all alike, and no query is asked twice. Times are told by the clock, and in brackets as the processor's own.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import median

from bench.posts import Posts
from bench.rivals import Fts5, Rival, Tantivy
from kunnskap import clock
from kunnskap.search.engines.protocol import Document, Query, Results
from kunnskap.search.engines.whoosh import WhooshEngine
from kunnskap.search.excerpts import Marker
from kunnskap.targets import Target

DOCUMENTS, QUERIES, TYPED, PUTS = 100_000, 300, 200, 60
READER = frozenset({"everyone", "members", "person:7"})
OURS, MARKED = "ours: ten best, total, facets", "ours: the same and ten excerpts"
Taken = tuple[float, float]
"""Milliseconds by the clock, and of the processor."""


def main(count: int = DOCUMENTS, folder: str = "") -> None:
    """Build what is not built, measure, and tell."""
    with tempfile.TemporaryDirectory(prefix="kunnskap-bench-") as temporary:
        kept = Path(folder or temporary)
        posts = Posts(count)
        engine, rivals = WhooshEngine(kept / "ours"), [Tantivy(kept / "tantivy"), Fts5(kept / "fts5")]
        _build(posts, kept, engine, rivals)
        asked = posts.queries(2 * QUERIES)
        _tell("asked for the first time after opening", _side_by_side(posts, engine, rivals, asked[:QUERIES]))
        _tell("warm: other queries after these", _side_by_side(posts, engine, rivals, asked[QUERIES:]))
        _tell("while somebody types", {"ours: 40 best": _typed(posts, engine)})
        print(f"\na process that only reads: {_reader(count, kept)} MB at most")
        _tell("putting in one post", {"ours": _puts(posts, engine)})


def _build(posts: Posts, kept: Path, engine: WhooshEngine, rivals: list[Rival]) -> None:
    if (kept / "done").exists():
        return
    began = time.process_time()
    documents = sum(1 for _ in posts.after(None))
    making = time.process_time() - began
    print(f"{documents:,} documents; making them takes {making:.0f} CPU seconds, which are not counted below")
    builds: dict[str, tuple[Callable[[], object], int]] = {"ours": (lambda: engine.replace_all(posts, clock.now()), 2)}
    for rival in rivals:
        builds[rival.name] = (lambda rival=rival: rival.build(posts.after(None)), 1)
    for (name, (build, passes)), place in zip(builds.items(), ("ours", "tantivy", "fts5"), strict=True):
        began = time.process_time()
        build()
        used = time.process_time() - began - passes * making
        size = sum(file.stat().st_size for file in (kept / place).rglob("*") if file.is_file())
        print(f"built {name:12} {used:6.0f} CPU s {size / 1e6:7.0f} MB", flush=True)
    print(f"peak memory of the building process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    (kept / "done").touch()


def _side_by_side(posts: Posts, engine: WhooshEngine, rivals: list[Rival], asked: list[str]) -> dict[str, list[Taken]]:
    times: dict[str, list[Taken]] = defaultdict(list)
    for words in asked:
        with _timed(times[OURS]):
            found = engine.find(Query(words, READER))
        texts = [_text(posts, hit.target) for hit in found.hits]
        with _timed(times[MARKED]):
            _excerpts(engine, found, texts)
        times[MARKED][-1] = _added(times[MARKED][-1], times[OURS][-1])
        for rival in rivals:
            with _timed(times[f"{rival.name}: ten best"]):
                rival.best(words)
            with _timed(times[f"{rival.name}: ten best, total, facets"]):
                rival.counted(words)
    return times


def _text(posts: Posts, target: Target) -> str:
    number = target.id // 10 if target.kind == "page" else target.id
    return next(document.body for document in posts.group(number) if document.target == target)


def _excerpts(engine: WhooshEngine, found: Results, texts: list[str]) -> None:
    marker = Marker(found.terms, engine.analyser())
    for text in texts:
        marker.best(text)


def _typed(posts: Posts, engine: WhooshEngine) -> list[Taken]:
    times: list[Taken] = []
    for words in posts.beginnings(TYPED):
        with _timed(times):
            engine.find(Query(words, READER, size=40, typing=True, counted=False))
    return times


def _puts(posts: Posts, engine: WhooshEngine) -> list[Taken]:
    times: list[Taken] = []
    for number in range(posts.groups + 1, posts.groups + PUTS + 1):
        documents: list[Document] = list(posts.group(number))
        with _timed(times):
            engine.put(documents)
    return times


def _reader(count: int, kept: Path) -> int:
    """The most memory a process of its own had that opened the index and asked every query; in MB."""
    queries = json.dumps(Posts(count).queries(QUERIES))
    command = [sys.executable, "-m", "bench.search", "read", str(kept / "ours")]
    told = subprocess.run(command, input=queries, capture_output=True, text=True, check=True).stdout
    return int(told)


def read(folder: str) -> None:
    """Be the process that only reads."""
    engine = WhooshEngine(Path(folder))
    for words in json.load(sys.stdin):
        engine.find(Query(words, READER))
    status = Path("/proc/self/status")
    # What the system counts for a child includes the process it came from; this does not.
    peak = [line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")]
    print(int(peak[0]) // 1024 if peak else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


@contextmanager
def _timed(times: list[Taken]) -> Iterator[None]:
    began, used = time.perf_counter(), time.process_time()
    yield
    times.append(((time.perf_counter() - began) * 1000, (time.process_time() - used) * 1000))


def _added(one: Taken, other: Taken) -> Taken:
    return one[0] + other[0], one[1] + other[1]


def _tell(what: str, times: dict[str, list[Taken]]) -> None:
    """Print medians and 95th percentiles, and how they relate to the first."""
    print(f"\n{what} ({len(next(iter(times.values())))} of each)")
    first = next(iter(times.values()))
    for name, taken in times.items():
        cells = [f"{_at(taken, 0, share):7.2f} ({_at(taken, 1, share):.2f})" for share in (0.5, 0.95)]
        ratios = [_at(taken, 0, share) / _at(first, 0, share) for share in (0.5, 0.95)]
        print(f"  {name:38} p50 {cells[0]:18} p95 {cells[1]:18} ms   {ratios[0]:.2f} and {ratios[1]:.2f} times ours")


def _at(taken: list[Taken], clock_: int, share: float) -> float:
    values = sorted(one[clock_] for one in taken)
    return median(values) if share == 0.5 else values[int(len(values) * share)]


if __name__ == "__main__":
    if sys.argv[1:2] == ["read"]:
        read(sys.argv[2])
        sys.exit(os.EX_OK)
    main(*(int(one) if one.isdecimal() else one for one in islice(sys.argv, 1, 3)))
