"""Keeping the year wheel, and remembering whom letters have told what."""

from datetime import date

from sqlalchemy import delete, select

from kunnskap import audit, clock, text
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed
from kunnskap.i18n import mark
from kunnskap.people.models import Person
from kunnskap.posts.models import Post
from kunnskap.themes.models import Theme
from kunnskap.year_wheel import queries, rules
from kunnskap.year_wheel.models import YearEvent, YearEventDate, YearEventPost, YearEventTheme, YearEventTold
from kunnskap.year_wheel.queries import Brought
from kunnskap.year_wheel.rules import Facts

RESERVED = {"ny"}


def add(actor: Actor, facts: Facts) -> YearEvent:
    """Add an event; raises NotAllowed to others than editors, and Invalid by field."""
    _check(actor, facts)
    made = YearEvent(slug=_free_slug(facts.title))
    _write(actor, made, facts)
    audit.note(actor, "year_wheel.add", f"year_event:{made.id}")
    return made


def change(actor: Actor, event: YearEvent, facts: Facts) -> None:
    """Change an event; from then on the register leaves it alone. Its address stays. Raises as `add` does."""
    _check(actor, facts)
    hold(event)
    _write(actor, event, facts)
    audit.note(actor, "year_wheel.change", f"year_event:{event.id}")


def show(actor: Actor, event: YearEvent, *, active: bool) -> None:
    """Take an event out of the wheel, or put it back; twice is once."""
    _check_right(actor)
    hold(event)
    if event.is_active != active:
        event.is_active, event.edited_at, event.edited_by_id = active, clock.now(), actor.person_id
        audit.note(actor, "year_wheel.show" if active else "year_wheel.hide", f"year_event:{event.id}")


def _check(actor: Actor, facts: Facts) -> None:
    _check_right(actor)
    if problems := rules.problems(facts, clock.today()):
        raise Invalid(**problems)


def _check_right(actor: Actor) -> None:
    if not actor.may("moderate"):
        raise NotAllowed


def _free_slug(title: str) -> str:
    slug, number = text.slug(title), 2
    taken = set(session.scalars(select(YearEvent.slug).where(YearEvent.slug.startswith(slug)))) | RESERVED
    free = slug
    while free in taken:
        free, number = f"{slug}-{number}", number + 1
    return free


def _write(actor: Actor, event: YearEvent, facts: Facts) -> None:
    for name in ("title", "about", "month", "day", "is_approximate", "is_yearly", "weeks_before", "source_url"):
        setattr(event, name, getattr(facts, name))
    event.edited_at, event.edited_by_id = clock.now(), actor.person_id
    themes, posts = _themes(facts), _posts(facts)
    session.add(event)
    session.flush()
    for table in (YearEventTheme, YearEventDate, YearEventPost):
        session.execute(delete(table).where(table.event_id == event.id))
    session.add_all(YearEventTheme(event_id=event.id, theme_id=number) for number in themes)
    session.add_all(YearEventDate(event_id=event.id, year=year, falls_on=day) for year, day in facts.dates.items())
    session.add_all(YearEventPost(event_id=event.id, post_id=one, position=place) for place, one in enumerate(posts))
    session.flush()
    session.expire(event, ["themes", "dates"])


def _themes(facts: Facts) -> list[int]:
    wanted = set(facts.themes)
    found = list(session.scalars(select(Theme.id).where(Theme.slug.in_(wanted))))
    if len(found) != len(wanted):
        raise Invalid(themes=mark("Velg temaer fra listen."))
    return found


def _posts(facts: Facts) -> list[int]:
    wanted = list(dict.fromkeys(facts.posts))
    found = set(session.scalars(select(Post.id).where(Post.id.in_(wanted), Post.parent_id.is_(None))))
    if len(found) != len(wanted):
        raise Invalid(
            posts=mark("Vi finner ikke alle innleggene. Lim inn adressen til hvert av dem, én på hver linje.")
        )
    return wanted


def take_to_tell(reader: Actor, today: date) -> list[Brought]:
    """Take on telling somebody by letter what comes soon: each event of a year once, however often it is asked."""
    if reader.person_id is None:
        return []
    hold(session.get_one(Person, reader.person_id))
    occasions = queries.untold(reader.person_id, today)[: queries.AT_ONCE]
    old = (YearEventTold.person_id == reader.person_id, YearEventTold.year < today.year - 1)
    session.execute(delete(YearEventTold).where(*old))
    for one in occasions:
        session.add(YearEventTold(event_id=one.event.id, year=one.day.year, person_id=reader.person_id))
    session.flush()
    return queries.with_posts(reader, occasions)
