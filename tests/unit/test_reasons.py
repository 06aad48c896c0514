"""Why something was found, in words."""

import pytest

from kunnskap.actor import ANYONE
from kunnskap.search.analysis.analyser import Analyser, Concept
from kunnskap.search.analysis.compounds import Splitter
from kunnskap.search.analysis.synonyms import NO_SYNONYMS, Synonyms
from kunnskap.search.engines.protocol import Correction, Hit, Query, Results
from kunnskap.search.excerpts import Marker
from kunnskap.search.preferences import preferences
from kunnskap.search.reasons import LIFTED, MOST, Explainer
from kunnskap.targets import Target

POST = Target("post", 1)


def why(words, *, lifted=(), corrections=(), synonyms=NO_SYNONYMS, number=None, **texts) -> list[str]:
    """What is said of a hit with these texts; synonyms and corrections are looked for as an engine does."""
    analyser = Analyser()
    said = [*words.split(), *(one.meant for one in corrections)]
    said += [other for group in synonyms.groups for other in group if set(group) & set(words.split())]
    terms = {term: weight for word in said for term, weight in analyser.terms_of(word)}
    marker = Marker(terms, analyser)
    results = Results(terms=terms, corrections=corrections)
    explainer = Explainer(Query(words, synonyms=synonyms), results, analyser)
    hit = Hit(POST, POST, "question", 1.0, number, tuple(lifted))
    return [str(one) for one in explainer.why(hit, {name: marker.matching(text) for name, text in texts.items()})]


def test_a_word_in_the_title_is_said_to_stand_there_and_not_again_of_the_text():
    assert why("klimabudsjett", title="Klimabudsjett i praksis", text="Et klimabudsjett er …") == [
        "«Klimabudsjett» står i tittelen"
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
        ("place", "skien", "«Skien» er der det kommer fra"),
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


def test_parts_of_compounds_are_said_to_be_that(monkeypatch):
    parts = {"klimabudsjett": ["klima", "budsjett"], "klimaregnskap": ["klima", "regnskap"]}
    monkeypatch.setattr(Splitter, "parts", lambda _self, word: parts.get(word, []))
    assert why("budsjett", title="Klimabudsjett")[1] == "«budsjett» er en del av «Klimabudsjett»"
    assert why("klimabudsjett", title="Budsjett")[1] == "«Budsjett» er en del av «klimabudsjett»"
    assert why("klimabudsjett", title="Klimaregnskap")[1] == "«Klimaregnskap» har en del felles med «klimabudsjett»"


def test_a_mended_typing_error_is_told_with_both_words():
    mended = (Correction("kliambudsjett", "klimabudsjett"),)
    assert why("kliambudsjett", corrections=mended, title="Klimabudsjettet") == [
        "«Klimabudsjettet» står i tittelen",
        "Vi leste «kliambudsjett» som «klimabudsjett»",
    ]


def test_words_that_mean_the_same_are_told_together(monkeypatch):
    ways = ((("elbil", 1.0),), (("nullutslippsbil", 0.7),))
    monkeypatch.setattr(Analyser, "concepts", lambda *_: [Concept("elbil", ways)])
    same = Synonyms([("kommuneplan", "KPA"), ("elbil", "nullutslippsbil")])
    assert why("elbil", synonyms=same, title="Nullutslippsbiler i hjemmetjenesten") == [
        "«Nullutslippsbiler» står i tittelen",
        "Regnes som det samme: elbil, nullutslippsbil",
    ]


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
