"""Measures the search page and the suggestions over HTTP, signed out: every query is another, so that no page is kept.

`python -m bench.search_page [INSTANCE]`; BENCH_QUESTIONS=100000 fills it with as many questions, when it is empty.
"""

import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

import numpy as np

from bench import content
from bench.pages import SITE_PORT, served
from bench.site import filled

WARMING, ASKED = 60, 300
PAGES = {"search page": "/sok", "suggestions": "/sok/forslag"}


def main(instance: Path) -> None:
    """Fill a site (or take one that is), ask, and tell milliseconds."""
    if not (instance / "kunnskap.db").exists():
        for step, (seconds, memory) in filled(instance).items():
            print(f"{step:16} {seconds:7.1f} CPU seconds, at most {memory} MB", flush=True)
    queries = content.queries(WARMING + ASKED)
    with served("app:app", SITE_PORT, instance):
        for name, path in PAGES.items():
            taken = [_ask(path, words) for words in queries][WARMING:]
            middle, most = np.percentile(taken, [50, 95])
            print(f"{name:12} median {middle:6.1f} ms, p95 {most:6.1f} ms", flush=True)


def _ask(path: str, words: str) -> float:
    began = time.perf_counter()
    address = f"http://127.0.0.1:{SITE_PORT}{path}?{urllib.parse.urlencode({'q': words})}"
    with urllib.request.urlopen(address, timeout=60) as answer:
        answer.read()
    return 1_000 * (time.perf_counter() - began)


if __name__ == "__main__":
    if sys.argv[1:]:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory(prefix="kunnskap-bench-") as folder:
            main(Path(folder))
