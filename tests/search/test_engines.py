"""One contract; every engine must keep it."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from kunnskap.search.analysis.synonyms import Synonyms
from kunnskap.search.engines.memory import MemoryEngine
from kunnskap.search.engines.protocol import Document, Preference, Query
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


def test_words_between_quotation_marks_must_stand_side_by_side_in_any_inflection(searcher):
    searcher.put([thing(40, title="Plan for flom og skred"), thing(41, title="Skred, og en plan mot flommer")])
    assert found(searcher, "", phrases=("planer for flommen",)) == [Target("post", 40)]
    assert found(searcher, "skred", phrases=("planer for flommen",)) == [Target("post", 40)]
    assert found(searcher, "", phrases=("flom skred",)) == []


def test_what_is_not_wanted_is_left_out(searcher):
    assert found(searcher, "klimabudsjett", without=("byggeplasser",)) == [BUDGET.target]
    assert found(searcher, "klimabudsjett", without=("liten kommune",)) == [BUDGET_DONE.target]


def test_a_compound_and_its_parts_meet_both_ways(searcher):
    assert found(searcher, "budsjett for klima") == [BUDGET.target, BUDGET_DONE.target]
    searcher.put([thing(42, title="Lading av busser")])
    assert found(searcher, "busslading") == [Target("post", 42)]
    assert found(searcher, "bygge plasser")[0] == BUDGET_DONE.target


def test_a_typing_error_is_mended_and_told(searcher):
    results = searcher.find(Query("klimabusjett"))
    assert [hit.group for hit in results.hits] == [BUDGET.target, BUDGET_DONE.target]
    assert [(one.typed, one.meant) for one in results.corrections] == [("klimabusjett", "klimabudsjett")]
    assert searcher.find(Query("klimabusjett", literal=True)).total == 0


def test_nothing_is_suggested_that_only_others_may_see(searcher):
    searcher.put([thing(43, title="Hemmelighold", audience=MEMBERS)])
    assert searcher.find(Query("hemmelighodl")).corrections in ([], ())
    assert searcher.find(Query("hemmelighodl", reader=MEMBERS)).total == 1


def test_words_that_editors_say_mean_the_same_are_found_at_once(searcher):
    synonyms = Synonyms([("ROS", "byggeplass"), ("elbil", "elektrisk bil")])
    searcher.put([thing(44, title="Hvor lader dere elbilene?")])
    assert found(searcher, "ros") == []
    assert found(searcher, "ros", synonyms=synonyms) == [BUDGET_DONE.target]
    assert found(searcher, "elektriske biler", synonyms=synonyms) == [Target("post", 44)]


def test_the_written_forms_meet(searcher):
    searcher.put([thing(45, title="Utslepp frå verksemder")])
    assert found(searcher, "utslipp fra virksomheten") == [Target("post", 45)]


def test_words_that_stand_together_come_first(searcher):
    apart = "Strøm trengs overalt. Det er viktig at alle vet om hva som finnes av båter og annet i havn."
    searcher.put(
        [thing(46, body="Båter får strøm i havn hver dag hele året rundt, og det er viktig."), thing(47, body=apart)]
    )
    assert found(searcher, "strøm i havn") == [Target("post", 46), Target("post", 47)]
    assert [bool({"phrase", "near"} & {*hit.reasons}) for hit in searcher.find(Query("strøm i havn")).hits] == [
        True,
        False,
    ]


def test_who_asks_by_the_whole_title_gets_that_first(searcher):
    searcher.put(
        [thing(48, title="Sykkel", body="Sykkel"), thing(49, title="Sykkel sykkel sykkel", body="sykkel sykkel")]
    )
    hits = searcher.find(Query("sykkelen")).hits
    assert (hits[0].group, "title" in hits[0].reasons) == (Target("post", 48), True)


def test_preferences_lift_and_say_so_but_hide_nothing(searcher):
    plain = found(searcher, "klimabudsjett")
    lift = Preference("place", "county", frozenset({"31"}), 9.0)
    hits = searcher.find(Query("klimabudsjett", preferences=(lift,))).hits
    assert [hit.group for hit in hits] == plain[::-1]
    assert [hit.reasons for hit in hits if "place" in hit.reasons] == [("place",)]


def test_circles_of_municipalities_lift_the_more_the_further_in_something_is_from(searcher):
    towns = {60: {"4003"}, 61: {"4001"}, 62: {"1151"}, 63: set(), 64: {"1151", "4003"}}
    searcher.put(
        [thing(number, body="Jordvarme i skolen", municipalities=frozenset(of)) for number, of in towns.items()]
    )
    circles = ({"4003"}, {"4003", "4001"}, {"4003", "4001", "1151"})
    lifts = tuple(Preference("alike", "municipality", frozenset(circle), 0.03) for circle in circles)
    plain, hits = (searcher.find(Query("jordvarme", preferences=one)).hits for one in ((), lifts))
    assert [hit.group.id for hit in plain] == [64, 63, 62, 61, 60]
    assert [hit.group.id for hit in hits] == [64, 60, 61, 62, 63]
    assert [hit.reasons.count("alike") for hit in hits] == [3, 3, 2, 1, 0]


def test_a_query_from_another_world_finds_nothing(searcher):
    searcher.put(
        [thing(number, body="Vi laget og spiste mat. Det er mye annet å si om dette også.") for number in range(60, 70)]
    )
    assert searcher.find(Query("oppskrift vaffelrøre kardemomme mat")).total == 0
    assert searcher.find(Query("vaffelrøre byggeplasser")).total > 0


def test_what_is_optional_is_not_missed(searcher):
    searcher.put(
        [thing(number, body="Vi laget og spiste mat. Det er mye annet å si om dette også.") for number in range(60, 70)]
    )
    optional = frozenset({"oppskrift", "vaffelrøre", "kardemomme"})
    assert searcher.find(Query("oppskrift vaffelrøre kardemomme mat", optional=optional)).total == 10


def test_every_document_tells_its_fingerprint(searcher):
    searcher.drop([PLAN.target])
    expected = {(document.group, document.fingerprint) for document in ALL if document.group != PLAN.target}
    assert set(searcher.fingerprints()) == expected
    assert set(searcher.fingerprints({BUDGET.group, PLAN.group})) == {(BUDGET.group, BUDGET.fingerprint)}
    assert list(searcher.fingerprints(set())) == []


@pytest.mark.parametrize(
    "words", ["klima " * 20_000, "x" * 100_000, '"' * 999, "*?~^()[]{}:;", "\u202eklima\u0007", "😀" * 50]
)
def test_odd_queries_do_no_harm(searcher, words):
    assert searcher.find(Query(words)).total >= 0
    assert searcher.find(Query("", phrases=(words,), without=(words,))).total >= 0


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
