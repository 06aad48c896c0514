"""The reviewed list of doors: `python -m tests.house.doors` prints what the routes say now, in the form of doors.csv.

Look at what it prints before it is put into the file: the list is there so that somebody decides who may come in.
"""

import csv
import tempfile
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from kunnskap import create_app
from kunnskap.config import Settings

FILE = Path(__file__).with_name("doors.csv")
COLUMNS = ("method", "endpoint", "door", "recent")
DOORS = ("anyone", "members", "coordinators", "moderators", "administrators")
RECENT = "recent"
WITHOUT_A_DOOR = {"static": "files that are the same for everybody"}


@dataclass(frozen=True, order=True)
class Door:
    """Who may send what to an endpoint; `recent` says whether they must have shown lately who they are."""

    endpoint: str
    method: str
    door: str
    recent: str = ""

    @property
    def line(self) -> str:
        """As it stands in the file."""
        return f"{self.method},{self.endpoint},{self.door},{self.recent}"


def listed() -> list[Door]:
    """Give the file's rows as they stand."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return [Door(row["endpoint"], row["method"], row["door"], row["recent"]) for row in csv.DictReader(file)]


def hung(app: Flask) -> list[Door]:
    """Give the doors the routes have, sorted as the file is."""
    found = {
        _door(app, rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint not in WITHOUT_A_DOOR
    }
    return sorted(found)


def _door(app: Flask, endpoint: str, method: str) -> Door:
    view = app.view_functions[endpoint]
    return Door(endpoint, method, getattr(view, "door", "none"), RECENT if getattr(view, "is_recent", False) else "")


def _print() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(instance=Path(folder), database_url="sqlite://", secret_key="none", search="memory")
        doors = hung(create_app(settings))
    print(",".join(COLUMNS))  # noqa: T201 -- the command prints
    for one in doors:
        print(one.line)  # noqa: T201 -- as above


if __name__ == "__main__":
    _print()
