"""How soon a new post is found from another process, on 10,000 questions: one by one, and in a burst.

The clock runs from the commit of the post until a third process finds it; the second is `flask worker`.
Usage: `python -m bench.freshness [INSTANCE]`; the folder is filled when it is empty.
"""

import os
import random
import select as system
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from sqlalchemy import select

from bench.content import TOPICS
from bench.site import HOUSE, environment, filled
from kunnskap import create_app, db, events
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.people.models import Person
from kunnskap.posts.actions import Content
from kunnskap.questions import actions as questions
from kunnskap.search.engines.protocol import IndexDown, Query
from kunnskap.search.indexing import index
from kunnskap.themes.models import Theme

ONE_BY_ONE, BURST, LOOKED_FOR = 60, 400, 10
"""How many are posted singly and in a burst; of the latter every tenth is looked for."""


def main(instance: Path) -> None:
    """Start the worker and somebody who looks, post, and tell the seconds."""
    os.environ.update(environment(instance))
    if not (instance / "kunnskap.db").exists():
        filled(instance)
    worker = _start(instance, "flask", "--app", "app", "worker")
    looking = _start(instance, "bench.freshness", "look")
    try:
        with create_app().app_context():
            _post(looking)
    finally:
        for process in (worker, looking):
            process.terminate()
            process.communicate()


def _start(instance: Path, *command: str) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    whole = [sys.executable, "-m", *command]
    return subprocess.Popen(whole, cwd=HOUSE, env=environment(instance), stdin=pipe, stdout=pipe, text=True)


def _post(looking: subprocess.Popen[str]) -> None:
    db.expect_writes()
    started = time.monotonic()
    told = _wait_until_told()
    print(f"{told} events that waited were told in {time.monotonic() - started:.1f} s")
    rng, mark = random.Random(7), int(time.time())
    single: list[float] = []
    for number in range(ONE_BY_ONE):
        time.sleep(rng.uniform(0, 0.3))
        single += _seconds(looking, [_ask(looking, f"ensom{mark}x{number}", rng)])
    _say(f"{ONE_BY_ONE} posted one by one", single)
    started = time.monotonic()
    posted = [_ask(looking, f"flom{mark}x{number}", rng, number % LOOKED_FOR == 0) for number in range(BURST)]
    taken = time.monotonic() - started
    _say(f"{BURST} posted in {taken:.1f} s", _seconds(looking, posted[::LOOKED_FOR]))


def _wait_until_told() -> int:
    first = events.backlog().waiting
    while events.backlog().waiting:
        session.remove()
        time.sleep(0.2)
    return first


def _ask(looking: subprocess.Popen[str], word: str, rng: random.Random, wanted: bool = True) -> float:
    """Ask a question with this word in its title and have it looked for; gives the moment it was committed."""
    person = session.scalars(select(Person.id).order_by(Person.id)).first()
    theme = session.scalars(select(Theme.slug).order_by(Theme.id)).first() or ""
    body = " ".join(rng.choices(TOPICS, k=100))
    questions.ask(Actor(person, "member"), Content(body, f"Hvem har prøvd {word}?", themes=(theme,)))
    session.commit()
    session.remove()
    if wanted and looking.stdin:
        print(word, file=looking.stdin, flush=True)
    return time.time()


def _seconds(looking: subprocess.Popen[str], posted: Sequence[float]) -> list[float]:
    """Wait until all these are found; gives the seconds each took from its commit, as they come in order."""
    assert looking.stdout
    return [float(looking.stdout.readline()) - moment for moment in posted]


def _say(what: str, seconds: Sequence[float]) -> None:
    middle, most = np.percentile(seconds, [50, 95])
    print(f"{what}: found after {middle:.2f} s (median), {most:.2f} s (p95), {max(seconds):.2f} s (longest)")


def look() -> None:
    """Look for every word on standard input until it is found, and write the moments in the order of the words."""
    wanted: list[str] = []
    while True:
        while system.select([sys.stdin.fileno()], [], [], 0)[0]:
            wanted += os.read(sys.stdin.fileno(), 65_536).decode().split()
        while wanted and _is_found(wanted[0]):
            print(time.time(), flush=True)
            del wanted[0]
        time.sleep(0.005)


def _is_found(word: str) -> bool:
    with suppress(IndexDown):
        return index().find(Query(word, literal=True, counted=False)).total > 0
    return False


if __name__ == "__main__":
    if sys.argv[1:] == ["look"]:
        with create_app().app_context():
            look()
    elif sys.argv[1:]:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory(prefix="kunnskap-bench-") as folder:
            main(Path(folder))
