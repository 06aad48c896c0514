"""Reading the year wheel: what comes when, and what to read before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import selectinload

from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import NotFound
from kunnskap.posts.kinds import DOCUMENT, EXPERIENCE
from kunnskap.posts.models import Post, PostTheme
from kunnskap.posts.queries import stands, visible
from kunnskap.remembering import detached, remembered
from kunnskap.themes.models import Theme
from kunnskap.year_wheel import rules
from kunnskap.year_wheel.models import YearEvent, YearEventPost, YearEventTold
from kunnskap.year_wheel.rules import Occasion

AT_ONCE, SHOWN = 2, 4
"""How many events are brought forward together, and how many posts with each."""
TEMPLATES = ("mal-veileder", "saksframlegg")
"""Kinds of documents that help somebody get started."""
MOST_TEMPLATES = 2


@dataclass(frozen=True)
class Brought:
    """An event that comes soon, with what to read before it."""

    occasion: Occasion
    posts: Sequence[Post]


def active() -> list[YearEvent]:
    """Give the events that are in use with their dates and themes; they are shared and must not be changed."""
    return remembered("year events", lambda: _let_go(list(session.scalars(_whole().where(YearEvent.is_active)))))


def _let_go(events: list[YearEvent]) -> list[YearEvent]:
    themes = {theme.id: theme for event in events for theme in event.themes}
    detached(themes.values())
    return detached(events)


def _whole() -> Select[YearEvent]:
    rows = select(YearEvent).order_by(YearEvent.month, YearEvent.day, YearEvent.slug)
    return rows.options(selectinload(YearEvent.dates), selectinload(YearEvent.themes))


def inactive() -> list[YearEvent]:
    """Give the events that are taken out, for editors."""
    return list(session.scalars(_whole().where(YearEvent.is_active.is_(False))))


def event(actor: Actor, slug: str) -> YearEvent:
    """Give an event with its dates and themes; raises NotFound, for what is taken out to others than editors."""
    found = session.scalar(_whole().where(YearEvent.slug == slug)) if slug.isprintable() else None
    if found is None or not (found.is_active or actor.may("moderate")):
        raise NotFound
    return found


def months(today: date) -> list[tuple[date, list[Occasion]]]:
    """Give the next time of each event, by month."""
    return rules.by_month(active(), today)


def coming(today: date) -> list[Occasion]:
    """Give the events that are brought forward on a day, the nearest first."""
    return rules.near(active(), today)


def brought_forward(actor: Actor, today: date, limit: int = AT_ONCE) -> list[Brought]:
    """Give what comes soon with posts that all in the actor's circles may see; one statement when nothing has changed."""
    return _with_posts(actor, coming(today)[:limit])


def for_letters(reader: Actor, today: date, limit: int = AT_ONCE) -> list[Brought]:
    """The same for a letter to one reader, or to many who share a circle: `Actor` with that network alone."""
    return brought_forward(reader, today, limit)


def untold(person_id: int, today: date) -> list[Occasion]:
    """Give what comes soon that no letter has told somebody of."""
    rows = select(YearEventTold.event_id, YearEventTold.year).where(YearEventTold.person_id == person_id)
    told = {tuple(row) for row in session.execute(rows)}
    return [one for one in coming(today) if (one.event.id, one.day.year) not in told]


def with_posts(actor: Actor, occasions: Sequence[Occasion]) -> list[Brought]:
    """Give events with posts that all in the actor's circles may see."""
    return _with_posts(actor, occasions)


def _with_posts(actor: Actor, occasions: Sequence[Occasion]) -> list[Brought]:
    reader = actor.at_large
    ids = {one.event.id: _ids(reader, one.event) for one in occasions}
    wanted = [number for some in ids.values() for number in some]
    rows = select(Post).where(Post.id.in_(wanted), visible(reader), stands(Post))
    found = {post.id: post for post in session.scalars(rows)} if wanted else {}
    return [Brought(one, [found[number] for number in ids[one.event.id] if number in found]) for one in occasions]


def _ids(reader: Actor, event: YearEvent) -> list[int]:
    return remembered(("year wheel", reader.circles, event.id), lambda: _chosen(reader, event))


def _chosen(reader: Actor, event: YearEvent) -> list[int]:
    """What editors picked first, then templates and experiences about the event's themes."""
    seen = select(Post.id).where(visible(reader), stands(Post))
    picked = seen.join(YearEventPost, YearEventPost.post_id == Post.id).where(YearEventPost.event_id == event.id)
    found = list(session.scalars(picked.order_by(YearEventPost.position).limit(SHOWN)))
    themes = [theme.id for theme in event.themes]
    if themes and len(found) < SHOWN:
        family = select(Theme.id).where(or_(Theme.id.in_(themes), Theme.parent_id.in_(themes)))
        about = seen.where(Post.id.in_(select(PostTheme.post_id).where(PostTheme.theme_id.in_(family))))
        templates = about.where(Post.kind_key == DOCUMENT.key, Post.status.in_(TEMPLATES))
        experiences = about.where(Post.kind_key == EXPERIENCE.key)
        found += session.scalars(_best(templates, themes, found).limit(MOST_TEMPLATES))
        found += session.scalars(_best(experiences, themes, found).limit(SHOWN))
    return found[:SHOWN]


def _best(rows: Select[int], theme_ids: Sequence[int], but: Sequence[int]) -> Select[int]:
    """What is about most of the themes themselves first, then what many found useful, then the newest."""
    about = select(func.count()).where(PostTheme.post_id == Post.id, PostTheme.theme_id.in_(theme_ids))
    order = (about.scalar_subquery().desc(), Post.score.desc(), Post.active_at.desc(), Post.id.desc())
    return rows.where(Post.id.not_in(but)).order_by(*order)


def picked_ids(event: YearEvent) -> list[int]:
    """Give the numbers of the posts that editors picked, in their order."""
    rows = select(YearEventPost.post_id).where(YearEventPost.event_id == event.id)
    return list(session.scalars(rows.order_by(YearEventPost.position)))
