"""Reading experiences with what only they have."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import NotFound
from kunnskap.experiences.models import ExperienceDetails
from kunnskap.paging import Page
from kunnskap.people.models import Person
from kunnskap.posts import queries as posts
from kunnskap.posts.kinds import EXPERIENCE
from kunnskap.posts.models import Post


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to. `themes` are ids: a theme with its subthemes.

    What is most alike `like`, a municipality of today's, comes first.
    """

    status: str | None = None
    themes: tuple[int, ...] = ()
    county_id: int | None = None
    with_effect: bool = False
    with_cost: bool = False
    like: int | None = None


def page(actor: Actor, wanted: Wanted, number: int = 1) -> Page[Post]:
    """Give one page of experiences, newest first."""
    return posts.page(actor, _filter(wanted), number)


def _filter(wanted: Wanted) -> posts.Filter:
    also = []
    if wanted.with_effect:
        also.append(_has(ExperienceDetails.effect_amount.is_not(None)))
    if wanted.with_cost:
        costs = (ExperienceDetails.cost_investment, ExperienceDetails.cost_yearly, ExperienceDetails.cost_extra)
        also.append(_has(or_(*(cost.is_not(None) for cost in costs))))
    return posts.Filter(
        kinds=(EXPERIENCE,),
        status=wanted.status,
        themes=wanted.themes,
        county_id=wanted.county_id,
        like=wanted.like,
        also=tuple(also),
    )


def _has(fact: ColumnElement[bool]) -> ColumnElement[bool]:
    return Post.id.in_(select(ExperienceDetails.post_id).where(fact))


def refuse_what_never_was_one(post_id: int) -> None:
    """Raise NotFound unless the post is, or was, an experience: moderators may make a question of it."""
    if session.get(ExperienceDetails, post_id) is None:
        raise NotFound


def experience(actor: Actor, post_id: int) -> tuple[Post, ExperienceDetails]:
    """Give an experience and its facts, with the contact's workplace; raises NotFound when the actor may not know of it."""
    wanted = (
        select(Post, ExperienceDetails)
        .join(ExperienceDetails, ExperienceDetails.post_id == Post.id)
        .where(posts.visible(actor), Post.id == post_id, Post.kind_key == EXPERIENCE.key)
        .options(*posts.CARD, joinedload(ExperienceDetails.contact).joinedload(Person.place))
    )
    found = session.execute(wanted).one_or_none()
    if found is None:
        raise NotFound
    return found
