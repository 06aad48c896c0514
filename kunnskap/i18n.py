"""Words for people that are chosen below the pages.

The domain marks its sentences here; pages and forms translate them with gettext. The source language is bokmål.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

LANGUAGES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
POST_LANGUAGES = {**LANGUAGES, "se": "Davvisámegiella"}


@dataclass(frozen=True)
class Message:
    """A marked sentence with the values that belong in its `%(name)s` places."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.values if self.values else self.text


def mark(text: str) -> str:
    """Mark a sentence for the catalogues and return it untouched."""
    return text


def say(text: str, **values: object) -> Message:
    """Mark a sentence that has values in it."""
    return Message(text, values)
