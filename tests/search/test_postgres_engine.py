"""What only the PostgreSQL engine has: tables, other processes, and BM25 in SQL beside the plain engine's."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from kunnskap.search.analysis.analyser import Analyser, Concept
from kunnskap.search.engines import postgres_builds
from kunnskap.search.engines.memory import MemoryEngine
from kunnskap.search.engines.postgres import PostgresEngine
from kunnskap.search.engines.protocol import Document, IndexBusy, IndexDown, Preference, Query
from kunnskap.targets import Target
from tests.search.postgres import connected, postgres_engines, schemas
from tests.sources import Given, build

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
VOCABULARY = [
    first + second
    for first in ("klima", "energi", "vann", "bygg", "sol", "vind")
    for second in ("", "plan", "tiltak", "skatt", "krav", "mål")
]
SUMS = "SELECT count(*), sum(length) FROM {s}.texts"
COMMON = VOCABULARY[-8:]
LOCAL = Preference("local", "county", frozenset("34"), 0.1)
NEW = Preference("new", "year", frozenset({"2020"}), 0.05)
KINDS = ("question", "experience", "document")
EVERYBODY = frozenset({"everyone", "members"})


def random_group(rng: random.Random, number: int) -> list[Document]:
    """A post, or a file with its pages."""
    target = Target("post", number)
    shared = {
        "kind": rng.choice(KINDS),
        "counties": frozenset({str(rng.randrange(5))}),
        "networks": frozenset(rng.sample("abc", rng.randrange(3))),
        "theme_slugs": frozenset(rng.sample(VOCABULARY[:8], rng.randrange(4))),
        "authors": frozenset({str(rng.randrange(9))}),
        "status": rng.choice(["open", "done", None]),
        "year": rng.choice([2019, 2020, None]),
        "audience": frozenset({rng.choice(["everyone", "everyone", "members"])}),
        "published_at": BEGAN + timedelta(days=rng.randrange(30)),
    }
    words = rng.choices(VOCABULARY, weights=range(1, len(VOCABULARY) + 1), k=rng.randrange(5, 120))
    pages = [
        Document(
            Target("page", number * 10 + page),
            target,
            title="",
            body=" ".join(rng.choices(VOCABULARY, k=40)),
            page=page,
            **shared,
        )
        for page in range(rng.choice([0, 0, 0, 3]))
    ]
    return [Document(target, target, title=" ".join(words[:4]), body=" ".join(words[4:]), **shared), *pages]


def random_documents(rng: random.Random, count: int) -> list[Document]:
    return [document for number in range(count) for document in random_group(rng, number)]


@pytest.fixture
def open_engine(database_url):
    with postgres_engines(database_url) as make:
        yield make


def wear(*engines) -> None:
    """Build them, and change them time and again."""
    rng = random.Random(5)
    documents = random_documents(rng, 200)
    for one in engines:
        build(one, documents)
    for _ in range(12):
        changed = [document for _ in range(rng.randrange(1, 8)) for document in random_group(rng, rng.randrange(260))]
        gone = [Target("post", rng.randrange(260)) for _ in range(3)]
        for one in engines:
            one.put(changed)
            one.drop(gone)


def queries() -> list[Query]:
    rng = random.Random(8)
    return [
        Query(
            " ".join(rng.sample(VOCABULARY, rng.randrange(5))),
            reader=EVERYBODY if rng.randrange(2) else frozenset({"everyone"}),
            kinds=frozenset(rng.sample(KINDS, rng.choice([0, 0, 1, 2]))),
            counties=frozenset(rng.sample("01234", rng.choice([0, 0, 2]))),
            years=frozenset(rng.sample(["2019", "2020"], rng.choice([0, 0, 1]))),
            authors=frozenset(rng.sample("012345678", rng.choice([0, 0, 0, 4]))),
            networks=frozenset(rng.sample("abc", rng.choice([0, 0, 0, 1]))),
            phrases=tuple(" ".join(rng.sample(COMMON, rng.randrange(1, 3))) for _ in range(rng.choice([0, 0, 0, 1]))),
            without=tuple(" ".join(rng.sample(COMMON, rng.randrange(1, 3))) for _ in range(rng.choice([0, 0, 0, 1]))),
            preferences=(LOCAL, NEW),
            size=500,
        )
        for _ in range(60)
    ]


def compare(engine, reference, query: Query) -> None:
    mine, plain = engine.find(query), reference.find(query)
    assert mine.facets == plain.facets
    assert mine.total == plain.total
    assert mine.terms == plain.terms
    assert [(hit.group, hit.kind, hit.reasons) for hit in nearly_ordered(mine.hits)] == [
        (hit.group, hit.kind, hit.reasons) for hit in nearly_ordered(plain.hits)
    ]
    assert [hit.score for hit in mine.hits] == pytest.approx([hit.score for hit in plain.hits], rel=1e-5)


def nearly_ordered(hits):
    """As they stand, but for those that differ by less than a real number can tell."""
    return sorted(hits, key=lambda hit: (-float(f"{hit.score:.4g}"), str(hit.group)))


def test_results_are_those_of_the_plain_engine(open_engine):
    engine, reference = open_engine(), MemoryEngine()
    wear(engine, reference)
    for query in queries():
        compare(engine, reference, query)


def test_every_page_shows_its_part_of_the_same_order(open_engine):
    engine, reference = open_engine(), MemoryEngine()
    wear(engine, reference)
    every = engine.find(Query("energi sol bygg", EVERYBODY, size=500)).hits
    assert len(every) > 120
    for size, page in ((7, 1), (7, 3), (30, 4), (30, 5), (110, 1), (500, 2)):
        query = Query("energi sol bygg", EVERYBODY, size=size, page=page, counted=False)
        assert engine.find(query).hits == every[size * (page - 1) : size * page]
        compare(engine, reference, query)


def test_completions_are_those_of_the_plain_engine(open_engine):
    engine, reference = open_engine(), MemoryEngine()
    wear(engine, reference)
    for typed in ("kli", "vind k", "solt", "bygg en", "v"):
        compare(engine, reference, Query(typed, typing=True, size=500))


def test_the_best_of_several_ways_counts_as_in_the_plain_engine(open_engine, monkeypatch):
    engine, reference = open_engine(), MemoryEngine()
    wear(engine, reference)

    def in_ways(self, text, *_):
        words = [self.terms_of(word) for word in text.split()]
        return [
            Concept(text, (words[0], ((words[1][0][0], 0.6), (words[2][0][0], 0.6)), words[3])),
            Concept(text, (words[1], words[4])),
            Concept(text, (words[5],)),
        ]

    monkeypatch.setattr(Analyser, "concepts", in_ways)
    rng = random.Random(2)
    for _ in range(10):
        compare(engine, reference, Query(" ".join(rng.sample(VOCABULARY, 6)), size=500))


def test_counts_stay_true_whatever_is_put_and_dropped(open_engine, database_url):
    engine = open_engine()
    wear(engine)
    schema = engine._builds.schema(engine._builds.standing().build)
    with connected(database_url) as connection:
        for kept, counted in (
            (
                "SELECT term, audience, held FROM {s}.counts WHERE held <> 0",
                "SELECT term, audience, count(*) FROM {s}.postings JOIN {s}.documents ON id = document GROUP BY 1, 2",
            ),
            (
                "SELECT word, held FROM {s}.words WHERE held <> 0",
                "SELECT word, count(*) FROM {s}.texts, unnest(words) word GROUP BY 1",
            ),
        ):
            rows = [sorted(connection.execute(one.format(s=schema)).fetchall()) for one in (kept, counted)]
            assert rows[0] == rows[1]
        sums = connection.execute(SUMS.format(s=schema)).fetchone()
    standing = engine._builds.standing()
    assert (standing.documents, standing.length) == (sums[0], pytest.approx(sums[1]))


def test_another_process_sees_what_was_put_and_what_was_built_anew(open_engine, monkeypatch):
    monkeypatch.setattr(postgres_builds, "LOOK_EVERY", 0)
    writer, reader = open_engine(), open_engine()
    writer.put(random_group(random.Random(1), 1))
    assert reader.find(Query("", EVERYBODY)).total == 1
    before = reader.version()
    build(writer, [])
    assert reader.find(Query("", EVERYBODY)).total == 0
    assert reader.version() == writer.version() != before


def test_only_the_newest_build_is_kept(open_engine, database_url):
    engine = open_engine()
    for _ in range(3):
        build(engine, random_documents(random.Random(1), 3))
    name = engine._builds._name
    with connected(database_url) as connection:
        assert schemas(connection, name) == [name, engine._builds.schema(engine._builds.standing().build)]


def test_a_second_writer_waits_says_so_and_then_gives_up(open_engine, caplog):
    first, second = open_engine(), open_engine(patience=0.05)
    group = random_group(random.Random(1), 1)
    first.put(group)
    with first._builds.writing(), pytest.raises(IndexBusy):
        second.put(group)
    assert "another process is writing to the search index; waiting at most 0.05 seconds" in caplog.text
    second.put(group)


def test_a_second_builder_waits_too_but_writers_need_not(open_engine):
    first, second = open_engine(), open_engine(patience=0.05)
    first.put(random_group(random.Random(1), 1))
    tried = []

    class Meanwhile(Given):
        def after(self, group):
            with pytest.raises(IndexBusy):
                build(second)
            second.put(random_group(random.Random(2), 2))
            tried.append(second.find(Query("", EVERYBODY)).total)
            return super().after(group)

    first.replace_all(Meanwhile(), BEGAN)
    assert tried == [2, 2]
    build(second)


class BreakingOff(Given):
    """A source that fails after some groups the second time it is read."""

    def __init__(self, documents, at):
        super().__init__(documents)
        self._at = at
        self.asked = []

    def after(self, group):
        self.asked.append(group)
        for number, document in enumerate(super().after(group)):
            if len(self.asked) == 2 and number == self._at:
                raise RuntimeError("the database went away")
            yield document


def test_a_build_that_is_broken_off_goes_on_where_it_stopped(open_engine, monkeypatch):
    monkeypatch.setattr(postgres_builds, "AT_ONCE", 5)
    engine, reference = open_engine(), MemoryEngine()
    engine.put(random_group(random.Random(1), 1))
    documents = random_documents(random.Random(3), 60)
    source = BreakingOff(documents, 50)
    with pytest.raises(RuntimeError):
        engine.replace_all(source, BEGAN)
    assert engine.find(Query("", EVERYBODY)).total == 1, "the old build answers meanwhile"
    again = open_engine()
    assert again.replace_all(source, BEGAN + timedelta(hours=1)) == BEGAN
    assert source.asked[:3] == [None, None, None], "counted, broken off, and looked whether there is anything"
    assert source.asked[3] in {document.group for document in documents}, "the words need not be counted again"
    assert len(source.asked) == 4
    build(reference, documents)
    for query in queries()[:10]:
        compare(again, reference, query)


def test_a_build_broken_off_by_an_older_analysis_is_not_gone_on_with(open_engine, monkeypatch, database_url):
    monkeypatch.setattr(postgres_builds, "AT_ONCE", 5)
    engine = open_engine()
    documents = random_documents(random.Random(3), 60)
    with pytest.raises(RuntimeError):
        engine.replace_all(BreakingOff(documents, 50), BEGAN)
    monkeypatch.setattr(postgres_builds, "VERSION", postgres_builds.VERSION + 1)
    assert engine.replace_all(Given(documents), BEGAN + timedelta(hours=1)) == BEGAN + timedelta(hours=1)
    assert engine.find(Query("", EVERYBODY)).total == 60
    with connected(database_url) as connection:
        assert len(schemas(connection, engine._builds._name)) == 2


def test_an_index_of_another_analysis_is_not_current(open_engine, monkeypatch):
    engine = open_engine()
    build(engine, [])
    assert engine.is_current()
    monkeypatch.setattr("kunnskap.search.engines.postgres.VERSION", 99)
    assert not engine.is_current()


def test_what_was_put_before_anything_was_built_is_found_but_is_not_all(open_engine):
    engine = open_engine()
    engine.put(random_group(random.Random(1), 1))
    assert engine.find(Query("", EVERYBODY)).total == 1
    assert not engine.is_current()


def test_nothing_is_searched_where_nothing_has_been_built(open_engine, database_url):
    engine = open_engine()
    with pytest.raises(IndexDown):
        engine.find(Query("klima"))
    assert not engine.is_current()
    assert engine.version() == engine.version()
    assert engine.analyser().terms_of("klima")
    build(engine, random_group(random.Random(1), 1))
    with connected(database_url) as connection:
        connection.execute(f"DROP TABLE {engine._builds.schema(engine._builds.standing().build)}.postings")
    with pytest.raises(IndexDown):
        engine.find(Query("klima sol vind", EVERYBODY))
    build(engine, random_group(random.Random(1), 1))
    assert engine.find(Query("", EVERYBODY)).total == 1


def test_a_server_that_is_away_is_no_other_failure_and_is_found_again(open_engine, database_url):
    engine = open_engine()
    build(engine, random_group(random.Random(1), 1))
    with connected(database_url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE %s",
            (f"%{engine._builds._name}%",),
        )
    assert engine.find(Query("", EVERYBODY)).total == 1
    away = PostgresEngine("postgresql+psycopg:///none?host=/nowhere")
    with pytest.raises(IndexDown):
        away.find(Query("klima"))
    assert not away.is_current()
    away.close()


def test_many_search_while_one_builds_and_puts(open_engine, monkeypatch):
    monkeypatch.setattr(postgres_builds, "LOOK_EVERY", 0)
    writer, reader = open_engine(), open_engine()
    documents = [document for document in random_documents(random.Random(3), 40) if document.page is None]
    build(writer, documents)
    stop = threading.Event()

    def search(_: int) -> set[int]:
        totals = set()
        while not stop.is_set():
            totals.add(reader.find(Query("", EVERYBODY)).total)
        return totals

    with ThreadPoolExecutor(3) as pool:
        found = pool.map(search, range(3))
        try:
            for document in documents[:6]:
                build(writer, documents)
                writer.put([document])
        finally:
            stop.set()
        assert set().union(*found) == {40}


@pytest.mark.parametrize(
    "words", ["\0", "a\0b", "klima % %s %(x)s", "'; DROP TABLE posts", "{s} {score}", "\ud800", "🌊" * 500]
)
def test_whatever_is_asked_is_only_words(open_engine, words):
    engine = open_engine()
    build(engine, random_documents(random.Random(3), 5))
    values = frozenset({words})
    assert engine.find(Query(words, values | EVERYBODY, themes=values, authors=values)).total == 0
    assert engine.find(Query(words, EVERYBODY, typing=True)).total >= 0


def test_a_document_of_odd_signs_is_put_and_found(open_engine):
    engine = open_engine()
    target = Target("post", 1)
    engine.put([Document(target, target, "question", "Sol\0 \ud800 " + "x" * 9_000, body="\\N\t\n'" + "klima " * 9)])
    assert engine.find(Query("klima")).total == 1
