"""The same names everywhere, and nothing that grows too large to read."""

from pathlib import Path

import kunnskap

HOUSE = Path(kunnskap.__file__).resolve().parent.parent
# Folders of templates that belong to no room.
SHARED_TEMPLATES = {"email", "errors", "layouts", "ui"}
LONGEST = {"*.py": 400, "*.html": 200, "*.css": 400, "*.js": 400}
CODE = ("app.py", "bench", "kunnskap", "static/css", "static/js", "templates", "tests")
# Files that are longer, with the reason; the list should only shrink.
TOO_LONG = {
    "static/css/theme.css": "written by the theme builder of Designsystemet from front/designsystemet.config.json"
}
REFUSED_NAMES = {"common", "core", "helper", "helpers", "manager", "managers", "service", "services", "util", "utils"}


def _files(pattern):
    for place in CODE:
        path = HOUSE / place
        yield from [path] if path.is_file() and path.match(pattern) else path.rglob(pattern)


def _rooms():
    return {path.name for path in (HOUSE / "kunnskap").iterdir() if (path / "views.py").exists()}


def test_every_template_compiles(app):
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)


def test_every_template_folder_is_a_room():
    folders = {path.name for path in (HOUSE / "templates").iterdir() if path.is_dir()}
    assert folders - SHARED_TEMPLATES - _rooms() == set()


def test_every_room_with_pages_has_tests_of_the_same_name():
    tested = {path.stem.removeprefix("test_") for path in (HOUSE / "tests" / "rooms").glob("test_*.py")}
    assert _rooms() - {name for name in _rooms() if any(t == name or t.startswith(f"{name}_") for t in tested)} == set()


def test_no_file_is_too_long_to_read():
    long = {
        str(path.relative_to(HOUSE)): lines
        for pattern, most in LONGEST.items()
        for path in _files(pattern)
        if "versions" not in path.parts and (lines := len(path.read_text("utf-8").splitlines())) > most
    }
    assert long.keys() - TOO_LONG.keys() == set(), long


def test_no_exception_is_left_for_a_file_that_became_short():
    assert all((HOUSE / name).exists() for name in TOO_LONG)


def test_no_file_or_folder_has_a_name_that_says_nothing():
    vague = [path for path in (HOUSE / "kunnskap").rglob("*") if path.stem in REFUSED_NAMES]
    assert vague == []


def test_every_module_says_what_it_is():
    silent = [
        str(path.relative_to(HOUSE))
        for path in (HOUSE / "kunnskap").rglob("*.py")
        if not path.read_text("utf-8").lstrip().startswith('"""')
    ]
    assert silent == []


def test_no_page_carries_styles_or_scripts_of_its_own():
    careless = [
        f"{path.relative_to(HOUSE)}: {what}"
        for path in (HOUSE / "templates").rglob("*.html")
        for what in (" style=", "<style", " onclick=", " onchange=", " onsubmit=", "javascript:")
        if what in path.read_text("utf-8")
    ]
    assert careless == []
