"""Random small worlds, as plain facts: who there is, what they wrote for whom, and what became of it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

CONSONANTS, VOWELS = "bdfghjklmnprstv", "aeiouy"
STATES = ("stands", "stands", "stands", "hidden", "withdrawn", "held")
AUDIENCES = ("everyone", "members", "network", "place")
EVERYWHERE = "fellesordet"
"""A word that every post has."""


def made_up(sort: str, number: int) -> str:
    """A word nobody has written: `k` are searched for, `m` only looked for, `n` are names of people, `p` of places."""
    chance = random.Random(f"{sort}{number}")
    middle = "".join(chance.choice(CONSONANTS) + chance.choice(VOWELS) for _ in range(5))
    return f"q{sort}{middle}{sort}q"


@dataclass(frozen=True)
class Words:
    """What something says, and nothing else in the world: `key` is searched for, `mark` must not be seen by others."""

    number: int

    @property
    def key(self) -> str:
        """The word it can be found by."""
        return made_up("k", self.number)

    @property
    def mark(self) -> str:
        """The word that tells that it was shown."""
        return made_up("m", self.number)

    @property
    def text(self) -> str:
        """Both, as people would write them."""
        return f"Om {self.key} og {self.mark}"


@dataclass(frozen=True)
class Place:
    """A municipality in a county (both by their numbers); nobody but those without a name works in a secret one."""

    number: str
    county: str
    population: int
    is_secret: bool = False

    @property
    def name(self) -> str:
        """A made-up name."""
        return made_up("p", int(self.number)).capitalize()


@dataclass(frozen=True)
class Person:
    """Somebody with an account; a visitor has none. `place` and `networks` are numbers in the world's lists."""

    number: int
    role: str = "member"
    place: int | None = None
    is_proven: bool = False
    networks: frozenset[int] = frozenset()
    coordinates: bool = False
    is_newcomer: bool = False
    is_suspended: bool = False
    is_secret: bool = False
    words: Words = Words(0)

    @property
    def name(self) -> str:
        """A made-up first name."""
        return made_up("n", self.number).capitalize()


@dataclass(frozen=True)
class Remark:
    """A comment on the post with this number."""

    on: int
    author: int
    state: str
    words: Words


@dataclass(frozen=True)
class Said:
    """A post. `network` and `place` are whom it is for, `about` a place it is about; `parent` the question it answers.

    `file` are the words in what hangs on it, or in a document's file; `older` those of an earlier version,
    which may have been for its network alone.
    """

    kind: str
    author: int
    audience: str
    network: int
    place: int
    state: str
    hides: bool
    words: Words
    older: Words
    file: Words
    file_is_held: bool = False
    older_was_closed: bool = False
    about: int | None = None
    theme: int = 0
    is_locked: bool = False
    parent: int | None = None


@dataclass(frozen=True)
class World:
    """Everything there is, made from its number. Posts come before their answers."""

    number: int
    people: list[Person]
    places: list[Place]
    posts: list[Said]
    remarks: list[Remark]
    follows: list[tuple[int, int]] = field(default_factory=list)
    networks: int = 2
    themes: int = 2

    def __repr__(self) -> str:
        """The number is enough to make it again."""
        return f"world({self.number})"


PLACES = [
    Place("7101", "71", 3_000),
    Place("7102", "71", 30_000),
    Place("7201", "72", 12_000, is_secret=True),
    Place("7202", "72", 90_000, is_secret=True),
]


def worlds() -> st.SearchStrategy[World]:
    """Any world. Its number makes it, so that a small number is as rich a world as any other."""
    return st.integers(0, 2**32).map(world)


def world(number: int) -> World:
    """Make a world of ten people and a visitor, about sixteen posts and a dozen comments."""
    chance, numbers = random.Random(number), iter(range(1, 10_000))
    people = _people(chance, numbers)
    authors = [person.number for person in people if not person.is_secret and person.role != "visitor"]
    posts = [_post(chance, numbers, chance.choice(authors)) for _ in range(chance.randint(8, 11))]
    secret = [person.number for person in people if person.is_secret]
    posts += [_post(chance, numbers, person, "question", hides=True) for person in secret for _ in range(2)]
    shown = len(posts) - 1  # one of those is always open to all, with words of the asker's below it
    posts[shown] = replace(posts[shown], audience="everyone", state="stands")
    posts.append(replace(_answer(chance, numbers, secret[-1], shown, posts[shown]), state="stands"))
    questions = [at for at, post in enumerate(posts) if post.kind == "question"]
    for _ in range(chance.randint(3, 6)):
        asked = chance.choice(questions)
        posts.append(_answer(chance, numbers, _writer(chance, authors, posts[asked]), asked, posts[asked]))
    remarks = [Remark(on, secret[-1], "stands", Words(next(numbers))) for on in (shown, shown + 1)]
    remarks += [_remark(chance, numbers, posts, authors) for _ in range(chance.randint(5, 10))]
    pairs = [(person.number, post) for person in people[1:] for post in range(len(posts))]
    return World(number, people, PLACES, posts, remarks, chance.sample(pairs, 20))


def _people(chance: random.Random, numbers: Iterator[int]) -> list[Person]:
    def somebody(number: int, **facts: object) -> Person:
        networks = frozenset(one for one in (0, 1) if chance.random() < 0.4)
        given = {"place": chance.choice([None, 0, 1]), "is_proven": chance.random() < 0.6, "networks": networks}
        return Person(number, words=Words(next(numbers)), **(given | facts))

    everything = {"place": 0, "is_proven": True, "networks": frozenset({0, 1})}
    return [
        Person(0, "visitor"),
        somebody(1),
        somebody(2),
        somebody(3, **everything),
        somebody(4, networks=frozenset({0}), coordinates=True),
        somebody(5, is_newcomer=True),
        somebody(6, is_suspended=True, **everything),
        somebody(7, role="moderator"),
        somebody(8, role="administrator", networks=frozenset()),
        somebody(9, is_secret=True, place=2, networks=frozenset()),
        somebody(10, is_secret=True, place=3, networks=frozenset()),
    ]


def _writer(chance: random.Random, authors: list[int], asked: Said) -> int:
    """Anybody, and often the one who asked without a name."""
    return asked.author if asked.hides and chance.random() < 0.5 else chance.choice(authors)


def _post(chance: random.Random, numbers: Iterator[int], author: int, kind: str = "", *, hides: bool = False) -> Said:
    return Said(
        kind=kind or chance.choice(["question", "experience", "document"]),
        author=author,
        audience=chance.choice(AUDIENCES),
        network=chance.randint(0, 1),
        place=chance.randint(0, 1),
        state=chance.choice(STATES),
        hides=hides,
        words=Words(next(numbers)),
        older=Words(next(numbers)),
        file=Words(next(numbers)),
        file_is_held=chance.random() < 0.3,
        older_was_closed=chance.random() < 0.3,
        about=None if hides else chance.choice([None, 0, 1]),
        theme=chance.randint(0, 1),
        is_locked=chance.random() < 0.2,
    )


def _answer(chance: random.Random, numbers: Iterator[int], author: int, parent: int, asked: Said) -> Said:
    return Said(
        kind="answer",
        author=author,
        audience=asked.audience,
        network=asked.network,
        place=asked.place,
        state=chance.choice(STATES),
        hides=asked.hides and author == asked.author,
        words=Words(next(numbers)),
        older=Words(next(numbers)),
        file=Words(next(numbers)),
        file_is_held=chance.random() < 0.3,
        older_was_closed=chance.random() < 0.3,
        parent=parent,
    )


def _remark(chance: random.Random, numbers: Iterator[int], posts: list[Said], authors: list[int]) -> Remark:
    on = chance.randrange(len(posts))
    asked = posts[on] if posts[on].parent is None else posts[posts[on].parent]
    state = chance.choice(["stands", "stands", "hidden", "held", "withdrawn"])
    return Remark(on, _writer(chance, authors, asked), state, Words(next(numbers)))
