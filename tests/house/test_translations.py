"""Every word people read exists in every language of the site."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import kunnskap

FOLDER = Path(kunnskap.__file__).parent / "translations"
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


def test_the_places_for_values_are_the_same(catalogue):
    wrong = [(message.id, str(error)) for message in catalogue if message.id for error in message.check()]
    assert wrong == []
