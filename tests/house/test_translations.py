"""Every word people read exists in every language of the site."""

from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

import kunnskap

HOUSE = Path(kunnskap.__file__).resolve().parent.parent
FOLDER = HOUSE / "kunnskap" / "translations"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="no translations are made yet")


def _catalogue(path):
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name if path.suffix == ".po" else None)


@pytest.fixture(params=["nn", "en"])
def catalogue(request):
    return _catalogue(FOLDER / request.param / "LC_MESSAGES" / "messages.po")


def test_nothing_is_left_untranslated_or_uncertain(catalogue):
    waiting = [message.id for message in catalogue if message.id and (not _filled(message) or message.fuzzy)]
    assert waiting == []


def _filled(message):
    texts = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(texts)


@pytest.fixture(scope="module")
def sentences():
    """What `make catalogues` would gather today."""
    keywords = DEFAULT_KEYWORDS | {"_l": None, "mark": None, "say": None}
    options = {"**": {"extensions": "jinja2.ext.i18n", "silent": "false"}}
    found = [
        *extract_from_dir(HOUSE / "kunnskap", [("**.py", "python")], keywords=keywords),
        *extract_from_dir(HOUSE / "templates", [("**.html", "jinja2"), ("**.txt", "jinja2")], options, keywords),
    ]
    return {message for _file, _line, message, _comments, _context in found}


def test_every_sentence_of_the_code_and_the_pages_is_there(catalogue, sentences):
    assert {sentence for sentence in sentences if sentence not in catalogue} == set()


def test_the_places_for_values_are_the_same(catalogue):
    wrong = [(message.id, str(error)) for message in catalogue if message.id for error in message.check()]
    assert wrong == []
