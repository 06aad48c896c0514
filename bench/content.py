"""Makes a large collection for measurements: the same lines every time, with words as frequent as words are.

BENCH_QUESTIONS asks for another number of questions than 10,000.
"""

import json
import os
import random
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "kunnskap" / "data"
PEOPLE, QUESTIONS, ANSWERS = 500, int(os.environ.get("BENCH_QUESTIONS", "10000")), 25_000
FIRST = datetime(2019, 1, 1, tzinfo=UTC)
TOPICS = (
    "klimabudsjett", "solceller", "overvann", "byggeplass", "ferje", "massetransport", "varmepumpe", "torvmyr", "naturpanel",
    "elbil",
)  # fmt: skip
"""What short posts that are made one by one are about."""
URL_WORDS = {"https", "www", "no", "com", "html", "miljodirektoratet", "ansvarsomrader"}
WORD = re.compile(r"[a-zæøåA-ZÆØÅ]{2,18}")


def lines() -> Iterator[dict[str, Any]]:
    """Give every line: people first, then questions, then answers."""
    made = random.Random(2019)
    words = _words()
    weights = _weights(words)
    themes, places = _column("themes.csv", "slug"), _column("municipalities.csv", "number")

    def say(least: int, most: int) -> str:
        return " ".join(made.choices(words, weights, k=made.randint(least, most)))

    for number in range(PEOPLE):
        yield {
            "type": "person", "id": number, "name": f"Prøve Person {number}", "role": "klimarådgiver",
            "email": f"prove{number}@example.org", "municipality": made.choice(places),
            "themes": made.sample(themes, 3),
        }  # fmt: skip
    for number in range(QUESTIONS):
        yield {
            "type": "question", "id": number, "title": say(5, 11).capitalize()[:149] + "?",
            "body": "\n\n".join(say(20, 60).capitalize() + "." for _ in range(made.randint(1, 3))),
            "author": made.randrange(PEOPLE), "created": _moment(number, QUESTIONS), "themes": made.sample(themes, 2),
            "municipality": made.choice(places),
        }  # fmt: skip
    for number in range(ANSWERS):
        yield {
            "type": "answer", "id": number, "question": number if number < 5_000 else made.randrange(QUESTIONS),
            "body": "\n\n".join(say(20, 80).capitalize() + "." for _ in range(made.randint(1, 3))),
            "author": made.randrange(PEOPLE), "created": _moment(number, ANSWERS), "accepted": number % 5 == 0,
        }  # fmt: skip


def write(file: Path) -> None:
    """Write every line to a file."""
    with file.open("w", encoding="utf-8") as out:
        for line in lines():
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


def queries(count: int) -> list[str]:
    """Give different queries of one to five words, as frequent as they are in the texts."""
    made = random.Random(2020)
    words = _words()
    weights = _weights(words)
    found: dict[str, None] = {}
    while len(found) < count:
        found[" ".join(made.choices(words, weights, k=made.randint(1, 5)))] = None
    return list(found)


def _weights(words: list[str]) -> list[float]:
    return [1 / (rank + 3) for rank in range(len(words))]


def _moment(number: int, of: int) -> str:
    return (FIRST + timedelta(days=2_500) * (number / of)).isoformat()


def _words() -> list[str]:
    text = "".join((DATA / name).read_text(encoding="utf-8") for name in ("experiences.jsonl", "questions.jsonl"))
    found = dict.fromkeys(word.lower() for word in WORD.findall(text) if word not in URL_WORDS)
    return sorted(found, key=lambda word: (len(word), word))


def _column(name: str, column: str) -> list[str]:
    head, *rows = (DATA / name).read_text(encoding="utf-8").splitlines()
    at = head.split(",").index(column)
    return [row.split(",")[at] for row in rows if row]


if __name__ == "__main__":
    write(Path(sys.argv[1]))
