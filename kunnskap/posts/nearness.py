"""How alike the places of a post are to the reader's municipality: to sort by, and to say why.

A post's places are where it was written from and what it is about; the one that is most alike counts. Where somebody
wrote who keeps name and place to themselves does not count for anyone, or the order of a list would tell it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Subquery, func, select, union_all

from kunnskap.places import comparing
from kunnskap.places.comparing import near
from kunnskap.places.likeness import Alike
from kunnskap.places.models import Place
from kunnskap.posts.models import Post, PostPlace


def scored(home: int) -> Subquery:
    """Give `post_id` and `score` of every post that has a place, by how alike that is to a municipality of today's."""
    alike = near(home)
    written = select(Post.id.label("post_id"), alike.c.score).join(alike, alike.c.place_id == Post.place_id)
    about = select(PostPlace.post_id, alike.c.score).join(alike, alike.c.place_id == PostPlace.place_id)
    every = union_all(written.where(Post.hides_author.is_(False)), about).subquery()
    return select(every.c.post_id, func.max(every.c.score).label("score")).group_by(every.c.post_id).subquery()


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
