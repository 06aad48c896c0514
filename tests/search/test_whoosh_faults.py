"""What may happen to an index on disk: torn and missing files, a full disk, others at work, builds that are broken off."""

import json
import logging
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest

from kunnskap import clock
from kunnskap.search.engines import whoosh as whoosh_engine
from kunnskap.search.engines import whoosh_builds, whoosh_segments
from kunnskap.search.engines.protocol import Document, IndexBusy, IndexDown, Query
from kunnskap.search.engines.whoosh import WhooshEngine
from kunnskap.targets import Target
from tests.sources import Given, build


def post(number: int, title: str = "Solceller på skoletak", **what) -> Document:
    target = Target("post", number)
    return Document(target, target, "question", title, **what)


def page(number: int, of: int) -> Document:
    return Document(Target("page", number), Target("post", of), "document", "", body="Solceller", page=number)


def total(engine: WhooshEngine, words: str = "solceller") -> int:
    return engine.find(Query(words)).total


@pytest.fixture
def open_engine(tmp_path, monkeypatch):
    monkeypatch.setattr(whoosh_engine, "LOOK_EVERY", 0)
    monkeypatch.setattr(whoosh_segments, "HELD", 0)
    opened = []

    def make(**settings) -> WhooshEngine:
        opened.append(WhooshEngine(tmp_path / "index", **settings))
        return opened[-1]

    yield make
    for engine in opened:
        engine.close()


def current(engine: WhooshEngine) -> Path:
    return engine._builds.folder / engine._builds.point().name


def damage_pointer(engine):
    engine._builds._pointer.write_text("{")


def empty_pointer(engine):
    engine._builds._pointer.write_text("")


def point_elsewhere(engine):
    engine._builds._pointer.write_text('["index"]')


def older_layout(engine):
    engine._builds._pointer.write_text(json.dumps({"folder": current(engine).name, "analysis": 1}))


def remove_build(engine):
    shutil.rmtree(current(engine))


def remove_folder(engine):
    shutil.rmtree(engine._builds.folder)


def tear(ending):
    def tear_files(engine):
        for path in current(engine).glob(f"*{ending}"):
            path.write_bytes(path.read_bytes()[:-7])

    tear_files.__name__ = f"tear_{ending[1:]}"
    return tear_files


def tear_vocabulary(engine):
    (current(engine) / whoosh_builds.VOCABULARY).write_text("{")


DAMAGES = [
    damage_pointer, empty_pointer, point_elsewhere, older_layout, remove_build, remove_folder, tear(".toc"),
    tear(".facts"), tear(".trm"), tear(".pst"), tear_vocabulary,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_index_is_down_until_it_is_built_anew(open_engine, damage):
    made = open_engine()
    build(made, [post(1)])
    made.put([post(2)])
    assert total(made) == 2
    damage(made)
    assert total(made) == 2, "whoever has read it goes on with what was read"
    assert not open_engine().is_current()
    fresh = open_engine()
    for _ in range(2):
        with pytest.raises(IndexDown):
            fresh.find(Query("solceller"))
    assert fresh.version() == open_engine().version()
    if damage is not remove_folder:
        with pytest.raises(IndexDown):
            fresh.put([post(3)])
    build(fresh, [post(1), post(2), post(3)])
    assert fresh.is_current()
    assert total(fresh) == total(made) == total(open_engine()) == 3
    assert len(list(fresh._builds.folder.glob("index-*"))) == 1


@pytest.mark.parametrize("file", ["current.json", ""])
def test_an_index_that_may_not_be_read_is_down_and_read_again_when_it_may(open_engine, monkeypatch, file):
    build(open_engine(), [post(1)])
    fresh, real, allowed = open_engine(), Path.read_bytes, []

    def refuse(path: Path) -> bytes:
        if not allowed and path.name.endswith(file or ".toc"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(IndexDown):
        fresh.find(Query("solceller"))
    assert not fresh.is_current()
    allowed.append(True)
    assert fresh.is_current()
    assert total(fresh) == 1


def test_a_folder_that_cannot_be_made_stops_nobody(tmp_path):
    (tmp_path / "file").write_text("in the way")
    engine = WhooshEngine(tmp_path / "file" / "index")
    assert not engine.is_current()
    with pytest.raises(IndexDown):
        engine.find(Query("solceller"))


def test_postings_that_are_torn_while_it_is_open_take_the_index_down_and_have_it_built_anew(open_engine):
    engine = open_engine()
    build(engine, [post(number, "Solceller " + "energi " * number) for number in range(100)])
    total(engine, "noe")
    for path in current(engine).glob("*.pst"):
        path.write_bytes(b"\0" * path.stat().st_size)
    with pytest.raises(IndexDown):
        engine.find(Query("solceller"))
    assert not engine.is_current()
    build(engine, [post(1)])
    assert engine.is_current()
    assert total(engine) == 1


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """No file may become larger than this meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 500, 2_000, 4_000])
def test_a_full_disk_leaves_the_index_as_it_was_and_the_next_commit_works(open_engine, size):
    engine = open_engine()
    build(engine, [post(1)])
    with full_disk(size), pytest.raises(OSError, match="too large"):
        engine.put([post(2, "Solceller " + " ".join(f"ord{number}" for number in range(500)))])
    assert total(engine) == total(open_engine()) == 1
    with full_disk(size), pytest.raises(OSError, match="too large"):
        build(engine, [post(number, f"Solceller ord{number}") for number in range(500)])
    assert total(engine) == total(open_engine()) == 1
    engine.put([post(2)])
    assert total(engine) == total(open_engine()) == 2
    names = {path.name.split(".")[0] for path in current(engine).glob("MAIN_*")}
    assert names == {piece.name for piece in engine._standing.contents.pieces}, "nothing half-written is left"
    build(engine, [post(3)])
    assert total(engine) == total(open_engine()) == 1


def test_a_second_writer_waits_says_so_and_gives_up_in_the_end(open_engine, monkeypatch, caplog):
    monkeypatch.setattr(whoosh_builds, "SAY_AFTER", 0)
    first, second = open_engine(), open_engine(patience=0.1)
    with first._builds.locked("writer"), pytest.raises(IndexBusy):
        second.put([post(1)])
    waiting = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert [record.message.startswith("another process is writing") for record in waiting] == [True]
    second.put([post(1)])
    assert total(first) == 1


class Fragile(Given):
    """A source that goes away after some documents, and remembers what it was asked."""

    def __init__(self, documents, lasts: int) -> None:
        super().__init__(documents)
        self.lasts = lasts
        self.asked: list[Target | None] = []

    def after(self, group):
        counting = not self.asked
        self.asked.append(group)
        yield from super().after(group) if counting else islice(super().after(group), self.lasts)
        if not counting:
            raise RuntimeError("the database went away")


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(whoosh_builds, "CHUNK", 10)


def broken_off(engine: WhooshEngine, documents: list[Document], lasts: int, began=None):
    with pytest.raises(RuntimeError):
        engine.replace_all(Fragile(documents, lasts), began or clock.now())


def test_a_build_that_was_broken_off_goes_on_where_it_stopped(open_engine, small_chunks):
    engine, documents = open_engine(), [post(number) for number in range(45)]
    began = clock.now() - timedelta(hours=1)
    build(engine, [post(99)])
    broken_off(engine, documents, 25, began)
    assert total(engine) == 1, "the old index answers meanwhile"
    again, source = open_engine(), Fragile(documents, 25)
    with pytest.raises(RuntimeError):
        again.replace_all(source, clock.now())
    assert source.asked[-1] == Target("post", 19)
    assert again.replace_all(Given(documents), clock.now()) == began
    assert total(engine) == total(again) == 45
    assert sorted(target.id for target, _ in again.fingerprints()) == list(range(45))
    assert again.replace_all(Given(documents), began + timedelta(hours=2)) == began + timedelta(hours=2)


def test_a_build_for_which_nothing_is_left_does_not_keep_what_it_had(open_engine, small_chunks):
    engine = open_engine()
    broken_off(engine, [post(number) for number in range(45)], 25)
    build(engine, [])
    assert total(engine) == 0


@pytest.mark.parametrize("change", ["analysis", "layout", "age", "torn"])
def test_a_build_of_another_making_is_begun_anew(open_engine, small_chunks, monkeypatch, change):
    engine, documents = open_engine(), [post(number) for number in range(45)]
    then = clock.now()
    broken_off(engine, documents, 25, then)
    if change == "torn":
        for path in engine._builds.folder.glob("index-*/*.trm"):
            path.write_bytes(b"torn")
    elif change == "age":
        then -= timedelta(days=2)
        for path in engine._builds.folder.glob(f"*/{whoosh_builds.UNDER_WAY}"):
            path.write_text(json.dumps(json.loads(path.read_text()) | {"began": then.isoformat()}))
    else:
        monkeypatch.setattr(whoosh_builds, "VERSION" if change == "analysis" else "FORMAT", 99)
    now = clock.now()
    assert engine.replace_all(Given(documents), now) == now
    assert total(engine) == 45


def test_members_of_a_group_lie_in_one_chunk(open_engine, small_chunks):
    engine = open_engine()
    documents = [
        post(1),
        *(page(number, 1) for number in range(14)),
        post(2),
        *(page(50 + one, 2) for one in range(20)),
    ]
    broken_off(engine, documents, 20)
    build(engine, documents)
    assert [piece.documents for piece in engine._standing.contents.pieces] == [15, 21]
    assert len(list(engine.fingerprints())) == len(documents)


def test_a_reader_takes_over_the_words_of_a_new_build_with_the_build(open_engine):
    writer, reader = open_engine(), open_engine()
    build(writer, [post(1, "Solceller Solceller"), post(2, "Solceller på Tak")])
    assert total(reader) == 2
    first = reader.analyser()
    assert first.vocabulary.counts == {"solceller": 2, "på": 1, "tak": 1}
    writer.put([post(3, "Takrenner")])
    assert reader.analyser() is first
    assert writer.analyser().vocabulary.counts == first.vocabulary.counts
    build(writer, [post(4, "Vindkraft")])
    assert reader.analyser().vocabulary.counts == {"vindkraft": 1}


class Counted:
    """Stands in for a speller and shows what it was made of."""

    def __init__(self, counts) -> None:
        self._counts = dict(counts)

    def near(self, _word):
        return list(self._counts.items())


def known_words(engine: WhooshEngine) -> dict[str, int]:
    total(engine, "noe")
    return dict(engine._standing.speller.near("ord"))


def test_words_put_in_after_the_build_are_known_to_the_speller(open_engine, monkeypatch):
    monkeypatch.setattr(whoosh_engine, "Speller", Counted)
    writer, reader = open_engine(), open_engine()
    build(writer, [post(1, "Solceller")])
    assert known_words(reader) == {"solceller": 1}
    for number in range(2, 30):
        writer.put([post(number, "Takrenner")])
    assert len(writer._standing.segments) < 12, "they have been merged"
    assert known_words(reader) == {"solceller": 1, "takrenner": 28}
    assert known_words(open_engine()) == {"solceller": 1, "takrenner": 28}


def test_where_there_are_many_words_the_speller_is_not_made_anew_all_the_time(open_engine, monkeypatch):
    monkeypatch.setattr(whoosh_engine, "Speller", Counted)
    monkeypatch.setattr(whoosh_engine, "SMALL_VOCABULARY", 0)
    engine = open_engine()
    build(engine, [post(1, "Solceller")])
    engine.put([post(2, "Takrenner")])
    assert known_words(engine) == {"solceller": 1}
    monkeypatch.setattr(whoosh_engine, "LEARN_EVERY", 0)
    engine.put([post(3, "Vindkraft")])
    assert known_words(engine) == {"solceller": 1, "takrenner": 1, "vindkraft": 1}
