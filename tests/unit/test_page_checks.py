"""The checks every page goes through see what they should, and leave good pages alone."""

import pytest

from tests.page_checks import problems

GOOD = """<!doctype html><html lang="nb"><head><title>Side</title></head><body><main><h1>Side</h1>
<form><label for="a">A</label><input id="a" name="a" aria-describedby="b"><p id="b">Hjelp</p>
<label><input type="checkbox" name="c"> C</label><button>Send</button></form><ul><li>En</li></ul>
<img src="/a.png" alt=""><a href="/b">B</a></main></body></html>"""


def test_a_good_page_has_no_problems():
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("</form>", "</div>", "end tag"),
        ('id="b"', 'id="a"', "is used 2 times"),
        (' alt=""', "", "no alt"),
        ('for="a"', 'for="x"', "no label"),
        ("Send", "", "says nothing"),
        ("<h1>", '<h1 style="color:red">', "style"),
        ("<h1>", '<h1 onclick="go()">', "script"),
        ("</main>", "<script>go()</script></main>", "script"),
        ('href="/b"', 'href="javascript:go()"', "script"),
        ("<li>En</li>", "<p>En</p>", "list holds"),
        (' lang="nb"', "", "language"),
        ("<title>Side</title>", "<title></title>", "title"),
        ("<h1>Side</h1>", "", "0 <h1>"),
        ('aria-describedby="b"', 'aria-describedby="z"', "points to"),
        ('<a href="/b">B</a>', '<a href="/b"><button>B</button></a>', "another thing to press"),
    ],
)
def test_what_is_wrong_is_said(good, bad, said):
    assert any(said in problem for problem in problems(GOOD.replace(good, bad, 1)))


def test_a_fragment_needs_no_title_but_must_be_whole():
    assert problems("<li><a href='/b'>B</a></li>") == []
    assert problems("<tr><td>1</td></tr>") == []
    assert problems("<div><p>") != []
