"""What may be written in a search field beside plain words."""

import time

import pytest

from kunnskap.search.query_language import Asked, read, unfinished, years

KNOWN = {
    ("theme", "solkraft"): {"solkraft"},
    ("municipality", "Nordre Follo"): {"3207"},
    ("municipality", "3207"): {"3207"},
    ("county", "telemark"): {"40"},
    ("kind", "erfaring"): {"experience"},
    ("author", "Test Testesen"): {"7"},
    ("network", "follo"): {"follo-klimanettverk"},
    ("status", "besvart"): {"besvart"},
}


def asked(text: str) -> Asked:
    return read(text, lambda facet, value: frozenset(KNOWN.get((facet, value), ())))


@pytest.mark.parametrize(
    "text", ['sol "på tak" skole', "sol «på tak» skole", "sol “på tak” skole", "sol ”på tak” skole"]
)
def test_words_in_quotation_marks_are_a_phrase(text):
    found = asked(text)
    assert (found.words, found.phrases) == ("sol skole", ("på tak",))


@pytest.mark.parametrize(
    ("text", "words", "without"),
    [
        ("sykkel -elsykkel", "sykkel", ("elsykkel",)),
        ('sykkel -"elektrisk sykkel" vei', "sykkel vei", ("elektrisk sykkel",)),
        ("el-bil", "el-bil", ()),
        ("møte - referat", "møte - referat", ()),
        ("minus -5 grader", "minus -5 grader", ()),
        ("--flagg", "--flagg", ()),
        ("-bare", "", ("bare",)),
        ("2019-2021", "2019-2021", ()),
    ],
)
def test_a_hyphen_before_a_word_or_phrase_leaves_it_out(text, words, without):
    found = asked(text)
    assert (found.words, found.without) == (words, without)


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("tema:solkraft", {"theme": {"solkraft"}}),
        ("Theme:solkraft", {"theme": {"solkraft"}}),
        ('kommune:"Nordre Follo"', {"municipality": {"3207"}}),
        ("municipality:3207", {"municipality": {"3207"}}),
        ("fylke:telemark", {"county": {"40"}}),
        ("county:telemark", {"county": {"40"}}),
        ("type:erfaring", {"kind": {"experience"}}),
        ("forfatter:«Test Testesen»", {"author": {"7"}}),
        ('author:"Test Testesen"', {"author": {"7"}}),
        ("nettverk:follo", {"network": {"follo-klimanettverk"}}),
        ("status:besvart", {"status": {"besvart"}}),
        ("år:2019", {"year": {"2019"}}),
        ("year:2019", {"year": {"2019"}}),
        ("tema:solkraft fylke:telemark", {"theme": {"solkraft"}, "county": {"40"}}),
    ],
)
def test_an_operator_narrows(text, chosen):
    found = asked(f"{text} skole")
    assert {facet: set(keys) for facet, keys in found.chosen.items()} == chosen
    assert found.words == "skole"


@pytest.mark.parametrize(
    "text",
    [
        "tema:finnesikke", "foo:bar", "år:abc", "tema:", "tema: solkraft", 'tema:""', "http://tema:solkraft", "kl:12:30",
        "xtema:solkraft", "år:20190", "år:1492", "år:..", "år:-", '"', '"uten slutt', "«bare begynnelse", '"" ', '"?!"',
        "* ? ~ [a-z]* klima~2 te?t", "(a AND b) OR NOT c", "\x00\x01\x1f", "\u202eamilk\u200f", "😀 👩‍👩‍👧‍👦", "-", "-:", ":", "::",
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_words(text):
    found = asked(text)
    assert found.pieces == ()
    assert found.rest == text


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2019", "2019", "2019"), ("2019–2021", "2019", "2021"), ("2019-2021", "2019", "2021"),
        ("2021-2019", "2019", "2021"), ("2019..2021", "2019", "2021"), ("2019..", "2019", "2100"),
        ("2019-", "2019", "2100"), ("..2019", "1900", "2019"), ("-2019", "1900", "2019"),
    ],
)  # fmt: skip
def test_years_are_one_or_a_range_that_may_be_open(value, first, last):
    found = sorted(years(value))
    assert (found[0], found[-1], len(found)) == (first, last, int(last) - int(first) + 1)
    assert asked(f"år:{value} plan").chosen["year"] == years(value)


def test_a_piece_can_be_taken_out_of_the_text():
    found = asked('solceller tema:solkraft -skole "på tak" vest')
    theme, without, phrase = found.pieces
    assert found.without_pieces([theme]) == 'solceller -skole "på tak" vest'
    assert found.without_pieces([without, phrase]) == "solceller tema:solkraft vest"
    assert len(found.rest) == len(found.text)
    assert found.rest[found.text.index("vest") :] == "vest"


def test_several_values_of_one_facet_are_any_of_them():
    assert asked("år:2019 år:2021").chosen["year"] == {"2019", "2021"}


@pytest.mark.parametrize(
    "text",
    [
        '"' * 100_000, "-a " * 33_000, "tema:" * 20_000, '"a" ' * 25_000, "a:" * 50_000, "-" * 100_000, "-" + "a" * 100_000,
        '-"' * 50_000, "år:2019 " * 12_500, " " * 100_000, "«" * 100_000, 'tema:"' * 17_000,
    ],
)  # fmt: skip
def test_a_hundred_kilobytes_of_anything_is_read_at_once(text):
    began = time.perf_counter()
    found = asked(text)
    assert time.perf_counter() - began < 1
    assert len(found.pieces) <= 60


@pytest.mark.parametrize(
    ("text", "facet", "value", "start"),
    [
        ("tema:", "theme", "", 0),
        ("sol tema:ener", "theme", "ener", 4),
        ('sol kommune:"Nordre F', "municipality", "Nordre F", 4),
        ("x" * 300 + " fylke:tele", "county", "tele", 301),
    ],
)
def test_an_operator_that_is_being_written_is_at_the_end(text, facet, value, start):
    found = unfinished(text)
    assert (found.facet, found.value, found.start) == (facet, value, start)


@pytest.mark.parametrize(
    "text", ["", "tema", "tema:energi sol", "foo:b", 'kommune:"Nordre Follo"', "http://tema:x", "a:" * 50_000]
)
def test_nothing_is_being_written_otherwise(text):
    assert unfinished(text) is None
