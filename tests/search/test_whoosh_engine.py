"""What only the Whoosh engine has: files, other processes, and a scorer of its own beside Whoosh's."""

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.query import Or, Term

from kunnskap.search.analysis.analyser import Analyser
from kunnskap.search.engines import whoosh as whoosh_engine
from kunnskap.search.engines import whoosh_builds
from kunnskap.search.engines.memory import MemoryEngine
from kunnskap.search.engines.protocol import Document, IndexBusy, Query
from kunnskap.search.engines.whoosh import WhooshEngine
from kunnskap.search.engines.whoosh_files import SCHEMA, WORDS
from kunnskap.targets import Target
from tests.sources import build

VOCABULARY = [
    first + second
    for first in ("klima", "energi", "vann", "bygg", "sol", "vind")
    for second in ("", "plan", "tiltak", "skatt", "krav", "mål")
]
KINDS = ("question", "experience", "document")


def random_document(rng: random.Random, number: int) -> Document:
    words = rng.choices(VOCABULARY, weights=range(1, len(VOCABULARY) + 1), k=rng.randrange(5, 120))
    return Document(
        Target("post", number),
        Target("post", number),
        rng.choice(KINDS),
        " ".join(words[:4]),
        body=" ".join(words[4:]),
        counties=frozenset({str(rng.randrange(5))}),
        theme_slugs=frozenset(rng.sample(VOCABULARY[:8], rng.randrange(4))),
        audience=frozenset({rng.choice(["everyone", "everyone", "members"])}),
    )


@pytest.fixture
def open_engine(tmp_path):
    opened = []

    def make(**settings) -> WhooshEngine:
        opened.append(WhooshEngine(tmp_path / "index", **settings))
        return opened[-1]

    yield make
    for engine in opened:
        engine.close()


@pytest.fixture
def worn(open_engine):
    """An index that has been built, changed, cut down and merged."""
    rng = random.Random(5)
    engine, reference = open_engine(), MemoryEngine()
    documents = [random_document(rng, number) for number in range(300)]
    build(engine, documents)
    build(reference, documents)
    for _ in range(25):
        changed = [random_document(rng, rng.randrange(400)) for _ in range(rng.randrange(1, 12))]
        gone = [Target("post", rng.randrange(400)) for _ in range(3)]
        for one in (engine, reference):
            one.put(changed)
            one.drop(gone)
    return engine, reference


def newest(engine) -> FileIndex:
    return FileIndex(FileStorage(str(standing_in(engine))), schema=SCHEMA)


def standing_in(engine) -> Path:
    """The folder of the build that counts."""
    folder: Path = engine._builds.folder / engine._builds.point().name
    return folder


def builds(engine) -> list[Path]:
    return list(engine._builds.folder.glob("index-*"))


def queries(count: int = 60) -> list[str]:
    rng = random.Random(8)
    return [" ".join(rng.sample(VOCABULARY, rng.randrange(1, 5))) for _ in range(count)]


def concepts_terms(words: str) -> list[str]:
    return [term for concept in Analyser().concepts(words) for term, _ in concept.ways[0]]


def test_totals_are_those_of_whooshs_own_searcher(worn):
    engine, _ = worn
    reader = frozenset({"everyone", "members"})
    with newest(engine).searcher() as searcher:
        assert len(searcher.leaf_searchers()) > 1, "the corpus should lie in several segments"
        for words in queries():
            terms = [Term(WORDS, term.encode()) for term in concepts_terms(words)]
            assert engine.find(Query(words, reader=reader)).total == len(list(searcher.docs_for_query(Or(terms)))), (
                words
            )


def test_results_are_those_of_the_plain_engine(worn):
    engine, reference = worn
    for words in queries():
        query = Query(words, kinds=frozenset({"question", "document"}), size=500)
        mine, plain = engine.find(query), reference.find(query)
        assert mine.facets == plain.facets
        assert mine.total == plain.total
        assert {hit.target: pytest.approx(hit.score, rel=1e-3) for hit in mine.hits} == {
            hit.target: hit.score for hit in plain.hits
        }
        assert [hit.target for hit in mine.hits[:3]] == [hit.target for hit in plain.hits[:3]]


def test_completions_are_those_of_the_plain_engine(worn):
    engine, reference = worn
    for typed in ("kli", "vind k", "solt", "bygg en"):
        query = Query(typed, typing=True, size=500)
        mine, plain = engine.find(query), reference.find(query)
        assert mine.total == plain.total > 0
        assert {hit.target: pytest.approx(hit.score, rel=1e-3) for hit in mine.hits} == {
            hit.target: hit.score for hit in plain.hits
        }


def test_small_segments_are_merged(worn):
    engine, _ = worn
    assert 1 < len(newest(engine)._segments()) < 25


def test_another_process_sees_what_was_put_and_what_was_built_anew(open_engine, monkeypatch):
    monkeypatch.setattr(whoosh_engine, "LOOK_EVERY", 0)
    writer, reader = open_engine(), open_engine()
    document = random_document(random.Random(1), 1)
    writer.put([document])
    assert reader.find(Query(document.title, reader=document.audience)).total == 1
    build(writer, [])
    assert reader.find(Query(document.title, reader=document.audience)).total == 0
    assert len(builds(writer)) == 1


def test_it_is_read_again_after_a_restart(open_engine):
    document = random_document(random.Random(1), 1)
    open_engine().put([document])
    assert open_engine().find(Query(document.title, reader=document.audience)).total == 1


def test_a_second_writer_waits_and_then_says_so(open_engine):
    first, second = open_engine(), open_engine(patience=0.05)
    with first._builds.locked("writer"), pytest.raises(IndexBusy):
        second.put([random_document(random.Random(1), 1)])
    second.put([random_document(random.Random(1), 1)])


def test_a_build_that_fails_changes_nothing(open_engine):
    engine = open_engine()
    document = random_document(random.Random(1), 1)
    engine.put([document])

    def broken():
        yield random_document(random.Random(2), 2)
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        build(engine, broken())
    assert engine.find(Query(document.title, reader=document.audience)).total == 1
    build(engine, [document])
    assert len(builds(engine)) == 1


def test_an_index_of_another_analysis_is_not_current(open_engine, monkeypatch):
    engine = open_engine()
    build(engine, [])
    assert engine.is_current()
    monkeypatch.setattr(whoosh_builds, "VERSION", whoosh_builds.VERSION + 1)
    assert not engine.is_current()
    build(engine, [])
    assert engine.is_current()


def test_many_search_while_one_writes(open_engine, monkeypatch):
    monkeypatch.setattr(whoosh_engine, "LOOK_EVERY", 0)
    rng = random.Random(3)
    writer, reader = open_engine(), open_engine()
    build(writer, [random_document(rng, number) for number in range(50)])
    everyone = frozenset({"everyone", "members"})

    def search(_: int) -> int:
        return reader.find(Query("", reader=everyone)).total

    with ThreadPoolExecutor(4) as pool:
        totals = pool.map(search, range(200))
        for number in range(20):
            writer.put([random_document(rng, number)])
        assert set(totals) == {50}
