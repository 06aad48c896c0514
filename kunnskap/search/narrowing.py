"""What results can be narrowed to, with counts, and what they are: chips that can be taken away."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from kunnskap.i18n import Message, mark, say
from kunnskap.places.rules import SIZES
from kunnskap.search.engines.protocol import Correction, Results
from kunnskap.search.names import Keys, Names
from kunnskap.search.query_language import Asked, Piece
from kunnskap.search.results import (
    FINDABLE,
    FIRST,
    HEADINGS,
    LONG,
    STATUSES,
    Chip,
    Choice,
    Facet,
    Label,
    Mended,
    Wanted,
)
from kunnskap.search.understanding import Understood, cut

FOLDED = frozenset({"status", "year", "network"})
"""Facets whose lists grow long."""
LITERAL = mark("Bare ordene slik de står")
Words = str | Label


@dataclass(frozen=True)
class Reading:
    """What somebody wants, and how it was read: pieces in the text, and what was understood besides."""

    wanted: Wanted
    asked: Asked
    understood: Sequence[Understood]

    @property
    def chosen(self) -> Mapping[str, Keys]:
        """What each facet is narrowed to, in the text or beside it."""
        return {facet: frozenset(keys) | self.asked.chosen.get(facet, frozenset()) for facet, keys in self._beside}

    @property
    def base(self) -> Wanted:
        """What is wanted apart from the choices in facets, wherever they were made."""
        kept = self.asked.without_pieces(piece for piece in self.asked.filters if piece.facet in HEADINGS)
        return self.wanted.saying(kept).narrowed(dict.fromkeys(HEADINGS, ()))

    @property
    def unnarrowed(self) -> Wanted:
        """What is wanted without any filter."""
        return self.wanted.saying(self.asked.without_pieces(self.asked.filters)).without()

    @property
    def _beside(self) -> Collection[tuple[str, tuple[str, ...]]]:
        return self.wanted.chosen.items()


def facets(results: Results, reading: Reading, names: Names) -> list[Facet]:
    """Give everything results can be narrowed to, with what each choice would leave."""
    found = []
    for key, heading in HEADINGS.items():
        counts, chosen = results.facets.get(key, {}), reading.chosen[key]
        shown = {one for one in chosen if key != "year"} | set(reading.wanted.chosen[key])
        choices = [
            Choice(one, words, counts.get(one, 0), one in chosen, isinstance(words, Label) and words.above is not None)
            for one, words in _CHOICES[key](names, counts, chosen).items()
            if counts.get(one) or one in shown
        ]
        if choices:
            found.append(Facet(key, heading, *_folded(key, choices)))
    return found


def _folded(key: str, choices: list[Choice]) -> tuple[list[Choice], int]:
    """What is chosen in a long list stands first, so that it is never folded away."""
    if key not in FOLDED or len(choices) <= LONG:
        return choices, len(choices)
    chosen = [one for one in choices if one.chosen]
    return [*chosen, *(one for one in choices if not one.chosen)], max(FIRST, len(chosen))


def _themes(names: Names, _counts: Mapping[str, int], chosen: Keys) -> Mapping[str, Words]:
    """Themes of the lower level show when the one above is chosen, or they are."""
    every = names.labels.themes
    return {key: one for key, one in every.items() if one.above is None or one.above in chosen or key in chosen}


def _networks(names: Names, counts: Mapping[str, int], _chosen: Keys) -> Mapping[str, Words]:
    every = names.labels.networks
    return {key: every[key] for key in sorted(every, key=lambda key: -counts.get(key, 0))}


_CHOICES: Mapping[str, Callable[[Names, Mapping[str, int], Keys], Mapping[str, Words]]] = {
    "kind": lambda _names, _counts, _chosen: {key: kind.plural for key, kind in FINDABLE.items()},
    "theme": _themes,
    "county": lambda names, _counts, _chosen: names.labels.counties,
    "size": lambda _names, _counts, _chosen: SIZES,
    "status": lambda _names, _counts, _chosen: STATUSES,
    "year": lambda _names, counts, chosen: {
        key: Label.of(key, key) for key in sorted({*counts, *chosen}, reverse=True)
    },
    "network": _networks,
}
"""The choices of each facet, in the order they are shown."""


def chips(reading: Reading, names: Names) -> list[Chip]:
    """Give what was understood, what was written between the words, and what was chosen, each with a way without it."""
    wanted, asked = reading.wanted, reading.asked
    found = [_understood(one, wanted) for one in reading.understood]
    found += [Chip(LITERAL, replace(wanted, literal=False, number=1))] if wanted.literal else []
    found += [Chip(_piece(piece, names), _without(piece, wanted, asked)) for piece in asked.pieces]
    authors = names.authors(wanted.authors)
    for facet, keys in wanted.chosen.items():
        in_text = asked.chosen.get(facet, frozenset())
        for key in keys:
            words = _by(authors[key]) if facet == "author" else names.label(facet, key)
            found += [] if key in in_text else [Chip(words, wanted.without(facet, key))]
    return found


def _understood(one: Understood, wanted: Wanted) -> Chip:
    plain = replace(wanted, plain=(*wanted.plain, one.key), number=1)
    if one.facet == "kind":
        return Chip(mark("Folk først"), plain, wanted.narrowed({"kind": one.keys}), say("Vis bare folk"))
    only = wanted.saying(cut(wanted.words, one)).narrowed({one.facet: sorted({*wanted.chosen[one.facet], *one.keys})})
    return Chip(
        say("Treff fra %(place)s først", place=one.name), plain, only, say("Vis bare %(place)s", place=one.name)
    )


def _piece(piece: Piece, names: Names) -> str | Label | Message:
    if piece.facet == "phrase":
        return say("«%(words)s»", words=piece.value)
    if piece.facet == "without":
        return say("Uten «%(words)s»", words=piece.value)
    if piece.facet == "author":
        return _by(piece.value)
    if len(piece.keys) == 1 and piece.facet != "year":
        return names.label(piece.facet, next(iter(piece.keys)))
    return Label.of("", piece.value)


def _by(name: str) -> Message:
    return say("Skrevet av %(name)s", name=name)


def _without(piece: Piece, wanted: Wanted, asked: Asked) -> Wanted:
    """What was also chosen beside the text goes with it."""
    left = wanted.saying(asked.without_pieces([piece]))
    if piece.facet not in wanted.chosen:
        return left
    return left.narrowed({piece.facet: [key for key in wanted.chosen[piece.facet] if key not in piece.keys]})


def mended(corrections: Sequence[Correction], wanted: Wanted) -> list[Mended]:
    """Give what was looked for besides what was typed, each with the search as it would be written with all of them."""
    pairs = [(one.typed, one.meant.capitalize() if one.typed[:1].isupper() else one.meant) for one in corrections]
    words = wanted.words
    for typed, meant in pairs:
        found = re.search(rf"(?<!\w){re.escape(typed)}(?!\w)", words)
        if found:
            words = f"{words[: found.start()]}{meant}{words[found.end() :]}"
    instead = replace(wanted, words=words, literal=False, number=1)
    return [Mended(typed, meant, instead) for typed, meant in pairs]
