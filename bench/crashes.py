"""Kills the worker at random points while four processes post, and then looks whether the index holds just what there is.

The posts are made, answered and changed by the real actions in an SQLite database; the worker tells events as it always
does, but with a short lease, so that what a killed one had taken comes back at once.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from bench.site import HOUSE, environment, run
from kunnskap import create_app, db, events
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.people.models import Person
from kunnskap.posts.actions import Content
from kunnskap.posts.models import Post
from kunnskap.questions import actions as questions
from kunnskap.search import documents, indexing
from kunnskap.themes.models import Theme

KILLS = int(os.environ.get("BENCH_KILLS", "50"))
POSTERS = 4
LONGEST = 1.0
"""Seconds a worker lives at most."""
LEASE = timedelta(seconds=1)
PAUSE = 0.1
WORDS = (
    "klimabudsjett",
    "solceller",
    "overvann",
    "byggeplass",
    "ferje",
    "massetransport",
    "varmepumpe",
    "torvmyr",
    "naturpanel",
    "elbil",
)


def main() -> None:
    """Fill a new instance, post and kill, let one worker finish, compare, and tell what was found."""
    seed = int(os.environ.get("BENCH_SEED", "2026"))
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="kunnskap-bench-") as folder:
        instance = Path(folder)
        _fill(instance)
        posters = [_start(instance, "post", str(number)) for number in range(POSTERS)]
        for _ in range(KILLS):
            worker = _start(instance, "work")
            worker.stdout.readline()
            time.sleep(rng.uniform(0, LONGEST))
            worker.kill()
            worker.communicate()
        for poster in posters:
            poster.communicate("stop\n")
        if poster.returncode:
            raise SystemExit("somebody could not post")
        worker = _start(instance, "finish")
        print(worker.communicate()[0])
        raise SystemExit(worker.returncode)


def _fill(instance: Path) -> None:
    lines = instance / "people.jsonl"
    people = [
        {"type": "person", "id": number, "name": f"Prøve Person {number}", "email": f"prove{number}@example.org"}
        for number in range(POSTERS)
    ]
    lines.write_text("\n".join(json.dumps(person | {"role": "klimarådgiver"}) for person in people))
    for step in (("migrate",), ("load-reference",), ("import", str(lines)), ("rebuild-search",)):
        run(instance, *step)


def _start(instance: Path, *part: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench.crashes", *part]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=HOUSE, env=environment(instance), stdin=pipe, stdout=pipe, text=True)


def post(number: int) -> None:
    """Ask, answer and change questions until something is said on standard input."""
    rng = random.Random(number)
    os.set_blocking(sys.stdin.fileno(), False)
    db.expect_writes()
    person = session.scalars(select(Person.id).order_by(Person.id).offset(number)).first()
    theme = session.scalars(select(Theme.slug).order_by(Theme.id)).first() or ""
    session.rollback()
    actor, mine = Actor(person, "member"), []
    while not sys.stdin.readline():
        words = " ".join(rng.choices(WORDS, k=30))
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


def work(until_done: bool = False) -> None:
    """Tell what happens, until killed or until there is nothing left to tell."""
    events.LEASE = events.FIRST_PAUSE = LEASE
    db.expect_writes()
    print("ready", flush=True)
    while True:
        told = events.tell_pending(slow=False)
        session.remove()
        if until_done and not told and not events.backlog().waiting:
            return
        time.sleep(0 if told else 0.05)


def finish() -> int:
    """Let a worker come to an end, and compare the index with the database."""
    work(until_done=True)
    index, asked = indexing.index(), session.scalar(select(func.count()).select_from(Post))
    wanted = Counter((document.group, document.fingerprint) for document in documents.everything())
    there = Counter(index._engine.fingerprints())  # noqa: SLF001  # nobody else needs them here
    missing, more = wanted - there, there - wanted
    print(f"{KILLS} kills, {asked} posts, {len(wanted)} things in the index, {events.backlog().set_aside} set aside")
    print(f"missing: {missing.total()}, standing twice or left over: {more.total()}")
    return 1 if missing or more else 0


if __name__ == "__main__":
    if sys.argv[1:]:
        app = create_app()
        with app.app_context():
            if sys.argv[1] == "post":
                post(int(sys.argv[2]))
            sys.exit({"work": work, "finish": finish}.get(sys.argv[1], lambda: 0)())
    main()
