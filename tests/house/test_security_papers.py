"""What docs/security.md says is done is done: every requirement stands there once, and every test and file it names exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import kunnskap

HOUSE = Path(kunnskap.__file__).resolve().parent.parent
PAPER = HOUSE / "docs" / "security.md"
ROW = re.compile(r"^\| (V\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| (.+) \|$", re.MULTILINE)
NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
NAMED_FILE = re.compile(
    r"`((?:tests|kunnskap|templates|static|docs|\.ci)/[\w/.]*|[\w-]+\.(?:md|txt|toml|json))(?:::\w+)?`"
)
ANSWERED, UNANSWERED = {"Met", "Partly"}, {"No", "Operator", "N/A"}
LEVELS_1_AND_2 = {
    "V1": (2, 9, 11, 3, 2),
    "V2": (3, 3, 4, 1),
    "V3": (0, 2, 4, 6, 5, 0, 2),
    "V4": (3, 1, 2, 4),
    "V5": (1, 3, 2, 3),
    "V6": (3, 12, 4, 4, 5, 3, 0, 4),
    "V7": (3, 4, 2, 5, 2, 2),
    "V8": (2, 3, 1, 1),
    "V9": (3, 4),
    "V10": (2, 2, 4, 11, 5, 2, 3),
    "V11": (2, 3, 3, 4, 1, 1),
    "V12": (3, 2, 4),
    "V13": (1, 5, 2, 5),
    "V14": (2, 4, 3),
    "V15": (3, 3, 7),
    "V16": (1, 5, 4, 3, 3),
    "V17": (1, 4, 2),
}
"""How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; within a section they come first."""


@pytest.fixture(scope="module")
def paper():
    return PAPER.read_text("utf-8")


@pytest.fixture(scope="module")
def rows(paper):
    return ROW.findall(paper)


def test_every_requirement_of_levels_1_and_2_stands_there_once_and_in_order(rows):
    asked = [
        f"{chapter}.{section}.{number}"
        for chapter, sections in LEVELS_1_AND_2.items()
        for section, count in enumerate(sections, 1)
        for number in range(1, count + 1)
    ]
    assert len(asked) == 253
    assert [row[0] for row in rows] == asked


def test_every_requirement_is_answered_in_one_of_five_words(rows):
    assert {state for _id, _asked, state, _how in rows} <= ANSWERED | UNANSWERED


def test_what_is_met_names_a_test_or_the_file_where_it_is_done(rows):
    bare = [number for number, _asked, state, how in rows if state in ANSWERED and not NAMED_FILE.search(how)]
    assert bare == []


def test_what_is_not_met_says_why(rows):
    assert [number for number, _asked, state, how in rows if state in UNANSWERED and len(how) < 6] == []


def test_every_test_named_is_there(paper):
    missing = [f"{file}::{test}" for file, test in NAMED_TEST.findall(paper) if test not in _tests(HOUSE / file)]
    assert missing == []


def test_every_file_named_is_there(paper):
    missing = [name for name in NAMED_FILE.findall(paper) if not (HOUSE / name).exists()]
    assert missing == []


def test_what_is_only_partly_met_or_not_at_all_is_told_of_by_its_number_if_it_is_among_the_worst(paper, rows):
    known = {row[0]: row[2] for row in rows}
    worst = paper.partition("## 4 ")[2]
    named = re.findall(r"V\d+\.\d+\.\d+", worst)
    assert named
    assert [number for number in named if known[number] not in {"Partly", "No"}] == []
    assert [number for number, state in known.items() if state == "No" and number not in named] == []


def test_no_script_stores_anything_in_the_browser():
    stores = re.compile(r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.")
    ours = [*(HOUSE / "static" / "js").rglob("*.js")]
    assert ours
    assert [script.name for script in ours if stores.search(script.read_text("utf-8"))] == []


@pytest.mark.parametrize("address", ["/logg-inn", "/registrer", "/konto"])
def test_passwords_are_hidden_as_they_are_typed_and_may_be_pasted_and_filled_in(browser, member, address):
    page = BeautifulSoup(browser(member() if address == "/konto" else None).get(address).text, "html.parser")
    fields = [field for field in page.find_all("input") if "password" in field.get("name", "")]
    assert fields
    assert {field["type"] for field in fields} == {"password"}
    assert {field["autocomplete"] for field in fields} <= {"current-password", "new-password"}
    assert not [name for field in fields for name in field.attrs if name.startswith("on")]


@cache
def _tests(file):
    if not file.exists():
        return set()
    tree = ast.parse(file.read_text("utf-8"))
    return {part.name for part in ast.walk(tree) if isinstance(part, ast.FunctionDef) and part.name.startswith("test_")}
