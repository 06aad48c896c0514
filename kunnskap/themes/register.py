"""The register of themes: reads the file, refuses what is wrong with it, and brings the database up to date."""

from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import select

from kunnskap.db import session
from kunnskap.tables import DATA, Loaded, Row, expect, read_csv, refuse_repeats
from kunnskap.themes.models import Theme

THEMES, SUBTHEMES = 13, 72
COLUMNS = ("slug", "parent", "name_nb", "name_nn", "name_en", "position")


@dataclass(frozen=True)
class Entry:
    """A theme as the file tells it; `parent` is the slug of the theme above, or nothing."""

    slug: str
    parent: str
    name_nb: str
    name_nn: str
    name_en: str
    position: int


def read(folder: Path = DATA) -> list[Entry]:
    """Read and check `themes.csv`; raises BadFile on the first thing that is wrong."""
    return read_themes(read_csv(folder / "themes.csv", COLUMNS))


def read_themes(rows: list[Row]) -> list[Entry]:
    """Turn rows into themes: two levels, each subtheme below its theme, in the order they are shown."""
    expect(rows, THEMES + SUBTHEMES)
    for column in ("slug", "position", "name_nb", "name_nn", "name_en"):
        refuse_repeats(rows, column)
    tops = {row.text("slug") for row in rows if not row.optional("parent")}
    if len(tops) != THEMES:
        raise rows[-1].bad(f"{len(tops)} themes on the upper level, not {THEMES}")
    return [_entry(row, place, tops) for place, row in enumerate(rows, start=1)]


def _entry(row: Row, place: int, tops: set[str]) -> Entry:
    parent = row.one_of("parent", tops) if row.optional("parent") else ""
    if row.whole("position", 1, THEMES + SUBTHEMES) != place:
        raise row.bad(f"position is not {place}, where the row stands")
    slug = row.matching("slug", r"[a-z0-9]+(-[a-z0-9]+)*")
    return Entry(slug, parent, row.text("name_nb"), row.text("name_nn"), row.text("name_en"), place)


def load(folder: Path = DATA) -> Loaded:
    """Bring the database up to date with the file; raises BadFile before anything is touched.

    Loading again changes nothing. Themes that are in use are never removed.
    """
    entries = read(folder)
    known = {theme.slug: theme for theme in session.scalars(select(Theme))}
    changed = sum(_keep(entry, known) for entry in entries if not entry.parent)
    session.flush()
    changed += sum(_keep(entry, known) for entry in entries if entry.parent)
    session.flush()
    return Loaded({"themes": THEMES, "subthemes": SUBTHEMES}, changed)


def _keep(entry: Entry, known: dict[str, Theme]) -> bool:
    theme = known.get(entry.slug)
    if theme is None:
        theme = known[entry.slug] = Theme(slug=entry.slug)
        session.add(theme)
    values = asdict(entry) | {"parent_id": known[entry.parent].id if entry.parent else None}
    del values["parent"]
    differing = {name: value for name, value in values.items() if getattr(theme, name) != value}
    for name, value in differing.items():
        setattr(theme, name, value)
    return bool(differing)
