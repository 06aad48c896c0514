"""What the database already holds that an import refers to: places, themes, people, posts."""

from collections.abc import Collection, Iterable

from sqlalchemy import select

from kunnskap.cli.importing.lines import BadLine, Line
from kunnskap.db import session
from kunnskap.people.models import Person
from kunnskap.places.models import Place
from kunnskap.posts.models import Comment, Post
from kunnskap.themes.models import Theme

PEOPLE = "import:person:"


class Known:
    """Tables of outside ids and numbers; places and themes are read once, people grow as they come."""

    def __init__(self) -> None:
        places = session.scalars(select(Place).where(Place.valid_to.is_(None)))
        self._places = {place.number: place for place in places}
        self._themes = dict(session.execute(select(Theme.slug, Theme.id)).all())
        self._people: dict[str, Person] = {}
        for person in session.scalars(select(Person).where(Person.external_id.startswith(PEOPLE))):
            self.remember(person)

    def remember(self, person: Person) -> None:
        """Add somebody who has just come."""
        self._people[str(person.external_id).removeprefix(PEOPLE)] = person

    def place(self, number: str) -> Place:
        """Give today's place with this number; raises BadLine."""
        if number not in self._places:
            raise BadLine(f"there is no municipality or county {number!r} today")
        return self._places[number]

    def theme_ids(self, slugs: Iterable[str]) -> list[int]:
        """Give the themes; raises BadLine for an unknown one."""
        unknown = [slug for slug in slugs if slug not in self._themes]
        if unknown:
            raise BadLine(f"there is no theme {unknown[0]!r}")
        return [self._themes[slug] for slug in slugs]

    def person(self, line: Line, name: str) -> Person:
        """Give the person a line refers to; raises BadLine."""
        key = line.needed_key(name)
        if key not in self._people:
            raise BadLine(f"{name}: there is no person {key!r}")
        return self._people[key]


def post_name(kind: str, outside_id: str) -> str:
    """The `external_id` of an imported post or comment."""
    return f"import:{kind}:{outside_id}"


def posts_by_name(names: Collection[str]) -> dict[str, Post]:
    """Give the posts that were imported under these names; one statement."""
    return {str(post.external_id): post for post in session.scalars(select(Post).where(Post.external_id.in_(names)))}


def comments_by_name(names: Collection[str]) -> dict[str, Comment]:
    """Give the comments that were imported under these names; one statement."""
    rows = session.scalars(select(Comment).where(Comment.external_id.in_(names)))
    return {str(comment.external_id): comment for comment in rows}
