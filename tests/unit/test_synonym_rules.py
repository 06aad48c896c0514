"""What a group of words may be, the house's own file of them, and what may be kept of a search."""

from datetime import date

import pytest

from kunnskap.errors import BadFile
from kunnskap.insight import rules
from kunnskap.search import register


def test_the_houses_own_file_holds_groups_an_editor_could_have_made():
    taken = {}
    for members in register.read():
        assert rules.problem(members, taken) is None, members
        taken |= rules.by_expression([" = ".join(members)])
    assert len(taken) > 300


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("words\nROS", "line 2: a group needs at least two"),
        ("words\nROS = ", "line 2: a group needs at least two"),
        ("words\nROS = risiko\nbil = ros", "line 3: 'ros' stands twice"),
        ("ord\nROS = risiko", "line 1: the columns must be words"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_reason(tmp_path, lines, reason):
    (tmp_path / register.FILE).write_text(lines, encoding="utf-8")
    with pytest.raises(BadFile, match=reason):
        register.read(tmp_path)


@pytest.mark.parametrize(
    ("typed", "members"),
    [
        ("ROS = risiko", ("ROS", "risiko")),
        ("ROS=risiko\r\n\r\n  fare   og  ras ", ("ROS", "risiko", "fare og ras")),
        ("el-bil\nElbil\nELBIL", ("el-bil", "Elbil")),
        ("", ()),
    ],
)
def test_expressions_are_read_as_they_are_typed(typed, members):
    assert rules.expressions(typed) == members


def test_a_week_begins_on_monday():
    assert rules.week_of(date(2026, 11, 24)) == rules.week_of(date(2026, 11, 29)) == date(2026, 11, 23)


@pytest.mark.parametrize(
    "program", ["Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", "Mozilla/5.0 (iPhone) Safari/604"]
)
def test_people_use_browsers(program):
    assert not rules.is_robot(program)
