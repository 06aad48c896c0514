"""Finding themes."""

from dataclasses import dataclass

from sqlalchemy import select

from kunnskap.db import session
from kunnskap.errors import NotFound
from kunnskap.remembering import detached, remembered
from kunnskap.themes.models import Theme

Tree = list[tuple[Theme, list[Theme]]]


def every() -> list[Theme]:
    """Give all themes in the order they are shown, each followed by its subthemes."""
    rows = select(Theme).order_by(Theme.position)
    return remembered("themes", lambda: detached(session.scalars(rows)), reference=True)


def tree() -> Tree:
    """Give themes in two levels; one statement."""
    themes = every()
    return [(top, [sub for sub in themes if sub.parent_id == top.id]) for top in themes if top.parent_id is None]


def family_ids(tree: Tree, slug: str) -> tuple[int, ...]:
    """Give the ids of a theme and those below it, looked up in the tree; none for an unknown slug."""
    families: dict[str, tuple[int, ...]] = {one.slug: (one.id,) for _top, below in tree for one in below}
    families |= {top.slug: (top.id, *(one.id for one in below)) for top, below in tree}
    return families.get(slug, ())


def tops() -> list[Theme]:
    """Give the themes of the upper level."""
    return [theme for theme in every() if theme.parent_id is None]


def by_slug(slug: str) -> Theme:
    """Give a theme; raises NotFound."""
    if not slug.isprintable():
        raise NotFound  # a NUL character cannot even be asked for
    found = session.scalar(select(Theme).where(Theme.slug == slug))
    if found is None:
        raise NotFound
    return found


def by_id(number: int) -> Theme:
    """Give the theme with this id; raises NotFound."""
    found = session.get(Theme, number)
    if found is None:
        raise NotFound
    return found


def relatives(theme: Theme) -> tuple[Theme | None, list[Theme]]:
    """Give the theme above (none on the upper level) and the themes below it."""
    rows = session.scalars(select(Theme).where((Theme.id == theme.parent_id) | (Theme.parent_id == theme.id)))
    near = sorted(rows, key=lambda one: one.position)
    return next((one for one in near if one.id == theme.parent_id), None), [
        one for one in near if one.parent_id == theme.id
    ]


@dataclass(frozen=True)
class Choice:
    """A theme in a form: `value` is what is sent (its slug), `name` what is read."""

    value: str
    name: str


def choices(language: str) -> list[tuple[Choice, list[Choice]]]:
    """Give the tree for the theme picker, named in a language."""

    def choice(theme: Theme) -> Choice:
        return Choice(theme.slug, theme.name_in(language))

    return [(choice(top), [choice(sub) for sub in subs]) for top, subs in tree()]
