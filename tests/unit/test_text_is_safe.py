"""Whatever is written as Markdown, what is shown holds nothing that runs: known ways in, and made-up ones."""

from pathlib import Path
from urllib.parse import urlsplit

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kunnskap import text

VECTORS = Path(__file__).with_name("xss.txt").read_text("utf-8").splitlines()
HTML = "{http://www.w3.org/1999/xhtml}"
ATTRIBUTES = text.ATTRIBUTES | {"a": text.ATTRIBUTES["a"] | {"rel"}}
PIECES = [
    "<", ">", '"', "'", "`", "[", "]", "(", ")", "!", "&", ";", "#", "\\", "\n", "\n\n", "    ", "\t", "\x00", "|", "*", "_",
    "~~~", "```", "- ", "> ", "# ", "<!--", "-->", "<![CDATA[", "]]>", "javascript:", "data:text/html,", "https://e.example/",
    "<script>", "</script>", "<svg", "<math>", "<style>", "onerror=", "onload=", "alert(1)", "src=x", "href=", "<a ", "<img ",
    "&#x6A;", "&colon;", "&lt;", "\u2028", "\ufeff", "%0a", "[x]: ", "x", " ", "æøå", "\U0001f642",
]  # fmt: skip


def allowed(source):
    """Make HTML of Markdown and tell what in it is not among what a post may hold."""
    made = text.to_html(source)
    tree = html5lib.parse(made, treebuilder="etree", namespaceHTMLElements=True)
    found = []
    for element in tree.iter():
        if not isinstance(element.tag, str):
            found.append("a comment")
            continue
        tag = element.tag.removeprefix(HTML)
        if tag in {"html", "head", "body"}:
            found += [f"{tag} {name}" for name in element.attrib]
            continue
        if tag not in text.TAGS:
            found.append(f"<{tag}>")
        found += [f"{tag} {name}" for name in element.attrib if name not in ATTRIBUTES.get(tag, set())]
        for name in ("href", "src"):
            scheme = urlsplit(element.attrib.get(name, "").strip()).scheme.lower()
            if scheme and scheme not in text.SCHEMES:
                found.append(f"{name} {scheme}:")
    return found


@pytest.mark.parametrize("vector", VECTORS)
def test_no_known_way_in_works(vector):
    assert allowed(vector) == []


@pytest.mark.parametrize("vector", VECTORS)
def test_no_known_way_in_works_among_other_words(vector):
    assert (
        allowed(f"Et tips:\n\n* {vector}\n\n| {vector} | x |\n|---|---|\n| {vector} | [{vector}]({vector}) |\n") == []
    )
    assert allowed(f"![{vector}]({vector} '{vector}')\n\n```{vector}\n{vector}\n```\n\n[{vector}]: {vector}") == []


@given(st.lists(st.sampled_from(PIECES + VECTORS), max_size=40).map("".join))
def test_no_mixture_of_pieces_makes_one(source):
    assert allowed(source) == []


@given(st.text(max_size=300))
def test_any_text_at_all_can_be_shown(source):
    assert allowed(source) == []
    text.plain(text.to_html(source))


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join), st.integers(100, 2_000))
def test_repeating_something_odd_takes_no_long_time(piece, times):
    allowed((piece * times)[:20_000])


@given(st.lists(st.sampled_from(PIECES + VECTORS), max_size=20).map("".join))
def test_plain_words_hold_no_tags(source):
    shown = text.plain(text.to_html(source))
    assert "\n" not in shown


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Flom\x00 og\x07 ras", "Flom og ras"),
        ("linje\x0bto", "linje\nto"),
        ("\x85\ufdd0\uffff\U0001fffe\ufffd", ""),
        ("Æ ø å – «ord» 👷\n\ttab", "Æ ø å – «ord» 👷\n\ttab"),
    ],
)
def test_signs_no_page_can_hold_are_left_out(typed, kept):
    assert text.readable(typed) == kept
