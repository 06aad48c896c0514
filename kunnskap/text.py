"""Markdown in, safe HTML out, and the same as plain words. The only module that knows the markdown library."""

import html
import re
import threading
import xml.etree.ElementTree as ET
from functools import lru_cache
from typing import Any

import markdown
import nh3
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from slugify import slugify

URL = r"(?<![\w/\[<\"'=])(https?://[^\s<>\"'\]]+[^\s<>\"'\].,;:!?)])"
TAGS = {
    "a", "abbr", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p", "pre",
    "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "td": {"align"}, "th": {"align"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto", "tel"}
_NOBODYS = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
UNREADABLE = re.compile(f"[\\x00-\\x08\\x0e-\\x1f\\x7f-\\x9f\\ufdd0-\\ufdef\\ufffd{_NOBODYS}]")
"""Signs HTML has no place for (the control and noncharacters of the standard), and the one that stands for what was lost."""
SPACE = re.compile(r"\s+")
LINKS = ("reference", "link", "image_link", "image_reference", "short_reference", "short_image_ref")
LONGEST_LINK = 2_000
_kept = threading.local()


class _BareAddress(InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[ET.Element, int, int]:  # type: ignore[override] # noqa: N802
        link = ET.Element("a", href=m.group(1))
        link.text = m.group(1)
        return link, m.start(0), m.end(0)


@lru_cache(maxsize=4)
def _closings(data: str) -> dict[int, int]:
    """Pair each [ with its ]."""
    waiting: list[int] = []
    pairs = {}
    for found in re.finditer(r"[\[\]]", data):
        if found.group() == "[":
            waiting.append(found.start())
        elif waiting:
            pairs[waiting.pop()] = found.start()
    return pairs


def _link_text(data: str, index: int) -> tuple[str, int, bool]:
    """Give what stands between the [ before `index` and its ], where that ends, and whether there was one.

    The library reads on to the end from every [, so that a page of them takes minutes.
    """
    end = _closings(data).get(index - 1)
    return ("", len(data), False) if end is None else (data[index:end], end + 1, True)


class _OurMarkdown(Extension):
    """Links bare web addresses; nothing in a post may be written as HTML, and odd input takes no long time."""

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802
        md.inlinePatterns.register(_BareAddress(URL, md), "bare_address", 65)
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        for name in LINKS:
            processor: Any = md.inlinePatterns[name]
            whole_link = processor.getLink
            processor.getText = _link_text
            processor.getLink = lambda data, index, read=whole_link: read(data[: index + LONGEST_LINK], index)


def to_html(source: str) -> str:
    """Turn Markdown into HTML that is safe to show: headings start at level 3, only known tags and link schemes."""
    try:
        made = _converter().reset().convert(source)
    except RecursionError:
        # Lists within lists without end: shown as written. The converter stopped half-way and is not used again.
        del _kept.converter
        made = f"<pre>{html.escape(source)}</pre>"
    return nh3.clean(
        made, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer nofollow ugc"
    )


def _converter() -> markdown.Markdown:
    """Give this thread's converter; making one takes longer than a post."""
    if not hasattr(_kept, "converter"):
        _kept.converter = markdown.Markdown(
            extensions=["tables", "fenced_code", "sane_lists", "nl2br", "toc", _OurMarkdown()],
            extension_configs={"toc": {"baselevel": 3, "marker": ""}},
        )
    converter: markdown.Markdown = _kept.converter
    return converter


def plain(source_html: str) -> str:
    """Give the words of our own HTML, in one line."""
    spaced = re.sub(r"<(/?(p|li|h\d|td|th|tr|br|pre|blockquote))\b", r" <\1", source_html)
    return SPACE.sub(" ", html.unescape(nh3.clean(spaced, tags=set()))).strip()


def readable(words: str) -> str:
    """Leave out the signs no page can hold: control signs, and numbers Unicode has given to no sign."""
    return UNREADABLE.sub("", words.replace("\x0b", "\n").replace("\x0c", "\n"))


def paragraphs(source_html: str) -> list[str]:
    """Give the words of our own HTML, each block (paragraph, heading, point, row of a table) by itself."""
    blocks = re.split(r"</(?:p|li|h\d|tr|pre|blockquote)>", source_html)
    return [words for words in map(plain, blocks) if words]


def shortened(words: str, length: int) -> str:
    """Cut a text at a word, at most `length` characters with the ellipsis."""
    if len(words) <= length:
        return words
    return words[: length - 1].rsplit(" ", 1)[0].rstrip(" ,.;:–-") + "…"


@lru_cache(maxsize=20_000)
def slug(title: str) -> str:
    """Make the readable end of an address; never empty."""
    spelled = title.lower().replace("ø", "o").replace("å", "a").replace("æ", "ae")
    return slugify(spelled, max_length=60, word_boundary=True) or "uten-tittel"
