"""Measures likeness: all pairs of today's municipalities, keeping them, and lists of 20,000 posts sorted by it.

`python -m bench.likeness [postgresql]`: the computation beside the plain function pair by pair, what it takes to keep the
pairs and to find that nothing has changed, and a page of a sorted list beside the same page with the newest first.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles

from sqlalchemy import delete, insert

from bench.database import postgresql
from kunnskap import clock, create_app
from kunnskap.actor import Actor
from kunnskap.cli import database
from kunnskap.cli.starting import load_reference_data
from kunnskap.config import Settings
from kunnskap.db import expect_writes, session
from kunnskap.people.models import Person
from kunnskap.places import comparing
from kunnskap.places.likeness import all_pairs, compare
from kunnskap.places.models import Likeness, Place
from kunnskap.posts import queries as posts
from kunnskap.posts.kinds import QUESTION
from kunnskap.posts.models import Post, PostPlace

POSTS, TIMES = 20_000, 60
LIMIT = 2.0
"""Seconds the computation may take."""


def main() -> None:
    """Make a site with reference data and posts, and tell what each thing took."""
    with _site():
        pairs()
        fill()
        lists()


@contextmanager
def _site() -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="kunnskap-bench-") as folder, _address(Path(folder)) as address:
        app = create_app(
            Settings(
                instance=Path(folder),
                database_url=address,
                secret_key="bench",
                address="http://localhost",
                search="memory",
                log_level="WARNING",
            )
        )
        with app.app_context():
            database.upgrade(database.engine())
            print(load_reference_data())
            yield
            session.remove()
            database.engine().dispose()


def _address(folder: Path) -> "nullcontext[str] | object":
    return postgresql() if sys.argv[1:] == ["postgresql"] else nullcontext(f"sqlite:///{folder}/kunnskap.db")


def pairs() -> None:
    """Compute every pair in both ways, and keep them."""
    known = list(comparing.facts().values())
    at_once = _best(lambda: all_pairs(known))
    plain = _best(lambda: [compare(one, other).score for one in known for other in known if one is not other], 1)
    print(
        f"{len(known)} × {len(known) - 1} pairs at once    {at_once:7.3f} s  (limit {LIMIT} s: 1/{LIMIT / at_once:.0f})"
    )
    print(
        f"the plain function, pair by pair {plain:7.3f} s  ({plain / at_once:.0f} times as long; limit 1/{LIMIT / plain:.1f})"
    )
    expect_writes()
    session.rollback()
    print(f"found that nothing has changed  {_best(comparing.recompute):7.3f} s")
    wanted = comparing._computed()  # noqa: SLF001 -- measured apart from writing
    took = []
    for _ in range(3):
        session.execute(delete(Likeness))
        took.append(_best(lambda: comparing.write(wanted), 1))
    session.commit()
    print(
        f"kept {len(wanted)} rows                {min(took):7.3f} s  ({min(took) / at_once:.0f} times the computation)"
    )


def fill() -> None:
    """Put in posts from every municipality that is or was; every fourth is about one or two others too."""
    expect_writes()
    person = Person(name="Prøve Person", workplace_kind="other")
    session.add(person)
    session.flush()
    places = sorted(comparing.scores(_home()))
    now = clock.now()
    rows = []
    for number in range(POSTS):
        post = Post(kind_key=QUESTION.key, author_id=person.id, title=f"Spørsmål {number}", status="ubesvart")
        post.write("Hva gjør dere med dette? " * 40)
        rows.append(
            {
                "kind_key": post.kind_key, "author_id": person.id, "title": post.title, "body": post.body,
                "body_html": post.body_html, "excerpt": post.excerpt, "status": post.status,
                "place_id": places[number * 7919 % len(places)], "hides_author": number % 50 == 0,
                "published_at": now - timedelta(minutes=number), "active_at": now - timedelta(minutes=number),
                "confirmed_at": now - timedelta(minutes=number),
            }
        )  # fmt: skip
    session.expunge_all()
    session.execute(insert(Post), rows)
    ids = [
        number for (number,) in session.execute(Post.__table__.select().with_only_columns(Post.id).order_by(Post.id))
    ]
    about = [
        {"post_id": number, "place_id": places[(number * 31 + more) % len(places)], "position": more}
        for number in ids[::4]
        for more in range(1 + number % 2)
    ]
    session.execute(insert(PostPlace), about)
    session.commit()


def lists() -> None:
    """A page of a list, the newest first and the most alike first; the first and one far down."""
    actor = Actor(person_id=1, role="member", place_id=_home())
    for number in (1, 500):
        newest = _times(lambda number=number: posts.page(actor, posts.Filter(kinds=(QUESTION,)), number))
        alike = posts.Filter(kinds=(QUESTION,), like=_home())
        sorted_ = _times(lambda number=number, alike=alike: posts.page(actor, alike, number))
        for name, took in (("newest first", newest), ("most alike first", sorted_)):
            ratio = median(took) / median(newest)
            print(
                f"page {number:3} of {POSTS} posts, {name:17} {1000 * median(took):6.1f} ms median, "
                f"{1000 * quantiles(took, n=20)[-1]:6.1f} ms p95  ({ratio:.1f})"
            )


def _home() -> int:
    return session.query(Place.id).filter(Place.number == "4026").scalar() or 0


def _times(what: Callable[[], object]) -> list[float]:
    expect_writes(False)
    took = []
    for _ in range(TIMES + 5):
        session.remove()
        began = time.perf_counter()
        what()
        took.append(time.perf_counter() - began)
    return took[5:]


def _best(what: Callable[[], object], times: int = 5) -> float:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        what()
        took.append(time.perf_counter() - began)
    return min(took)


if __name__ == "__main__":
    main()
