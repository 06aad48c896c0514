"""An engine in plain Python for tests: slow and plain, so that it shows what the fast ones must give."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from kunnskap.search.analysis.analyser import Analysed, Analyser, Concept, Terms, beginning
from kunnskap.search.analysis.speller import Speller
from kunnskap.search.analysis.vocabulary import Vocabulary
from kunnskap.search.engines.columns import moment
from kunnskap.search.engines.protocol import FACETS, K1, B, Document, Hit, Query, Results, Source
from kunnskap.search.engines.ranking import COMPLETION_WEIGHT, MOST_COMPLETIONS, rarity
from kunnskap.search.engines.sought import understood
from kunnskap.targets import Target


class MemoryEngine:
    """Keeps documents in a dictionary and forgets them with the process."""

    def __init__(self) -> None:
        self._documents: dict[Target, Document] = {}
        self._analysed: dict[Target, Analysed] = {}
        self._analyser = Analyser()
        self._writes = 0

    def put(self, documents: Sequence[Document]) -> None:
        self.drop({document.group for document in documents})
        self._documents.update({document.target: document for document in documents})
        self._analysed.update({document.target: self._analyser.document(document.texts) for document in documents})

    def drop(self, groups: Iterable[Target]) -> None:
        gone = set(groups)
        self._writes += 1
        for target in [target for target, document in self._documents.items() if document.group in gone]:
            del self._documents[target], self._analysed[target]

    def replace_all(self, source: Source, began: datetime) -> datetime:
        fresh = list(source.after(None))
        self._documents.clear()
        self._analysed.clear()
        self._analyser = Analyser(Vocabulary.of(Analyser().document(document.texts).words for document in fresh))
        self.put(fresh)
        return began

    def fingerprints(self) -> Iterable[tuple[Target, str]]:
        return [(document.group, document.fingerprint) for document in self._documents.values()]

    def is_current(self) -> bool:
        return True

    def version(self) -> int:
        return self._writes

    def analyser(self) -> Analyser:
        return self._analyser

    def close(self) -> None:
        """Nothing to let go of."""

    def find(self, query: Query) -> Results:
        speller = Speller(Vocabulary.of(analysed.words for analysed in self._analysed.values()).counts)
        sought = understood(query, self._analyser, speller, lambda term: self._is_readable(term, query))
        every = self._scores(query, sought.concepts)
        scores = {target: score for target, score in every.items() if self._may_see(target, query)}
        best: dict[Target, Target] = {}
        for target in sorted(scores, key=lambda target: self._order(target, scores)):
            best.setdefault(self._documents[target].group, target)
        found = list(best.values())
        left = [target for target in found if self._fits(target, query)]
        start, end = query.span
        hits = tuple(
            Hit(target, document.group, document.kind, scores[target] if query.is_worded else 0.0, document.page)
            for target, document in ((target, self._documents[target]) for target in left[start:end])
        )
        facets = {facet: self._count(facet, found, query) if query.counted else {} for facet in FACETS}
        return Results(hits, len(left), facets, sought.terms, sought.corrections)

    def _is_readable(self, term: str, query: Query) -> bool:
        having = (target for target, analysed in self._analysed.items() if term in analysed.terms)
        return any(self._may_see(target, query) for target in having)

    def _scores(self, query: Query, concepts: Sequence[Concept]) -> dict[Target, float]:
        if not query.is_worded:
            return {target: moment(document) for target, document in self._documents.items()}
        scores: dict[Target, float] = defaultdict(float)
        for concept in concepts:
            ways = [self._score_way(way) for way in concept.ways]
            for target in set().union(*ways):
                scores[target] += max(way.get(target, 0.0) for way in ways)
        if query.typing:
            for target, score in self._completed(beginning(query.words)).items():
                scores[target] += score
        return dict(scores)

    def _score_way(self, way: Terms) -> dict[Target, float]:
        scores: dict[Target, float] = defaultdict(float)
        for term, weight in way:
            for target, score in self._score_term(term).items():
                scores[target] += score * weight
        return scores

    def _score_term(self, term: str) -> dict[Target, float]:
        having = {target: one.terms[term] for target, one in self._analysed.items() if term in one.terms}
        lengths = {target: one.length for target, one in self._analysed.items()}
        average = sum(lengths.values()) / len(lengths) if lengths else 1.0
        worth = rarity(len(having), len(lengths))
        return {
            target: worth * (K1 + 1) * weight / (weight + K1 * (1 - B + B * lengths[target] / average))
            for target, weight in having.items()
        }

    def _completed(self, typed: str) -> dict[Target, float]:
        if len(typed) < 2:
            return {}
        counts = Counter(term for one in self._analysed.values() for term in one.terms if term.startswith(typed))
        best: dict[Target, float] = {}
        terms = sorted(counts, key=lambda term: (-counts[term], term))[:MOST_COMPLETIONS]
        total = sum(counts[term] for term in terms)
        for term in terms:
            alike = rarity(total, len(self._documents)) / rarity(counts[term], len(self._documents))
            for target, score in self._score_term(term).items():
                best[target] = max(best.get(target, 0.0), score * alike * COMPLETION_WEIGHT)
        return best

    def _may_see(self, target: Target, query: Query) -> bool:
        return not query.reader.isdisjoint(self._documents[target].audience)

    def _fits(self, target: Target, query: Query, but: str = "") -> bool:
        document = self._documents[target]
        return all(name == but or not values.isdisjoint(document.values(name)) for name, values in query.chosen.items())

    def _count(self, facet: str, found: Sequence[Target], query: Query) -> dict[str, int]:
        left = (target for target in found if self._fits(target, query, but=facet))
        return dict(Counter(value for target in left for value in self._documents[target].values(facet)))

    def _order(self, target: Target, scores: dict[Target, float]) -> tuple[float, float, str]:
        return -scores[target], -moment(self._documents[target]), str(target)
