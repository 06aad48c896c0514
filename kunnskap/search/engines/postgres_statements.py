"""What PostgreSQL is asked when somebody searches: the terms of a query, then scores, counts and the best hits at once."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from kunnskap.search.analysis.analyser import Concept, Phrase, Terms
from kunnskap.search.engines.columns import AUDIENCE
from kunnskap.search.engines.lifting import ABOUT, CUT, coverage
from kunnskap.search.engines.postgres_tables import BUNDLES, COLUMN_OF, member, spoken
from kunnskap.search.engines.protocol import FACETS, Query
from kunnskap.search.engines.scoring import COMPLETION_WEIGHT, K1, B, rarity

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
OF_GROUPS = ' WHERE "group" = ANY(%(groups)s)'
LAST = "\U0010ffff"

SCORED = """
scored AS (
    SELECT document, ({score})::real AS score, ({covered})::real AS covered, ({density})::real AS density FROM (
        {impacts}
    ) AS impacts GROUP BY document
)"""
IMPACTS = """SELECT document, {worth!r}::double precision * weight / (weight + {still!r} + {slope!r} * length) AS impact,
            {cover!r}::double precision AS cover, {worth!r}::double precision AS worth,
            {slot} AS slot, {concept} AS concept, {said} AS said
        FROM {schema}.postings WHERE term = {term}"""
"""With every number written out the server knows how many documents to expect, and joins them the right way."""
EVERY = """
scored AS (SELECT id AS document, 0::real AS score, 1::real AS covered, 0::real AS density FROM {s}.documents)"""
SEEN = """, {seen} AS (
    SELECT id, alone, published, target, "group", score, covered, density{columns}
    FROM scored JOIN {documents} ON id = document WHERE {where}
)"""
SURE = "(SELECT greatest(max(covered), CASE WHEN max(density) >= {about} THEN 1 END) FROM {seen})"
"""How much of the query is covered at best, for those who would rather have no answer than noise."""
DENSITY = "max(impact / worth) FILTER (WHERE said)"
ONE_BY_ONE, ALL_AT_ONCE = "{s}.documents", "(SELECT * FROM {s}.documents OFFSET 0) AS documents"
MANY = 0.02
"""From this share of all documents on it is cheaper to read them all than to look up each; the server cannot tell."""
BEST_OF_GROUPS = """, found AS (
    SELECT * FROM seen WHERE alone UNION ALL (
        SELECT DISTINCT ON ("group") * FROM seen WHERE NOT alone ORDER BY "group", score DESC, published DESC, target
    )
)"""
REST = """, remaining AS (SELECT * FROM found{where})
, best AS (
    SELECT * FROM remaining ORDER BY score DESC, published DESC, target LIMIT %(size)s OFFSET %(start)s
)
SELECT 'hit' AS what, target, "group", texts.kind, score, covered, published, page, title, sequence, {met} AS met,
    NULL::bigint[] AS codes, NULL::bigint[] AS numbers
FROM best JOIN {s}.texts ON document = best.id
UNION ALL SELECT 'total', NULL, NULL, NULL, NULL, {sure}, (SELECT count(*) FROM remaining),
    NULL, NULL, NULL, NULL, NULL, NULL
{counted}"""
COUNTED = """UNION ALL SELECT '{what}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, array_agg(code), array_agg(number)
FROM (SELECT {column} AS code, count(*) AS number FROM {left} GROUP BY {column}) AS counted
"""
SETS = "SELECT id, members FROM {s}.sets WHERE id = ANY(%(codes)s)"
HAS_ANY = "{column} = ANY(ARRAY(SELECT id FROM {s}.sets WHERE bundle = '{column}' AND members && %({values})s))"
MET = "(SELECT ARRAY[{flags}] FROM {s}.documents WHERE documents.id = best.id)"
HAS_TERM = "SELECT document FROM {s}.postings WHERE term = %d"
STANDS = (
    "SELECT document FROM {s}.texts WHERE document IN ({having}) AND position(%({phrase})s::bytea IN spoken) %% 4 = 1"
)

Ways = list[list[tuple[int, float, float]]]
"""Ways of saying something: terms by number, each with what it is worth and how much of the thing it says (0 to 1)."""


class Known(Protocol):
    """What is known of terms."""

    def number(self, term: str) -> int | None:
        """The number of a term, if it stands anywhere."""

    def rarity(self, term: str) -> float:
        """What a term is worth; also one that stands nowhere."""

    def held(self, term: str) -> int:
        """How many documents have a term."""

    def is_readable(self, term: str) -> bool:
        """Whether the reader may see any document with a term."""


@dataclass(frozen=True, slots=True)
class WantedTerm:
    """A term to look for, what it is worth and says of a concept, and where both go."""

    term: int
    worth: float
    cover: float
    slot: int
    concept: int
    said: bool


class Wanted:
    """Terms to look for: the slot the impact of each goes to, and the concept it covers some of.

    A document's score is made of the sums or maxima of its slots, and what share of the query it covers of the maxima of
    its concepts. Slot and concept 0 are simply summed.
    """

    def __init__(self) -> None:
        self.terms: list[WantedTerm] = []
        self.expected = 0
        """How many documents may be found, at most."""
        self.is_sure = False
        """Whether it is known beforehand that some document covers enough of the query."""
        self._scores: list[str] = []
        self._said: set[int | None] = set()

    def add(self, concepts: Sequence[Concept], known: Known) -> None:
        """Add what is looked for."""
        worths = [_worth(one, known) for one in concepts]
        whole = sum(worths) or 1.0
        for number, (concept, worth) in enumerate(zip(concepts, worths, strict=True), 1):
            ways = _written(concept, known, worth / whole)
            self.expected += sum(known.held(term) for way in _all_ways(concept) for term, _ in way)
            self._said = {known.number(term) for way in concept.ways for term, _ in way}
            covering = number if sum(map(len, ways)) > 1 else 0
            self.is_sure |= worth / whole >= CUT and known.is_readable(concept.ways[0][0][0])
            if len(ways) == 1:
                self._put(0, covering, ways[0])
            elif ways:
                self._put_ways(covering, ways)

    def add_completions(self, found: Sequence[tuple[str, int, int]], documents: int) -> None:
        """Add terms that a word which is being typed may become: the best counts, and any is all that was asked for.

        Each is as rare as all of them together.
        """
        having = sum(number for _, _, number in found)
        self.expected += having
        worth = rarity(having, documents) * COMPLETION_WEIGHT
        pairs = [(term, worth) for _, term, _ in found]
        if pairs:
            self._put_ways(len(self.terms) + 1_000, [[(number, worth, 1.0)] for number, worth in pairs])

    @property
    def score(self) -> str:
        """What a document's score is, of the impacts in its slots."""
        plain = "coalesce(sum(impact) FILTER (WHERE slot = 0), 0)"
        return " + ".join([plain, *self._scores]) if self._scores else "sum(impact)"

    @property
    def covered(self) -> str:
        """What share of the query a document covers."""
        numbers = sorted({one.concept for one in self.terms} - {0})
        said = [f"coalesce(max(cover) FILTER (WHERE concept = {number}), 0)" for number in numbers]
        plain = "coalesce(sum(cover) FILTER (WHERE concept = 0), 0)" if numbers else "sum(cover)"
        return f"least(1, {' + '.join([plain, *said])})"

    def _put_ways(self, concept: int, ways: Ways) -> None:
        single = [way[0] for way in ways if len(way) == 1]
        longer = [way for way in ways if len(way) > 1]
        said = [self._put(len(self.terms) + 1, concept, single, "max")] if single else []
        said += [self._put(len(self.terms) + 1, concept, way) for way in longer]
        self._scores.append(f"coalesce(greatest({', '.join(said)}), 0)")

    def _put(self, slot: int, concept: int, terms: Iterable[tuple[int, float, float]], how: str = "sum") -> str:
        for number, worth, cover in terms:
            self.terms.append(WantedTerm(number, worth * (K1 + 1), cover, slot, concept, number in self._said))
        return f"{how}(impact) FILTER (WHERE slot = {slot})"


def _worth(concept: Concept, known: Known) -> float:
    """What a word says: as much as its commonest way of being said, or as one nobody has written."""
    return 0.0 if concept.extra else min(known.rarity(way[0][0]) for way in _all_ways(concept))


def _all_ways(concept: Concept) -> tuple[Terms, ...]:
    return (*concept.ways, *concept.guesses)


def _written(concept: Concept, known: Known, share: float) -> Ways:
    """The ways of a concept that can be met."""
    cover: dict[str, float] = {}
    for part, term in coverage(concept):
        cover[term] = max(part * share, cover.get(term, 0.0))
    ways = []
    for way in _all_ways(concept):
        numbers = [(known.number(term), known.rarity(term) * weight, cover[term]) for term, weight in way]
        ways.append([(number, worth, part) for number, worth, part in numbers if number is not None])
    return [way for way in ways if way]


class Statement:
    """What is asked for one page of a query, the total and the counts, put together piece by piece."""

    def __init__(self, query: Query, schema: str, is_grouped: bool) -> None:
        self._query = query
        self._schema = schema
        self._seen = "seen" if is_grouped else "found"
        self._scored, self._documents = EVERY, ALL_AT_ONCE
        self._is_sure, self._narrowed = True, bool(query.phrases or query.without)
        self.values: dict[str, Any] = {}
        self._where = [self._has_any(AUDIENCE, query.reader)]
        self._fits = {name: self._has_any(name, values) for name, values in query.chosen.items()}
        self._met = [self._has_any(one.facet, one.values) for one in query.preferences]

    def rank(self, wanted: Wanted, average: float, share: float) -> None:
        """Find what has any of these terms: about this share of all documents, which are as long as this on average."""
        self._documents = ALL_AT_ONCE if share > MANY else ONE_BY_ONE
        lengths = {"still": K1 * (1 - B), "slope": K1 * B / (average or 1.0), "schema": self._schema}
        impacts = " UNION ALL ".join(IMPACTS.format(**lengths, **asdict(one)) for one in wanted.terms)
        self._scored = SCORED.replace("{score}", wanted.score).replace("{covered}", wanted.covered)
        self._is_sure = wanted.is_sure and not self._narrowed
        density = "0" if self._is_sure else DENSITY
        self._scored = self._scored.replace("{density}", density).replace("{impacts}", impacts)

    def narrow(self, phrase: Phrase, known: Known, has: bool = True) -> None:
        """Keep only what has these words side by side, or what has not."""
        numbers = [known.number(term) for term in phrase.terms]
        having = " INTERSECT ".join(HAS_TERM % number for number in numbers if number is not None)
        if None in numbers:
            self._where += ["false"] if has else []
            return
        if len(phrase.numbers) > 1:
            value = self._value(spoken(array("I", phrase.numbers).tobytes()))
            having = STANDS.replace("{having}", having).replace("{phrase}", value)
        self._where.append(f"id {'IN' if has else 'NOT IN'} ({having})")

    def page(self, start: int, size: int) -> None:
        """Want this many, from this place on."""
        self.values |= {"start": start, "size": size}

    @property
    def text(self) -> str:
        """All of it."""
        names = {
            "{sure}": "1" if self._is_sure else SURE.replace("{about}", str(ABOUT)),
            "{seen}": self._seen,
            "{columns}": self._columns(),
            "{documents}": self._documents,
            "{met}": MET.replace("{flags}", ", ".join(self._met)) if self._met else "NULL::boolean[]",
            "{counted}": _counts(list(self._fits)) if self._query.counted else "",
        }
        rest = REST.replace("{where}", _fitting(self._fits))
        groups = BEST_OF_GROUPS if self._seen == "seen" else ""
        said = "WITH" + self._scored + SEEN.replace("{where}", " AND ".join(self._where)) + groups + rest
        for name, value in names.items():
            said = said.replace(name, value)
        return said.replace("{s}", self._schema)

    def _columns(self) -> str:
        """What is needed of a document besides: codes to count, and whether it fits each choice."""
        counted = dict.fromkeys(COLUMN_OF[facet] for facet in FACETS) if self._query.counted else {}
        fitting = [f"{said} AS fits_{name}" for name, said in self._fits.items()]
        return "".join(f", {said}" for said in (*counted, *fitting))

    def _has_any(self, name: str, values: Iterable[str]) -> str:
        value = self._value(members_of(name, values))
        return HAS_ANY.replace("{column}", COLUMN_OF[name]).replace("{values}", value)

    def _value(self, value: Any) -> str:
        name = f"value{len(self.values)}"
        self.values[name] = value
        return name


def members_of(name: str, values: Iterable[str]) -> list[str]:
    """Values of a set as they stand in the index."""
    return [member(name, value) for value in values]


def _fitting(names: Iterable[str]) -> str:
    said = " AND ".join(f"fits_{name}" for name in names)
    return f" WHERE {said}" if said else ""


def _counts(chosen: Sequence[str]) -> str:
    """Counts of every column over what remains; of a chosen facet over what the other choices leave."""
    ours = [name for name in chosen if name in FACETS]
    counts = [
        COUNTED.format(what=f"all {column}", column=column, left="remaining")
        for column, names in BUNDLES.items()
        if set(names) & (set(FACETS) - set(ours))
    ]
    for name in ours:
        left = "found" + _fitting(other for other in chosen if other != name)
        counts.append(COUNTED.format(what=f"one {name}", column=COLUMN_OF[name], left=left))
    return "".join(counts)
