"""What the search engine is measured beside: plain SQLite FTS5, and tantivy, on the same documents."""

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
import tantivy

from kunnskap.search.engines.protocol import FACETS, Document

HEAP = 128_000_000
"""Bytes tantivy may use while it builds."""
BATCH = 1_000


class Rival(Protocol):
    """An engine that ranks documents that have any of some words."""

    name: str

    def build(self, documents: Iterable[Document]) -> None:
        """Take in all documents."""

    def best(self, words: str) -> int:
        """Find the ten best; returns how many they are."""

    def counted(self, words: str) -> int:
        """Find the ten best, how many there are in all, and how many with each value of each facet."""


class Fts5:
    """SQLite's full text, ranked by its own BM25. Facets are kept as arrays beside it, which is quicker than a join."""

    name = "SQLite FTS5"

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._facts_file = folder / "facts.npy"
        self._database = sqlite3.connect(folder / "posts.db")
        self._facts = np.load(self._facts_file) if self._facts_file.exists() else np.empty((0, 0), np.int32)

    def build(self, documents: Iterable[Document]) -> None:
        self._database.execute("CREATE VIRTUAL TABLE posts USING fts5(text, content='', tokenize='unicode61')")
        codes: dict[tuple[str, str], int] = {}
        facts: list[list[int]] = []
        self._database.executemany("INSERT INTO posts (rowid, text) VALUES (?, ?)", self._rows(documents, facts, codes))
        self._database.execute("INSERT INTO posts (posts) VALUES ('optimize')")
        self._database.commit()
        self._facts = np.array(facts, np.int32)
        np.save(self._facts_file, self._facts)

    def _rows(
        self, documents: Iterable[Document], facts: list[list[int]], codes: dict[tuple[str, str], int]
    ) -> Iterator[tuple[int, str]]:
        for document in documents:
            values = ((facet, min(document.values(facet), default="")) for facet in FACETS)
            facts.append([codes.setdefault(value, len(codes)) for value in values])
            yield len(facts), text_of(document)

    def best(self, words: str) -> int:
        asked = "SELECT rowid FROM posts WHERE posts MATCH ? ORDER BY rank LIMIT 10"
        return len(self._database.execute(asked, (_any_of(words),)).fetchall())

    def counted(self, words: str) -> int:
        self.best(words)
        found = self._database.execute("SELECT rowid FROM posts WHERE posts MATCH ?", (_any_of(words),)).fetchall()
        rows = self._facts[np.array(found, np.int64).ravel() - 1]
        for column in rows.T:
            np.bincount(column)
        return len(found)


class Tantivy:
    """The search library in Rust, with its plain tokenizer; facets by its own aggregations."""

    name = "tantivy"

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        described = tantivy.SchemaBuilder().add_text_field("text", tokenizer_name="default", index_option="freq")
        for facet in FACETS:
            described.add_text_field(facet, fast=True, tokenizer_name="raw", index_option="basic")
        self._index = tantivy.Index(described.build(), str(folder))
        self._searcher = self._index.searcher()
        self._counts = {facet: {"terms": {"field": facet, "size": 100}} for facet in FACETS}

    def build(self, documents: Iterable[Document]) -> None:
        writer = self._index.writer(HEAP, 1)
        for document in documents:
            row = tantivy.Document()
            row.add_text("text", text_of(document))
            for facet in FACETS:
                for value in document.values(facet):
                    row.add_text(facet, value)
            writer.add_document(row)
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def best(self, words: str) -> int:
        return len(self._searcher.search(self._read(words), 10, count=True).hits)

    def counted(self, words: str) -> int:
        query = self._read(words)
        self._searcher.aggregate(query, self._counts)
        return int(self._searcher.search(query, 10, count=True).count)

    def _read(self, words: str) -> tantivy.Query:
        return self._index.parse_query(words.replace("-", " "), ["text"])


def text_of(document: Document) -> str:
    """All that is written in a document."""
    return "\n".join(document.texts.values())


def _any_of(words: str) -> str:
    return " OR ".join(f'"{word}"' for word in words.split())
