"""Why something was found, in words."""

import pytest

from kunnskap.actor import ANYONE
from kunnskap.search.analysis.analyser import Analyser
from kunnskap.search.analysis.synonyms import NO_SYNONYMS, Synonyms
from kunnskap.search.analysis.vocabulary import Vocabulary
from kunnskap.search.engines.protocol import Correction, Hit, Query, Results
from kunnskap.search.excerpts import Marker
from kunnskap.search.preferences import preferences
from kunnskap.search.reasons import LIFTED, MOST, Explainer
from kunnskap.targets import Target

ANALYSER = Analyser(Vocabulary(dict.fromkeys("klima budsjett regnskap elektrisk null utslipp bil".split(), 20)))
POST = Target("post", 1)


def why(words, *, lifted=(), corrections=(), synonyms=NO_SYNONYMS, number=None, **texts) -> list[str]:
    """What is said of a hit with these texts; synonyms and corrections are looked for as an engine does."""
    ways = [way for concept in ANALYSER.concepts(words, synonyms) for way in concept.ways]
    ways += [ANALYSER.terms_of(one.meant) for one in corrections]
    results = Results(terms={term: weight for way in ways for term, weight in way}, corrections=corrections)
    explainer = Explainer(Query(words, synonyms=synonyms), results, ANALYSER)
    marker = Marker(explainer.telling, ANALYSER)
    hit = Hit(POST, POST, "question", 1.0, number, tuple(lifted))
    return [str(one) for one in explainer.why(hit, {name: marker.matching(text) for name, text in texts.items()})]


def test_a_word_in_the_title_is_said_to_stand_there_and_not_again_of_the_text():
    assert why("klimabudsjett", title="Klimabudsjett i praksis", text="Et klimabudsjett er …") == [
        "«Klimabudsjett» står i tittelen"
    ]


def test_what_was_said_of_a_word_is_not_said_again_of_another_for_the_same():
    english = Synonyms([("klima", "climate"), ("budsjett", "budget")])
    assert why("budsjett for klima", title="Klimabudsjett", themes="Climate budget", synonyms=english) == [
        "«Klimabudsjett» står i tittelen",
        "«klima» er en del av «Klimabudsjett»",
    ]
    assert why("budsjett", themes="Climate budget", synonyms=english) == [
        "«budget» står blant temaene",
        "Regnes som det samme: budsjett, budget",
    ]


def test_words_in_different_places_are_told_apart():
    assert why("overvann havn tiltak", title="Overvann", text="Ved en havn", answers="Flere tiltak") == [
        "«Overvann» står i tittelen",
        "«havn» står i teksten",
        "«tiltak» står i et svar",
    ]


@pytest.mark.parametrize(
    ("field", "words", "said"),
    [
        ("themes", "solkraft", "«Solkraft» står blant temaene"),
        ("place", "skien", "«Skien» er stedet det kommer fra"),
        ("people", "testesen", "«Testesen» er i navnet til den som skrev det"),
        ("name", "testesen", "«Testesen» står i navnet"),
        ("role", "rådgiver", "«Rådgiver» står i stillingen"),
        ("page", "overvann", "«Overvann» står på side 7"),
    ],
)
def test_each_field_has_its_sentence(field, words, said):
    text = {"themes": "Solkraft", "place": "Skien", "role": "Rådgiver", "page": "Overvann"}.get(field, "Test Testesen")
    assert why(words, number=7, **{field: text}) == [said]


def test_another_form_of_a_word_is_said_to_be_that():
    assert why("budsjett", title="Mange budsjetter") == [
        "«budsjetter» står i tittelen",
        "«budsjetter» er en annen form av «budsjett»",
    ]
    assert why("utslepp", title="Utslipp")[1] == "«Utslipp» er en annen form av «utslepp»"


def test_parts_of_compounds_are_said_to_be_that():
    assert why("budsjett", title="Klimabudsjett")[1] == "«budsjett» er en del av «Klimabudsjett»"
    assert why("klimabudsjett", title="Budsjett")[1] == "«Budsjett» er en del av «klimabudsjett»"
    assert why("klimabudsjett", title="Klimaregnskap")[1] == "«Klimaregnskap» har en del felles med «klimabudsjett»"


def test_two_words_read_as_one_are_told():
    assert why("klima budsjett", title="Klimabudsjett") == [
        "«Klimabudsjett» står i tittelen",
        "Vi leste også «klima budsjett» som ett ord",
    ]


def test_a_mended_typing_error_is_told_with_both_words():
    mended = (Correction("kliambudsjett", "klimabudsjett"),)
    assert why("kliambudsjett", corrections=mended, title="Klimabudsjettet") == [
        "«Klimabudsjettet» står i tittelen",
        "Vi leste «kliambudsjett» som «klimabudsjett»",
    ]


SAME = Synonyms([("kommuneplan", "KPA"), ("elbil", "elektrisk bil", "nullutslippsbil")])


@pytest.mark.parametrize("words", ["elbil", "elektrisk bil"])
def test_words_that_mean_the_same_are_told_together(words):
    assert why(words, synonyms=SAME, title="Nullutslippsbiler i hjemmetjenesten") == [
        "«Nullutslippsbiler» står i tittelen",
        "Regnes som det samme: elbil, elektrisk bil, nullutslippsbil",
    ]


def test_the_words_of_an_expression_are_told_one_by_one():
    assert why("elektrisk bil", synonyms=SAME, title="Elektriske biler")[1:] == [
        "«Elektriske» er en annen form av «elektrisk»",
        "«biler» er en annen form av «bil»",
    ]


def test_a_part_of_what_only_means_the_same_is_no_match():
    assert why("elbil", synonyms=SAME, title="Elbil", text="Utslipp") == ["«Elbil» står i tittelen"]
    assert why("elbil", synonyms=SAME, title="Utslipp") == ["Ordene står et annet sted enn det som vises her"]


def test_what_lifted_a_hit_is_told():
    lifted = ("phrase", "place", "answered", "noe-helt-ukjent")
    assert why("havn", lifted=lifted, title="Havn") == [
        "«Havn» står i tittelen",
        "Ordene står side om side",
        "Kommer fra eller handler om stedet du skrev",
        "Har fått svar",
    ]


def test_there_are_at_most_five_sentences_of_every_sort():
    said = why(
        "budsjett havn tiltak regnskap", lifted=tuple(LIFTED), title="Budsjetter", themes="Havner",
        text="Tiltaket", answers="Regnskapet",
    )  # fmt: skip
    assert len(said) == MOST
    assert any("tittelen" in one for one in said)
    assert any("annen form" in one for one in said)


def test_words_that_are_not_seen_are_said_to_stand_elsewhere():
    assert why("overvann", title="Noe annet") == ["Ordene står et annet sted enn det som vises her"]


def test_without_words_there_is_nothing_to_explain():
    assert why("", title="Klimabudsjett") == []


def test_the_same_word_in_large_and_small_letters_is_told_once():
    assert why("havn", title="Havn og HAVN og havn") == ["«Havn» står i tittelen"]


def test_every_preference_has_its_words():
    lifted = {one.reason for one in preferences(ANYONE)} | {"place", "people", "county", "size", "network"}
    assert lifted <= set(LIFTED)
