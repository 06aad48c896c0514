"""What PostgreSQL is asked when somebody searches: the terms of a query, then scores, counts and the best hits at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kunnskap.search.analysis.analyser import Concept
from kunnskap.search.engines.columns import AUDIENCE
from kunnskap.search.engines.postgres_tables import BUNDLES, COLUMN_OF, member
from kunnskap.search.engines.protocol import FACETS, K1, B, Query
from kunnskap.search.engines.ranking import COMPLETION_WEIGHT, rarity

TERMS = """
SELECT t.term, t.id, sum(c.held), bool_or(c.audience = ANY(ARRAY(
    SELECT id FROM {s}.sets WHERE bundle = 'audience' AND members && %(reader)s)))
FROM {s}.terms t JOIN {s}.counts c ON c.term = t.id AND c.held > 0 WHERE t.term = ANY(%(terms)s) GROUP BY t.id
"""
COMPLETIONS = """
SELECT t.term, t.id, sum(c.held) FROM {s}.terms t JOIN {s}.counts c ON c.term = t.id AND c.held > 0
WHERE t.term >= %(from)s AND t.term < %(to)s GROUP BY t.id ORDER BY 3 DESC, t.term LIMIT %(most)s
"""
WRITTEN = "SELECT word, held FROM {s}.words WHERE held > 0"
INSIDE = 'SELECT "group", fingerprint FROM {s}.documents JOIN {s}.texts ON document = id'
LAST = "\U0010ffff"

SCORED = """
wanted AS (
    SELECT * FROM unnest(%(terms)s::integer[], %(slots)s::integer[], %(worths)s::double precision[])
        AS wanted (term, slot, worth)
), scored AS (
    SELECT document, ({score})::real AS score
    FROM wanted, LATERAL (
        SELECT document, worth * weight / (weight + %(still)s + %(slope)s * length) AS impact
        FROM {s}.postings WHERE postings.term = wanted.term OFFSET 0
    ) AS impacts
    GROUP BY document
)"""
EVERY = """
scored AS (SELECT id AS document, 0::real AS score FROM {s}.documents)"""
SEEN = """, seen AS (
    SELECT id, alone, published, target, "group", score{columns}
    FROM scored JOIN {s}.documents ON id = document WHERE {readable}
)"""
BEST_OF_GROUPS = """, found AS (
    SELECT * FROM seen WHERE alone UNION ALL (
        SELECT DISTINCT ON ("group") * FROM seen WHERE NOT alone ORDER BY "group", score DESC, published DESC, target
    )
)"""
NO_GROUPS = ", found AS (SELECT * FROM seen)"
REST = """, remaining AS (SELECT * FROM found{where})
, best AS (
    SELECT * FROM remaining ORDER BY score DESC, published DESC, target LIMIT %(size)s OFFSET %(start)s
)
SELECT 'hit' AS what, target, "group", texts.kind, score, published, page, title, {sequence} AS sequence
FROM best JOIN {s}.texts ON document = best.id
UNION ALL SELECT 'total', NULL, NULL, NULL, NULL, (SELECT count(*) FROM remaining), NULL, NULL, NULL
{counted}"""
COUNTED = """UNION ALL SELECT 'count', value, NULL, NULL, NULL, sum(number)::bigint, NULL, NULL, NULL
FROM ({groups}) AS grouped (facet, code, number) JOIN {s}.sets ON id = code, unnest(members) AS value
WHERE split_part(value, ':', 1) = coalesce(facet, split_part(value, ':', 1)) {but_chosen} GROUP BY value
"""
GROUP = "SELECT {facet}, {column}, count(*) FROM {left} GROUP BY {column}"
SETS_WITH = "ARRAY(SELECT id FROM {s}.sets WHERE bundle = '{column}' AND members && %(set_{name})s)"


@dataclass
class Wanted:
    """Terms to look for, with their number, the slot their score goes to and what they are worth; slots make a score."""

    terms: list[int] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)
    worths: list[float] = field(default_factory=list)
    scores: list[str] = field(default_factory=list)
    _next: int = 1

    def add(self, concepts: Iterable[Concept], worth_of: Mapping[str, tuple[int, float]]) -> None:
        """Add concepts; `worth_of` has every term that is written, with its number and rarity."""
        every = [_written(concept, worth_of) for concept in concepts]
        self._add_sum(0, [pair for ways in every if len(ways) == 1 for pair in ways[0]])
        for ways in every:
            if len(ways) > 1:
                self._add_best(ways)

    def add_best(self, pairs: Sequence[tuple[int, float]]) -> None:
        """Add terms of which only the best counts."""
        if pairs:
            self._add_best([[pair] for pair in pairs])

    @property
    def score(self) -> str:
        """What a document's score is, of the impacts in its slots."""
        return " + ".join(f"coalesce({one}, 0)" for one in dict.fromkeys(self.scores))

    def _add_sum(self, slot: int, pairs: Sequence[tuple[int, float]]) -> str:
        worths: dict[int, float] = {}
        for number, worth in pairs:
            worths[number] = worths.get(number, 0.0) + worth
        said = self._put(slot, worths.items(), "sum")
        if slot == 0 and worths:
            self.scores.append(said)
        return said

    def _add_best(self, ways: Sequence[Sequence[tuple[int, float]]]) -> None:
        single = [way[0] for way in ways if len(way) == 1]
        longer = [way for way in ways if len(way) > 1]
        said = [self._put(self._slot(), single, "max")] if single else []
        said += [self._add_sum(self._slot(), way) for way in longer]
        self.scores.append(f"greatest({', '.join(said)})")

    def _slot(self) -> int:
        self._next += 1
        return self._next

    def _put(self, slot: int, pairs: Iterable[tuple[int, float]], how: str) -> str:
        for number, worth in pairs:
            self.terms.append(number)
            self.slots.append(slot)
            self.worths.append(worth * (K1 + 1))
        return f"{how}(impact) FILTER (WHERE slot = {slot})"


def _written(concept: Concept, worth_of: Mapping[str, tuple[int, float]]) -> list[list[tuple[int, float]]]:
    """The ways of a concept that can be met, as pairs of a term's number and its worth."""
    ways = []
    for way in concept.ways:
        pairs = [(worth_of[term][0], worth_of[term][1] * weight) for term, weight in way if term in worth_of]
        ways += [pairs] if pairs else []
    return ways


def completed(found: Sequence[tuple[str, int, int]], documents: int) -> list[tuple[int, float]]:
    """Terms that a word which is being typed may become, with their number and worth; all as rare as they are together."""
    having = sum(number for _, _, number in found)
    return [(term, rarity(having, documents) * COMPLETION_WEIGHT) for _, term, _ in found]


@dataclass(frozen=True)
class Statement:
    """What to ask, and the values in it."""

    text: str
    values: Mapping[str, Any]


def statement(query: Query, wanted: Wanted | None, standing: Any, schema: str, sequences: bool) -> Statement:
    """Ask for one page, the total and the counts; `wanted` None means everything there is."""
    chosen = query.chosen
    start, end = query.span
    values: dict[str, Any] = {"size": end - start, "start": start}
    values |= {f"set_{name}": members_of(name, some) for name, some in {**chosen, AUDIENCE: query.reader}.items()}
    if wanted:
        average = standing.length / max(1, standing.documents) or 1.0
        values |= {"terms": wanted.terms, "slots": wanted.slots, "worths": wanted.worths}
        values |= {"still": K1 * (1 - B), "slope": K1 * B / average}
    parts = [
        "WITH",
        SCORED.replace("{score}", wanted.score) if wanted else EVERY,
        SEEN.replace("{columns}", _columns(query)).replace("{readable}", _touches(AUDIENCE)),
        BEST_OF_GROUPS if standing.members else NO_GROUPS,
        REST.replace("{where}", _fits(chosen))
        .replace("{sequence}", "sequence" if sequences else "NULL::bytea")
        .replace("{counted}", _counts(chosen) if query.counted else ""),
    ]
    return Statement("".join(parts).replace("{s}", schema), values)


def members_of(name: str, values: Iterable[str]) -> list[str]:
    """Values of a set as they stand in the index."""
    return [member(name, value) for value in values]


def _touches(name: str) -> str:
    column = COLUMN_OF[name]
    return f"{column} = ANY({SETS_WITH.replace('{column}', column).replace('{name}', name)})"


def _columns(query: Query) -> str:
    """What is needed of a document besides: codes to count, and whether it fits each choice."""
    counted = dict.fromkeys(COLUMN_OF[facet] for facet in FACETS) if query.counted else {}
    fitting = [f"{_touches(name)} AS fits_{name}" for name in query.chosen]
    return "".join(f", {said}" for said in (*counted, *fitting))


def _fits(names: Iterable[str]) -> str:
    said = " AND ".join(f"fits_{name}" for name in names)
    return f" WHERE {said}" if said else ""


def _counts(chosen: Iterable[str]) -> str:
    """Counts of every column over what remains; of a chosen facet over what the other choices leave."""
    ours = [name for name in chosen if name in FACETS]
    plain = [column for column, names in BUNDLES.items() if set(names) & (set(FACETS) - set(ours))]
    groups = [GROUP.format(facet="NULL::text", column=column, left="remaining") for column in plain]
    for name in ours:
        left = "found" + _fits(other for other in chosen if other != name)
        groups.append(GROUP.format(facet=f"'{name}'", column=COLUMN_OF[name], left=left))
    listed = ", ".join(f"'{name}'" for name in ours)
    but_chosen = f"AND (facet IS NOT NULL OR split_part(value, ':', 1) NOT IN ({listed}))" if ours else ""
    return COUNTED.replace("{groups}", " UNION ALL ".join(groups)).replace("{but_chosen}", but_chosen)
