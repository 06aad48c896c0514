"""An engine in plain Python for tests: slow and plain, so that it shows what the fast ones must give."""

from collections import Counter
from collections.abc import Iterable, Sequence

from kunnskap.search import analysis
from kunnskap.search.engine import FACETS, K1, B, Document, Hit, Query, Results
from kunnskap.search.ranking import COMPLETION_WEIGHT, MOST_COMPLETIONS, rarity
from kunnskap.targets import Target


class MemoryEngine:
    """Keeps documents in a dictionary and forgets them with the process."""

    def __init__(self) -> None:
        self._documents: dict[Target, Document] = {}
        self._terms: dict[Target, dict[str, float]] = {}
        self._writes = 0

    def put(self, documents: Sequence[Document]) -> None:
        self.drop({document.group for document in documents})
        self._documents.update({document.target: document for document in documents})
        self._terms.update({document.target: analysis.document_terms(document) for document in documents})

    def drop(self, groups: Iterable[Target]) -> None:
        gone = set(groups)
        self._writes += 1
        for target in [target for target, document in self._documents.items() if document.group in gone]:
            del self._documents[target], self._terms[target]

    def replace_all(self, documents: Iterable[Document]) -> None:
        fresh = list(documents)
        self._documents.clear()
        self._terms.clear()
        self.put(fresh)

    def is_current(self) -> bool:
        return True

    def version(self) -> int:
        return self._writes

    def close(self) -> None:
        """Nothing to let go of."""

    def find(self, query: Query) -> Results:
        scores = {target: score for target, score in self._scores(query).items() if self._may_see(target, query)}
        best: dict[Target, Target] = {}
        for target in sorted(scores, key=lambda target: self._order(target, scores)):
            best.setdefault(self._documents[target].group, target)
        found = list(best.values())
        left = [target for target in found if self._fits(target, query, FACETS)]
        start, end = query.span
        ranked = bool(query.words.strip())
        hits = tuple(
            Hit(target, document.group, document.kind, scores[target] if ranked else 0.0, document.page)
            for target, document in ((target, self._documents[target]) for target in left[start:end])
        )
        facets = {facet: self._count(facet, found, query) if query.counted else {} for facet in FACETS}
        return Results(hits, len(left), facets)

    def _scores(self, query: Query) -> dict[Target, float]:
        if not query.words.strip():
            return {target: self._published(target) for target in self._documents}
        scores: Counter[Target] = Counter()
        for term, weight in analysis.query_terms(query.words).items():
            for target, score in self._score_term(term).items():
                scores[target] += score * weight  # type: ignore[assignment]  # a Counter may well hold fractions
        if query.typing:
            for target, score in self._completed(analysis.beginning(query.words)).items():
                scores[target] += score  # type: ignore[assignment]
        return dict(scores)

    def _score_term(self, term: str) -> dict[Target, float]:
        having = {target: terms[term] for target, terms in self._terms.items() if term in terms}
        lengths = {target: sum(terms.values()) for target, terms in self._terms.items()}
        average = sum(lengths.values()) / len(lengths) if lengths else 1.0
        worth = rarity(len(having), len(lengths))
        return {
            target: worth * (K1 + 1) * weight / (weight + K1 * (1 - B + B * lengths[target] / average))
            for target, weight in having.items()
        }

    def _completed(self, beginning: str) -> dict[Target, float]:
        if len(beginning) < 2:
            return {}
        counts = Counter(term for terms in self._terms.values() for term in terms if term.startswith(beginning))
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

    def _fits(self, target: Target, query: Query, facets: Iterable[str]) -> bool:
        document, chosen = self._documents[target], query.chosen
        return all(not chosen[facet] or not chosen[facet].isdisjoint(document.values(facet)) for facet in facets)

    def _count(self, facet: str, found: Sequence[Target], query: Query) -> dict[str, int]:
        others = [name for name in FACETS if name != facet]
        left = (target for target in found if self._fits(target, query, others))
        return dict(Counter(value for target in left for value in self._documents[target].values(facet)))

    def _published(self, target: Target) -> float:
        moment = self._documents[target].published_at
        return int(moment.timestamp() * 1_000_000) if moment else 0

    def _order(self, target: Target, scores: dict[Target, float]) -> tuple[float, float, str]:
        return -scores[target], -self._published(target), str(target)
