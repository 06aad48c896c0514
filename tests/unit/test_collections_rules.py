"""What somebody may point at in a collection, and what becomes of an order when one thing is moved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kunnskap.collections import rules
from kunnskap.collections.rules import Reference
from kunnskap.errors import Invalid

SITE = "https://kunnskap.example"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12", Reference(post_id=12)),
        (f"{SITE}/sporsmal/12-hvordan", Reference(post_id=12)),
        (f"{SITE}/sporsmal/12-hvordan#innlegg-14", Reference(post_id=12)),
        ("/erfaringer/7", Reference(post_id=7)),
        ("/dokumenter/7-plan/side/3", Reference(post_id=7)),
        (" /innlegg/9 ", Reference(post_id=9)),
        ("/folk/3-test", Reference(person_id=3)),
        ("/samlinger/4-en", Reference(collection_id=4)),
        ("https://www.fylke.example/side?a=b#c", Reference(url="https://www.fylke.example/side?a=b#c")),
        ("https://blåbær.example/", Reference(url="https://blåbær.example/")),
        (f"{SITE}.ond.example/sporsmal/12", Reference(url=f"{SITE}.ond.example/sporsmal/12")),
    ],
)
def test_what_is_pasted_is_read(typed, meant):
    assert rules.reference(typed, SITE) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "", "tolv", "١٢", "/", SITE, f"{SITE}/om", "/folk", "/sporsmal/nytt", "http://example.org/", "ftp://example.org/",
        "https:///sti", "https://1.2.3", "https://[::1]/", "https://a b.example/", "data:text/html,x", "https://-a.example",
    ],
)  # fmt: skip
def test_what_names_nothing_is_refused(typed):
    with pytest.raises(Invalid):
        rules.reference(typed, SITE)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused_in_words(typed):
    found, said = None, set()
    try:
        found = rules.reference(typed, SITE)
    except Invalid as refused:
        said = refused.problems.keys()
    if found is None:
        assert said == {"what"}
    else:
        assert not found.url or found.url.startswith("https://")


@given(st.lists(st.integers(), min_size=1, max_size=20, unique=True), st.data(), st.text(max_size=8))
def test_an_order_loses_nothing_whatever_is_asked(order, data, to):
    number = data.draw(st.sampled_from(order))
    moved = rules.moved(order, number, to)
    assert sorted(moved) == sorted(order)
    rest = [one for one in order if one != number]
    assert [one for one in moved if one != number] == rest


def test_different_words_have_different_fingerprints():
    assert rules.fingerprint(("a", "b")) != rules.fingerprint(("ab", "")) != rules.fingerprint(("", "ab"))
