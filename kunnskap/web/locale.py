"""Which language the site speaks to this reader: a cookie chosen in the footer, else what the browser asks for."""

from functools import lru_cache

from babel.support import NullTranslations, Translations
from flask import Flask, current_app, g, request
from flask_babel import Babel, refresh
from werkzeug import Response

from kunnskap.i18n import LANGUAGES

YEAR = 60 * 60 * 24 * 365
ASKED_FOR = {"no": "nb", "nb": "nb", "nn": "nn", "en": "en"}
babel = Babel()


def init_app(app: Flask) -> None:
    """Choose a language for each request and tell the templates."""
    babel.init_app(
        app,
        default_locale="nb",
        default_timezone="Europe/Oslo",
        default_translation_directories=str(app.config["TRANSLATIONS"]),
        locale_selector=language,
    )
    # A list page says some 150 sentences; Flask-Babel looks up the request for each.
    app.jinja_env.install_gettext_callables(_say, _say_many, newstyle=True)  # type: ignore[attr-defined]
    app.context_processor(lambda: {"locale": language(), "languages": LANGUAGES})


def language() -> str:
    """The reader's language: nb, nn or en."""
    if "language" not in g:
        g.language = _chosen()
    found: str = g.language
    return found


def remember(answer: Response, chosen: str) -> None:
    """Have the reader's browser remember a language for a year; one that is not spoken here is not remembered."""
    if chosen in LANGUAGES:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        answer.set_cookie(_cookie(), chosen, max_age=YEAR, path="/", samesite="Lax", secure=secure, httponly=True)


def _cookie() -> str:
    return "__Host-sprak" if current_app.config["SESSION_COOKIE_SECURE"] else "sprak"


def speak(wanted: str) -> None:
    """Speak this language for the rest of the request; one that is not spoken here changes nothing."""
    if wanted in LANGUAGES:
        g.language = wanted
        refresh()


def _chosen() -> str:
    chosen = request.cookies.get(_cookie(), "")
    if chosen in LANGUAGES:
        return chosen
    asked = request.accept_languages.best_match(list(ASKED_FOR))
    return ASKED_FOR[asked] if asked else "nb"


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(folder: str, spoken: str) -> NullTranslations:
    return Translations.load(folder, [spoken])


def _say(sentence: str) -> str:
    return _catalogue(str(current_app.config["TRANSLATIONS"]), language()).ugettext(sentence)


def _say_many(one: str, many: str, count: int) -> str:
    return _catalogue(str(current_app.config["TRANSLATIONS"]), language()).ungettext(one, many, count)
