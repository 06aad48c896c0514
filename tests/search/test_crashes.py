"""Processes that write are killed at random moments; nothing is lost from the index and nothing stands in it twice.

`bench/crashes.py` does the same with the worker and the database.
"""

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from kunnskap.search.engines.protocol import Query
from kunnskap.search.engines.whoosh import WhooshEngine
from kunnskap.targets import Target
from tests.search import crashing

KILLS = 6
PREPARED = multiprocessing.get_context("forkserver")
PREPARED.set_forkserver_preload(["tests.search.crashing"])


def killed(doing: Callable[..., None], *what: object, after: float) -> list[object]:
    """What a process said until it was killed, some seconds after its first word."""
    here, there = PREPARED.Pipe(duplex=False)
    process = PREPARED.Process(target=doing, args=(what[0], there, *what[1:]))
    process.start()
    there.close()
    said = [here.recv()]
    time.sleep(after)
    process.kill()
    process.join()
    said += heard(here)
    here.close()
    process.close()
    return said


def heard(here: Connection) -> Iterator[object]:
    """What is left in the pipe of somebody who is dead."""
    while True:
        try:
            yield here.recv()
        except (EOFError, OSError):
            return


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "index"


def test_nothing_that_was_written_is_lost_and_nothing_stands_twice_when_the_writer_is_killed(folder):
    rng = random.Random(50)
    stands: dict[int, int] = {}
    first = 0
    for _ in range(KILLS):
        said = killed(crashing.write, folder, first, after=rng.uniform(0.0, 0.25))
        stands.update(said)
        first = said[-1][1] + 1
        engine = WhooshEngine(folder)
        _check(engine, stands, may_stand=first)
        engine.put(crashing.members(first % crashing.POSTS, first))
        stands[first % crashing.POSTS] = first
        _check(engine, stands, may_stand=first)
        engine.close()
        first += 1


def _check(engine: WhooshEngine, stands: dict[int, int], may_stand: int) -> None:
    """Every post stands once, in the edition that was written last, or the one that was under way."""
    there = Counter(target.id for target, _ in engine.fingerprints())
    for number, edition in stands.items():
        under_way = may_stand % crashing.POSTS == number
        editions = {edition, may_stand} if under_way else {edition}
        found = [one for one in editions if Target("post", number) in _found(engine, f"utgave{one}")]
        assert len(found) == 1, f"post {number} should stand in edition {editions}"
        assert there[number] == len(crashing.members(number, edition))
    allowed = {*stands, may_stand % crashing.POSTS}
    assert set(there) <= allowed


def _found(engine: WhooshEngine, words: str) -> list[Target]:
    return [hit.group for hit in engine.find(Query(words, size=500, literal=True)).hits]


def test_a_build_that_is_killed_again_and_again_comes_to_an_end_with_everything_once(folder):
    rng = random.Random(51)
    for _ in range(KILLS):
        killed(crashing.build, folder, after=rng.uniform(0.0, 0.08))
    engine = WhooshEngine(folder)
    here, there = PREPARED.Pipe(duplex=False)
    process = PREPARED.Process(target=crashing.build, args=(folder, there))
    process.start()
    process.join()
    assert process.exitcode == 0
    process.close()
    here.close()
    there.close()
    assert engine.is_current()
    assert len(list(folder.glob("index-*"))) == 1
    there = Counter(target.id for target, _ in engine.fingerprints())
    assert there == Counter(document.group.id for document in crashing.everything())
    assert engine.find(Query("solceller")).total == crashing.TO_BUILD
    engine.close()
