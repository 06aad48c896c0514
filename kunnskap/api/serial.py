"""A page of results as plain values for JSON: the same names and keys as in the addresses of the search page."""

from typing import Any

from kunnskap.i18n import Message
from kunnskap.search.addresses import NAMES, PATHS
from kunnskap.search.results import Choice, Facet, Found, Label, SearchPage, Where
from kunnskap.web.filters import told


def page(shown: SearchPage, site: str, language: str) -> dict[str, Any]:
    """Give everything the search page shows. `site` begins every address; `language` is that of names and reasons."""
    return {
        "query": shown.wanted.words,
        "total": shown.page.total,
        "page": shown.page.number,
        "pages": -(-shown.page.total // shown.page.size),
        "hits": [hit(found, site) for found in shown.page.items],
        "facets": {NAMES[facet.key]: _facet(facet, language) for facet in shown.facets},
        "corrections": [{"typed": one.typed, "meant": one.meant} for one in shown.mended],
        "understood": [_named(chip.words, language) for chip in shown.chips if chip.only is not None],
    }


def hit(found: Found, site: str) -> dict[str, Any]:
    """Give one hit; `excerpt` is plain text, `excerpt_html` the same with the words that matched in <mark>."""
    return {
        "id": found.id,
        "type": found.kind.path,
        "title": found.title.striptags(),
        "url": f"{site}{found.address}",
        "excerpt": found.excerpt.striptags(),
        "excerpt_html": str(found.excerpt),
        "page": found.page,
        "score": round(found.fit, 4),
        "reasons": [told(reason) for reason in found.reasons],
        "by": told(found.colleague) if found.colleague else found.by,
        "place": found.place and _place(found.place),
        "status": found.status,
        "themes": [theme.key for theme in found.themes],
        "language": found.language,
        "published_at": found.published_at and found.published_at.isoformat(),
    }


def _place(place: Where) -> dict[str, Any]:
    return {"number": place.number, "name": place.name, "county": place.county and place.county.name}


def _facet(facet: Facet, language: str) -> list[dict[str, Any]]:
    return [_choice(facet.key, choice, language) for choice in facet.choices]


def _choice(facet: str, choice: Choice, language: str) -> dict[str, Any]:
    key = PATHS[choice.key] if facet == "kind" else choice.key
    return {"key": key, "name": _named(choice.words, language), "count": choice.count, "chosen": choice.chosen}


def _named(words: str | Label | Message, language: str) -> str:
    return words.name_in(language) if isinstance(words, Label) else told(words)
