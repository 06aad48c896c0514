"""One line of an import: its values read with care, and what is wrong with it in words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kunnskap import clock, personal_numbers

KINDS = ("person", "question", "experience", "document", "answer", "comment")
"""In the order they are taken, so that what a line refers to may stand anywhere in the file."""
LONGEST_TEXT = 100_000


class BadLine(Exception):
    """A line cannot be used; the text says why."""


@dataclass(frozen=True)
class Line:
    """What one line holds. `number` counts from 1."""

    number: int
    data: Mapping[str, Any]

    @classmethod
    def read(cls, number: int, raw: bytes) -> "Line":
        """Read a line; raises BadLine when it is no object with a known type and an id."""
        try:
            data = json.loads(raw.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise BadLine("is not UTF-8") from error
        except (json.JSONDecodeError, RecursionError) as error:
            raise BadLine("is not JSON") from error
        if not isinstance(data, dict):
            raise BadLine("is not a JSON object")
        line = cls(number, data)
        if data.get("type") not in KINDS:
            raise BadLine(f"type must be one of {', '.join(KINDS)}")
        if not line.id:
            raise BadLine("id is missing")
        return line

    @property
    def kind(self) -> str:
        """Its type."""
        return str(self.data["type"])

    @property
    def id(self) -> str:
        """Its id in the system it comes from."""
        return self.key("id")

    def key(self, name: str) -> str:
        """Give an outside id: text or a number; empty when there is none."""
        value = self.data.get(name)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise BadLine(f"{name} must be text or a whole number")
        if len(str(value)) > 200:
            raise BadLine(f"{name} is longer than 200 characters")
        return str(value)

    def needed_key(self, name: str) -> str:
        """Give an outside id that must be there."""
        value = self.key(name)
        if not value:
            raise BadLine(f"{name} is missing")
        return value

    def text(self, name: str, most: int = LONGEST_TEXT) -> str:
        """Give a text of at most `most` characters; empty when there is none."""
        value = self.data.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise BadLine(f"{name} must be text")
        if len(value) > most:
            raise BadLine(f"{name} is longer than {most} characters")
        if "\x00" in value or (not value.isprintable() and any("\ud800" <= ch <= "\udfff" for ch in value)):
            raise BadLine(f"{name} has characters that cannot be kept")
        if numbers := personal_numbers.seen_in(value):
            raise BadLine(f"{name} holds what looks like an {numbers[0].kind} number: {numbers[0].masked}")
        return value.strip()

    def needed(self, name: str, most: int = LONGEST_TEXT) -> str:
        """Give a text that must be there."""
        value = self.text(name, most)
        if not value:
            raise BadLine(f"{name} is missing")
        return value

    def texts(self, name: str) -> list[str]:
        """Give a list of texts; one text is a list of one."""
        value = self.data.get(name)
        listed = [] if value is None else [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            raise BadLine(f"{name} must be a list of texts")
        return list(dict.fromkeys(listed))

    def moment(self, name: str) -> datetime | None:
        """Give a moment written by ISO 8601; without a zone it is Norwegian time."""
        value = self.text(name, 40)
        if not value:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except ValueError as error:
            raise BadLine(f"{name} must be a date or a moment such as 2024-05-17T09:30") from error
        if not 1900 < moment.year < 9000:
            raise BadLine(f"{name} must be a year we live in")
        return moment if moment.tzinfo else moment.replace(tzinfo=clock.HERE)

    def whole(self, name: str) -> int | None:
        """Give a whole number that is not negative."""
        value = self.data.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
            raise BadLine(f"{name} must be a whole number that is not negative")
        return value

    def amount(self, name: str) -> float | None:
        """Give a number."""
        value = self.data.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12:
            raise BadLine(f"{name} must be a number")
        return float(value)

    def choice(self, name: str, choices: Mapping[str, object], default: str | None = None) -> str | None:
        """Give one of the keys of `choices`."""
        value = self.text(name, 100) or default
        if value is not None and value not in choices:
            raise BadLine(f"{name} must be one of {', '.join(choices)}")
        return value

    def yes(self, name: str) -> bool:
        """Give true or false; false when there is nothing."""
        value = self.data.get(name, False)
        if not isinstance(value, bool):
            raise BadLine(f"{name} must be true or false")
        return value

    def part(self, name: str, text_key: str) -> "Line":
        """Give an object inside the line; a bare text stands for `{text_key: text}`."""
        value = self.data.get(name)
        inside = {} if value is None else {text_key: value} if isinstance(value, str) else value
        if not isinstance(inside, dict):
            raise BadLine(f"{name} must be an object or text")
        return Line(self.number, inside)
