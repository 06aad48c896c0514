"""How alike two municipalities are, and the words for it."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest

from kunnskap.places import register
from kunnskap.places.likeness import NAMES, WEIGHTS, all_pairs, compare, distance


@dataclass(frozen=True)
class Town:
    population: int | None = 6_800
    centrality: int | None = 5
    kostra_group: str | None = "6"
    county_id: int | None = 40
    latitude: float | None = 59.2
    longitude: float | None = 9.6
    is_coastal: bool | None = True
    language_form: str | None = "nynorsk"


UNKNOWN = Town(None, None, None, None, None, None, None, None)
OPPOSITE = Town(728_714, 1, "13", 3, 70.0, 30.0, False, "bokmål")


@pytest.fixture(scope="module")
def towns() -> list[Town]:
    known = Town.__dataclass_fields__.keys() - {"county_id", "is_coastal"}
    today = (entry for entry in register.read().places if entry.kind == "municipality" and entry.valid_to is None)
    return [
        Town(county_id=int(entry.number[:2]), is_coastal=None, **{name: entry.facts[name] for name in known})
        for entry in today
    ]


def words(one: Town, other: Town) -> list[str]:
    return [str(reason).replace("\N{NO-BREAK SPACE}", " ") for reason in compare(one, other).reasons]


def test_the_weights_are_a_whole_and_each_part_has_a_name():
    assert math.isclose(sum(WEIGHTS.values()), 1)
    assert all(weight > 0 for weight in WEIGHTS.values())
    assert list(NAMES) == list(WEIGHTS)


def test_one_that_is_the_same_in_everything_is_wholly_alike_for_every_reason_there_is():
    alike = compare(Town(), replace(Town()))
    assert alike.score == 1
    assert set(alike.parts) == set(WEIGHTS)
    assert words(Town(), Town()) == [
        "omtrent like mange innbyggere (6 800)", "like sentral (5 av 6)", "samme KOSTRA-gruppe", "samme fylke",
        "0 km unna", "begge ved kysten", "begge nynorskkommuner",
    ]  # fmt: skip


def test_one_that_differs_in_everything_is_not_alike_and_no_reason_is_made_up():
    alike = compare(Town(), OPPOSITE)
    assert alike.score < 0.05
    assert alike.reasons == ()


def test_reasons_speak_of_the_other_one_and_the_strongest_stands_first():
    far_away = Town(population=7_900, centrality=1, kostra_group="2", latitude=69.0, is_coastal=None)
    assert words(Town(), far_away) == [
        "omtrent like mange innbyggere (7 900)",
        "samme fylke",
        "begge nynorskkommuner",
    ]
    assert words(Town(), replace(OPPOSITE, population=10_200)) == ["nokså like mange innbyggere (10 200)"]
    assert words(Town(is_coastal=False), replace(OPPOSITE, is_coastal=False)) == ["begge uten kyst"]
    assert words(Town(), replace(OPPOSITE, latitude=59.3, longitude=9.7)) == ["12 km unna"]


def test_what_is_not_known_is_left_out_and_the_rest_is_scaled():
    assert compare(Town(), replace(Town(), is_coastal=None)).score == pytest.approx(1)
    only_county = replace(UNKNOWN, county_id=40)
    assert compare(Town(), only_county).score == 1
    assert compare(Town(), replace(only_county, county_id=3)).score == 0
    half = replace(UNKNOWN, county_id=40, kostra_group="2")
    wanted = WEIGHTS["county"] / (WEIGHTS["county"] + WEIGHTS["group"])
    assert compare(Town(), half).score == pytest.approx(wanted)
    nothing = compare(UNKNOWN, UNKNOWN)
    assert (nothing.score, nothing.reasons, nothing.km) == (0, (), None)


def test_neutral_is_half_alike_a_language_form_and_nothing_is_said_of_it():
    neutral = replace(UNKNOWN, language_form="nøytral")
    assert compare(neutral, replace(neutral, language_form="nynorsk")).score == 0.5
    assert compare(neutral, neutral).score == 1
    assert words(neutral, neutral) == []


def test_centres_are_as_far_apart_as_on_the_globe():
    oslo, bergen = Town(latitude=59.913, longitude=10.746), Town(latitude=60.393, longitude=5.324)
    assert distance(oslo, bergen) == pytest.approx(305, abs=3)
    assert distance(oslo, oslo) == 0
    assert distance(oslo, UNKNOWN) is None


def test_a_municipality_without_people_is_one_whose_number_is_not_known():
    assert "size" not in compare(Town(), Town(population=0)).parts
    assert not np.isnan(all_pairs([Town(), Town(population=0)])).any()


def test_all_at_once_gives_what_the_plain_function_gives_for_every_real_pair(towns):
    assert len(towns) == 357
    scores = all_pairs(towns)
    one_by_one = np.array([[compare(one, other).score for other in towns[:120]] for one in towns])
    assert np.allclose(scores[:, :120], one_by_one, rtol=0, atol=1e-12)
    assert np.allclose(scores, scores.T, rtol=0, atol=1e-12)
    assert (scores >= 0).all()
    assert (scores <= 1).all()


def test_all_at_once_agrees_also_where_facts_are_missing():
    few = [Town(), OPPOSITE, UNKNOWN, Town(is_coastal=None), Town(population=None), Town(latitude=None)]
    few += [Town(language_form="nøytral"), replace(UNKNOWN, is_coastal=False)]
    plain = [[compare(one, other).score if one is not other else 1.0 for other in few] for one in few]
    assert np.allclose(all_pairs(few), plain, rtol=0, atol=1e-12)
    assert all_pairs([]).shape == (0, 0)


def test_no_real_reason_is_untrue(towns):
    for one, other in zip(towns, towns[1:] + towns[:1], strict=True):
        said = words(one, other)
        assert ("samme fylke" in said) == (one.county_id == other.county_id)
        assert ("samme KOSTRA-gruppe" in said) == (one.kostra_group == other.kostra_group)
        assert ("begge nynorskkommuner" in said) == (one.language_form == other.language_form == "nynorsk")
        assert not any("kyst" in reason for reason in said)
        if any("omtrent like mange" in reason for reason in said):
            assert max(one.population, other.population) <= 1.25 * min(one.population, other.population)
