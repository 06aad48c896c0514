"""Measures the directory, and the search for those who can help, among 20,000 people.

Rates over HTTP are told as a ratio to a bare Flask page in the same run, as `bench.pages` does. Then each page is asked
for in this process without kept pages: as it is, each time after something on the site has changed, and each time after
somebody's profile has. The 95th percentile is told in milliseconds; at last whom a question would be offered to.
"""

import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

from flask import Flask

from bench.pages import BARE_PORT, ROUNDS, SITE_PORT, _rate, served
from bench.site import SECRET, run
from kunnskap import create_app, db
from kunnskap.config import Settings
from kunnskap.db import session
from kunnskap.expertise import queries as expertise

PEOPLE, TIMES = 20_000, 60
PAGES = {
    "directory": "/folk",
    "by county": "/folk?fylke=40",
    "by theme": "/folk?tema=overvann",
    "by level and size": "/folk?niva=guide&storrelse=5000-20000",
    "by words": "/folk?q=klima+pr%C3%B8ve",
    "on the map": "/folk?vis=kart",
    "who can help": "/folk/hvem-kan-hjelpe?tema=overvann",
    "who can help, in words": "/folk/hvem-kan-hjelpe?q=overvann+i+sentrum",
}
ROLES = (
    "Klimarådgiver",
    "Miljørådgiver",
    "Arealplanlegger",
    "Prosjektleder",
    "Ingeniør vann og avløp",
    "Energirådgiver",
)


def main() -> None:
    """Fill a site (or take the one in BENCH_INSTANCE) and tell the figures."""
    with tempfile.TemporaryDirectory(prefix="kunnskap-bench-") as folder:
        instance = Path(os.environ.get("BENCH_INSTANCE") or folder)
        if not (instance / "kunnskap.db").exists():
            instance.mkdir(parents=True, exist_ok=True)
            run(instance, "migrate")
            run(instance, "load-reference")
            fill(instance / "kunnskap.db")
            run(instance, "rebuild-search")
        if os.environ.get("BENCH_HTTP", "yes") == "yes":
            _rates(instance)
        _times(instance)


def fill(file: Path) -> None:
    """Write 20,000 people with three themes each and what a third of them have shown; the same every time."""
    made = random.Random(5)
    with sqlite3.connect(file) as database:
        themes = [row[0] for row in database.execute("select id from themes order by position")]
        rows = database.execute("select id from places where kind = 'municipality' and valid_to is null order by id")
        places = [row[0] for row in rows]
        database.executemany(_insert("people", _COLUMNS), [_person(n, made, places) for n in range(1, PEOPLE + 1)])
        topics = [
            (n, theme, made.choice(("done", "guide", "learn"))) for n in _numbers() for theme in made.sample(themes, 3)
        ]
        database.executemany(_insert("person_themes", ("person_id", "theme_id", "level")), topics)
        shown = [
            (n, theme, made.randint(0, 5), 0, made.randint(0, 2), 0, f"20{made.randint(20, 26)}-03-01 12:00:00.000000")
            for n in range(1, PEOPLE + 1, 3)
            for theme in made.sample(themes, 2)
        ]
        columns = ("person_id", "theme_id", "answers", "accepted", "experiences", "documents", "latest_at")
        database.executemany(_insert("track_records", columns), shown)
        database.execute("analyze")


_COLUMNS = (
    "id", "name", "role", "workplace_kind", "place_id", "organisation", "about", "contact_about", "email", "email_for",
    "phone", "phone_for", "other_contact", "other_contact_for", "working_days", "language", "asks_a_week", "wants_pairs",
    "listed", "created_at", "confirmed_at", "reminders",
)  # fmt: skip


def _numbers() -> range:
    return range(1, PEOPLE + 1)


def _insert(table: str, columns: tuple[str, ...]) -> str:
    return f"insert into {table} ({', '.join(columns)}) values ({', '.join('?' * len(columns))})"


def _person(number: int, made: random.Random, places: list[int]) -> tuple[object, ...]:
    now = time.strftime("%Y-%m-%d 08:00:00.000000")
    place = made.choice(places) if made.random() < 0.9 else None
    return (
        number, f"Prøve Person {made.randrange(10**6):06}", made.choice(ROLES), "municipality" if place else "state", place,
        "" if place else "Prøveetaten", "Jeg jobber med klima. " * 10, "", f"prove{number}@example.org", "members", "",
        "members", "", "members", "12345", "nb", made.choice((0, 2, 2, 3)), 0, 1, now, now, 0,
    )  # fmt: skip


def _rates(instance: Path) -> None:
    with served("bench.bare:app", BARE_PORT, instance), served("app:app", SITE_PORT, instance):
        found: dict[str, list[float]] = {name: [] for name in ("bare", *PAGES)}
        for _round in range(ROUNDS):
            found["bare"].append(_rate(BARE_PORT, "/"))
            for name, address in PAGES.items():
                found[name].append(_rate(SITE_PORT, address))
    bare = median(found.pop("bare"))
    print(f"bare Flask: {bare:.0f} pages a second")
    for name, rates in found.items():
        print(f"{name:24} {median(rates):7.0f} a second, 1/{bare / median(rates):.1f} of bare Flask")


def _times(instance: Path) -> None:
    app = create_app(
        Settings(
            instance=instance, database_url=f"sqlite:///{instance / 'kunnskap.db'}", secret_key=SECRET,
            address="http://localhost", page_cache=False, rate_limits=False, count_searches=False, log_level="ERROR",
        )
    )  # fmt: skip
    for name, address in PAGES.items():
        asked = _asked(app, address)
        other, profile = (_p95(asked, before=_changed(instance, what)) for what in ("other", "profile"))
        print(
            f"{name:24} p95 {_p95(asked):6.1f} ms, {other:6.1f} after any change, {profile:6.1f} after one of a profile"
        )
    theme = session.execute(db.Base.metadata.tables["themes"].select().where(_overvann())).first()
    assert theme is not None
    print(f"{'candidates':24} p95 {_p95(lambda: _candidates(theme.id)):6.1f} ms")


def _overvann() -> object:
    return db.Base.metadata.tables["themes"].c.slug == "overvann"


def _candidates(theme_id: int) -> None:
    assert expertise.candidates([theme_id], None, 5)
    session.remove()


def _asked(app: Flask, address: str) -> Callable[[], None]:
    client = app.test_client()

    def ask() -> None:
        assert client.get(address).status_code == 200

    return ask


def _changed(instance: Path, what: str) -> Callable[[], None]:
    """Do as if something on the site had just changed: anything at all, or somebody's profile."""
    raised = "number = number + 1" + (", people = people + 1" if what == "profile" else "")

    def change() -> None:
        with sqlite3.connect(instance / "kunnskap.db") as database:
            database.execute(f"update site_version set {raised}")

    return change


def _p95(ask: Callable[[], None], before: Callable[[], None] = lambda: None) -> float:
    ask()
    times = []
    for _time in range(TIMES):
        before()
        start = time.perf_counter()
        ask()
        times.append(1000 * (time.perf_counter() - start))
    return quantiles(times, n=20)[-1]


if __name__ == "__main__":
    main()
