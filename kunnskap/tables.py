"""The house's own data files: CSV and JSON lines, read strictly, each refusal with file, line and reason."""

import csv
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from kunnskap.errors import BadFile

DATA = Path(__file__).resolve().parent / "data"
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True)
class Loaded:
    """What a load found: rows in the files by name, and how many rows of the database it added or changed."""

    counts: Mapping[str, int]
    changed: int


@dataclass(frozen=True)
class Row:
    """One line of a CSV file. Every method raises BadFile when the cell is not what it should be."""

    file: str
    line: int
    cells: Mapping[str, str] = field(repr=False)

    def bad(self, reason: str) -> BadFile:
        """Make the error that refuses this line."""
        return BadFile(self.file, self.line, reason)

    def text(self, column: str) -> str:
        """Give a cell that must hold something."""
        if not self.cells[column]:
            raise self.bad(f"{column} is empty")
        return self.cells[column]

    def optional(self, column: str) -> str:
        """Give a cell that may be empty."""
        return self.cells[column]

    def matching(self, column: str, pattern: str) -> str:
        """Give a cell that must match a pattern from end to end."""
        value = self.text(column)
        if not re.fullmatch(pattern, value):
            raise self.bad(f"{column} {value!r} is not written as it should be")
        return value

    def one_of(self, column: str, choices: Collection[str]) -> str:
        """Give a cell that must be one of the choices."""
        value = self.text(column)
        if value not in choices:
            raise self.bad(f"{column} {value!r} is not one of {', '.join(sorted(choices))}")
        return value

    def whole(self, column: str, least: int, most: int) -> int:
        """Give a whole number between two limits, both allowed."""
        value = int(self.matching(column, r"\d{1,9}"))
        if not least <= value <= most:
            raise self.bad(f"{column} {value} is not from {least} to {most}")
        return value

    def decimal(self, column: str, least: float, most: float) -> float:
        """Give a number with a decimal point between two limits."""
        value = float(self.matching(column, r"-?\d{1,6}\.\d{1,8}"))
        if not least <= value <= most:
            raise self.bad(f"{column} {value} is not from {least} to {most}")
        return value

    def day(self, column: str) -> date:
        """Give a date written YYYY-MM-DD."""
        value = self.matching(column, r"\d{4}-\d{2}-\d{2}")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.bad(f"{column} {value!r} is no date") from None

    def web_address(self, column: str) -> str:
        """Give a web address."""
        return self.matching(column, r"https?://[^\s<>\"]+")

    def parts(self, column: str) -> list[str]:
        """Give what stands between semicolons; an empty cell has no parts, and no part is empty or said twice."""
        parts = self.cells[column].split(";") if self.cells[column] else []
        if len(set(parts)) != len(parts) or any(part.strip() != part or not part for part in parts):
            raise self.bad(f"{column} has an empty or repeated part")
        return parts

    def names(self, column: str) -> list[dict[str, str]]:
        """Give names with their languages, written "se:Romsa;fkv:Tromssa"."""
        pairs = [part.partition(":") for part in self.parts(column)]
        if any(not LANGUAGE_TAG.fullmatch(tag) or not name for tag, _, name in pairs):
            raise self.bad(f"{column} must be written language:name")
        return [{"lang": tag, "name": name} for tag, _, name in pairs]


def read_csv(path: Path, columns: tuple[str, ...]) -> list[Row]:
    """Read a CSV file whose first line must name exactly these columns; raises BadFile."""
    reader = csv.reader(_text(path).splitlines(), strict=True)
    rows = []
    try:
        if tuple(next(reader, ())) != columns:
            raise BadFile(path.name, 1, f"the columns must be {','.join(columns)}")
        for cells in reader:
            if len(cells) != len(columns):
                raise BadFile(path.name, reader.line_num, f"{len(cells)} cells, not {len(columns)}")
            named = dict(zip(columns, map(str.strip, cells), strict=True))
            rows.append(Row(path.name, reader.line_num, named))
    except csv.Error as error:
        raise BadFile(path.name, reader.line_num, str(error)) from None
    return rows


def read_objects(path: Path) -> list[tuple[int, dict[str, object]]]:
    """Read a file with one JSON object a line, each with its line number; raises BadFile."""
    objects = []
    for line, text in enumerate(_text(path).splitlines(), start=1):
        try:
            one = json.loads(text)
        except ValueError as error:
            raise BadFile(path.name, line, f"not JSON: {error}") from None
        if not isinstance(one, dict):
            raise BadFile(path.name, line, "not an object")
        objects.append((line, one))
    return objects


def expect(rows: list[Row], count: int) -> None:
    """Refuse a file that has not exactly so many rows below its header."""
    if len(rows) != count:
        file = rows[0].file if rows else "the file"
        raise BadFile(file, len(rows) + 1, f"{len(rows)} rows, not {count}")


def refuse_repeats(rows: list[Row], column: str) -> None:
    """Refuse a file where two rows have the same value in a column."""
    seen: set[str] = set()
    for row in rows:
        if row.text(column) in seen:
            raise row.bad(f"{column} {row.text(column)!r} stands twice")
        seen.add(row.text(column))


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadFile(path.name, 0, f"cannot be read: {error.strerror}") from None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadFile(path.name, raw[: error.start].count(b"\n") + 1, "not UTF-8") from None
    if "\0" in text:
        raise BadFile(path.name, text[: text.index("\0")].count("\n") + 1, "holds a NUL character")
    return text
