"""Letters that nobody's request is waiting for: written by the worker, from the same templates as other mail."""

from functools import lru_cache

import jinja2
from babel.support import NullTranslations, Translations

from kunnskap.config import HOUSE
from kunnskap.i18n import LANGUAGES

BOKMAL = "nb"


def write(name: str, language: str, **facts: object) -> tuple[str, str]:
    """Write the letter `templates/email/<name>.txt` in a language; gives its subject (the first line) and its text."""
    page = _templates(language if language in LANGUAGES else BOKMAL).get_template(f"email/{name}.txt").render(**facts)
    subject, _line, text = page.strip().partition("\n")
    return subject.strip(), text.strip() + "\n"


@lru_cache(maxsize=len(LANGUAGES))
def _templates(language: str) -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HOUSE / "templates"),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    spoken: NullTranslations = Translations.load(HOUSE / "kunnskap" / "translations", [language])
    made.install_gettext_translations(spoken, newstyle=True)  # type: ignore[attr-defined]
    return made
