"""An engine in plain Python for tests: slow and plain, so that it shows what the fast ones must give."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import numpy as np

from kunnskap.search.analysis.analyser import Analysed, Analyser, Concept, Phrase, Terms, beginning
from kunnskap.search.analysis.speller import Speller
from kunnskap.search.analysis.vocabulary import Vocabulary
from kunnskap.search.engines.columns import moment
from kunnskap.search.engines.lifting import ABOUT, BEST, CUT, Candidates, Lifted, coverage, lifted, mains, stands
from kunnskap.search.engines.protocol import FACETS, Document, Hit, Preference, Query, Results, Source
from kunnskap.search.engines.scoring import COMPLETION_WEIGHT, K1, MOST_COMPLETIONS, B, rarity
from kunnskap.search.engines.sought import Sought, understood
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

    def fingerprints(self, groups: Collection[Target] | None = None) -> Iterable[tuple[Target, str]]:
        every = ((document.group, document.fingerprint) for document in self._documents.values())
        return [one for one in every if groups is None or one[0] in groups]

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
        scores = self._kept(self._scores(query, sought.concepts), query, sought)
        covered = self._covered(query, sought.concepts)
        if query.is_worded and not self._is_answer(scores, covered, sought):
            scores = {}
        best: dict[Target, Target] = {}
        for target in sorted(scores, key=lambda target: self._order(target, scores)):
            best.setdefault(self._documents[target].group, target)
        found = list(best.values())
        left = [target for target in found if self._fits(target, query)]
        hits = (
            self._lifted(left, scores, covered, query, sought) if query.is_worded else self._plain(left, scores, query)
        )
        facets = {facet: self._count(facet, found, query) if query.counted else {} for facet in FACETS}
        return Results(tuple(hits[slice(*query.span)]), len(left), facets, sought.terms, sought.corrections)

    def _is_answer(self, found: Iterable[Target], covered: Mapping[Target, float], sought: Sought) -> bool:
        terms = {term for concept in sought.concepts for term in mains(concept)}
        return any(
            covered[target] >= CUT
            or any(self._saturation(target, term) >= ABOUT for term in terms & self._analysed[target].terms.keys())
            for target in found
        )

    def _kept(self, scores: Mapping[Target, float], query: Query, sought: Sought) -> dict[Target, float]:
        return {
            target: score
            for target, score in scores.items()
            if self._may_see(target, query)
            and all(self._has(target, phrase) for phrase in sought.phrases)
            and not any(self._has(target, phrase) for phrase in sought.without)
        }

    def _has(self, target: Target, phrase: Phrase) -> bool:
        analysed = self._analysed[target]
        every = all(term in analysed.terms for term in phrase.terms)
        return every and (len(phrase.numbers) == 1 or stands(analysed.sequence, phrase))

    def _plain(self, found: Sequence[Target], scores: Mapping[Target, float], query: Query) -> list[Hit]:
        return [self._hit(target, scores[target] if query.is_worded else 0.0) for target in found]

    def _lifted(
        self,
        found: Sequence[Target],
        scores: Mapping[Target, float],
        covered: Mapping[Target, float],
        query: Query,
        sought: Sought,
    ) -> list[Hit]:
        top = found[:BEST]
        candidates = Candidates(
            np.array([scores[target] for target in top]),
            np.array([covered[target] for target in top]),
            [self._analysed[target].sequence for target in top],
            np.array([self._analysed[target].title for target in top]),
            [(one, np.array([self._meets(target, one) for target in top], np.bool_)) for one in query.preferences],
        )
        new = lifted(candidates, sought) if top else Lifted(np.empty(0), ())
        order = sorted(range(len(top)), key=lambda place: -new.scores[place])
        hits = [self._hit(top[place], float(new.scores[place]), new.reasons[place]) for place in order]
        return hits + self._plain(found[BEST:], scores, query)

    def _meets(self, target: Target, preference: Preference) -> bool:
        return not preference.values.isdisjoint(self._documents[target].values(preference.facet))

    def _hit(self, target: Target, score: float, reasons: tuple[str, ...] = ()) -> Hit:
        document = self._documents[target]
        return Hit(target, document.group, document.kind, score, document.page, reasons)

    def _is_readable(self, term: str, query: Query) -> bool:
        having = (target for target, analysed in self._analysed.items() if term in analysed.terms)
        return any(self._may_see(target, query) for target in having)

    def _scores(self, query: Query, concepts: Sequence[Concept]) -> dict[Target, float]:
        if not query.is_worded:
            return {target: moment(document) for target, document in self._documents.items()}
        scores: dict[Target, float] = defaultdict(float)
        for concept in concepts:
            ways = [self._score_way(way) for way in (*concept.ways, *concept.guesses)]
            for target in set().union(*ways):
                scores[target] += max(way.get(target, 0.0) for way in ways)
        if query.typing:
            for target, score in self._completed(beginning(query.words)).items():
                scores[target] += score
        return dict(scores)

    def _covered(self, query: Query, concepts: Sequence[Concept]) -> dict[Target, float]:
        """What share of the query each document covers."""
        covered = dict.fromkeys(self._documents, 0.0)
        whole = 0.0
        for concept in concepts:
            if not concept.extra:
                mains = [way[0][0] for way in (*concept.ways, *concept.guesses)]
                having = max(sum(main in one.terms for one in self._analysed.values()) for main in mains)
                worth = rarity(having, len(self._documents))
                whole += worth
                for target, analysed in self._analysed.items():
                    covered[target] += worth * _share(concept, analysed)
        completed = self._completed(beginning(query.words)) if query.typing else {}
        return {target: 1.0 if target in completed else covered[target] / (whole or 1.0) for target in covered}

    def _score_way(self, way: Terms) -> dict[Target, float]:
        scores: dict[Target, float] = defaultdict(float)
        for term, weight in way:
            for target, score in self._score_term(term).items():
                scores[target] += score * weight
        return scores

    def _score_term(self, term: str) -> dict[Target, float]:
        having = [target for target, one in self._analysed.items() if term in one.terms]
        worth = rarity(len(having), len(self._analysed))
        return {target: worth * (K1 + 1) * self._saturation(target, term) for target in having}

    def _saturation(self, target: Target, term: str) -> float:
        one = self._analysed[target]
        average = sum(each.length for each in self._analysed.values()) / len(self._analysed) or 1.0
        weight = one.terms[term]
        return weight / (weight + K1 * (1 - B + B * one.length / average))

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


def _share(concept: Concept, analysed: Analysed) -> float:
    return max((share for share, term in coverage(concept) if term in analysed.terms), default=0.0)
