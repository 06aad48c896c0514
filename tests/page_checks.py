"""What every page must keep: valid HTML5, named fields, described pictures, nothing the security policy stops."""

from collections import Counter
from collections.abc import Iterator

import html5lib
from bs4 import BeautifulSoup, Tag
from html5lib.constants import E as PARSE_ERRORS

UNNAMED_INPUTS = {"hidden", "submit", "button", "reset", "image"}
REFERENCES = (
    "aria-describedby",
    "aria-labelledby",
    "aria-controls",
    "aria-owns",
    "list",
    "popovertarget",
    "commandfor",
)


def problems(html: str) -> list[str]:
    """Everything that is wrong with a page, or with a fragment of one, as sentences."""
    whole = html.lstrip()[:9].lower() == "<!doctype"
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parse(html) if whole else parser.parseFragment(html, container=_container(html))
    found = [f"line {line}: {PARSE_ERRORS[code] % facts}" for (line, _), code, facts in parser.errors]
    soup = BeautifulSoup(html, "html.parser")
    found += [*_repeated_ids(soup), *_pictures(soup), *_fields(soup), *_buttons_and_links(soup), *_policy(soup)]
    found += [*_lists(soup)]
    if whole:
        found += [*_document(soup), *_loose_references(soup)]
    return found


def _container(html: str) -> str:
    """Where a fragment would stand: rows and cells are only valid inside a table."""
    start = html.lstrip()[:4].lower()
    return {"<tr>": "tbody", "<tr ": "tbody", "<td>": "tr", "<td ": "tr", "<opt": "select"}.get(start, "div")


def _short(tag: Tag) -> str:
    return str(tag)[:160].replace("\n", " ")


def _repeated_ids(soup: BeautifulSoup) -> Iterator[str]:
    counts = Counter(str(tag["id"]) for tag in soup.find_all(id=True))
    for name, times in counts.items():
        if times > 1:
            yield f"the id {name!r} is used {times} times"
        if not name or " " in name:
            yield f"the id {name!r} is empty or has spaces"


def _pictures(soup: BeautifulSoup) -> Iterator[str]:
    for picture in soup.find_all("img"):
        if not picture.has_attr("alt"):
            yield f"a picture has no alt: {_short(picture)}"


def _fields(soup: BeautifulSoup) -> Iterator[str]:
    named = {str(label["for"]) for label in soup.find_all("label", attrs={"for": True}) if _has_name(label)}
    for field in soup.find_all(["input", "select", "textarea"]):
        if field.name == "input" and str(field.get("type", "text")) in UNNAMED_INPUTS:
            continue
        inside = field.find_parent("label")
        if str(field.get("id")) not in named and not _says(field) and not (inside and _has_name(inside)):
            yield f"a field has no label: {_short(field)}"


def _buttons_and_links(soup: BeautifulSoup) -> Iterator[str]:
    for tag in soup.find_all(["button", "a"]):
        if tag.name == "a" and not tag.has_attr("href"):
            continue
        if not _has_name(tag):
            yield f"a {tag.name} says nothing: {_short(tag)}"
        if tag.find(["a", "button", "input", "select", "textarea"]):
            yield f"a {tag.name} holds another thing to press: {_short(tag)}"


def _has_name(tag: Tag) -> bool:
    if tag.get_text(strip=True) or _says(tag):
        return True
    return any(str(part.get("alt", "")) or _says(part) for part in tag.find_all(True))


def _says(tag: Tag) -> bool:
    return any(tag.get(name) for name in ("aria-label", "aria-labelledby", "title"))


def _policy(soup: BeautifulSoup) -> Iterator[str]:
    for tag in soup.find_all(True):
        if tag.name == "style" or tag.has_attr("style"):
            yield f"a style in the page: {_short(tag)}"
        if tag.name == "script" and not tag.has_attr("src") and tag.get("type") != "application/ld+json":
            yield f"a script in the page: {_short(tag)}"
        if any(name.startswith("on") for name in tag.attrs):
            yield f"a script in an attribute: {_short(tag)}"
        if str(tag.get("href", "")).strip().lower().startswith("javascript:"):
            yield f"a script in an address: {_short(tag)}"


def _lists(soup: BeautifulSoup) -> Iterator[str]:
    for tag in soup.find_all(["ul", "ol"]):
        strays = [child.name for child in tag.find_all(True, recursive=False) if child.name not in {"li", "template"}]
        if strays:
            yield f"a list holds {strays}: {_short(tag)}"


def _document(soup: BeautifulSoup) -> Iterator[str]:
    if not (soup.html and soup.html.get("lang")):
        yield "the page does not say its language"
    if not (soup.title and soup.title.get_text(strip=True)):
        yield "the page has no title"
    for name in ("h1", "main"):
        if len(soup.find_all(name)) != 1:
            yield f"the page has {len(soup.find_all(name))} <{name}>, not one"


def _loose_references(soup: BeautifulSoup) -> Iterator[str]:
    ids = {str(tag["id"]) for tag in soup.find_all(id=True)}
    for label in soup.find_all("label", attrs={"for": True}):
        if str(label["for"]) not in ids:
            yield f"a label is for nothing: {_short(label)}"
    for attribute in REFERENCES:
        for tag in soup.find_all(attrs={attribute: True}):
            missing = [name for name in str(tag[attribute]).split() if name not in ids]
            if missing:
                yield f"{attribute} points to {missing}, which is not there: {_short(tag)}"
