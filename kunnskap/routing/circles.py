"""Who is asked on each step of the ladder, the best first."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select

from kunnskap import clock
from kunnskap.db import session
from kunnskap.expertise.queries import near_ids
from kunnskap.networks.models import COORDINATOR as COORDINATES
from kunnskap.networks.models import NetworkMember, NetworkPlace, NetworkTheme
from kunnskap.networks.queries import holds
from kunnskap.people.asking import can_be_asked
from kunnskap.people.models import Person
from kunnskap.places import queries as places
from kunnskap.places.models import COUNTY as A_COUNTY
from kunnskap.places.models import Place
from kunnskap.posts.models import Post
from kunnskap.routing import queries, rules


def nearest(question: Post, themes: Collection[int], limit: int) -> list[int]:
    """Give who is asked first, the best first: by theme, what they have shown, likeness and recent load."""
    return _best(question, themes, rules.asked_from(question), limit)


def wider(question: Post, themes: Collection[int], limit: int) -> list[int]:
    """Give who is asked next: on neighbouring themes too, and however unlike the places are."""
    return _best(question, near_ids(themes), None, limit) if themes else []


def _best(
    question: Post,
    themes: Collection[int],
    place_id: int | None,
    limit: int,
    also: Sequence[ColumnElement[bool]] = (),
) -> list[int]:
    narrowed = [*queries.may_be_asked(question), *also]
    found = queries.helpers_among(question, themes, place_id, narrowed, None if also else queries.AMONG)
    rested = [one.person_id for one in found if one.asked < one.known.asks_a_week]
    return rested[:limit]


def coordinators(question: Post, themes: Collection[int]) -> list[int]:
    """Give who coordinates the networks the asker is in, or the municipality belongs to today.

    For a nameless question it is the networks that work with its themes: whom we ask must not tell who asked.
    """
    networks: ColumnElement[bool] = NetworkMember.network_id.in_(_networks_on(themes))
    if not question.hides_author:
        mine = select(NetworkMember.network_id).where(NetworkMember.person_id == question.author_id)
        theirs = _networks_of(places.same_place(question.place_id))
        networks = or_(NetworkMember.network_id.in_(mine), NetworkMember.network_id.in_(theirs))
    coordinate = (NetworkMember.role == COORDINATES, networks)
    rows = select(NetworkMember.person_id).join(Person, Person.id == NetworkMember.person_id)
    rows = rows.where(*coordinate, Person.left_at.is_(None), *queries.may_be_asked(question))
    rows = rows.group_by(NetworkMember.person_id).order_by(func.count().desc(), NetworkMember.person_id)
    return list(session.scalars(rows))


def _networks_on(themes: Collection[int]) -> Select[int]:
    near = near_ids(themes) if themes else frozenset()
    return select(NetworkTheme.network_id).where(NetworkTheme.theme_id.in_(near))


def _networks_of(place_ids: Collection[int]) -> Select[int]:
    return select(NetworkPlace.network_id).where(NetworkPlace.place_id.in_(place_ids), holds(clock.today()))


def at_county(question: Post, themes: Collection[int]) -> list[int]:
    """Give who works for the county authority where the question is asked from, those who know its themes first.

    For a nameless question it is those who know its themes at any county authority.
    """
    works = Person.workplace_kind == A_COUNTY
    if question.hides_author:
        return _best(question, themes, None, rules.MOST_AT_COUNTY + queries.SPARE, [works])
    county_id = _county_of(question.place_id)
    if county_id is None:
        return []
    there = [works, Person.place_id.in_(places.same_place(county_id))]
    know = _best(question, near_ids(themes), None, rules.MOST_AT_COUNTY + queries.SPARE, there) if themes else []
    rows = select(Person.id).where(*there, can_be_asked(clock.now()), Person.id != question.author_id)
    others = session.scalars(rows.where(*queries.may_be_asked(question)).order_by(Person.id).limit(queries.SPARE))
    return list(dict.fromkeys([*know, *others]))


def _county_of(place_id: int | None) -> int | None:
    if place_id is None:
        return None
    place = session.get(Place, places.sole_successors().get(place_id, place_id))
    if place is None:
        return None
    return place.id if place.is_county else place.county_id
