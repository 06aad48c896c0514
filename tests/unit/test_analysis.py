"""Our Norwegian analysis: what should meet, meets, and what should not, does not."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from kunnskap.search.analysis.analyser import MOST_CONCEPTS, Analyser, beginning
from kunnskap.search.analysis.words import LONGEST_WORD
from kunnskap.search.analysis.written_forms import stem


def terms(text: str) -> set[str]:
    return set(weighted(text))


def weighted(text: str) -> dict[str, float]:
    return {term: weight for concept in Analyser().concepts(text) for term, weight in concept.ways[0]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Klimabudsjett", "klimabudsjettene"),
        ("kommune", "KOMMUNENS"),
        ("CO₂", "CO2"),
        ("CO2e", "co2"),
        ("el-bil", "elbil"),
        ("m²", "m2"),
        ("måler", "maaler"),
        ("måler", "maler"),
        ("kjøp", "kjoep"),
        ("kjøp", "kjop"),
        ("bærekraft", "baerekraft"),
        ("Tromsø", "Tromsö"),
        ("Kárášjohka", "karasjohka"),
        ("A\u030alesund", "Ålesund"),
        ("klima\u00adbudsjett", "klimabudsjett"),
        ("2,5", "2.5"),
        ("strømmen", "strøm"),
        ("flommer", "flom"),
        ("klimaet", "klima"),
        ("temaene", "tema"),
    ],
)
def test_ways_of_typing_meet(one, other):
    assert terms(one) == terms(other) or terms(other) <= terms(one)


@pytest.mark.parametrize(
    ("nynorsk", "bokmaal"),
    [
        ("utslepp", "utslipp"),
        ("klimagassutsleppa", "klimagassutslippene"),
        ("kommunar", "kommuner"),
        ("overflatevatn", "overflatevann"),
        ("verksemder", "virksomheter"),
        ("berekraft", "bærekraft"),
        ("moglegheiter", "muligheter"),
        ("kvit", "hvit"),
        ("vegen", "veien"),
        ("auke", "øke"),
        ("straumnett", "strømnett"),
        ("rettleiing", "veiledning"),
        ("flaumsikring", "flomsikring"),
        ("rådgjevarar", "rådgivere"),
    ],
)
def test_the_written_forms_meet(nynorsk, bokmaal):
    assert terms(nynorsk) == terms(bokmaal)


@pytest.mark.parametrize(("one", "other"), [("vann", "vant"), ("5-4", "54"), ("kvalitet", "kval"), ("plan", "plante")])
def test_words_that_differ_stay_apart(one, other):
    assert not terms(one) & terms(other)


@pytest.mark.parametrize("word", "og ikke ikkje hva kva hvordan korleis eg jeg på frå Hvilke".split())
def test_small_words_of_both_written_forms_say_nothing(word):
    assert terms(word) == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24/1234-5", {"24/1234-5": 1.0, "24": 0.5, "1234": 0.5, "5": 0.5}),
        ("50kWh", {"50kwh": 1.0, "50": 0.5, "kwh": 0.5}),
        ("§ 5-4", {"5-4": 1.0, "5": 0.5, "4": 0.5}),
        ("post@skien.kommune.no", {"post": 1.0, "kommun": 1.0}),
        ("CO2e", {"co2": 1.0}),
    ],
)
def test_numbers_units_and_addresses_are_words_too(text, expected):
    found = weighted(text)
    assert {term: found.get(term) for term in expected} == expected


def test_parts_of_a_hyphenated_word_weigh_half():
    assert weighted("bygg-plass") == {"byggplass": 1.0, "bygg": 0.5, "plass": 0.5}


def test_a_document_is_one_field_of_weighted_terms():
    texts = {"title": "Sol", "body": "Sol og vind", "replies": "vind", "place": "Alta"}
    assert Analyser().document(texts).terms == {"sol": 2.5, "vind": 1.5, "alt": 2.0}


@pytest.mark.parametrize("text", ["", " ", "\0", "???", "og", "\u202e\u200f", "\ud800", "😀"])
def test_text_without_words_gives_no_terms(text):
    assert terms(text) == set()


def test_a_huge_query_is_cut():
    assert len(terms(" ".join(f"ord{number}" for number in range(10_000)))) <= MOST_CONCEPTS
    assert all(len(term) <= LONGEST_WORD for term in terms("x" * 5_000))


@pytest.mark.parametrize(
    ("typed", "begun"), [("hva er Klimab", "klimab"), ("klima ", ""), ("", ""), ("vå", "va"), ("el-b", "elb")]
)
def test_the_word_that_is_being_typed(typed, begun):
    assert beginning(typed) == begun


def test_threads_that_stem_at_the_same_moment_do_not_mix_up_their_words():
    words = [
        beginning + ending for beginning in ("kommun", "utslipp", "tiltak", "plan") for ending in ("enes", "er")
    ] * 200
    alone, often = [stem(word) for word in words], sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(stem, words)) == alone
    finally:
        sys.setswitchinterval(often)
