"""The site map for search engines, as XML (sitemaps.org)."""

from collections.abc import Iterable
from datetime import datetime

from markupsafe import escape

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def index(addresses: Iterable[str]) -> str:
    """Give the map of maps."""
    maps = "".join(f"<sitemap><loc>{escape(one)}</loc></sitemap>\n" for one in addresses)
    return f"{HEAD}<sitemapindex {NAMES}>\n{maps}</sitemapindex>\n"


def part(pages: Iterable[tuple[str, datetime | None]]) -> str:
    """Give a part of the map: addresses, each with when it changed."""
    return f"{HEAD}<urlset {NAMES}>\n{''.join(_page(*page) for page in pages)}</urlset>\n"


def _page(address: str, changed_at: datetime | None) -> str:
    changed = f"<lastmod>{changed_at:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed_at else ""
    return f"<url><loc>{escape(address)}</loc>{changed}</url>\n"
