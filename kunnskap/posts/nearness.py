"""How alike the places of a post are to the reader's municipality: to sort by, and to say why.

A post's places are where it was written from and what it is about; the one that is most alike counts. Where somebody
wrote who keeps name and place to themselves does not count for anyone, or the order of a list would tell it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, Subquery, and_, case, func, select, union_all

from kunnskap.places import comparing
from kunnskap.places.comparing import near
from kunnskap.places.likeness import Alike
from kunnskap.places.models import Place
from kunnskap.posts.models import Post, PostPlace

Order = Sequence[ColumnElement[Any]]
CIRCLES = (20, 200)
"""How many of the most alike places are looked at first, before all are."""
PER_PLACE = 10
"""How many posts of each place a circle is hoped to hold: further down in a list it is not looked at."""


def sorted_by_likeness(ids: Select[int], home: int, order: Order, most: int) -> Iterator[Select[int]]:
    """Put what is most alike a municipality of today's first among ids of posts, and what is equally alike in `order`.

    The last of these statements gives all. Those before it begin with the same posts and are quicker, but give only what
    has a place within a circle: whoever gets as many as wanted need not ask further. `most` is how many of the first
    are wanted.
    """
    places = sorted(comparing.scores(home).items(), key=lambda pair: -pair[1])
    for size in CIRCLES:
        circle = _circle(places, size)
        if circle and most <= size * PER_PLACE:
            found = _scored(circle)
            yield ids.join(found, found.c.post_id == Post.id).order_by(found.c.score.desc(), *order)
    alike = near(home)
    written, about = alike.alias("written"), _about(alike)
    of_author = and_(written.c.place_id == Post.place_id, Post.hides_author.is_(False))
    every = ids.outerjoin(written, of_author).outerjoin(about, about.c.post_id == Post.id)
    own, others = func.coalesce(written.c.score, 0.0), func.coalesce(about.c.score, 0.0)
    yield every.order_by(case((own >= others, own), else_=others).desc(), *order)


def _circle(places: Sequence[tuple[int, float]], size: int) -> dict[int, float]:
    """Give the first so many places with their scores; those as alike as the first that is left out are left out too."""
    if len(places) <= size:
        return {}
    return {place: score for place, score in places[:size] if score > places[size][1]}


def _scored(circle: Mapping[int, float]) -> Subquery:
    """Give `post_id` and the best `score` of every post that has one of these places."""
    places, scores = list(circle), dict(circle)
    written = select(Post.id.label("post_id"), case(scores, value=Post.place_id).label("score"))
    written = written.where(Post.place_id.in_(places), Post.hides_author.is_(False))
    about = select(PostPlace.post_id, case(scores, value=PostPlace.place_id)).where(PostPlace.place_id.in_(places))
    every = union_all(written, about).subquery()
    return select(every.c.post_id, func.max(every.c.score).label("score")).group_by(every.c.post_id).subquery()


def _about(alike: CTE) -> Subquery:
    """Give `post_id` and the best `score` of the places that posts are about."""
    score = func.max(alike.c.score).label("score")
    rows = select(PostPlace.post_id, score).join(alike, alike.c.place_id == PostPlace.place_id)
    return rows.group_by(PostPlace.post_id).subquery()


@dataclass(frozen=True)
class Nearest:
    """The place of a post that is most alike the reader's municipality; `is_own` when it is that one."""

    place: Place
    alike: Alike
    is_own: bool


def nearest(home: int | None, posts: Iterable[Post]) -> dict[int, Nearest]:
    """Tell which place of each post is most alike a municipality of today's, and why, by post; nothing without one.

    The posts must have their places loaded. No statement while the reference data stand still.
    """
    if home is None:
        return {}
    scores = comparing.scores(home)
    found = {post.id: max(_places(post), key=lambda one: scores.get(one.id, 0.0), default=None) for post in posts}
    return {number: _nearest(home, place) for number, place in found.items() if place and place.id in scores}


def _places(post: Post) -> list[Place]:
    own = [post.place] if post.place and not post.hides_author else []
    return [*own, *post.places]


def _nearest(home: int, place: Place) -> Nearest:
    today = comparing.todays(place.id) or home
    return Nearest(place, comparing.between(home, today), today == home)
