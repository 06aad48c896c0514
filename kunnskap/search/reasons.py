"""Why something was found, in short plain sentences. Pure: what was looked for and what is shown in, sentences out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from kunnskap.i18n import Message, mark, say
from kunnskap.search.analysis.analyser import Analyser, Concept
from kunnskap.search.analysis.words import lower, word_list
from kunnskap.search.engines.protocol import Hit, Query, Results

MOST = 5
MOST_OF_EACH = 2
"""How many sentences say where words stand, how words were read, and what lifted a hit, before there are more of any."""
MOST_WORDS = 4
Matches = Mapping[str, Sequence[str]]
"""Words as they are written, each with the terms it matched by."""

_STANDS: Mapping[str, Callable[[str, int | None], Message]] = {
    "title": lambda words, _page: say("%(words)s står i tittelen", words=words),
    "name": lambda words, _page: say("%(words)s står i navnet", words=words),
    "themes": lambda words, _page: say("%(words)s står blant temaene", words=words),
    "role": lambda words, _page: say("%(words)s står i stillingen", words=words),
    "place": lambda words, _page: say("%(words)s er stedet det kommer fra", words=words),
    "people": lambda words, _page: say("%(words)s er i navnet til den som skrev det", words=words),
    "text": lambda words, _page: say("%(words)s står i teksten", words=words),
    "answers": lambda words, _page: say("%(words)s står i et svar", words=words),
    "page": lambda words, page: say("%(words)s står på side %(number)s", words=words, number=page),
}
"""What is said of words in each field, the fields that say most first."""
LIFTED: Mapping[str, str] = {
    "title": mark("Tittelen er akkurat det du skrev"),
    "phrase": mark("Ordene står side om side"),
    "near": mark("Ordene står nær hverandre"),
    "place": mark("Kommer fra eller handler om stedet du skrev"),
    "people": mark("Du spør etter folk"),
    "answered": mark("Har fått svar"),
    "confirmed": mark("Bekreftet nylig"),
    "endorsed": mark("Andre har hatt nytte av det"),
    "county": mark("Likt kommunen din: samme fylke"),
    "size": mark("Likt kommunen din: omtrent like mange innbyggere"),
    "network": mark("Likt kommunen din: samme nettverk"),
    "own": mark("Kommer fra eller handler om kommunen din"),
    "alike": mark("Kommer fra eller handler om en kommune som ligner deres"),
}
"""What is said of each key in `Hit.reasons`: those of the engines, and of the preferences."""
_FURTHER = mark("Ordene står et annet sted enn det som vises her")


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where a term comes from: the word typed, what it was mended to, and whether it is another way of saying it."""

    typed: str
    meant: str = ""
    is_alike: bool = False


class Explainer:
    """Says why, for all hits of one search."""

    def __init__(self, query: Query, results: Results, analyser: Analyser) -> None:
        self._analyser = analyser
        self._is_worded = query.is_worded
        self._groups = query.synonyms.groups
        self._alike: dict[str, list[tuple[Sequence[str], set[str]]]] = {}
        self._origins: dict[str, _Origin] = {}
        concepts = analyser.concepts(" ".join((query.words, *query.phrases)), query.synonyms)
        for word in (word for concept in concepts for word in word_list(concept.typed)):
            self._learn(self._terms(word), _Origin(word))
        for one in results.corrections:
            self._learn(self._terms(one.meant), _Origin(one.typed, meant=one.meant))
        for concept in concepts:
            alike = _Origin(concept.typed, is_alike=True)
            self._learn((term for way in concept.ways for term, _ in way), alike)
        self.telling = _telling(concepts, results.terms, self._origins)
        """The terms that are worth marking."""

    def why(self, hit: Hit, fields: Mapping[str, Matches]) -> tuple[Message, ...]:
        """Give one to five sentences, or none when everything was asked for.

        `fields` are what is known of the hit, by what they are called above, each with its words that matched.
        """
        telling = self._first_said(fields)
        standing = [_STANDS[field](_quoted(words), hit.page) for field, words in telling.items()]
        read = self._readings(telling)
        lifted = [
            Message(LIFTED[key])
            for key in dict.fromkeys(hit.reasons)
            if key in LIFTED and not (key == "place" and fields.get(key))
        ]
        if self._is_worded and not (standing or lifted):
            return (Message(_FURTHER),)
        first, rest = (
            [one for sort in (standing, read, lifted) for one in sort[part]]
            for part in (slice(MOST_OF_EACH), slice(MOST_OF_EACH, None))
        )
        return tuple([*first, *rest][:MOST])

    def _first_said(self, fields: Mapping[str, Matches]) -> dict[str, Matches]:
        """The words of each field by which something that was typed stands there, and in none of the fields before it."""
        told: set[str] = set()
        telling: dict[str, Matches] = {}
        for field in _STANDS:
            said = {word: self._typed(terms) for word, terms in fields.get(field, {}).items()}
            fresh = {word: fields[field][word] for word, typed in said.items() if not told.issuperset(typed)}
            if fresh:
                telling[field] = fresh
            told.update(*(said[word] for word in fresh))
        return telling

    def _typed(self, terms: Sequence[str]) -> set[str]:
        """What was typed that these terms say; a term nobody typed says itself."""
        return {self._origins[term].typed if term in self._origins else term for term in terms}

    def _readings(self, telling: Mapping[str, Matches]) -> list[Message]:
        """How words that stand otherwise than they were typed were read; each word typed once for each way."""
        sentences: dict[tuple[str, str], Message] = {}
        for matches in telling.values():
            for word, terms in matches.items():
                origin = self._origin(word, terms)
                if origin is not None and lower(word) != lower(origin.typed):
                    sentence = self._reading(word, terms, origin)
                    sentences.setdefault((sentence.text, lower(origin.typed)), sentence)
        return list(sentences.values())

    def _reading(self, word: str, terms: Sequence[str], origin: _Origin) -> Message:
        if origin.meant:
            return say("Vi leste «%(typed)s» som «%(meant)s»", typed=origin.typed, meant=origin.meant)
        alike = self._group(word, origin.typed) if origin.is_alike else ()
        if alike:
            return say("Regnes som det samme: %(words)s", words=", ".join(alike))
        if len(word_list(origin.typed)) > 1:
            return say("Vi leste også «%(typed)s» som ett ord", typed=origin.typed)
        return self._kinship(word, terms, origin)

    def _kinship(self, word: str, terms: Sequence[str], origin: _Origin) -> Message:
        """How a word and the one typed are forms of one word, or one a part of the other."""
        own, typed = self._terms(word)[:1], self._terms(origin.typed)
        if own == typed[:1]:
            return say("«%(found)s» er en annen form av «%(typed)s»", found=word, typed=origin.typed)
        if own[0] in typed:
            return say("«%(part)s» er en del av «%(whole)s»", part=word, whole=origin.typed)
        if typed[:1] and typed[0] in terms:
            return say("«%(part)s» er en del av «%(whole)s»", part=origin.typed, whole=word)
        return say("«%(found)s» har en del felles med «%(typed)s»", found=word, typed=origin.typed)

    def _origin(self, word: str, terms: Sequence[str]) -> _Origin | None:
        """Where a word comes from: what was typed just like it, else what its weightiest term comes from."""
        origins = [self._origins[term] for term in terms if term in self._origins]
        return next((one for one in origins if lower(one.typed) == lower(word)), origins[0] if origins else None)

    def _group(self, word: str, typed: str) -> Sequence[str]:
        """The expressions that mean the same as what was typed, when this word is in one of them."""
        if typed not in self._alike:
            wanted = self._terms(typed)
            read = ((group, [self._terms(one) for one in group]) for group in self._groups)
            self._alike[typed] = [
                (group, set(chain.from_iterable(members))) for group, members in read if wanted in members
            ]
        own = [term for term, _ in self._analyser.terms_of(word)]
        return next((group for group, terms in self._alike[typed] if not terms.isdisjoint(own)), ())

    def _terms(self, words: str) -> list[str]:
        return [term for word in word_list(words) for term, _ in self._analyser.terms_of(word)]

    def _learn(self, terms: Iterable[str], origin: _Origin) -> None:
        for term in terms:
            self._origins.setdefault(term, origin)


def _telling(
    concepts: Iterable[Concept], terms: Mapping[str, float], origins: Mapping[str, _Origin]
) -> Mapping[str, float]:
    """All but the parts of words that only mean the same: whoever seeks elbil does not seek the utslipp of nullutslippsbil."""
    parts: set[str] = set()
    whole = {term for term, origin in origins.items() if not origin.is_alike}
    for way in (way for concept in concepts for way in concept.ways if way):
        most = max(weight for _, weight in way)
        whole.update(term for term, weight in way if weight == most)
        parts.update(term for term, weight in way if weight < most)
    return {term: weight for term, weight in terms.items() if term in whole or term not in parts}


def _quoted(words: Iterable[str]) -> str:
    once = {lower(word): word for word in reversed(list(words))}
    return ", ".join(f"«{word}»" for word in list(reversed(once.values()))[:MOST_WORDS])
