"""Posts of real length for measuring search, made of the words the project ships; the same ones every time.

How often words stand follows Zipf's law: small and common words first, then the shipped words and their inflections, names
of places, and a long tail of compounds. A fourth of a post's words are those of its topic, so that words come together as
they do in texts. Every twentieth post is a file with two pages behind it.
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from bench.content import DATA, FIRST, URL_WORDS, WORD
from kunnskap.search.analysis.written_forms import is_small
from kunnskap.search.engines.protocol import EVERYONE, NOTHING, Document
from kunnskap.targets import Target

VOCABULARY = 150_000
TOPICS, TOPIC_WORDS, TOPIC_SHARE = 300, 80, 0.25
SENTENCE = 13
FILE_EVERY, PAGES = 20, 2
PER_FILE_ROUND = FILE_EVERY + PAGES
MISSPELT_EVERY = 10
COMMON = 1_500
"""How many of the commonest words the queries of common words are made of."""
ENDINGS = ("en", "er", "ene", "ane", "s")
KINDS = ("question", "experience", "person")
STATUSES = ("open", "answered", "solved", None)
MEMBERS = frozenset({"members"})


class Posts:
    """About `count` documents, pages and all, as a source for an index."""

    def __init__(self, count: int) -> None:
        self.groups = count * FILE_EVERY // PER_FILE_ROUND
        self.words = _words()
        self._array = np.array(self.words, object)
        self._shares = _running_shares(len(self.words))
        told = [number for number, word in enumerate(self.words[:40_000]) if not is_small(word)]
        drawn = np.random.default_rng(11)
        self._topics = drawn.choice(told, (TOPICS, TOPIC_WORDS))
        self._topic_shares = _running_shares(TOPIC_WORDS)
        self._places = _rows("municipalities.csv")

    def after(self, group: Target | None) -> Iterator[Document]:
        """Give all of the groups behind this one."""
        for number in range(group.id + 1 if group else 1, self.groups + 1):
            yield from self.group(number)

    def group(self, number: int) -> Iterator[Document]:
        """One post, or a file with its pages."""
        drawn = np.random.default_rng(number)
        target, facts = Target("post", number), self._facts(number, drawn)
        title = self._say(drawn, number, drawn.integers(4, 11)).rstrip(".").capitalize()
        yield Document(target, target, title=title, body=self._text(drawn, number), **facts, **self._names(number))
        if number % FILE_EVERY == 0:
            for page in range(2, PAGES + 2):
                body = self._text(drawn, number)
                yield Document(Target("page", number * 10 + page), target, title="", body=body, page=page, **facts)

    def queries(self, count: int, seed: int = 2026) -> list[str]:
        """Different queries of one to six words that say something: of one topic, as common as in texts, or common.

        In every tenth there is a typing error.
        """
        drawn = np.random.default_rng(seed)
        found: dict[str, None] = {}
        while len(found) < count:
            words = self._asked(drawn, len(found))
            if len(found) % MISSPELT_EVERY == 0:
                words[0] = _misspelt(words[0])
            found.setdefault(" ".join(words))
        return list(found)

    def beginnings(self, count: int, seed: int = 7) -> list[str]:
        """What stands in a search field while somebody types: words cut off after two letters or more."""
        drawn = np.random.default_rng(seed)
        found: dict[str, None] = {}
        while len(found) < count:
            *whole, last = self._asked(drawn, len(found))[:2]
            found.setdefault(" ".join((*whole, last[: int(drawn.integers(2, 9))])))
        return list(found)

    def _asked(self, drawn: np.random.Generator, turn: int) -> list[str]:
        length = int(drawn.integers(1, 7))
        if turn % 3 == 0:
            chosen = self._topics[drawn.integers(TOPICS)][drawn.permutation(TOPIC_WORDS)[:length]]
        elif turn % 3 == 1:
            chosen = np.searchsorted(self._shares, drawn.random(length * 4), "right")
        else:
            chosen = drawn.integers(0, COMMON, length * 3)
        words = [word for word in self._array[chosen].tolist() if not is_small(word)][:length]
        return words or [self.words[1_000]]

    def _text(self, drawn: np.random.Generator, number: int) -> str:
        return self._say(drawn, number, drawn.integers(150, 251))

    def _say(self, drawn: np.random.Generator, number: int, length: int) -> str:
        chosen = np.searchsorted(self._shares, drawn.random(length), "right")
        topical = np.flatnonzero(drawn.random(length) < TOPIC_SHARE)
        topic = self._topics[number % TOPICS]
        chosen[topical] = topic[np.searchsorted(self._topic_shares, drawn.random(len(topical)), "right")]
        words = self._array[chosen].tolist()
        sentences = (" ".join(words[at : at + SENTENCE]) for at in range(0, len(words), SENTENCE))
        return ". ".join(sentence.capitalize() for sentence in sentences) + "."

    def _names(self, number: int) -> dict[str, str]:
        topic = self._topics[number % TOPICS]
        place = self._places[number % len(self._places)]
        return {
            "themes": " ".join(self._array[topic[:2]]),
            "place": place["name"],
            "people": f"Prøve Person {number % 5_000}",
        }

    def _facts(self, number: int, drawn: np.random.Generator) -> dict:
        place = self._places[number % len(self._places)]["number"]
        theme, size, network = (int(one) for one in drawn.integers(0, (72, 4, 40)))
        return {
            "kind": "document" if number % FILE_EVERY == 0 else KINDS[drawn.choice(3, p=(0.6, 0.35, 0.05))],
            "theme_slugs": frozenset({f"theme-{theme % 13}", f"theme-{theme}-under", f"theme-{number % 13}"}),
            "counties": frozenset({place[:2]}),
            "municipalities": frozenset({place}),
            "sizes": frozenset({str(size)}),
            "networks": frozenset({f"network-{network}"}) if network < 26 else NOTHING,
            "authors": frozenset({str(number % 5_000)}),
            "marks": frozenset({f"confirmed-{2019 + number % 8}"}),
            "status": STATUSES[number % len(STATUSES)],
            "year": 2019 + number % 8,
            "audience": MEMBERS if number % 20 == 7 else EVERYONE,
            "published_at": FIRST + timedelta(minutes=number),
        }


def _words() -> list[str]:
    """Words of the demonstration content, commonest first; shipped words, inflections and places; then compounds."""
    rows = [json.loads(line) for name in ("experiences", "questions") for line in _lines(f"{name}.jsonl")]
    text = " ".join(str(value) for row in rows for value in row.values())
    common = [word for word, _ in Counter(word.lower() for word in WORD.findall(text)).most_common()]
    shipped = [word for word in _lines("words.txt") if re.fullmatch(r"[a-zæøå]{3,}", word)]
    drawn = np.random.default_rng(3)
    drawn.shuffle(shipped)
    places = [row["name"] for row in _rows("municipalities.csv")]
    inflected = (word + ending for ending in ENDINGS for word in shipped)
    pairs = np.array(shipped, object)[drawn.integers(0, len(shipped), (VOCABULARY, 2))].tolist()
    compounds = (one + ("s" if len(one) % 3 == 0 else "") + other for one, other in pairs)
    known = dict.fromkeys([*common, *shipped, *places, *inflected, *compounds])
    return [word for word in known if word not in URL_WORDS][:VOCABULARY]


def _lines(name: str) -> list[str]:
    return (DATA / name).read_text("utf-8").splitlines()


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(_lines(name)))


def _running_shares(count: int) -> np.ndarray:
    shares = np.cumsum(1 / (np.arange(count) + 3))
    return shares / shares[-1]


def _misspelt(word: str) -> str:
    """The word with two letters in the wrong order."""
    at = len(word) // 2
    return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :] if len(word) > 4 else word
