"""How high the right document stands: MRR@10 on collections with queries, through one of the project's own engines.

`python -m bench.relevance FOLDER [SET …] [--engine whoosh|memory|postgresql]`. The folder holds collections
(`norquad_chunks.jsonl`, `law_docs.jsonl`: lines with id, title and body) and queries (`nq_….tsv` and `law_….tsv`: a query,
a tab, and the ids of what answers it). They belong to others and are no part of the project.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.database import postgresql
from kunnskap import clock
from kunnskap.search.engines.memory import MemoryEngine
from kunnskap.search.engines.postgres import PostgresEngine
from kunnskap.search.engines.protocol import Document, Query, SearchEngine
from kunnskap.search.engines.whoosh import WhooshEngine
from kunnskap.targets import Target

COLLECTIONS = {"nq": "norquad_chunks.jsonl", "law": "law_docs.jsonl"}
"""Which collection queries are put to, by the beginning of their set's name."""


class Listed:
    """Documents as a source."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents

    def after(self, group: Target | None) -> Iterator[Document]:
        """Give those behind a group; a document's number is its place, beginning with 1."""
        return iter(self._documents[group.id if group else 0 :])


@dataclass(frozen=True)
class Collection:
    """Documents, and what they are called in the sets of queries."""

    documents: Sequence[Document]
    names: Sequence[str]

    @classmethod
    def read(cls, file: Path) -> "Collection":
        """Read lines with id, title and body."""
        rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        targets = [Target("post", number) for number in range(1, len(rows) + 1)]
        pairs = zip(targets, rows, strict=True)
        documents = [Document(target, target, "document", row["title"], body=row["body"]) for target, row in pairs]
        return cls(documents, [str(row["id"]) for row in rows])


@dataclass(frozen=True)
class Measured:
    """What a set gave: mean reciprocal rank among the first ten, and the share of queries that found nothing."""

    mrr: float
    without_hits: float


def read_set(file: Path) -> list[tuple[str, frozenset[str]]]:
    """Read queries, each with the names of what answers it."""
    rows = (line.split("\t") for line in file.read_text("utf-8").splitlines() if line)
    return [(query, frozenset(wanted.split(","))) for query, wanted in rows]


def fill(engine: SearchEngine, collection: Collection) -> None:
    """Build the index of a collection."""
    engine.replace_all(Listed(collection.documents), clock.now())


def measure(engine: SearchEngine, names: Sequence[str], queries: Sequence[tuple[str, frozenset[str]]]) -> Measured:
    """Ask every query as plain words."""
    worth, empty = 0.0, 0
    for words, wanted in queries:
        hits = engine.find(Query(words, counted=False)).hits
        worth += next((1 / rank for rank, hit in enumerate(hits, 1) if names[hit.group.id - 1] in wanted), 0.0)
        empty += not hits
    return Measured(worth / len(queries), empty / len(queries))


def sets_of(folder: Path, wanted: Sequence[str]) -> Mapping[str, list[Path]]:
    """Files of queries by collection: the sets that are named, or all there are."""
    files = [folder / f"{name}.tsv" for name in wanted] or sorted(folder.glob("*.tsv"))
    return {kind: [file for file in files if file.name.startswith(f"{kind}_")] for kind in COLLECTIONS}


def main() -> None:
    """Build an index for each collection, ask, and tell."""
    parser = argparse.ArgumentParser(prog="python -m bench.relevance")
    parser.add_argument("folder", type=Path)
    parser.add_argument("sets", nargs="*", metavar="SET")
    parser.add_argument("--engine", choices=("whoosh", "memory", "postgresql"), default="whoosh")
    asked = parser.parse_args()
    print(f"{'set':12} {'MRR@10':>7} {'no hits':>8}")
    for kind, files in sets_of(asked.folder, asked.sets).items():
        if files:
            _tell(asked.engine, Collection.read(asked.folder / COLLECTIONS[kind]), files)


def _tell(kind: str, collection: Collection, files: Sequence[Path]) -> None:
    with ExitStack() as until_done:
        engine = _engine(kind, until_done)
        until_done.callback(engine.close)
        fill(engine, collection)
        for file in files:
            found = measure(engine, collection.names, read_set(file))
            print(f"{file.stem:12} {found.mrr:7.3f} {found.without_hits:8.1%}", flush=True)


def _engine(kind: str, until_done: ExitStack) -> SearchEngine:
    if kind == "memory":
        return MemoryEngine()
    if kind == "postgresql":
        return PostgresEngine(until_done.enter_context(postgresql()))
    return WhooshEngine(Path(until_done.enter_context(tempfile.TemporaryDirectory(prefix="kunnskap-bench-"))) / "index")


if __name__ == "__main__":
    main()
