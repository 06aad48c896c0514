"""Counting posts: by kind, place and theme. Who may see what is decided in `queries`."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Subquery, and_, case, func, select, union
from sqlalchemy.orm import InstrumentedAttribute

from kunnskap.actor import Actor
from kunnskap.clock import HERE
from kunnskap.db import session
from kunnskap.places.models import Place
from kunnskap.posts.kinds import KINDS, Kind
from kunnskap.posts.models import Post, PostPlace, PostTheme
from kunnskap.posts.queries import Filter, names_author, passing, visible
from kunnskap.themes.models import Theme


def kind_counts(actor: Actor, wanted: Filter) -> dict[str, int]:
    """Count the posts that pass the filter by kind."""
    rows = select(Post.kind_key, func.count()).where(passing(actor, wanted)).group_by(Post.kind_key)
    return dict(session.execute(rows).all())


def place_counts(actor: Actor) -> dict[int, int]:
    """Count what the actor may see that was written from or is about each place, by place id."""
    both = _posts_with_places(actor)
    rows = select(both.c.place_id, func.count()).group_by(both.c.place_id)
    return dict(session.execute(rows).all())


def county_counts(actor: Actor) -> dict[int, int]:
    """Count the same for each county with the municipalities in it, every post once, by the county's id."""
    both = _posts_with_places(actor)
    county = func.coalesce(Place.county_id, Place.id)
    rows = select(county, func.count(both.c.id.distinct())).join(both, both.c.place_id == Place.id).group_by(county)
    return dict(session.execute(rows).all())


def _posts_with_places(actor: Actor) -> Subquery:
    standing = and_(visible(actor), Post.parent_id.is_(None))
    told = and_(standing, Post.place_id.is_not(None), names_author(actor.at_large))
    written = select(Post.id, Post.place_id).where(told)
    about = select(Post.id, PostPlace.place_id).join(PostPlace, PostPlace.post_id == Post.id).where(standing)
    return union(written, about).subquery()


def main_theme_counts(actor: Actor) -> dict[int, int]:
    """Count what the actor may see of each main theme with its subthemes, every post once, by theme id."""
    return _theme_counts(actor, func.coalesce(Theme.parent_id, Theme.id))


def theme_counts(actor: Actor) -> dict[int, int]:
    """Count what the actor may see of each theme, by theme id."""
    return _theme_counts(actor, Theme.id)


def _theme_counts(actor: Actor, by: ColumnElement[int] | InstrumentedAttribute[int]) -> dict[int, int]:
    rows = select(by, func.count(PostTheme.post_id.distinct())).select_from(PostTheme)
    rows = rows.join(Theme, Theme.id == PostTheme.theme_id).join(Post, Post.id == PostTheme.post_id)
    return dict(session.execute(rows.where(visible(actor), Post.parent_id.is_(None)).group_by(by)).all())


@dataclass(frozen=True)
class Memory:
    """What was written from or about a place: how much of each kind, each year, and how much from each place it was."""

    kinds: list[tuple[Kind, int]]
    years: list[tuple[int, Counter[str]]]
    origins: Counter[int | None]

    @property
    def total(self) -> int:
        """All of it."""
        return sum(count for _kind, count in self.kinds)


def memory(actor: Actor, place_ids: Collection[int]) -> Memory:
    """Count what the actor may see from or about a place and those it came from, newest year first; one statement."""
    wanted = Filter(kinds=tuple(KINDS.values()), place_ids=tuple(place_ids))
    told = case((names_author(actor.at_large), Post.place_id))
    kinds: Counter[str] = Counter()
    years: dict[int, Counter[str]] = {}
    origins: Counter[int | None] = Counter()
    for kind, moment, place_id in session.execute(
        select(Post.kind_key, Post.published_at, told).where(passing(actor, wanted))
    ):
        kinds[kind] += 1
        years.setdefault(moment.astimezone(HERE).year, Counter())[kind] += 1
        origins[place_id] += 1
    return Memory(
        [(kind, kinds[key]) for key, kind in KINDS.items() if kinds[key]], sorted(years.items(), reverse=True), origins
    )
