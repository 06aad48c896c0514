"""Has the words taken out of a file by a process of its own that may fail, run wild or be stopped without harm."""

import json
import logging
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, islice
from os import killpg
from pathlib import Path
from typing import IO

from kunnskap import personal_numbers
from kunnskap.documents import models

log = logging.getLogger(__name__)

CHILD = Path(__file__).with_name("child.py")
MOST_PAGES = 5_000
MOST_LETTERS = 5_000_000
"""Of all pages together; what comes after is left out, since nobody reads or searches that far."""
MOST_NUMBERS = 50
"""Of identity and account numbers that are told of; one is enough to hold a file back."""
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
BLANK_LINES = re.compile(r"\n\s*\n\s*")
STOPPED = {signal.SIGKILL, signal.SIGXCPU, signal.SIGXFSZ, signal.SIGTRAP, signal.SIGILL}
"""How a process ends that used too much: the kernel's signals, and what the PDF library does when memory runs out."""


@dataclass(frozen=True)
class Limits:
    """How long a reading may take (seconds, by the clock and of computing) and how much memory (bytes)."""

    seconds: int
    memory: int


@dataclass(frozen=True)
class Number:
    """An identity or account number (`personal_numbers`) on a page, counted from 1."""

    page: int
    kind: str
    masked: str


@dataclass(frozen=True)
class Reading:
    """What became of it (a key of `models.READINGS`), the words of each page, and the numbers found on all of them."""

    state: str
    pages: list[str] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)


def read(path: Path, media_type: str, limits: Limits) -> Reading:
    """Read a file within the limits. Raises RuntimeError when the reader itself cannot run."""
    if media_type.startswith("image/"):
        return Reading("no-text")
    with (
        tempfile.TemporaryDirectory(prefix="kunnskap-reading-") as folder,
        tempfile.TemporaryFile() as told,
        tempfile.TemporaryFile() as complaints,
    ):
        command = [sys.executable, "-I", str(CHILD), str(path), media_type, str(limits.seconds), str(limits.memory)]
        code = _run(command, folder, told, complaints, limits.seconds)
        return understand(code, _content(told), _content(complaints))


def _run(command: list[str], folder: str, told: IO[bytes], complaints: IO[bytes], seconds: int) -> int:
    """Run the child and give its exit code; it and all it started are killed when the time is up."""
    child = subprocess.Popen(  # noqa: S603 -- our own script, and a path made of a SHA-256
        command,
        cwd=folder,
        env={"TMPDIR": folder, "HOME": folder, "MALLOC_ARENA_MAX": "2"},
        stdin=subprocess.DEVNULL,
        stdout=told,
        stderr=complaints,
        start_new_session=True,
    )
    try:
        return child.wait(seconds)
    except subprocess.TimeoutExpired:
        return -signal.SIGKILL
    finally:
        with suppress(ProcessLookupError):
            killpg(child.pid, signal.SIGKILL)
        child.wait()


def _content(kept: IO[bytes]) -> bytes:
    kept.seek(0)
    return kept.read()


def understand(code: int, told: bytes, complaints: bytes) -> Reading:
    """Make a reading of how the child ended and what it said. Raises RuntimeError when it never got to the file."""
    if code == 0:
        return _of_answer(told)
    if code > 0:
        raise RuntimeError(f"the reader of files could not run: {complaints[-500:].decode('utf-8', 'replace')}")
    heavy = -code in STOPPED or b"memory allocation" in complaints
    log.warning("reading a file ended by signal %s", -code)
    return Reading("too-heavy" if heavy else "broken")


def _of_answer(told: bytes) -> Reading:
    try:
        answer = json.loads(told)
        state, everything = answer["state"], [clean(str(page)) for page in answer["pages"]]
    except (ValueError, KeyError, TypeError):
        return Reading("broken")
    pages, numbers = everything[:MOST_PAGES], list(islice(_numbers(everything), MOST_NUMBERS))
    if state != "read" or not any(pages):
        state = state if state in models.READINGS and state != "read" else "no-text"
        return Reading(state, pages, numbers)
    return Reading(state, list(_within(pages, MOST_LETTERS)), numbers)


def _numbers(pages: list[str]) -> Iterator[Number]:
    found = (
        [Number(page, one.kind, one.masked) for one in personal_numbers.seen_in(text)]
        for page, text in enumerate(pages, 1)
    )
    return chain.from_iterable(found)


def _within(pages: list[str], room: int) -> list[str]:
    kept = []
    for page in pages:
        kept.append(page[:room])
        room -= len(kept[-1])
    return kept


def clean(words: str) -> str:
    """Take away what no page can show and no database keeps, and trailing space; one empty line parts paragraphs."""
    lines = words.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").replace("\u00ad", "")
    seen = UNSEEN.sub("", lines)
    return BLANK_LINES.sub("\n\n", "\n".join(line.rstrip() for line in seen.splitlines())).strip()
