"""Measures the overview with 20,000 people and 20,000 posts: the first time after a change, and while nothing changes.

In-process with SQLite in a fresh folder; the page is asked for through the test client.
"""

import random
import tempfile
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from kunnskap import clock, create_app, db
from kunnskap.config import Settings
from kunnskap.db import SiteVersion, session
from kunnskap.people.models import Person, PersonTheme
from kunnskap.places import register as places
from kunnskap.places.models import Place
from kunnskap.posts.models import Post
from kunnskap.themes import register as themes
from kunnskap.themes.models import Theme

PEOPLE, POSTS, ROUNDS = 20_000, 20_000, 9
PAGES = {"whole country": "/oversikt", "one county, old boundaries": "/oversikt?fylke=39&grenser=da"}


def main() -> None:
    """Fill a site and tell how long the page takes."""
    with tempfile.TemporaryDirectory(prefix="kunnskap-bench-") as folder:
        instance = Path(folder)
        address = f"sqlite:///{instance / 'kunnskap.db'}"
        app = create_app(Settings(instance=instance, database_url=address, secret_key="bench", search="memory"))
        _fill()
        client = app.test_client()
        client.get("/oversikt")
        for name, page in PAGES.items():
            changed = median(_timed(client, page, change=True) for _ in range(ROUNDS))
            still = median(_timed(client, page, change=False) for _ in range(ROUNDS))
            print(f"{name}: {changed:.0f} ms after a change, {still:.1f} ms while nothing changes")


def _timed(client: FlaskClient, page: str, *, change: bool) -> float:
    """Give the milliseconds of one page; `change` makes everything that is remembered old first."""
    if change:
        with session.begin():
            session.execute(update(SiteVersion).values(number=SiteVersion.number + 1))
        session.remove()
    began = perf_counter()
    answer = client.get(page)
    took = perf_counter() - began
    if answer.status_code != 200:
        raise SystemExit(f"{page}: {answer.status}")
    return took * 1000


def _fill() -> None:
    db.Base.metadata.create_all(db.engine())
    db.expect_writes()
    session.add(SiteVersion(id=1))
    places.load()
    themes.load()
    drawn, now = random.Random(5), clock.now()
    place_ids = list(session.scalars(select(Place.id)))
    theme_ids = list(session.scalars(select(Theme.id)))
    people = [{"id": n, "name": f"Person {n}", "place_id": drawn.choice(place_ids)} for n in range(1, PEOPLE + 1)]
    session.execute(insert(Person), people)
    can = [
        {"person_id": n, "theme_id": t, "level": "guide"}
        for n in range(1, PEOPLE + 1)
        for t in drawn.sample(theme_ids, 3)
    ]
    session.execute(insert(PersonTheme), can)
    session.execute(insert(Post), [_post(number, drawn, place_ids, now) for number in range(1, POSTS + 1)])
    session.commit()
    session.remove()
    db.expect_writes(False)


def _post(number: int, drawn: random.Random, place_ids: list[int], now: object) -> dict[str, object]:
    kind = ("question", "answer", "experience", "document")[(number - 1) % 4]
    moment = now - timedelta(hours=drawn.randrange(40_000))
    return {
        "id": number,
        "kind_key": kind,
        "author_id": drawn.randrange(1, PEOPLE + 1),
        "place_id": drawn.choice(place_ids),
        "parent_id": number - 1 if kind == "answer" else None,
        "published_at": moment,
    }


if __name__ == "__main__":
    main()
