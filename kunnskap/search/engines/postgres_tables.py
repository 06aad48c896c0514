"""The tables of the PostgreSQL engine, and everything that writes to them.

They hold no truth and can be made anew at any time, so the engine makes them itself and no migration knows of them. Every
build has a schema of its own (`kunnskap_search_1`, …), and the table `builds` in the schema `kunnskap_search` says which
build counts. A build has

* `documents`: narrow rows with what filters, counts and order need, read whole by wide queries,
* `texts`: what only the best hits need, and what must be known to take a document out again,
* `postings`: one row for every term of every document, laid down in runs that are sorted by term,
* `terms`, and `counts` with how many documents of each audience have a term,
* `words` as written: how often in what the vocabulary was made of, and how often now,
* `sets`: what the numbers in the columns of `documents` mean.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from sqlalchemy import Connection

from kunnskap.search.analysis.analyser import TERM_BITS, Analysed, Analyser
from kunnskap.search.analysis.words import LONGEST_WORD
from kunnskap.search.engines.columns import moment
from kunnskap.search.engines.protocol import SETS, Document
from kunnskap.targets import Target

TOGETHER = (("kind", "size", "status", "year"), ("county", "network"))
"""Sets that share a column because they have few values: fewer columns to read, fewer groups to count."""
BUNDLES: Mapping[str, tuple[str, ...]] = {
    names[0]: names for names in (*TOGETHER, *((name,) for name in SETS if not any(name in some for some in TOGETHER)))
}
"""The columns of sets, by name, with the sets each of them keeps."""
COLUMN_OF: Mapping[str, str] = {name: column for column, names in BUNDLES.items() for name in names}

TABLES = """
CREATE SCHEMA {s};
CREATE TABLE {s}.documents (
    id integer NOT NULL, alone boolean NOT NULL, published bigint NOT NULL, {columns},
    target text COLLATE "C" NOT NULL, "group" text COLLATE "C" NOT NULL
);
CREATE TABLE {s}.texts (
    document integer NOT NULL, kind text NOT NULL, page integer, title bigint NOT NULL, length double precision NOT NULL,
    fingerprint text NOT NULL, words text[] NOT NULL, sequence bytea NOT NULL, spoken bytea NOT NULL
);
CREATE TABLE {s}.postings (term integer NOT NULL, document integer NOT NULL, weight real NOT NULL, length real NOT NULL);
CREATE TABLE {s}.terms (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, term text COLLATE "C" NOT NULL UNIQUE
);
CREATE TABLE {s}.counts (
    term integer NOT NULL, audience bigint NOT NULL, held integer NOT NULL, PRIMARY KEY (term, audience)
);
CREATE TABLE {s}.words (
    word text COLLATE "C" PRIMARY KEY, frozen integer NOT NULL DEFAULT 0, held integer NOT NULL DEFAULT 0
);
CREATE TABLE {s}.sets (id bigint PRIMARY KEY, bundle text NOT NULL, members text[] NOT NULL);
CREATE INDEX ON {s}.sets (bundle);
"""
INDEXES = """
ALTER TABLE {s}.documents ADD PRIMARY KEY (id);
ALTER TABLE {s}.texts ADD PRIMARY KEY (document);
CREATE INDEX ON {s}.documents ("group");
CREATE INDEX ON {s}.postings (term);
CREATE INDEX ON {s}.postings (document);
ALTER TABLE {s}.postings ALTER term SET STATISTICS 1000, ALTER document SET (n_distinct = {documents});
ANALYZE {s}.documents, {s}.texts, {s}.postings, {s}.terms, {s}.words, {s}.sets;
"""
COUNT = """
INSERT INTO {s}.counts (term, audience, held)
    SELECT p.term, d.audience, count(*) FROM {s}.postings p JOIN {s}.documents d ON d.id = p.document GROUP BY 1, 2;
INSERT INTO {s}.words (word, held)
    SELECT word, count(*) FROM {s}.texts, unnest(words) word GROUP BY 1
    ON CONFLICT (word) DO UPDATE SET held = excluded.held;
ANALYZE {s}.counts;
"""
DROP = """
WITH gone AS (
    DELETE FROM {s}.documents WHERE "group" = ANY(%(groups)s) RETURNING id, audience, NOT alone AS is_member
), texts AS (
    DELETE FROM {s}.texts USING gone WHERE document = gone.id RETURNING length, words
), postings AS (
    DELETE FROM {s}.postings p USING gone WHERE p.document = gone.id RETURNING p.term, gone.audience
), rarer AS (
    UPDATE {s}.counts c SET held = c.held - lost.number
    FROM (SELECT term, audience, count(*) AS number FROM postings GROUP BY 1, 2) lost
    WHERE c.term = lost.term AND c.audience = lost.audience
), fewer AS (
    UPDATE {s}.words w SET held = w.held - lost.number
    FROM (SELECT word, count(*) AS number FROM texts, unnest(words) word GROUP BY 1) lost WHERE w.word = lost.word
)
SELECT (SELECT count(*) FROM gone), (SELECT coalesce(sum(length), 0) FROM texts),
    (SELECT count(*) FROM gone WHERE is_member)
"""
NEW_TERMS = "INSERT INTO {s}.terms (term) SELECT unnest(%(terms)s::text[]) ON CONFLICT DO NOTHING"
TERM_NUMBERS = "SELECT term, id FROM {s}.terms WHERE term = ANY(%(terms)s)"
NEW_SET = "INSERT INTO {s}.sets VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
MORE_COUNTS = """
INSERT INTO {s}.counts AS c (term, audience, held)
    SELECT p.term, d.audience, count(*) FROM {s}.documents d JOIN {s}.postings p ON p.document = d.id
    WHERE d.id >= %(first)s GROUP BY 1, 2
    ON CONFLICT (term, audience) DO UPDATE SET held = c.held + excluded.held
"""
MORE_WORDS = """
INSERT INTO {s}.words AS w (word, held)
    SELECT word, count(*) FROM {s}.texts, unnest(words) word WHERE document >= %(first)s GROUP BY 1
    ON CONFLICT (word) DO UPDATE SET held = w.held + excluded.held
"""

_VALUES = (("term", ">i4"), ("document", ">i4"), ("weight", ">f4"), ("length", ">f4"))
POSTING = np.dtype(
    [("fields", ">i2"), *(part for name, kind in _VALUES for part in ((f"size of {name}", ">i4"), (name, kind)))]
)
"""A row of `postings` as COPY takes it in binary: every value with its size before it."""
COPY_BEGINS, COPY_ENDS = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"

Read = tuple[Document, Analysed]


def set_number(column: str, members: Sequence[str]) -> int:
    """The number of a set of values in a column: always the same for the same set, so that none needs to be looked up."""
    told = "\x1f".join((column, *members)).encode(errors="replace")
    return int.from_bytes(hashlib.blake2b(told, digest_size=8).digest(), "big", signed=True)


def member(name: str, value: str) -> str:
    """One value of one set, as it stands among the members of a bundle."""
    return f"{name}:{value}".replace("\0", "").encode(errors="replace").decode()


def split_member(told: str) -> tuple[str, str]:
    """Its set and its value."""
    name, _, value = told.partition(":")
    return name, value


def bundle(column: str, document: Document) -> list[str]:
    """All that a document has in a column."""
    return sorted(member(name, value) for name in BUNDLES[column] for value in document.values(name))


class Tables:
    """The tables of one build, written through one connection; transactions are the caller's."""

    def __init__(self, connection: Connection, schema: str, analyser: Analyser | None = None) -> None:
        self._connection = connection
        self._schema = schema
        self._analyser = analyser
        self._numbers: dict[str, int] = {}
        self._sets: set[int] = set()

    def create(self) -> None:
        """Make them, without indexes."""
        columns = ", ".join(f'"{column}" bigint NOT NULL' for column in BUNDLES)
        self._do(TABLES, columns=columns)

    def finish(self, count: bool = True) -> None:
        """Count what was added, and make the indexes."""
        if count:
            self._do(COUNT)
        self._do(INDEXES, documents=str(self.last() or -1))

    def last(self) -> int:
        """The highest number a document has."""
        return int(self._do("SELECT coalesce(max(id), 0) FROM {s}.documents").scalar_one())

    def freeze(self, counts: Mapping[str, int]) -> None:
        """Keep the words the vocabulary is made of."""
        kept = ((word, number) for word, number in counts.items() if is_kept(word))
        self._copy("words (word, frozen)", kept)

    def add(self, documents: Sequence[Document], first: int) -> dict[str, float]:
        """Add documents, numbered from `first`; returns what it adds to the sums of the build."""
        analyser = self._analyser = self._analyser or Analyser()
        read = [(document, analyser.document(document.texts)) for document in documents]
        sizes = Counter(document.group for document in documents)
        self._add_sets(documents)
        self._copy(
            f'documents (id, alone, published, target, "group", {", ".join(BUNDLES)})',
            (_narrow(number, document, sizes) for number, document in enumerate(documents, first)),
        )
        self._copy("texts", (_wide(number, one) for number, one in enumerate(read, first)))
        self._add_postings([analysed for _, analysed in read], first)
        return {
            "documents": len(read),
            "length": sum(analysed.length for _, analysed in read),
            "members": sum(sizes[document.group] > 1 for document in documents),
        }

    def put(self, groups: Sequence[Target], documents: Sequence[Document]) -> dict[str, float]:
        """Take groups out and documents in, with all counts; returns what it adds to the sums of the build."""
        names = {"groups": [str(group) for group in groups]}
        gone = self._do(DROP, names).one()
        change = {"documents": -gone[0], "length": -gone[1], "members": -gone[2]}
        if documents:
            first = self.last() + 1
            added = self.add(documents, first)
            self._do(MORE_COUNTS, {"first": first})
            self._do(MORE_WORDS, {"first": first})
            change = {name: change[name] + added[name] for name in change}
        return change

    def _add_sets(self, documents: Iterable[Document]) -> None:
        every = {set_number(column, one): (column, one) for column in BUNDLES for one in _bundles(column, documents)}
        for number in every.keys() - self._sets:
            self._connection.exec_driver_sql(NEW_SET.format(s=self._schema), (number, *every[number]))
        self._sets.update(every)

    def _add_postings(self, several: Sequence[Analysed], first: int) -> None:
        numbers = self._number({term for one in several for term in one.terms})
        sizes = [len(one.terms) for one in several]
        rows = np.zeros(sum(sizes), POSTING)
        rows["fields"] = 4
        for name, _ in _VALUES:
            rows[f"size of {name}"] = 4
        rows["document"] = np.repeat(np.arange(first, first + len(several)), sizes)
        rows["length"] = np.repeat([one.length for one in several], sizes) if several else 0
        rows["term"] = [numbers[term] for one in several for term in one.terms]
        rows["weight"] = [weight for one in several for weight in one.terms.values()]
        rows = rows[np.argsort(rows["term"], kind="stable")]
        with self._cursor().copy(f"COPY {self._schema}.postings FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(COPY_BEGINS + rows.tobytes() + COPY_ENDS)

    def _number(self, terms: set[str]) -> Mapping[str, int]:
        missing = sorted(terms - self._numbers.keys())
        if missing:
            self._do(NEW_TERMS, {"terms": missing})
            self._numbers.update((row[0], row[1]) for row in self._do(TERM_NUMBERS, {"terms": missing}))
        return self._numbers

    def _do(self, statement: str, values: Mapping[str, Any] | None = None, **names: str) -> Any:
        return self._connection.exec_driver_sql(statement.format(s=self._schema, **names), dict(values or {}) or None)

    def _copy(self, into: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._cursor().copy(f"COPY {self._schema}.{into} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def _cursor(self) -> Any:
        return self._connection.connection.cursor()


def is_kept(word: str) -> bool:
    """Longer words are noise, and too long for an index."""
    return len(word) <= LONGEST_WORD


def spoken(sequence: bytes) -> bytes:
    """A sequence without what tells the form of its words, so that phrases can be found in it as they are."""
    return (np.frombuffer(sequence, np.uint32) & np.uint32(TERM_BITS)).tobytes()


def in_batches(documents: Iterable[Document], size: int) -> Iterator[list[Document]]:
    """Give documents some thousands at a time, the members of a group always together."""
    batch: list[Document] = []
    for _, group in groupby(documents, lambda document: document.group):
        batch += group
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch


def _bundles(column: str, documents: Iterable[Document]) -> Iterator[list[str]]:
    return (list(one) for one in {tuple(bundle(column, document)) for document in documents})


def _narrow(number: int, document: Document, sizes: Mapping[Target, int]) -> tuple[Any, ...]:
    codes = (set_number(column, bundle(column, document)) for column in BUNDLES)
    alone = sizes[document.group] == 1
    return number, alone, moment(document), str(document.target), str(document.group), *codes


def _wide(number: int, read: Read) -> tuple[Any, ...]:
    document, analysed = read
    words = sorted(word for word in analysed.words if is_kept(word))
    kept = (analysed.title, analysed.length, document.fingerprint, words, analysed.sequence, spoken(analysed.sequence))
    return number, document.kind, document.page, *kept
