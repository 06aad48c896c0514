"""What the papers say is so."""

import re
from pathlib import Path

import kunnskap
from kunnskap import config

HOUSE = Path(kunnskap.__file__).resolve().parent.parent


def _read(name):
    return (HOUSE / name).read_text("utf-8")


def test_every_setting_stands_in_the_readme_and_the_other_way_round():
    read = set(re.findall(r"\"(KUNNSKAP_[A-Z_]+)\"", Path(config.__file__).read_text("utf-8")))
    told = set(re.findall(r"^\| `(KUNNSKAP_[A-Z_]+)` \|", _read("README.md"), re.MULTILINE))
    assert read == told


def test_no_setting_is_read_anywhere_else():
    elsewhere = [
        str(path.relative_to(HOUSE))
        for path in (HOUSE / "kunnskap").rglob("*.py")
        if path.name != "config.py" and re.search(r"os\.environ|getenv", path.read_text("utf-8"))
    ]
    assert elsewhere == []


def test_every_make_target_explains_itself_and_stands_in_the_readme():
    targets = set(re.findall(r"^\.PHONY: (.+)$", _read("Makefile"), re.MULTILINE)[0].split())
    explained = set(re.findall(r"^([a-z-]+):.*## \S", _read("Makefile"), re.MULTILINE))
    told = set(re.findall(r"`make ([a-z-]+)", _read("README.md")))
    assert targets == explained
    assert targets == told


def test_every_command_explains_itself_and_stands_in_the_readme(app):
    told = set(re.findall(r"^\| `([a-z-]+)(?: [A-Z\[\]]+)*` \|", _read("README.md"), re.MULTILINE))
    ours = {name: command for name, command in app.cli.commands.items() if name != "limiter"}  # Flask-Limiter's own
    assert [name for name, command in ours.items() if not (command.help or "").strip()] == []
    assert told == set(ours)


def test_every_room_stands_on_the_map():
    rooms = {path.name for path in (HOUSE / "kunnskap").iterdir() if (path / "__init__.py").exists()}
    missing = {name for name in rooms if f"`{name}" not in _read("docs/rooms.md")}
    assert missing == set()


def test_links_between_the_papers_lead_somewhere():
    broken = [
        f"{paper.relative_to(HOUSE)}: {link}"
        for paper in [*HOUSE.glob("*.md"), *(HOUSE / "docs").rglob("*.md")]
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", paper.read_text("utf-8"))
        if not link.startswith(("http://", "https://", "mailto:")) and not (paper.parent / link).exists()
    ]
    assert broken == []


def test_decisions_are_numbered_without_gaps_and_say_why():
    records = sorted((HOUSE / "docs" / "decisions").glob("*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    assert [record.name for record in records if "## Why" not in record.read_text("utf-8")] == []


def test_locks_have_hashes_and_name_no_host():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = _read(name)
        pins = re.findall(r"^[\w.-]+(?:\[[\w,]+\])?==\S+", text, re.MULTILINE)
        assert len(pins) > 20
        assert len(re.findall(r"==\S+(?: ; [^\\]+)? \\\n    --hash=sha256:", text)) == len(pins)
        assert not re.search(r"https?://|file://|--find-links |index-url ", text)
