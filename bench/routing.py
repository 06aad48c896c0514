"""Measures what it takes to ask about a new question among 20,000 people, as the worker does it.

`python -m bench.routing [PEOPLE] [DATABASE]`: a site of its own in SQLite unless another empty database is given. Everybody has an account
and four themes, every third has answered, and half have been asked lately. The ratio is to reading the names of all
people once with plain SQL, in turn with the questions, so that a machine that is busy disturbs both alike.
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from statistics import median, quantiles

from sqlalchemy import insert, text

from kunnskap import clock, db, remembering
from kunnskap.accounts.models import Account
from kunnskap.db import session
from kunnskap.expertise.models import TrackRecord
from kunnskap.people.models import Person, PersonTheme
from kunnskap.places.models import Likeness, Place
from kunnskap.posts.models import Post, PostTheme
from kunnskap.questions.models import QuestionDetails
from kunnskap.rooms import ROOMS
from kunnskap.routing import actions
from kunnskap.routing.models import Offer
from kunnskap.themes.models import Theme

PEOPLE, PLACES, THEMES, ROUNDS = 20_000, 357, 60, 60
WIDTHS = {"one theme": 1, "four themes": 4}


def main(people: int = PEOPLE, url: str = "") -> None:
    """Fill a database, ask, and tell."""
    with tempfile.TemporaryDirectory(prefix="kunnskap-bench-") as folder:
        engine = db.connect(url or f"sqlite:///{folder}/bench.db")
        db.Base.metadata.create_all(engine)
        _fill(people)
        print(f"{people:,} people in {len(ROOMS)} rooms, {engine.dialect.name}")
        for name, width in WIDTHS.items():
            _measure(name, width)
        session.remove()
        engine.dispose()


def _measure(name: str, width: int) -> None:
    times, plain = [], []
    for number in _questions(width):
        plain.append(_timed(_read_everybody))
        times.append(_timed(lambda number=number: actions.settle(number)))
    for what, place in (("by the clock", 0), ("processor", 1)):
        asked, read = [one[place] for one in times], median(one[place] for one in plain)
        highest = quantiles(asked, n=20)[-1]
        print(
            f"{name:11} {what:12} median {median(asked):6.1f} ms, p95 {highest:6.1f} ms,"
            f" {median(asked) / read:.1f} of reading everybody's name ({read:.1f} ms)"
        )


def _timed(doing: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds by the clock, and of the processor."""
    session.remove()
    db.expect_writes()
    began, used = time.perf_counter(), time.process_time()
    doing()
    session.commit()
    return (time.perf_counter() - began) * 1000, (time.process_time() - used) * 1000


def _read_everybody() -> None:
    session.execute(text("select id, name, place_id from people order by id")).all()


def _questions(width: int) -> list[int]:
    chance, made = random.Random(width), []
    for _ in range(ROUNDS):
        asker = chance.randint(1, 1_000)
        post = Post(
            kind_key="question", author_id=asker, place_id=asker % PLACES + 1, title="Hvordan?", status="ubesvart"
        )
        session.add(post)
        session.flush()
        session.add(QuestionDetails(post_id=post.id))
        session.add_all(PostTheme(post_id=post.id, theme_id=one) for one in chance.sample(range(1, THEMES + 1), width))
        made.append(post.id)
    session.commit()
    return made


def _fill(people: int) -> None:
    chance, now = random.Random(7), clock.now()
    begun = date(2024, 1, 1)
    db.expect_writes()
    session.add(db.SiteVersion(id=1))
    places = [
        {"kind": "municipality", "number": f"{n:04}", "name": f"Sted {n}", "valid_from": begun} for n in range(PLACES)
    ]
    themes = [
        {"slug": f"t{n}", "parent_id": n % 10 + 1 if n >= 10 else None, "position": n}
        | dict.fromkeys(("name_nb", "name_nn", "name_en"), f"T{n}")
        for n in range(THEMES)
    ]
    _put(Place, places)
    _put(Theme, themes)
    ids = range(1, PLACES + 1)
    _put(Likeness, ({"place_id": a, "other_id": b, "score": chance.random()} for a in ids for b in ids if a != b))
    numbers = range(1, people + 1)
    _put(
        Person, ({"name": f"Person {n}", "workplace_kind": "municipality", "place_id": n % PLACES + 1} for n in numbers)
    )
    moments = dict.fromkeys(("confirmed_at", "approved_at", "trusted_at"), now)
    _put(
        Account,
        ({"email": f"p{n}@example.org", "person_id": n, "place_id": n % PLACES + 1, **moments} for n in numbers),
    )
    _put(PersonTheme, _levels(chance, people))
    _put(TrackRecord, _records(chance, people))
    _old_offers(chance, people)
    session.commit()
    remembering.forget()


def _levels(chance: random.Random, people: int) -> Iterator[dict[str, object]]:
    for person in range(1, people + 1):
        for theme in chance.sample(range(1, THEMES + 1), 4):
            yield {"person_id": person, "theme_id": theme, "level": chance.choice(("done", "guide", "learn"))}


def _records(chance: random.Random, people: int) -> Iterator[dict[str, object]]:
    for person in range(1, people + 1, 3):
        for theme in chance.sample(range(1, THEMES + 1), 3):
            latest = clock.now() - timedelta(days=chance.randint(1, 2_000))
            yield {"person_id": person, "theme_id": theme, "answers": chance.randint(1, 9), "latest_at": latest}


def _old_offers(chance: random.Random, people: int) -> None:
    old = [Post(kind_key="question", author_id=1, title="Før") for _ in range(20)]
    session.add_all(old)
    session.flush()
    asked = range(2, people + 1, 2)
    lately = clock.now() - timedelta(days=3)
    rows = (
        {"question_id": chance.choice(old).id, "person_id": n, "step": "first", "offered_at": lately} for n in asked
    )
    _put(Offer, rows)


def _put(table: type[db.Base], rows: object) -> None:
    session.execute(insert(table), list(rows))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE, sys.argv[2] if len(sys.argv) > 2 else "")
