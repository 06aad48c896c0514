"""The PostgreSQL engine: nothing in files, so that any number of machines share it.

Terms, weights and BM25 are those of the other engines; scores, filters, groups and counts are reckoned in SQL over an own
table of postings (`postgres_tables`; `postgres_statements` is what is asked). Connections and transactions are its own.
One writes at a time, and others see it at once; a new build is made beside the old, a few thousand documents a transaction,
and takes over in one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from kunnskap.search.analysis.analyser import VERSION, Analyser, beginning
from kunnskap.search.analysis.speller import Speller
from kunnskap.search.analysis.words import lower
from kunnskap.search.engines.columns import AUDIENCE
from kunnskap.search.engines.lifting import BEST, CUT, Candidates, lifted
from kunnskap.search.engines.postgres_builds import Builds, Standing, pairs, read_vocabulary
from kunnskap.search.engines.postgres_statements import (
    COMPLETIONS,
    INSIDE,
    LAST,
    OF_GROUPS,
    SETS,
    TERMS,
    WRITTEN,
    Statement,
    Wanted,
    members_of,
)
from kunnskap.search.engines.postgres_tables import BUNDLES, Tables, split_member
from kunnskap.search.engines.protocol import FACETS, Document, Hit, IndexDown, Query, Results, Source
from kunnskap.search.engines.scoring import MOST_COMPLETIONS, rarity
from kunnskap.search.engines.sought import Sought, understood
from kunnskap.targets import Target

NAME = "kunnskap_search"
PATIENCE = 30.0
"""Seconds a writer waits for another to finish."""
TABLES_GO = {"42P01", "3F000", "XX000", "40P01"}
"""What the server says when a new build has just taken over: no such table, no such schema, or a deadlock with their removal."""
MOST_ANSWERS = 500
MOST_SETS = 200_000
NO_SPELLER = Speller({})
NOTICED = 100
"""Typing errors are mended by words as they were counted until the index has been written to once for every so many documents."""


FACETS_OF = {column: set(names) & set(FACETS) for column, names in BUNDLES.items()}


class Words:
    """What an index says of terms, for one query and its reader; asked for many at a time."""

    def __init__(self, connection: Connection, schema: str, query: Query, documents: int) -> None:
        self._connection = connection
        self._statement = TERMS.format(s=schema)
        self._reader = members_of(AUDIENCE, query.reader)
        self._documents = documents
        self._known: dict[str, tuple[int, int, bool] | None] = {}

    def learn(self, terms: Iterable[str]) -> None:
        """Ask for all of these at once."""
        missing = set(terms) - self._known.keys()
        if missing:
            self._known.update(dict.fromkeys(missing))
            asked = {"terms": list(missing), "reader": self._reader}
            for term, number, held, readable in self._connection.exec_driver_sql(self._statement, asked):
                self._known[term] = (number, held, readable)

    def is_readable(self, term: str) -> bool:
        """Whether the reader may see any document with this term."""
        found = self._of(term)
        return bool(found and found[2])

    def number(self, term: str) -> int | None:
        """The number of a term, if it stands anywhere."""
        found = self._of(term)
        return found[0] if found else None

    def rarity(self, term: str) -> float:
        """What a term is worth; also one that stands nowhere."""
        return rarity(self.held(term), self._documents)

    def held(self, term: str) -> int:
        """How many documents have a term."""
        found = self._of(term)
        return found[1] if found else 0

    def _of(self, term: str) -> tuple[int, int, bool] | None:
        self.learn((term,))
        return self._known[term]


class PostgresEngine:
    """Keeps an index in the schemas `name`, `name_1`, `name_2` … of a database; made when first written to."""

    def __init__(self, url: str, name: str = NAME, patience: float = PATIENCE) -> None:
        self._builds = Builds(url, name, patience)
        self._analyser: tuple[int, Analyser] | None = None
        self._speller: tuple[int, int, Speller] = (0, 0, NO_SPELLER)
        self._answers: tuple[Standing | None, dict[Query, Results]] = (None, {})
        self._sets: dict[int, Sequence[tuple[str, str]]] = {}

    def find(self, query: Query) -> Results:
        try:
            return self._search(query)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in TABLES_GO:
                raise IndexDown(type(error).__name__) from error
        except SQLAlchemyError as error:
            raise IndexDown(type(error).__name__) from error
        self._builds.look_again()
        try:
            return self._search(query)
        except SQLAlchemyError as error:
            raise IndexDown(type(error).__name__) from error

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

    def fingerprints(self, groups: Collection[Target] | None = None) -> Iterable[tuple[Target, str]]:
        standing = self._builds.standing()
        said = INSIDE.format(s=self._builds.schema(standing.build))
        some = None if groups is None else {"groups": [str(group) for group in groups]}
        with self._builds.reading.connect() as connection:
            rows = connection.exec_driver_sql(said + (OF_GROUPS if some else ""), some)
            return [(Target.parse(group), mark) for group, mark in rows]

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
        """Find what fits; an answer given before is given again until anything is written."""
        standing = self._builds.standing()
        known = self._answers
        if known[0] != standing or len(known[1]) >= MOST_ANSWERS:
            known = self._answers = (standing, {})
        answers = known[1]
        if query not in answers:
            answers[query] = self._ask(query, standing)
        return answers[query]

    def _ask(self, query: Query, standing: Standing) -> Results:
        with self._builds.reading.connect() as connection:
            words = Words(connection, self._builds.schema(standing.build), query, standing.documents)
            sought = self._understand(query, words, standing)
            asked = self._statement(connection, query, sought, words, standing)
            rows = connection.exec_driver_sql(asked.text, asked.values).all() if asked else []
        covered = max((row.covered for row in rows if row.what == "total" and row.covered is not None), default=0.0)
        if query.is_worded and covered < CUT:
            return Results(terms=sought.terms, corrections=sought.corrections)
        total = next(row.published for row in rows if row.what == "total")
        facets = self._facets(rows, query, standing)
        return Results(_hits(rows, query, sought), total, facets, sought.terms, sought.corrections)

    def _facets(self, rows: Sequence[Any], query: Query, standing: Standing) -> dict[str, dict[str, int]]:
        counted = [row for row in rows if row.codes]
        sets = self._sets_of({code for row in counted for code in row.codes}, standing)
        facets: dict[str, dict[str, int]] = {facet: {} for facet in FACETS}
        for row in counted:
            how, name = row.what.split(" ")
            wanted = {name} if how == "one" else FACETS_OF[name] - query.chosen.keys()
            found: dict[tuple[str, str], int] = defaultdict(int)
            for code, number in zip(row.codes, row.numbers, strict=True):
                for one in sets[code]:
                    found[one] += number
            for (facet, value), number in found.items():
                if facet in wanted:
                    facets[facet][value] = number
        return facets

    def _sets_of(self, codes: set[int], standing: Standing) -> Mapping[int, Sequence[tuple[str, str]]]:
        """What codes mean; it never changes, so each is asked for once."""
        missing = list(codes - self._sets.keys())
        if missing:
            if len(self._sets) > MOST_SETS:
                self._sets, missing = {}, list(codes)
            said = SETS.format(s=self._builds.schema(standing.build))
            with self._builds.reading.connect() as connection:
                found = connection.exec_driver_sql(said, {"codes": missing}).all()
            self._sets |= {code: [split_member(one) for one in members] for code, members in found}
        return self._sets

    def _understand(self, query: Query, words: Words, standing: Standing) -> Sought:
        """Learn of all terms that may be asked for, in one or two goes, and then see what is looked for."""
        analyser = self._analyser_of(standing)
        concepts = analyser.concepts(" ".join((query.words, *query.phrases)), query.synonyms)
        words.learn(term for concept in concepts for way in concept.ways for term, _ in way)
        words.learn(term for one in (*query.phrases, *query.without) for term in analyser.phrase(one).terms)
        unknown = [one for one in concepts if not words.is_readable(one.ways[0][0][0])]
        speller = NO_SPELLER
        if unknown and not query.literal:
            speller = self._speller_of(standing)
            near = [word for concept in unknown for word, _ in speller.near(lower(concept.typed))]
            words.learn(term for word in near for term, _ in analyser.terms_of(word))
        return understood(query, analyser, speller, words.is_readable)

    def _statement(
        self, connection: Connection, query: Query, sought: Sought, words: Words, standing: Standing
    ) -> Statement | None:
        """What to ask; nothing when it is known that nothing will be found."""
        asked = Statement(query, self._builds.schema(standing.build), is_grouped=standing.members > 0)
        if query.is_worded:
            wanted = Wanted()
            wanted.add(sought.concepts, words)
            wanted.add_completions(self._completed(connection, query, standing), standing.documents)
            if not wanted.terms:
                return None
            documents = max(1, standing.documents)
            asked.rank(wanted, standing.length / documents, wanted.expected / documents)
        for phrase in sought.phrases:
            asked.narrow(phrase, words)
        for phrase in sought.without:
            asked.narrow(phrase, words, has=False)
        start, end = query.span
        if query.is_worded and start < BEST:
            start, end = 0, max(end, BEST)
        asked.page(start, end - start)
        return asked

    def _completed(self, connection: Connection, query: Query, standing: Standing) -> list[tuple[str, int, int]]:
        typed = beginning(query.words) if query.typing else ""
        if len(typed) < 2:
            return []
        said = COMPLETIONS.format(s=self._builds.schema(standing.build))
        asked = {"from": typed, "to": typed + LAST, "most": MOST_COMPLETIONS}
        found = connection.exec_driver_sql(said, asked).all()
        return [(term, number, held) for term, number, held in found]

    def _analyser_of(self, standing: Standing) -> Analyser:
        known = self._analyser
        if known and known[0] == standing.build:
            return known[1]
        with self._builds.reading.connect() as connection:
            return self._analyser_by(connection, standing.build)

    def _analyser_by(self, connection: Connection, build: int) -> Analyser:
        known = self._analyser
        if known is None or known[0] != build:
            known = self._analyser = (build, Analyser(read_vocabulary(connection, self._builds.schema(build))))
        return known[1]

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
            schema, analyser = self._builds.schema(build), self._analyser_by(connection, build)
            added = Tables(connection, schema, analyser).put(groups, documents)
            self._builds.told(connection, build, added, None)


def _hits(rows: Sequence[Any], query: Query, sought: Sought) -> tuple[Hit, ...]:
    """The wanted page; the best ones are looked at more closely first."""
    found = [row for row in rows if row.what == "hit"]
    found.sort(key=lambda row: (-row.score, -row.published, row.target))
    start, end = query.span
    if not query.is_worded or start >= BEST:
        return tuple(_hit(row, row.score) for row in found)
    best, rest = found[:BEST], found[BEST:]
    return (*_lifted(best, query, sought), *(_hit(row, row.score) for row in rest))[start:end]


def _lifted(rows: Sequence[Any], query: Query, sought: Sought) -> list[Hit]:
    if not rows:
        return []
    met = [
        (preference, np.array([row.met[place] for row in rows], np.bool_))
        for place, preference in enumerate(query.preferences)
    ]
    candidates = Candidates(
        np.array([row.score for row in rows]),
        np.array([row.covered for row in rows]),
        [row.sequence for row in rows],
        np.array([row.title for row in rows]),
        met,
    )
    new = lifted(candidates, sought)
    order = sorted(range(len(rows)), key=lambda place: -new.scores[place])
    return [_hit(rows[place], new.scores[place], new.reasons[place]) for place in order]


def _hit(row: Any, score: float, reasons: tuple[str, ...] = ()) -> Hit:
    return Hit(Target.parse(row.target), Target.parse(row.group), row.kind, float(score), row.page, reasons)
