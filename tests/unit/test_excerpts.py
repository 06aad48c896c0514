"""Excerpts: the right passage, the right words marked, nothing let through."""

import time

import pytest

from kunnskap.search import excerpts
from kunnskap.search.analysis.analyser import Analyser

FILLER = "Kommunen har mange oppgaver og lite tid. " * 40


def marker(words: str) -> excerpts.Marker:
    analyser = Analyser()
    terms = {term: weight for concept in analyser.concepts(words) for term, weight in concept.ways[0]}
    return excerpts.Marker(terms, analyser)


def excerpt(text: str, words: str) -> str:
    return str(marker(words).best(text).html)


@pytest.mark.parametrize(
    ("words", "marked"),
    [
        ("klimabudsjett", "Klimabudsjettet"),
        ("utslepp", "utslippene"),
        ("maaler", "måler"),
        ("elbil", "El-bil"),
        ("co2", "CO₂"),
    ],
)
def test_words_are_marked_in_whatever_form_they_stand(words, marked):
    text = "Klimabudsjettet måler utslippene av CO₂. El-bil teller også."
    assert f"<mark>{marked}</mark>" in excerpt(text, words)


def test_the_passage_with_most_of_the_words_is_shown():
    text = f"Klima først. {FILLER} Overvann alene. {FILLER} Her står klima og overvann sammen. {FILLER}"
    shown = excerpt(text, "klima overvann")
    assert "Her står <mark>klima</mark> og <mark>overvann</mark> sammen." in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")


def test_a_passage_has_the_length_it_should():
    plain = excerpt(f"{FILLER} Solceller på taket. {FILLER}", "solceller").replace("<mark>", "").replace("</mark>", "")
    assert 150 <= len(plain) <= excerpts.LENGTH + 4


def test_a_short_text_is_shown_whole():
    assert excerpt("Kort tekst.", "noe") == "Kort tekst."


def test_without_matches_the_beginning_is_shown():
    found = marker("solceller").best(FILLER)
    assert not found.matched
    assert str(found.html).startswith("Kommunen har")


def test_markup_in_the_text_is_escaped():
    assert excerpt("<script>alert('klima')</script> & klima", "klima") == (
        "&lt;script&gt;alert(&#39;<mark>klima</mark>&#39;)&lt;/script&gt; &amp; <mark>klima</mark>"
    )


@pytest.mark.parametrize("text", ["", " ", "x" * 10_000, "klima" * 5_000, "klima " * 5_000, "\0\ud800"])
def test_odd_texts_do_no_harm(text):
    assert len(marker("klima").best(text).html) < 3_000


def test_ten_excerpts_take_little_time():
    texts = [f"{number} {FILLER} overvann {FILLER}" for number in range(10)]
    marking = marker("klima overvann")
    marking.best(texts[0])
    started = time.perf_counter()
    for text in texts:
        marking.best(text)
    assert time.perf_counter() - started < 0.05
