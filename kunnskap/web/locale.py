"""Which language the site speaks to this reader: a cookie chosen in the footer, else what the browser asks for."""

from flask import Flask, request
from flask_babel import Babel, get_locale

from kunnskap.i18n import LANGUAGES

COOKIE = "sprak"
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
    app.context_processor(lambda: {"locale": language(), "languages": LANGUAGES})


def language() -> str:
    """The reader's language: nb, nn or en."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    asked = request.accept_languages.best_match(list(ASKED_FOR))
    return ASKED_FOR[asked] if asked else "nb"


def spoken() -> str:
    """The language of the answer under way, also outside a request."""
    return str(get_locale() or "nb")
