"""Markdown becomes HTML that is safe to show, and plain words."""

import re
import time

import pytest
from bs4 import BeautifulSoup

from kunnskap.text import ATTRIBUTES, TAGS, plain, shortened, slug, to_html

ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//ond.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<style>body{display:none}</style>",
    "<form action=//ond.example><input name=x></form>",
    "<p style='position:fixed' onclick='x()'>x</p>",
    "<math><mtext></mtext><script>alert(1)</script></math>",
    "[x](javascript:alert(1))",
    "[x](JAVASCRIPT:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "![x](javascript:alert(1))",
    '![x](https://e.example/x.png" onerror="alert(1))',
    '[x](https://e.example "t" onmouseover="alert(1)")',
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "`<script>alert(1)</script>`",
    "```\n<script>alert(1)</script>\n```",
    '~~~ "><script>alert(1)</script>\nx\n~~~',
    "# <script>alert(1)</script>",
    "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<!-- --><script>alert(1)</script>",
    "{: onclick=alert(1) }\nx",
    "\x02amp\x03script",
    "klzzwxh:0000",
]


@pytest.mark.parametrize("source", ATTACKS)
def test_nothing_that_runs_comes_through(source):
    html = to_html(f"Før {source} etter\n\n{source}\n")
    for tag in BeautifulSoup(html, "html.parser").find_all(True):
        assert tag.name in TAGS
        assert set(tag.attrs) <= ATTRIBUTES.get(tag.name, set()) | {"rel"}
        for name in ("href", "src"):
            # Browsers drop tabs and line breaks; what has a space in it is no scheme.
            scheme = re.match(
                r"\s*([a-z][a-z0-9+.-]*):", re.sub(r"[\t\r\n]", "", str(tag.get(name, ""))), re.IGNORECASE
            )
            assert scheme is None or scheme.group(1) in {"http", "https", "mailto", "tel"}


def test_html_is_shown_as_the_words_it_is():
    assert to_html("Hei <b>du</b>") == "<p>Hei &lt;b&gt;du&lt;/b&gt;</p>"


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("**fet** og *skrå*", "<p><strong>fet</strong> og <em>skrå</em></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("en\nto", "<p>en<br>\nto</p>"),
        ("> sitat", "<blockquote>\n<p>sitat</p>\n</blockquote>"),
        ("", ""),
    ],
)
def test_markdown_becomes_html(source, html):
    assert to_html(source) == html


def test_headings_stand_below_those_of_the_page():
    html = to_html("# En\n\n## To\n\n###### Seks")
    assert [tag.name for tag in BeautifulSoup(html, "html.parser").find_all(True)] == ["h3", "h4", "h6"]


def test_headings_have_no_ids_that_could_meet_those_of_the_page():
    assert "id=" not in to_html("# innhold")


def test_tables_keep_their_shape():
    html = to_html("| Tiltak | Tonn |\n|---|--:|\n| Buss | 12 |")
    assert "<table>" in html
    assert "<td" in html
    assert "style=" not in html


def test_bare_addresses_become_links_that_pass_nothing_on():
    html = to_html("Se https://www.ks.no/klima, og (http://a.example/b).")
    links = BeautifulSoup(html, "html.parser").find_all("a")
    assert [link["href"] for link in links] == ["https://www.ks.no/klima", "http://a.example/b"]
    assert all({"noopener", "nofollow"} <= set(link["rel"]) for link in links)


@pytest.mark.parametrize(
    "source",
    [
        "*" * 20_000,
        "[" * 20_000,
        "[" * 5_000 + "]" * 5_000,
        "> " * 2_000,
        "_" * 20_000 + "a",
        "`" * 20_000,
        "[a](" * 2_000,
        "<" * 20_000,
        "- " * 3_000,
    ],
    ids=["stars", "brackets", "nested", "quotes", "lines", "ticks", "links", "less", "points"],
)
def test_odd_input_neither_stops_the_site_nor_breaks_it(source):
    begun = time.perf_counter()
    to_html(source)
    assert time.perf_counter() - begun < 5


def test_one_text_leaves_nothing_for_the_next():
    to_html("[x]: https://a.example\n\n[x]")
    assert to_html("[x]") == "<p>[x]</p>"


def test_plain_words_of_a_page():
    assert plain(to_html("# Ti &amp; to\n\n- en\n- to <b>\n\nslutt")) == "Ti & to en to <b> slutt"


@pytest.mark.parametrize(
    ("words", "length", "short"),
    [("kort", 10, "kort"), ("en litt lengre setning, her", 20, "en litt lengre…"), ("akkurat ti", 10, "akkurat ti")],
)
def test_a_text_is_cut_at_a_word(words, length, short):
    assert shortened(words, length) == short
    assert len(shortened(words, length)) <= length


@pytest.mark.parametrize(
    ("title", "end"),
    [
        ("Blåbær på Ærøya?", "blabaer-pa-aeroya"),
        ("", "uten-tittel"),
        ("???", "uten-tittel"),
        ("../../etc/passwd", "etc-passwd"),
        ("Čáhcesuolu", "cahcesuolu"),
    ],
)
def test_a_title_becomes_the_end_of_an_address(title, end):
    assert slug(title) == end


@pytest.mark.parametrize("one", ["1. ", "* ", "+ ", "> ", "- "])
def test_text_nested_without_end_is_shown_as_written_and_harms_nothing_after_it(one):
    assert "<script" not in to_html(one * 5_000 + "<script>")
    assert to_html("Et *vanlig* avsnitt.") == "<p>Et <em>vanlig</em> avsnitt.</p>"
