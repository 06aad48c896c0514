"""How things are written in templates: dates, numbers, names."""

import json
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask, url_for
from flask_babel import gettext, ngettext, pgettext, to_user_timezone
from markupsafe import Markup

from kunnskap import clock, text
from kunnskap.i18n import Message
from kunnskap.web.locale import language

RECENT = timedelta(days=1)
OLD = timedelta(days=3 * 365)
SMALL, MIDDLE = 5_000, 20_000


class Named(Protocol):
    """Something with a name in each language."""

    def name_in(self, language: str) -> str:
        """Its name in nb, nn or en."""


class Kindred(Protocol):
    """A kind of thing that is posted or found."""

    @property
    def key(self) -> str:
        """What tells it from the others."""

    @property
    def name(self) -> str:
        """What one of them is called, as a sentence to translate."""


class Sized(Protocol):
    """A place with inhabitants."""

    population: int | None

    @property
    def is_county(self) -> bool:
        """Whether it is a county."""


def init_app(app: Flask) -> None:
    """Give templates their filters and the address of built files."""
    app.add_template_filter(day, "date")
    app.add_template_filter(ago, "ago")
    app.add_template_filter(month_name, "month_name")
    app.add_template_filter(inside, "inside")
    app.add_template_filter(number, "number")
    app.add_template_filter(named, "named")
    app.add_template_filter(kind_name, "kind_name")
    app.add_template_filter(told, "told")
    app.add_template_filter(text.readable, "readable")
    app.add_template_filter(size_group, "size_group")
    app.add_template_filter(initials, "initials")
    app.add_template_filter(browser_name, "browser_name")
    app.add_template_filter(text.shortened, "shortened")
    app.add_template_filter(text.plain, "plain")
    app.add_template_filter(trusted, "trusted")
    app.add_template_test(is_old, "old")
    app.add_template_global(asset, "asset")


def kind_name(kind: Kindred) -> str:
    """Say what one of a kind is called. In Norwegian a question and questions are the same word, in English not."""
    return _kind_name(kind.key, kind.name, language())


@lru_cache(maxsize=64)
def _kind_name(key: str, name: str, _language: str) -> str:
    return pgettext("ett", "Spørsmål") if key == "question" else gettext(name)


def day(moment: datetime | date) -> str:
    """Write a day as "3. mai 2019" in the reader's language."""
    local = to_user_timezone(moment) if isinstance(moment, datetime) else moment
    return format_date(local, "d. MMMM y" if language() != "en" else "d MMMM y", locale=language())


def month_name(day: date, whole: bool = False) -> str:
    """Write a month as "mai 2019" in the reader's language, with its name in short where that has one unless it is `whole`."""
    return format_date(day, "LLLL y" if whole else "LLL y", locale=language())


def inside(name: str) -> str:
    """Write a name as it stands inside a sentence: "overvann" for Overvann, but "ROS-analyser" as it is."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


BROWSERS = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}
"""Words in what a browser calls itself and the names people know; the first that is found counts."""


def browser_name(called: str) -> str:
    """Name a browser and its system as people do, from what it calls itself: "Firefox, Windows"."""
    found = (next((name for word, name in names.items() if word in called), "") for names in (BROWSERS, SYSTEMS))
    return ", ".join(filter(None, found))


def ago(moment: datetime) -> str:
    """Write how long ago when it is less than a day, otherwise the day."""
    passed = clock.now() - moment
    if passed >= RECENT:
        return day(moment)
    minutes = int(passed.total_seconds() // 60)
    if minutes < 1:
        return gettext("nå nettopp")
    if minutes < 60:
        return ngettext("for %(num)s minutt siden", "for %(num)s minutter siden", minutes)
    return ngettext("for %(num)s time siden", "for %(num)s timer siden", minutes // 60)


def is_old(moment: datetime) -> bool:
    """Whether so long has passed that readers should be warned (three years)."""
    return clock.now() - moment > OLD


def number(value: float) -> str:
    """Write a number with spaces between thousands, as people here do."""
    if isinstance(value, int) and abs(value) < 1000:
        return str(value)
    return format_decimal(value, locale=language())


def named(thing: Named) -> str:
    """Name a theme in the reader's language."""
    return thing.name_in(language())


def told(message: str | Message) -> str:
    """Say a sentence that was marked in the domain."""
    if isinstance(message, Message):
        return gettext(message.text, **message.values)
    return gettext(message)


def size_group(place: Sized) -> str:
    """Say which size group a municipality belongs to (SSB's usual limits: 5 000 and 20 000 inhabitants)."""
    if place.population is None or place.is_county:
        return ""
    if place.population < SMALL:
        return gettext("liten kommune")
    return gettext("mellomstor kommune") if place.population < MIDDLE else gettext("stor kommune")


def initials(name: str) -> str:
    """Take the first letter of the first and the last name."""
    parts = name.split()
    return "".join(part[0] for part in dict.fromkeys((parts[0], parts[-1]))).upper() if parts else "?"


def trusted(html: str) -> Markup:
    """Let through HTML that `kunnskap.text` made safe when it was written."""
    return Markup(html)  # noqa: S704 -- body_html is cleaned by nh3 before it is stored


@lru_cache(maxsize=1)
def _manifest(folder: str) -> dict[str, str]:
    file = Path(folder) / "dist" / "manifest.json"
    return dict(json.loads(file.read_text())) if file.exists() else {}


def asset(name: str) -> str:
    """Give the address of a built file, with its fingerprint so that browsers may keep it for a year."""
    folder = Path(__file__).resolve().parents[2] / "static"
    return url_for("static", filename=f"dist/{_manifest(str(folder)).get(name, name)}")
