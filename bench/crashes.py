"""Kills the worker at random points while four processes post, and then looks whether the index holds just what there is.

The posts are made, answered and changed by the real actions in an SQLite database; the worker tells events as it always
does, but with a short lease, so that what a killed one had taken comes back at once.
"""

import json
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bench.content import TOPICS
from bench.site import environment, run
from kunnskap import create_app, db, events
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.people.models import Person
from kunnskap.posts.actions import Content
from kunnskap.posts.models import Post
from kunnskap.questions import actions as questions
from kunnskap.search import documents, indexing
from kunnskap.themes.models import Theme

PREPARED = multiprocessing.get_context("forkserver")
PREPARED.set_forkserver_preload(["kunnskap"])
KILLS = int(os.environ.get("BENCH_KILLS", "50"))
POSTERS = 4
LONGEST = 2.0
"""Seconds a worker lives at most."""
LEASE = timedelta(seconds=1)
PAUSE = 0.1


def main() -> None:
    """Fill a new instance, post and kill, let one worker finish, compare, and tell what was found."""
    rng = random.Random(int(os.environ.get("BENCH_SEED", "2026")))
    with tempfile.TemporaryDirectory(prefix="kunnskap-bench-") as folder:
        instance = Path(folder)
        _fill(instance)
        enough = PREPARED.Event()
        posters = [_start(instance, post, number, enough) for number in range(POSTERS)]
        for _ in range(KILLS):
            here, there = PREPARED.Pipe(duplex=False)
            worker = _start(instance, work, there)
            here.recv()
            time.sleep(rng.uniform(0, LONGEST))
            worker.kill()
            worker.join()
        enough.set()
        for poster in posters:
            poster.join()
        last = _start(instance, finish)
        last.join()
        raise SystemExit(last.exitcode or any(poster.exitcode for poster in posters))


def _fill(instance: Path) -> None:
    lines = instance / "people.jsonl"
    people = [
        {"type": "person", "id": number, "name": f"Prøve Person {number}", "email": f"prove{number}@example.org"}
        for number in range(POSTERS)
    ]
    lines.write_text("\n".join(json.dumps(person | {"role": "klimarådgiver"}) for person in people))
    for step in (("migrate",), ("load-reference",), ("import", str(lines)), ("rebuild-search",)):
        run(instance, *step)


def _start(instance: Path, part: Callable[..., None], *what: Any) -> BaseProcess:
    process = PREPARED.Process(target=_in_site, args=(instance, part, *what), daemon=True)
    process.start()
    return process


def _in_site(instance: Path, part: Callable[..., None], *what: Any) -> None:
    os.environ.update(environment(instance))
    with create_app().app_context():
        db.expect_writes()
        part(*what)


def post(number: int, enough: Event) -> None:
    """Ask, answer and change questions until it is enough."""
    rng = random.Random(number)
    person = session.scalars(select(Person.id).order_by(Person.id).offset(number)).first()
    theme = session.scalars(select(Theme.slug).order_by(Theme.id)).first() or ""
    session.rollback()
    actor, mine = Actor(person, "member"), []
    while not enough.is_set():
        words = " ".join(rng.choices(TOPICS, k=30))
        content = Content(body=words, title=f"Prøvespørsmål om {words[:40]}", themes=(theme,))
        kind = rng.random()
        if kind < 0.6 or not mine:
            mine.append(questions.ask(actor, content).id)
        elif kind < 0.8:
            questions.answer(actor, session.get_one(Post, rng.choice(mine)), Content(body=words))
        else:
            questions.edit(actor, session.get_one(Post, rng.choice(mine)), content)
        session.commit()
        session.remove()
        time.sleep(rng.uniform(0, PAUSE))


def work(told: Connection | None = None) -> None:
    """Say that it begins, and tell what happens until killed; without anybody to say it to, until nothing is left."""
    events.LEASE = events.FIRST_PAUSE = LEASE
    if told:
        told.send("begins")
    while True:
        count = events.tell_pending(slow=False)
        session.remove()
        if not told and not count and not events.backlog().waiting:
            return
        time.sleep(0 if count else 0.05)


def finish() -> None:
    """Let a worker come to an end, and compare the index with the database."""
    work()
    index, posts = indexing.index(), session.scalar(select(func.count()).select_from(Post))
    wanted = Counter((document.group, document.fingerprint) for document in documents.everything())
    there = Counter(index._engine.fingerprints())  # noqa: SLF001  # nobody else needs them here
    missing, more = wanted - there, there - wanted
    print(f"{KILLS} kills, {posts} posts, {len(wanted)} things in the index, {events.backlog().set_aside} set aside")
    print(f"missing: {missing.total()}, standing twice or left over: {more.total()}")
    sys.exit(1 if missing or more else 0)


if __name__ == "__main__":
    main()
