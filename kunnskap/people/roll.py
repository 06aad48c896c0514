"""Everybody in the directory, kept in memory until a profile changes, so that filters are counted in no time.

The database stays what is true: the roll holds numbers and the words people are found by, and what is shown of somebody
is read for the page. It knows of places by their id only, so it stands when those change.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import literal, null, select, union_all

from kunnskap.db import session
from kunnskap.people.models import HELPING, WORKPLACES, Person, PersonTheme
from kunnskap.people.spots import Spot, Wanted, is_inside, spots
from kunnskap.places.queries import AFTER_Z
from kunnskap.remembering import remembered
from kunnskap.themes import queries as themes

Mask = NDArray[np.bool_]
KINDS = tuple(WORKPLACES)
MOST_WORDS = 6
ANY = 0
"""The column for whoever can help with anything at all; the others are themes by id."""


@dataclass(frozen=True)
class Roll:
    """Those who stand in the directory, by name: all arrays are in that order.

    `places` are ids (0 for none), `kinds` places in KINDS. `helps` says by level who can help with which theme, an upper
    theme standing for those below it too. `texts` are what people are found by, `roles` their roles, without capitals.
    """

    ids: NDArray[np.int64]
    places: NDArray[np.int64]
    kinds: NDArray[np.int64]
    helps: Mapping[str, Mask]
    texts: Sequence[str]
    roles: Sequence[str]

    def saying(self, wanted: Wanted) -> Mask:
        """Those who have all the words in their name, role or workplace, and all words of a role in their role."""
        left = np.ones(len(self.ids), bool)
        for word in wanted.words.casefold().split()[:MOST_WORDS]:
            left &= self._has(self.texts, word) | self._works_at(partial(_is_called, word))
        for word in wanted.role.casefold().split()[:MOST_WORDS]:
            left &= self._has(self.roles, word)
        return left

    def inside(self, wanted: Wanted) -> Mask:
        """Those whose workplace is of the kind, in the county, of the size and in the municipality that is wanted."""
        left = np.ones(len(self.ids), bool)
        if wanted.kind:
            left &= self.kinds == (KINDS.index(wanted.kind) if wanted.kind in KINDS else -1)
        if wanted.county or wanted.size or wanted.place:
            left &= self._works_at(partial(is_inside, wanted))
        return left

    def helping(self, theme: str, level: str) -> Mask:
        """Those who can help with a theme (a slug, or nothing for any), at a level or any; everybody when neither is said."""
        if not theme and not level:
            return np.ones(len(self.ids), bool)
        column = ANY if not theme else next((one.id for one in themes.every() if one.slug == theme), None)
        helps = self.helps_at(level)
        if column is None or column >= helps.shape[1]:
            return np.zeros(len(self.ids), bool)
        found: Mask = helps[:, column]
        return found

    def helps_at(self, level: str) -> Mask:
        """Who can help with which theme at a level, or at any; at a level there is not, nobody can."""
        if level in self.helps:
            return self.helps[level]
        either: Mask = np.logical_or(*(self.helps[one] for one in HELPING))
        return np.zeros_like(either) if level else either

    def by_place_and_kind(self, among: Mask) -> dict[tuple[int | None, str], int]:
        """Count people by the id of their place and their kind of workplace."""
        keys, counts = np.unique(self.places[among] * len(KINDS) + self.kinds[among], return_counts=True)
        pairs = zip(keys.tolist(), counts.tolist(), strict=True)
        return {(key // len(KINDS) or None, KINDS[key % len(KINDS)]): count for key, count in pairs}

    def by_likeness(self, among: Mask, scores: Mapping[int, float]) -> NDArray[np.int64]:
        """Give the order that has the most alike first, by the likeness of places; those alike stay in order."""
        alike = np.zeros(self._highest() + 1)
        for place, score in scores.items():
            if place < len(alike):
                alike[place] = score
        return np.argsort(-alike[self.places[among]], kind="stable")

    def _has(self, texts: Sequence[str], word: str) -> Mask:
        return np.fromiter((word in text for text in texts), bool, len(texts))

    def _works_at(self, which: Callable[[Spot], bool]) -> Mask:
        fits = np.zeros(self._highest() + 1, bool)
        for number, spot in spots().items():
            if number < len(fits) and which(spot):
                fits[number] = True
        found: Mask = fits[self.places]
        return found

    def _highest(self) -> int:
        return int(self.places.max(initial=0))


def _is_called(word: str, spot: Spot) -> bool:
    return word in spot.words


def everybody() -> Roll:
    """Give the roll; one statement after a profile has changed, and none else."""
    return remembered("roll", _read, people=True)


def _read() -> Roll:
    person = select(
        Person.id, Person.place_id, Person.workplace_kind, Person.name, Person.role, Person.organisation
    ).where(Person.listed, Person.name != "", Person.left_at.is_(None))
    nothing = literal("")
    helping = select(PersonTheme.person_id, PersonTheme.theme_id, PersonTheme.level, null(), nothing, nothing)
    rows: Sequence[Any] = session.execute(union_all(person, helping.where(PersonTheme.level.in_(HELPING)))).all()
    people = sorted((row for row in rows if row[3] is not None), key=lambda row: (_alphabetical(row[3]), row[0]))
    topics = [tuple(row[:3]) for row in rows if row[3] is None]
    return Roll(
        np.array([row[0] for row in people], np.int64),
        np.array([row[1] or 0 for row in people], np.int64),
        np.array([KINDS.index(row[2]) for row in people], np.int64),
        _helps([row[0] for row in people], topics),
        ["\n".join(row[3:6]).casefold() for row in people],
        [row[4].casefold() for row in people],
    )


def _alphabetical(name: str) -> str:
    return name.casefold().translate(AFTER_Z)


def _helps(people: Sequence[int], topics: Collection[tuple[Any, ...]]) -> dict[str, Mask]:
    parents = {one.id: one.parent_id for one in themes.every()}
    rows = {number: place for place, number in enumerate(people)}
    size = max(parents, default=0) + 1
    columns: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for person, theme, level in topics:
        if person in rows and theme < size:
            row = rows[person]
            columns[level] += [(row, ANY), (row, theme), (row, parents.get(theme) or theme)]
    return {level: _filled((len(people), size), columns[level]) for level in HELPING}


def _filled(shape: tuple[int, int], cells: Sequence[tuple[int, int]]) -> Mask:
    made = np.zeros(shape, bool)
    if cells:
        made[tuple(np.array(cells).T)] = True
    return made
