"""The worker keeps the index standing and in step, whatever happens to it, while the site answers."""

import logging
import shutil
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import update

from kunnskap import clock, db, events, worker
from kunnskap.db import session
from kunnskap.posts.events import PostChanged
from kunnskap.posts.models import Post
from kunnskap.search import documents, indexing, upkeep
from kunnskap.search.engines import whoosh as whoosh_engine
from kunnskap.search.engines import whoosh_builds
from kunnskap.search.engines.protocol import IndexBusy, IndexDown, Query
from kunnskap.search.engines.whoosh import WhooshEngine
from kunnskap.search.indexing import Progress
from kunnskap.search.upkeep import Upkeep
from kunnskap.worker import Worker
from tests import factories


@pytest.fixture
def site(engine, tmp_path, monkeypatch):
    """A site with a database that threads share and an index on disk."""
    bind = session.get_bind()
    monkeypatch.setattr(events, "_listeners", {})
    monkeypatch.setattr(events, "FIRST_PAUSE", timedelta(milliseconds=50))
    monkeypatch.setattr(worker, "_tasks", {})
    monkeypatch.setattr(worker, "_long_tasks", {upkeep._look: 0.1})
    monkeypatch.setattr(upkeep, "_upkeep", Upkeep())
    monkeypatch.setattr(whoosh_engine, "LOOK_EVERY", 0)
    monkeypatch.setattr(indexing, "_connected", [])
    own = db.connect(f"sqlite:///{tmp_path / 'own.db'}")
    db.Base.metadata.create_all(own)
    session.add(db.SiteVersion(id=1))
    session.commit()
    index = indexing.connect(WhooshEngine(tmp_path / "search"))
    yield index
    index.close()
    session.remove()
    own.dispose()
    session.configure(bind=bind)


@contextmanager
def at_work(*others):
    workers = [Worker(), *others]
    for one in workers:
        one.start()
    try:
        yield
    finally:
        for one in workers:
            one.stop()


def found(words: str) -> list[str]:
    try:
        return [str(hit.group) for hit in indexing.index().find(Query(words, literal=True)).hits]
    except IndexDown:
        return []


def soon(happened, seconds=10):
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "it should have happened by now"
        time.sleep(0.02)


def ask(title: str) -> str:
    made = factories.question(title=title)
    name = f"post:{made.id}"
    session.remove()
    return name


def change(number: int, title: str, *, telling: bool = True) -> None:
    """Change a title in a transaction of its own."""

    def write():
        session.execute(update(Post).where(Post.id == number).values(title=title))
        if telling:
            events.emit(PostChanged(number, number))
        session.commit()
        session.remove()

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()


def tell() -> None:
    session.remove()
    while events.tell_pending():
        pass
    session.remove()


def is_all_told() -> bool:
    session.remove()
    return events.backlog() == events.Backlog(0, 0)


def make_older(monkeypatch) -> None:
    """A new version of the site comes, with another analysis."""
    monkeypatch.setattr(whoosh_builds, "VERSION", whoosh_builds.VERSION + 1)


def test_an_index_that_is_not_there_is_built_by_the_worker(site):
    name = ask("Solceller")
    with pytest.raises(IndexDown):
        site.find(Query("solceller"))
    with at_work():
        soon(lambda: site.is_current() and found("solceller") == [name])


def test_an_index_whose_folder_is_removed_while_the_site_runs_comes_back_by_itself(site, tmp_path):
    name = ask("Solceller")
    with at_work():
        soon(lambda: site.is_current() and found("solceller") == [name])
        shutil.rmtree(tmp_path / "search")
        with pytest.raises(IndexDown):
            WhooshEngine(tmp_path / "search").find(Query("solceller"))
        soon(lambda: site.is_current() and found("solceller") == [name])
        other = ask("Vindkraft")
        soon(lambda: found("vindkraft") == [other])


class Slow(Progress):
    """Holds a build up in its second reading, until it may go on."""

    def __init__(self) -> None:
        self.held, self.go_on = threading.Event(), threading.Event()
        self._readings = 0

    def begin(self, after, done, total):
        self._readings += 1
        if self._readings == 2:
            self.held.set()
            self.go_on.wait(10)


@contextmanager
def while_building(index):
    """What is done here is done while a build is held up, in another thread as in another process."""
    slow = Slow()

    def build():
        index.rebuild(slow)
        session.remove()

    thread = threading.Thread(target=build)
    thread.start()
    assert slow.held.wait(10)
    yield
    slow.go_on.set()
    thread.join(20)
    assert not thread.is_alive()


def test_the_old_index_answers_while_one_of_a_newer_analysis_is_built_and_both_hear_what_happens(site, monkeypatch):
    name = ask("Solceller")
    tell()
    site.rebuild()
    session.remove()
    make_older(monkeypatch)
    assert not site.is_current()
    with while_building(site):
        assert found("solceller") == [name]
        other = ask("Vindkraft")
        change(int(name.partition(":")[2]), "Takrenner")
        tell()
        assert found("vindkraft") == [other], "the old one hears it"
        assert found("takrenner") == [name]
        assert not site.is_current()
    assert site.is_current()
    assert found("vindkraft") == [other]
    assert found("takrenner") == [name]
    assert found("solceller") == []


def test_a_build_of_a_newer_analysis_is_made_by_the_worker(site, monkeypatch, caplog):
    name = ask("Solceller")
    tell()
    site.rebuild()
    session.remove()
    make_older(monkeypatch)
    with at_work():
        soon(site.is_current)
    assert found("solceller") == [name]
    assert "made by an older analysis; it is being built anew" in caplog.text


def test_of_two_workers_one_builds_and_the_other_lets_it(site, monkeypatch):
    ask("Solceller")
    tell()
    builds = []
    real = documents.everything
    monkeypatch.setattr(documents, "everything", lambda after=None: builds.append(1) or real(after))
    with at_work(Worker(), Worker()):
        soon(site.is_current)
        time.sleep(0.5)
    assert len(builds) == 2, "one build reads everything twice"


def test_a_worker_lets_another_process_build(site, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(site._engine, "replace_all", refuse(IndexBusy("another rebuild is at work")))
    Upkeep().look(threading.Event())
    assert "another process is building the search index" in caplog.text


def refuse(problem):
    def refusing(*_what):
        raise problem

    return refusing


def test_a_build_that_fails_is_tried_again_later_and_later(site, monkeypatch, caplog):
    tried = []
    monkeypatch.setattr(site._engine, "replace_all", lambda *_what: tried.append(1) or refuse(OSError("disk full"))())
    now = [1_000.0]
    monkeypatch.setattr(upkeep.time, "monotonic", lambda: now[0])
    keeper = Upkeep()
    for seconds, times in ((0, 1), (29, 1), (2, 2), (31, 2), (30, 3)):
        now[0] += seconds
        keeper.look(threading.Event())
        assert len(tried) == times, seconds
    assert "disk full" in caplog.text


def test_a_worker_that_is_stopped_leaves_a_build_that_goes_on(site, monkeypatch):
    for number in range(5):
        ask(f"Solceller {number}")
    monkeypatch.setattr(indexing, "AT_ONCE", 1)
    monkeypatch.setattr(whoosh_builds, "CHUNK", 2)
    stop = threading.Event()
    begun = []

    def everything(after=None):
        begun.append(after)
        for place, document in enumerate(real(after)):
            if len(begun) == 2 and place == 4:
                stop.set()
            yield document

    real = documents.everything
    monkeypatch.setattr(documents, "everything", everything)
    Upkeep().look(stop)
    session.remove()
    assert not site.is_current()
    Upkeep().look(threading.Event())
    assert begun[-1] is not None, "it went on where it stopped"
    assert site.is_current()
    assert len(found("solceller")) == 5
    assert site.compare().differences.groups == frozenset()


def test_who_waits_for_another_writer_says_so_and_loses_nothing(site, tmp_path, monkeypatch, caplog):
    site.rebuild()
    monkeypatch.setattr(whoosh_builds, "SAY_AFTER", 0)
    monkeypatch.setattr(site._engine._builds, "_patience", 0.2)
    other = WhooshEngine(tmp_path / "search")
    with at_work():
        with other._builds.locked("writer"):
            names = {ask("Solceller") for _ in range(3)}
            soon(lambda: "events are told later" in caplog.text)
            assert found("solceller") == []
            assert "another process is writing to the search index" in caplog.text
        soon(lambda: set(found("solceller")) == names)
        soon(is_all_told)
    other.close()


@pytest.mark.parametrize("problem", [OSError("disk full"), IndexDown("torn")])
def test_an_event_is_told_again_until_the_index_can_be_written_to(site, monkeypatch, problem):
    site.rebuild()
    with monkeypatch.context() as broken:
        broken.setattr(site._engine, "put", refuse(problem))
        name = ask("Solceller")
        for _ in range(2 * events.ATTEMPTS):
            events.tell_pending()
            moment = clock.now() + timedelta(minutes=1)
            broken.setattr(clock, "now", lambda moment=moment: moment)
        assert events.backlog() == events.Backlog(waiting=1, set_aside=0)
    time.sleep(0.3)
    session.execute(update(events.Outbox).values(next_try_at=clock.now()))
    session.commit()
    tell()
    assert found("solceller") == [name]


def test_what_another_worker_has_told_of_meanwhile_is_not_overwritten_by_what_was_read_before(site, monkeypatch):
    site.rebuild()
    name = ask("Solceller")
    number = int(name.partition(":")[2])
    real = site._engine.put
    written = []

    def put(found):
        if not written:
            change(number, "Takrenner", telling=False)
            with monkeypatch.context() as other:
                other.setattr(site._engine, "put", real)
                run_apart(lambda: site.refresh(posts=[number]))
        written.append(found)
        real(found)

    monkeypatch.setattr(site._engine, "put", put)
    tell()
    assert found("takrenner") == [name]
    assert found("solceller") == []
    assert len(written) == 2


def run_apart(doing) -> None:
    def run():
        doing()
        session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_people_can_post_while_the_index_is_being_written(site, monkeypatch):
    site.rebuild()
    session.remove()
    name = ask("Solceller")
    real, posted = site._engine.put, []

    def put(found):
        if not posted:
            started = time.monotonic()
            change(int(name.partition(":")[2]), "Takrenner")
            posted.append(time.monotonic() - started)
        real(found)

    monkeypatch.setattr(site._engine, "put", put)
    db.expect_writes()
    tell()
    db.expect_writes(False)
    assert posted[0] < 1, "nobody holds the database meanwhile"
    assert found("takrenner") == [name]


def test_a_burst_is_told_in_batches(site, monkeypatch):
    site.rebuild()
    real, sizes = site._engine.put, []
    monkeypatch.setattr(site._engine, "put", lambda found: sizes.append(len(found)) or real(found))
    author = factories.person()
    names = {f"post:{factories.question(author, title='Solceller').id}" for _ in range(250)}
    session.remove()
    tell()
    assert sum(sizes) == len(names)
    assert max(sizes) <= events.BATCH
    assert len(sizes) <= 5
    assert site.find(Query("solceller")).total == len(names)


def test_a_long_queue_of_what_a_build_has_taken_in_is_not_written_again(site, monkeypatch):
    author = factories.person()
    numbers = [factories.question(author, title="Solceller").id for _ in range(indexing.MANY)]
    session.remove()
    site.rebuild()
    change(numbers[0], "Takrenner")
    real, written = site._engine.put, []
    monkeypatch.setattr(site._engine, "put", lambda found: written.extend(found) or real(found))
    tell()
    assert {document.target.id for document in written} == {numbers[0]}
    assert found("takrenner") == [f"post:{numbers[0]}"]
