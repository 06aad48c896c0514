"""Excerpts: the right passage, the right words marked, nothing let through."""

import time

import pytest

from kunnskap.search import excerpts
from kunnskap.search.analysis.analyser import Analyser
from kunnskap.search.analysis.vocabulary import Vocabulary

FILLER = "Kommunen har mange oppgaver og lite tid. " * 40


# Compounds are split by a vocabulary that knows their parts.
ANALYSER = Analyser(Vocabulary(dict.fromkeys(("klima", "budsjett", "overvann", "plan"), 20)))


def marker(words: str) -> excerpts.Marker:
    concepts = ANALYSER.concepts(words)
    terms = {term: weight for concept in concepts for way in concept.ways for term, weight in way}
    return excerpts.Marker(terms, ANALYSER)


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


@pytest.mark.parametrize("words", ["budsjett", "budsjetter", "klimabudsjett"])
def test_a_compound_is_marked_whole_whichever_part_was_looked_for(words):
    assert excerpt("Vi vedtok klimabudsjettet i fjor.", words) == "Vi vedtok <mark>klimabudsjettet</mark> i fjor."


def test_the_parts_are_marked_when_the_compound_was_looked_for():
    shown = excerpt("Et budsjett for klima.", "klimabudsjett")
    assert shown == "Et <mark>budsjett</mark> for <mark>klima</mark>."


def test_whatever_terms_were_looked_for_are_marked_however_they_were_reached():
    analyser = Analyser()
    reached = {"elbil": 1.0, "nullutslippsbil": 0.7, "klimabudsjett": 0.64}  # typed, meaning the same, mended
    shown = excerpts.Marker(reached, analyser).best("Elbiler, nullutslippsbiler og klimabudsjettet.").html
    assert str(shown).count("<mark>") == 3


def test_the_passage_with_most_of_the_words_is_shown():
    text = f"Klima først. {FILLER} Overvann alene. {FILLER} Her står klima og overvann sammen. {FILLER}"
    shown = excerpt(text, "klima overvann")
    assert "Her står <mark>klima</mark> og <mark>overvann</mark> sammen." in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")


def test_words_side_by_side_are_shown_rather_than_words_apart():
    text = f"Grønn er fargen på strøm i natt. {FILLER} Kjøp av grønn strøm. {FILLER}"
    assert "Kjøp av <mark>grønn</mark> <mark>strøm</mark>." in excerpt(text, "grønn strøm")


def test_a_rare_word_says_more_than_one_that_is_everywhere():
    text = f"Kommunen. {'Kommunen er stor. ' * 30} Om overvann. {FILLER}"
    assert "<mark>overvann</mark>" in excerpt(text, "kommunen overvann")


def test_what_a_reader_should_not_meet_is_taken_out():
    shown = excerpt("Klima\x00 og\u202e budsjett\x0c\ud800.", "budsjett")
    assert shown == "Klima  og  <mark>budsjett</mark>  ."


def test_matching_words_are_told_with_the_terms_they_match_by():
    assert marker("budsjett").matching("Klimabudsjettet er et budsjett") == {
        "Klimabudsjettet": ("budsjett",),
        "budsjett": ("budsjett",),
    }


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
