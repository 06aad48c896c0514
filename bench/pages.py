"""Measures list, question, search and directory over HTTP as a ratio to a bare Flask page in the same run.

wrk with 16 connections against gunicorn with two workers, signed out and signed in, on 10,000 questions. Rounds of all
pages are run in turn and the median is told, so that a machine that is busy for a while disturbs all alike.
"""

import os
import re
import secrets
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from bench.site import HOUSE, SECRET, environment, filled
from kunnskap import clock
from kunnskap.accounts.queries import digest

CONNECTIONS, WORKERS, ROUNDS = 16, 2, 5
SECONDS = int(os.environ.get("BENCH_SECONDS", "4"))
BARE_PORT, SITE_PORT = 8761, 8762
PAGES = {
    "list": "/sporsmal",
    "question": "/sporsmal/{question}",
    "search": "/sok?q=klimabudsjett+kommune",
    "directory": "/folk",
}


def main() -> None:
    """Fill a site (or take the one in BENCH_INSTANCE), serve it beside a bare page, and tell the ratios."""
    if shutil.which("wrk") is None:
        raise SystemExit("bench.pages needs wrk (Debian: apt-get install wrk)")
    with tempfile.TemporaryDirectory(prefix="kunnskap-bench-") as folder:
        instance = Path(os.environ.get("BENCH_INSTANCE") or folder)
        if not (instance / "kunnskap.db").exists():
            filled(instance)
        cookie, addresses = _prepare(instance)
        with served("bench.bare:app", BARE_PORT, instance), served("app:app", SITE_PORT, instance):
            _measure(cookie, addresses)


def _measure(cookie: str, addresses: dict[str, str]) -> None:
    rates: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for _round in range(ROUNDS):
        rates["bare", ""].append(_rate(BARE_PORT, "/"))
        for name, address in addresses.items():
            rates[name, "signed out"].append(_rate(SITE_PORT, address))
            rates[name, "signed in"].append(_rate(SITE_PORT, address, cookie))
    bare = median(rates.pop(("bare", "")))
    print(f"bare Flask: {bare:.0f} pages a second")
    for (name, who), found in sorted(rates.items()):
        rate = median(found)
        print(f"{name:10} {who:11} {rate:7.0f} a second, 1/{bare / rate:.1f} of bare Flask")


def _prepare(instance: Path) -> tuple[str, dict[str, str]]:
    """Make a member with an account; returns the cookie and the addresses, the question being one with ten answers."""
    token, now = secrets.token_urlsafe(32), clock.now().strftime("%Y-%m-%d %H:%M:%S.%f")
    with sqlite3.connect(instance / "kunnskap.db") as database:
        question = database.execute(
            "select id from posts where kind = 'question' order by abs(answer_count - 10), id limit 1"
        ).fetchone()[0]
        person = database.execute("select min(id) from people where external_id like 'import:%'").fetchone()[0]
        database.execute(
            "insert or ignore into accounts (email, role, person_id, created_at, confirmed_at, approved_at, trusted_at,"
            " seen_at) values ('bench@example.org', 'member', ?, ?, ?, ?, ?, ?)",
            (person, *5 * [now]),
        )
        account = database.execute("select id from accounts where email = 'bench@example.org'").fetchone()[0]
        database.execute(
            "insert into account_sessions (digest, account_id, how, browser, address, created_at, seen_at, fresh_at)"
            " values (?, ?, 'password', '', '', ?, ?, ?)",
            (digest(token), account, *3 * [now]),
        )
    signer = SecureCookieSessionInterface().get_signing_serializer(_keyed())
    assert signer is not None
    cookie = signer.dumps({"_user_id": token, "_fresh": True, "_permanent": True})
    return f"session={cookie}", {name: path.format(question=question) for name, path in PAGES.items()}


def _keyed() -> Flask:
    app = Flask(__name__)
    app.secret_key = SECRET
    return app


@contextmanager
def served(application: str, port: int, instance: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "gunicorn", "-w", str(WORKERS), "-b", f"127.0.0.1:{port}", application]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=HOUSE, env=environment(instance), **quiet) as server:
        try:
            _await(port)
            yield
        finally:
            server.terminate()


def _await(port: int) -> None:
    for _try in range(100):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/om", timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the server did not start")


def _rate(port: int, address: str, cookie: str = "") -> float:
    """Ask for a page again and again; returns pages a second. Fails when any answer is not a page."""
    url = f"http://127.0.0.1:{port}{address}"
    url = _final(url, cookie)
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", *(["-H", f"Cookie: {cookie}"] if cookie else []), url]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in told:
        raise SystemExit(f"{address} answered with errors")
    found = re.search(r"Requests/sec:\s*([\d.]+)", told)
    assert found is not None
    return float(found.group(1))


def _final(url: str, cookie: str) -> str:
    request = urllib.request.Request(url, headers={"Cookie": cookie} if cookie else {})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(answer.url)


if __name__ == "__main__":
    main()
