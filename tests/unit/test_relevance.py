"""The figures that tell how well a search finds, and the judged queries they are worked out from."""

from collections import Counter

import pytest

from kunnskap.tables import DATA, read_objects
from tests.search import relevance
from tests.search.relevance import Judged, Outcome


def test_the_best_order_gives_one_and_nothing_relevant_gives_nought():
    relevant = {"a": 3, "b": 2, "c": 1}
    assert relevance.ndcg(["a", "b", "c", "x"], relevant) == pytest.approx(1.0)
    assert relevance.ndcg(["x", "y"], relevant) == relevance.ndcg([], relevant) == 0.0
    assert relevance.ndcg(["c", "b", "a"], relevant) == pytest.approx(
        (1 + 3 / 1.585 + 7 / 2) / (7 + 3 / 1.585 + 0.5), abs=1e-3
    )


def test_only_the_first_ten_count_also_when_more_are_relevant():
    relevant = {str(number): 3 for number in range(20)}
    assert relevance.ndcg([str(number) for number in range(10)], relevant) == pytest.approx(1.0)
    assert relevance.reciprocal_rank(["x"] * 10 + ["1"], relevant) == 0.0
    assert relevance.reciprocal_rank(["x", "1"], relevant) == 0.5


def test_a_query_from_outside_our_world_should_find_nothing():
    waffles = Judged("oppskrift på vafler", "nothing")
    assert (Outcome(waffles, []).score, Outcome(waffles, ["erfaring-01"]).score) == (1.0, 0.0)


def test_the_table_shows_each_kind_and_the_worst_query():
    outcomes = [Outcome(Judged("ferje", "typo", {"a": 3}), ["a"]), Outcome(Judged("vaflar", "nothing"), ["a"])]
    shown = relevance.table(outcomes, worst=1)
    assert "typo                 1   1.000   1.000" in shown
    assert shown.endswith("0.00 nothing      'vaflar' gave a; sought nothing")


def test_every_query_is_judged_once_and_names_things_that_exist():
    judged = relevance.read()
    things = {
        str(one["id"]) for name in ("experiences", "questions") for _, one in read_objects(DATA / f"{name}.jsonl")
    }
    assert max(Counter(one.query for one in judged).values()) == 1
    assert set().union(*(one.relevant for one in judged)) <= things
    assert min(Counter(one.kind for one in judged)[kind] for kind in relevance.KINDS) >= 10
