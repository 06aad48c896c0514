"""One contract; every engine must keep it."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from kunnskap.search.engines.memory import MemoryEngine
from kunnskap.search.engines.protocol import Document, Query
from kunnskap.search.engines.whoosh import WhooshEngine
from kunnskap.targets import Target
from tests.search.postgres import postgres_engines
from tests.sources import build

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MEMBERS = frozenset({"members"})


def thing(number: int, kind: str = "question", **what) -> Document:
    target = Target("post", number)
    what = {"title": "", "published_at": NEW_YEAR + timedelta(days=number)} | what
    return Document(target, what.pop("group", target), kind, **what)


def page(number: int, of: int, text: str, **what) -> Document:
    return Document(Target("page", number), Target("post", of), "document", "", body=text, page=number, **what)


BUDGET = thing(
    1,
    title="Hvordan lager dere klimabudsjett?",
    body="Vi er en liten kommune.",
    theme_slugs=frozenset({"styring"}),
    counties=frozenset({"40"}),
    status="open",
)
BUDGET_DONE = thing(
    2,
    "experience",
    title="Utslippsfrie byggeplasser",
    body="Klimabudsjettet ga oss pengene.",
    theme_slugs=frozenset({"styring", "bygg"}),
    counties=frozenset({"31"}),
    status="done",
)
SECRET = thing(3, title="Klimabudsjett bak lukkede dører", audience=MEMBERS, counties=frozenset({"40"}))
PLAN = thing(4, "document", title="Kommunedelplan for energi")
FIRST_PAGE = page(1, 4, "Forord ved ordføreren.")
SECOND_PAGE = page(2, 4, "Overvann i bykjernen. Overvann er viktig.")
KARI = Document(Target("person", 7), Target("person", 7), "person", "Kari Prøve", people="rådgiver", place="Skien")
ALL = [BUDGET, BUDGET_DONE, SECRET, PLAN, FIRST_PAGE, SECOND_PAGE, KARI]


@pytest.fixture(params=["memory", "whoosh", "postgres"])
def searcher(request, tmp_path):
    with opened(request, tmp_path) as made:
        made.put(ALL)
        yield made


@contextmanager
def opened(request, tmp_path):
    if request.param == "postgres":
        with postgres_engines(request.getfixturevalue("database_url")) as make:
            yield make()
        return
    made = MemoryEngine() if request.param == "memory" else WhooshEngine(tmp_path / "index")
    yield made
    made.close()


def found(searcher, words="", **what) -> list[Target]:
    return [hit.group for hit in searcher.find(Query(words, **what)).hits]


def test_words_are_found_in_every_form_and_the_title_weighs_most(searcher):
    assert found(searcher, "klimabudsjetter") == [BUDGET.target, BUDGET_DONE.target]


def test_any_word_counts_and_none_is_required(searcher):
    assert found(searcher, "ukjentord byggeplasser") == [BUDGET_DONE.target]


def test_names_workplaces_and_places_are_found(searcher):
    assert found(searcher, "kari") == found(searcher, "rådgivere") == found(searcher, "Skien") == [KARI.target]


@pytest.mark.parametrize("words", ["og i på", "???", "finnesikke", "\0"])
def test_nothing_is_found_for_words_that_say_nothing(searcher, words):
    results = searcher.find(Query(words))
    assert results.total == 0
    assert results.hits == ()
    assert not any(results.facets.values())


def test_no_words_give_everything_the_filters_leave_newest_first(searcher):
    assert found(searcher, "", kinds=frozenset({"question", "experience"})) == [BUDGET_DONE.target, BUDGET.target]


def test_pages_of_a_file_are_found_as_one_with_the_best_page(searcher):
    hits = searcher.find(Query("overvann ordføreren")).hits
    assert [(hit.group, hit.page) for hit in hits] == [(PLAN.target, 2)]
    assert hits[0].target == SECOND_PAGE.target


def test_only_the_audience_finds_and_counts_it(searcher):
    outside, inside = (
        searcher.find(Query("klimabudsjett")),
        searcher.find(Query("klimabudsjett", reader=MEMBERS | {"everyone"})),
    )
    assert (outside.total, inside.total) == (2, 3)
    assert outside.facets["county"] == {"40": 1, "31": 1}
    assert inside.facets["county"] == {"40": 2, "31": 1}


def test_filters_narrow_and_a_facet_counts_without_its_own_choice(searcher):
    results = searcher.find(Query("klimabudsjett", kinds=frozenset({"experience"})))
    assert [hit.target for hit in results.hits] == [BUDGET_DONE.target]
    assert results.total == 1
    assert results.facets["kind"] == {"question": 1, "experience": 1}
    assert results.facets["theme"] == {"styring": 1, "bygg": 1}
    assert results.facets["status"] == {"done": 1}


def test_several_values_of_a_facet_widen_and_several_facets_narrow(searcher):
    both = frozenset({"question", "experience"})
    assert len(found(searcher, "klimabudsjett", kinds=both)) == 2
    assert found(searcher, "klimabudsjett", kinds=both, themes=frozenset({"bygg"})) == [BUDGET_DONE.target]
    assert found(searcher, "klimabudsjett", counties=frozenset({"40"}), statuses=frozenset({"done"})) == []


def test_results_come_a_page_at_a_time_in_one_order(searcher):
    every = found(searcher, "klimabudsjett klima overvann kari", size=10)
    by_two = [found(searcher, "klimabudsjett klima overvann kari", size=2, page=number) for number in (1, 2, 3)]
    assert by_two == [every[:2], every[2:4], []]
    assert found(searcher, "klima", page=1_000_000) == []


def test_equal_ones_come_newest_first(searcher):
    searcher.put([thing(number, title="Solceller") for number in (10, 12, 11)])
    assert found(searcher, "solceller") == [Target("post", number) for number in (12, 11, 10)]


def test_the_beginning_of_a_word_is_enough_while_it_is_typed(searcher):
    assert found(searcher, "klimabud", typing=True, counted=False) == [BUDGET.target, BUDGET_DONE.target]
    assert found(searcher, "klimabud") == []
    assert found(searcher, "klimabud ", typing=True) == []


def test_putting_a_group_again_replaces_all_of_it(searcher):
    searcher.put([PLAN, page(3, 4, "Ny side om flom.")])
    assert found(searcher, "overvann") == []
    assert [hit.page for hit in searcher.find(Query("flom")).hits] == [3]
    assert searcher.find(Query("flom energi")).total == 1


def test_putting_the_same_twice_in_one_go_keeps_one(searcher):
    searcher.put([thing(9, title="Torv"), thing(9, title="Torv og myr")])
    assert searcher.find(Query("torv")).total == 1
    assert searcher.find(Query("myr")).total == 1


def test_dropped_groups_are_gone_with_all_their_pages(searcher):
    searcher.drop([PLAN.target, Target("post", 999)])
    assert found(searcher, "overvann ordføreren energi") == []


def test_replacing_all_leaves_nothing_of_the_old(searcher):
    build(searcher, iter([thing(20, title="Havnestrøm")]))
    assert found(searcher, "klimabudsjett") == []
    assert found(searcher, "havnestrøm") == [Target("post", 20)]
    searcher.put([BUDGET])
    assert found(searcher, "klimabudsjett") == [BUDGET.target]


def test_an_empty_index_finds_nothing(searcher):
    build(searcher, [])
    assert searcher.find(Query("klima")).total == searcher.find(Query("")).total == 0
    assert searcher.is_current()


def test_a_person_finds_what_only_that_person_may_see(searcher):
    searcher.put([thing(30, title="Trukket tilbake", audience=frozenset({"moderators", "person:7"}))])
    assert found(searcher, "trukket") == []
    assert found(searcher, "trukket", reader=frozenset({"everyone", "members", "person:8"})) == []
    assert found(searcher, "trukket", reader=frozenset({"everyone", "members", "person:7"})) == [Target("post", 30)]


def test_its_version_changes_with_every_write(searcher):
    versions = [searcher.version()]
    searcher.put([BUDGET])
    versions.append(searcher.version())
    searcher.drop([BUDGET.target])
    versions.append(searcher.version())
    build(searcher, [BUDGET])
    versions.append(searcher.version())
    assert len(set(versions)) == 4
    assert searcher.version() == versions[-1]
