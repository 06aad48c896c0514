"""Finding in arrays: BM25, filters, counts and the best of each group. No engine in it.

A snapshot is the whole index as it stood at one moment, made of parts that never change. Whoever keeps the parts (an
engine) hands over each part's columns, which of its documents are alive, and a way to ask for a term's postings.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kunnskap.search.analysis.analyser import Analyser, Concept, Phrase, Terms, beginning
from kunnskap.search.analysis.speller import Speller
from kunnskap.search.engines.columns import AUDIENCE, Bools, CodeBook, Columns, Floats, Ints
from kunnskap.search.engines.lifting import ABOUT, BEST, CUT, Candidates, coverage, lifted, mains, stands
from kunnskap.search.engines.protocol import FACETS, Hit, Query, Results
from kunnskap.search.engines.scoring import COMPLETION_WEIGHT, K1, MOST_COMPLETIONS, B, rarity
from kunnskap.search.engines.sought import Sought, understood
from kunnskap.targets import Target

MOST_POSTINGS = 3_000_000
"""How many scored postings a snapshot keeps at hand (12 bytes each)."""
MOST_ANSWERS = 500
"""How many finished answers a snapshot keeps."""
FEW = 64

Places = NDArray[np.integer[Any]]
Scores = NDArray[Any]
Postings = tuple[Ints, Floats]
"""Which documents have a term, in rising order, and how much it weighs in each."""
Weighed = tuple[NDArray[np.intp], Floats]
"""The same for the whole index, with what each adds to a score."""


class Part(Protocol):
    """A piece of an index that never changes, but for documents that die."""

    columns: Columns

    def sequence(self, place: int) -> bytes:
        """The numbers of a document's words in order, as the analysis gave them."""

    def postings(self, term: str) -> Postings:
        """Where a term stands in this piece."""

    def completions(self, beginning: str) -> Iterable[tuple[str, int]]:
        """Terms that begin like this, each with the number of documents that have it."""


@dataclass(frozen=True)
class Standing:
    """A part with the place of its first document in the whole, and which of its documents are alive (None: all)."""

    part: Part
    base: int
    alive: Bools | None


class Snapshot:
    """The whole index at one moment; safe to ask from many threads."""

    def __init__(
        self, parts: Sequence[tuple[Part, Bools | None]], book: CodeBook, analyser: Analyser, speller: Speller
    ) -> None:
        self._book = book
        self._analyser = analyser
        self._speller = speller
        self._standing: list[Standing] = []
        base = 0
        for part, alive in parts:
            self._standing.append(Standing(part, base, alive))
            base += len(part.columns)
        self._bases = [one.base for one in self._standing]
        self._columns = Columns.join([part.columns for part, _ in parts])
        self._alive = np.ones(base, np.bool_)
        for one in self._standing:
            if one.alive is not None:
                self._alive[one.base : one.base + len(one.alive)] = one.alive
        self._living = np.flatnonzero(self._alive)
        self._norm = self._length_norms()
        self._shared = self._with_others()
        self._impacts: dict[str, Weighed] = {}
        self._kept = 0
        self._answers: dict[Query, Results] = {}

    def _length_norms(self) -> Floats:
        lengths = self._columns.length
        average = float(lengths[self._living].mean()) if len(self._living) else 0.0
        norms: Floats = (K1 * (1 - B + B * lengths / (average or 1.0))).astype(np.float32)
        return norms

    def _with_others(self) -> Bools:
        """Which documents are in a group with others."""
        counts = np.bincount(self._columns.group[self._living], minlength=self._book.group_count)
        several: Bools = counts[self._columns.group] > 1
        return several

    def __len__(self) -> int:
        return len(self._living)

    def members(self, groups: Iterable[Target]) -> list[int]:
        """The places of the living documents of these groups."""
        numbers = [self._book.known_group(str(group)) for group in groups]
        wanted = np.zeros(self._book.group_count, np.bool_)
        wanted[[number for number in numbers if number is not None]] = True
        return [int(place) for place in self._living[wanted[self._columns.group[self._living]]]]

    def fingerprints(self, groups: Iterable[Target] | None) -> Iterator[tuple[Target, str]]:
        """The group and fingerprint of every living document, or of those in these groups."""
        columns = self._columns
        places = self._living.tolist() if groups is None else self.members(groups)
        return ((Target.parse(columns.groups[place]), columns.fingerprints[place]) for place in places)

    def find(self, query: Query) -> Results:
        """Find what fits; an answer given before is given again."""
        known = self._answers.get(query)
        if known is None:
            known = self._search(query)
            if len(self._answers) >= MOST_ANSWERS:
                self._answers.clear()
            self._answers[query] = known
        return known

    def _search(self, query: Query) -> Results:
        sought = understood(query, self._analyser, self._speller, lambda term: self._is_readable(term, query.reader))
        scored = self._score(query, sought) if query.is_worded else self._newest()
        found: Places = np.flatnonzero(scored.scores != 0) if query.is_worded else self._living
        found = self._readable(found, query.reader)
        found = self._phrased(found, sought)
        if query.is_worded and not self._is_answer(found, scored, sought):
            found = found[:0]
        found = self._best_of_groups(found, scored.scores)
        masks = self._masks(found, query.chosen)
        facets = self._facets(found, masks) if query.counted else {facet: {} for facet in FACETS}
        left = found[_all(masks.values())] if masks else found
        return Results(self._hits(left, scored, query, sought), len(left), facets, sought.terms, sought.corrections)

    def _is_readable(self, term: str, reader: frozenset[str]) -> bool:
        places = self._term(term)[0]
        # Mostly one of the first may be read already.
        return bool(len(self._readable(places[:FEW], reader)) or len(self._readable(places[FEW:], reader)))

    def _newest(self) -> "Scored":
        return Scored(self._columns.published, np.empty(0, np.float32))

    def _score(self, query: Query, sought: Sought) -> "Scored":
        size = len(self._columns)
        scored = Scored(np.zeros(size, np.float32), np.zeros(size, np.float32))
        whole = 0.0
        for concept in sought.concepts:
            self._add(concept, scored.scores)
            if not concept.extra:
                worth = self._worth(concept)
                whole += worth
                self._cover(concept, worth, scored.covered)
        if query.typing:
            completed = self._completed(beginning(query.words))
            scored.scores += completed
            scored.covered[completed > 0] = whole or 1.0
        if whole:
            scored.covered /= np.float32(whole)
        return scored

    def _add(self, concept: Concept, scores: Floats) -> None:
        ways = (*concept.ways, *concept.guesses)
        if len(ways) == 1:
            self._add_way(ways[0], scores)
            return
        best = np.zeros(len(scores), np.float32)
        for way in ways:
            this = np.zeros(len(scores), np.float32)
            self._add_way(way, this)
            for term, _ in way:
                places, _ = self._term(term)
                np.maximum.at(best, places, this.take(places))
        for term in dict.fromkeys(term for way in ways for term, _ in way):
            _move(best, self._term(term)[0], 1.0, scores)

    def _add_way(self, way: Terms, scores: Floats) -> None:
        for term, weight in way:
            places, impacts = self._term(term)
            np.add.at(scores, places, impacts if weight == 1.0 else impacts * np.float32(weight))

    def _is_answer(self, found: Places, scored: "Scored", sought: Sought) -> bool:
        """Whether what was found is more than noise: it covers enough, or is very much about one of the words."""
        if not len(found) or scored.covered[found].max() >= CUT:
            return bool(len(found))
        density = np.zeros(len(self._columns), np.float32)
        for term in dict.fromkeys(term for concept in sought.concepts for term in mains(concept)):
            places, impacts = self._term(term)
            most = np.float32(self._rarity(len(places)) * (K1 + 1))
            density[places] = np.maximum(density[places], impacts / most)
        return bool(density[found].max() >= ABOUT)

    def _worth(self, concept: Concept) -> float:
        """What a word says: as much as its rarest way of being said that is written at all, or as one nobody has written."""
        having = [len(self._term(way[0][0])[0]) for way in (*concept.ways, *concept.guesses)]
        return self._rarity(max(having, default=0))

    def _cover(self, concept: Concept, worth: float, covered: Floats) -> None:
        """Add how much of a concept stands in each document: all of it, or a part of a compound."""
        theirs = np.zeros(len(covered), np.float32)
        shares = [(np.float32(share), self._term(term)[0]) for share, term in coverage(concept)]
        if len(shares) == 1:
            np.add.at(covered, shares[0][1], shares[0][0] * np.float32(worth))
            return
        for share, places in shares:
            np.maximum.at(theirs, places, share)
        for _, places in shares:
            _move(theirs, places, worth, covered)

    def _phrased(self, found: Places, sought: Sought) -> Places:
        """Keep those in which every wanted phrase stands, and none of what is not wanted."""
        for phrase in sought.phrases:
            found = self._with_phrase(found, phrase)
        for phrase in sought.without:
            found = np.setdiff1d(found, self._with_phrase(found, phrase), assume_unique=True)
        return found

    def _with_phrase(self, found: Places, phrase: Phrase) -> Places:
        for term in phrase.terms:
            found = np.intersect1d(found, self._term(term)[0], assume_unique=True)
        if len(phrase.numbers) == 1:
            return found
        return found[np.fromiter((stands(self._sequence(place), phrase) for place in found), np.bool_, len(found))]

    def _sequence(self, place: int) -> bytes:
        one = self._standing[bisect_right(self._bases, place) - 1]
        return one.part.sequence(int(place) - one.base)

    def _completed(self, typed: str) -> Floats:
        best = np.zeros(len(self._columns), np.float32)
        if len(typed) < 2:
            return best
        counts: dict[str, int] = {}
        for one in self._standing:
            for term, number in one.part.completions(typed):
                counts[term] = counts.get(term, 0) + number
        terms = sorted(counts, key=lambda term: (-counts[term], term))[:MOST_COMPLETIONS]
        found = [self._term(term) for term in terms]
        having = sum(len(places) for places, _ in found)
        for places, impacts in found:
            alike = self._rarity(having) / self._rarity(len(places))
            best[places] = np.maximum(best[places], impacts * np.float32(alike))
        return best * np.float32(COMPLETION_WEIGHT)

    def _rarity(self, having: int) -> float:
        return rarity(having, len(self._living))

    def _term(self, term: str) -> Weighed:
        known = self._impacts.get(term)
        if known is None:
            known = self._weigh(term)
            if self._kept > MOST_POSTINGS:
                self._impacts.clear()
                self._kept = 0
            self._impacts[term] = known
            self._kept += len(known[0])
        return known

    def _weigh(self, term: str) -> Weighed:
        # Arrays are much quicker to go to by numbers of the machine's own width.
        all_places, all_weights = [np.empty(0, np.intp)], [np.empty(0, np.float32)]
        for one in self._standing:
            places, weights = one.part.postings(term)
            if one.alive is not None and len(places):
                living = one.alive[places]
                places, weights = places[living], weights[living]
            if len(places):
                all_places.append(places.astype(np.intp) + one.base)
                all_weights.append(weights)
        if len(all_places) == 1:
            return all_places[0], all_weights[0]
        places, weights = np.concatenate(all_places), np.concatenate(all_weights)
        impacts = np.float32(self._rarity(len(places)) * (K1 + 1)) * weights / (weights + self._norm.take(places))
        return places.astype(np.intp, copy=False), impacts.astype(np.float32)

    def _readable(self, found: Places, reader: frozenset[str]) -> Places:
        allowed = self._book.sets[AUDIENCE].touching(reader)
        if allowed.all():
            return found
        return found[allowed[self._columns.sets[AUDIENCE].take(found)]]

    def _best_of_groups(self, found: Places, scores: Scores) -> Places:
        shared = np.flatnonzero(self._shared.take(found))
        if not len(shared):
            return found
        members = found[shared]
        groups, theirs = self._columns.group.take(members).astype(np.intp), scores.take(members)
        best = np.full(self._book.group_count, theirs.min(), theirs.dtype)
        np.maximum.at(best, groups, theirs)
        leading = np.flatnonzero(theirs == best.take(groups))[::-1]
        first = np.zeros(len(best), np.intp)
        first[groups[leading]] = leading  # of equals the first, which is written last
        kept = np.ones(len(found), np.bool_)
        kept[shared] = False
        kept[shared[leading[first[groups[leading]] == leading]]] = True
        return found[kept]

    def _masks(self, found: Places, chosen: Mapping[str, frozenset[str]]) -> dict[str, Bools]:
        return {
            facet: self._book.sets[facet].touching(values)[self._columns.sets[facet][found]]
            for facet, values in chosen.items()
        }

    def _facets(self, found: Places, masks: Mapping[str, Bools]) -> dict[str, dict[str, int]]:
        counts = {}
        for facet in FACETS:
            others = [mask for name, mask in masks.items() if name != facet]
            left = found[_all(others)] if others else found
            counts[facet] = self._book.sets[facet].count(self._columns.sets[facet].take(left))
        return counts

    def _hits(self, found: Places, scored: "Scored", query: Query, sought: Sought) -> tuple[Hit, ...]:
        start, end = query.span
        if start >= len(found) or end <= start:
            return ()
        best = self._in_order(found, scored.scores, max(end, BEST) if query.is_worded else end)
        reasons: Sequence[tuple[str, ...]] = [()] * len(best)
        scores: Sequence[float] = [0.0] * len(best)
        if query.is_worded:
            best, scores, reasons = self._lifted(best, scored, query, sought)
        return tuple(
            self._hit(best[place], scores[place], reasons[place]) for place in range(start, min(end, len(best)))
        )

    def _in_order(self, found: Places, scores: Scores, most: int) -> list[int]:
        if most < len(found):
            theirs = scores[found]
            found = found[theirs >= np.partition(theirs, len(found) - most)[len(found) - most]]
        theirs, published = scores[found], self._columns.published[found]
        order = np.lexsort((-published, -theirs))
        theirs, published = theirs[order], published[order]
        best: list[int] = found[order].tolist()
        equal = np.flatnonzero((theirs[1:] == theirs[:-1]) & (published[1:] == published[:-1]))
        if len(equal):
            names, rank = self._columns.targets, zip((-theirs).tolist(), (-published).tolist(), best, strict=True)
            best = [place for *_, place in sorted(rank, key=lambda one: (one[0], one[1], names[one[2]]))]
        return best[:most]

    def _lifted(
        self, best: list[int], scored: "Scored", query: Query, sought: Sought
    ) -> tuple[list[int], list[float], list[tuple[str, ...]]]:
        top = np.array(best[:BEST])
        met = [
            (one, self._book.sets[one.facet].touching(one.values)[self._columns.sets[one.facet][top]])
            for one in query.preferences
        ]
        candidates = Candidates(
            scored.scores[top],
            scored.covered[top],
            [self._sequence(place) for place in top] if sought.numbers else [b""] * len(top),
            self._columns.title[top],
            met,
        )
        new = lifted(candidates, sought)
        order = np.argsort(-new.scores, kind="stable").tolist()
        rest = best[BEST:]
        return (
            [best[place] for place in order] + rest,
            [float(new.scores[place]) for place in order] + [float(scored.scores[place]) for place in rest],
            [new.reasons[place] for place in order] + [()] * len(rest),
        )

    def _hit(self, place: int, score: float, reasons: tuple[str, ...]) -> Hit:
        columns = self._columns
        return Hit(
            Target.parse(columns.targets[place]),
            Target.parse(columns.groups[place]),
            self._book.sets["kind"].one_of(int(columns.sets["kind"][place])),
            float(score),
            int(columns.page[place]) or None,
            reasons,
        )


@dataclass
class Scored:
    """For every document, how well it fits and what share of the query it covers (0 to 1)."""

    scores: Scores
    covered: Floats


def _move(gathered: Floats, places: Places, weight: float, into: Floats) -> None:
    """Add what was gathered at these places, and begin there anew."""
    np.add.at(into, places, gathered.take(places) * np.float32(weight))
    gathered[places] = 0


def _all(masks: Iterable[Bools]) -> Bools:
    joined: Bools = np.logical_and.reduce(list(masks))
    return joined
