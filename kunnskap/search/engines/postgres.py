"""The PostgreSQL engine: nothing in files, so that any number of machines share it.

Terms, weights and BM25 are those of the other engines; scores, filters, groups and counts are reckoned in SQL over an own
table of postings (`postgres_tables`; `postgres_statements` is what is asked). Connections and transactions are its own.
One writes at a time, and others see it at once; a new build is made beside the old, a few thousand documents a transaction,
and takes over in one.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from kunnskap.search.analysis.analyser import VERSION, Analyser, beginning
from kunnskap.search.analysis.speller import Speller
from kunnskap.search.analysis.words import lower
from kunnskap.search.engines.columns import AUDIENCE
from kunnskap.search.engines.postgres_builds import Builds, Standing, pairs, read_vocabulary
from kunnskap.search.engines.postgres_statements import (
    COMPLETIONS,
    INSIDE,
    LAST,
    TERMS,
    WRITTEN,
    Wanted,
    completed,
    members_of,
    statement,
)
from kunnskap.search.engines.postgres_tables import Tables
from kunnskap.search.engines.protocol import FACETS, Document, Hit, IndexDown, Query, Results, Source
from kunnskap.search.engines.ranking import MOST_COMPLETIONS, rarity
from kunnskap.search.engines.sought import understood
from kunnskap.targets import Target

NAME = "kunnskap_search"
PATIENCE = 30.0
"""Seconds a writer waits for another to finish."""
NOTICED = 100
"""Typing errors are mended by words as they were counted until the index has been written to once for every so many documents."""


class Words:
    """What an index says of terms, for one query and its reader; asked for many at a time."""

    def __init__(self, connection: Connection, schema: str, query: Query) -> None:
        self._connection = connection
        self._statement = TERMS.format(s=schema)
        self._reader = members_of(AUDIENCE, query.reader)
        self._known: dict[str, tuple[int, int, bool] | None] = {}

    def learn(self, terms: Iterable[str]) -> None:
        """Ask for all of these at once."""
        missing = set(terms) - self._known.keys()
        if missing:
            self._known.update(dict.fromkeys(missing))
            asked = {"terms": list(missing), "reader": self._reader}
            for term, number, having, readable in self._connection.exec_driver_sql(self._statement, asked):
                self._known[term] = (number, having, readable)

    def is_readable(self, term: str) -> bool:
        """Whether the reader may see any document with this term."""
        self.learn((term,))
        found = self._known[term]
        return bool(found and found[2])

    def worths(self, documents: int) -> dict[str, tuple[int, float]]:
        """Every term that is known to stand anywhere, with its number and rarity."""
        return {term: (one[0], rarity(one[1], documents)) for term, one in self._known.items() if one}


class PostgresEngine:
    """Keeps an index in the schemas `name`, `name_1`, `name_2` … of a database; made when first written to."""

    def __init__(self, url: str, name: str = NAME, patience: float = PATIENCE) -> None:
        self._builds = Builds(url, name, patience)
        self._analyser: tuple[int, Analyser] = (0, Analyser())
        self._speller: tuple[int, int, Speller] = (0, 0, Speller({}))

    def find(self, query: Query) -> Results:
        try:
            return self._search(query)
        except ProgrammingError:
            self._builds.look_again()  # a new build has just taken over, and the tables of the old are gone
        except SQLAlchemyError as error:
            raise IndexDown(str(error)) from error
        try:
            return self._search(query)
        except SQLAlchemyError as error:
            raise IndexDown(str(error)) from error

    def put(self, documents: Sequence[Document]) -> None:
        unique = list({document.target: document for document in documents}.values())
        groups = list(dict.fromkeys(document.group for document in unique))
        if groups:
            self._write(groups, [document for group in groups for document in unique if document.group == group])

    def drop(self, groups: Iterable[Target]) -> None:
        wanted = list(groups)
        if wanted:
            self._write(wanted, [])

    def replace_all(self, source: Source, began: datetime) -> datetime:
        return self._builds.replace_all(source, began)

    def fingerprints(self) -> Iterable[tuple[Target, str]]:
        standing = self._builds.standing()
        said = INSIDE.format(s=self._builds.schema(standing.build))
        with self._builds.reading.connect() as connection:
            return [(Target.parse(group), mark) for group, mark in connection.exec_driver_sql(said)]

    def is_current(self) -> bool:
        try:
            return self._builds.standing().analysis == VERSION
        except (IndexDown, SQLAlchemyError):
            return False

    def version(self) -> tuple[int, int]:
        try:
            standing = self._builds.standing()
        except (IndexDown, SQLAlchemyError):
            return 0, 0
        return standing.build, standing.writes

    def analyser(self) -> Analyser:
        try:
            return self._analyser_of(self._builds.standing())
        except (IndexDown, SQLAlchemyError):
            return Analyser()

    def close(self) -> None:
        self._builds.engine.dispose()

    def _search(self, query: Query) -> Results:
        standing = self._builds.standing()
        schema = self._builds.schema(standing.build)
        analyser = self._analyser_of(standing)
        with self._builds.reading.connect() as connection:
            words = Words(connection, schema, query)
            speller = self._prepare(query, analyser, words, standing)
            sought = understood(query, analyser, speller, words.is_readable)
            wanted = Wanted()
            wanted.add(sought.concepts, words.worths(standing.documents))
            wanted.add_best(self._completed(connection, query, standing))
            if query.is_worded and not wanted.terms:
                return Results(terms=sought.terms, corrections=sought.corrections)
            asked = statement(query, wanted if query.is_worded else None, standing, schema, sequences=False)
            rows = connection.exec_driver_sql(asked.text, dict(asked.values)).all()
        hits = [row for row in rows if row.what == "hit"]
        hits.sort(key=lambda row: (-row.score, -row.published, row.target))
        total = next(row.published for row in rows if row.what == "total")
        facets = _facets(rows)
        return Results(tuple(_hit(row) for row in hits), total, facets, sought.terms, sought.corrections)

    def _prepare(self, query: Query, analyser: Analyser, words: Words, standing: Standing) -> Speller:
        """Learn of all terms that may be asked for, in one or two goes."""
        concepts = analyser.concepts(" ".join((query.words, *query.phrases)), query.synonyms)
        words.learn(term for concept in concepts for way in concept.ways for term, _ in way)
        unknown = [
            concept
            for concept in concepts
            if not any(words.is_readable(term) for way in concept.ways for term, _ in way)
        ]
        if query.literal or not unknown:
            return Speller({})
        speller = self._speller_of(standing)
        near = [word for concept in unknown for word, _ in speller.near(lower(concept.typed))]
        words.learn(term for word in near for term, _ in analyser.terms_of(word))
        return speller

    def _completed(self, connection: Connection, query: Query, standing: Standing) -> list[tuple[int, float]]:
        typed = beginning(query.words) if query.typing else ""
        if len(typed) < 2:
            return []
        said = COMPLETIONS.format(s=self._builds.schema(standing.build))
        asked = {"from": typed, "to": typed + LAST, "most": MOST_COMPLETIONS}
        found = connection.exec_driver_sql(said, asked).all()
        return completed([(term, number, having) for term, number, having in found], standing.documents)

    def _analyser_of(self, standing: Standing) -> Analyser:
        if self._analyser[0] != standing.build:
            with self._builds.reading.connect() as connection:
                vocabulary = read_vocabulary(connection, self._builds.schema(standing.build))
            self._analyser = (standing.build, Analyser(vocabulary))
        return self._analyser[1]

    def _speller_of(self, standing: Standing) -> Speller:
        """Mends typing errors by the words of today, or nearly."""
        build, writes, speller = self._speller
        if build != standing.build or standing.writes - writes > standing.documents // NOTICED:
            with self._builds.reading.connect() as connection:
                rows = connection.exec_driver_sql(WRITTEN.format(s=self._builds.schema(standing.build)))
                speller = Speller(pairs(rows))
            self._speller = (standing.build, standing.writes, speller)
        return speller

    def _write(self, groups: Sequence[Target], documents: Sequence[Document]) -> None:
        with self._builds.writing() as (connection, build):
            schema = self._builds.schema(build)
            known = self._analyser
            analyser = known[1] if known[0] == build else Analyser(read_vocabulary(connection, schema))
            self._analyser = (build, analyser)
            added = Tables(connection, schema, analyser).put(groups, documents)
            self._builds.told(connection, build, added, None)


def _hit(row: Any) -> Hit:
    return Hit(Target.parse(row.target), Target.parse(row.group), row.kind, float(row.score), row.page)


def _facets(rows: Sequence[Any]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {facet: {} for facet in FACETS}
    for row in rows:
        if row.what == "count":
            name, _, value = row.target.partition(":")
            counts[name][value] = row.published
    return counts
