"""Finding collections, what stands in them, and what networks have pinned up. Visibility is always applied."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import joinedload

from kunnskap.actor import Actor
from kunnskap.collections import rules
from kunnskap.collections.models import Collection, CollectionItem, CollectionShare, NetworkPin
from kunnskap.db import session
from kunnskap.errors import NotAllowed, NotFound
from kunnskap.networks.models import Network
from kunnskap.paging import Page
from kunnskap.people import queries as people
from kunnskap.people.models import Person
from kunnskap.posts import queries as posts
from kunnskap.posts.models import Post

SIZE = 20
GONE, CLOSED, UNLISTED = "gone", "closed", "unlisted"
"""Why a reader does not see an item: withdrawn or hidden, for others than the reader, or not in the directory."""


@dataclass(frozen=True)
class Shown:
    """An item with what it names; `missing` says why readers do not see it (editors only): GONE, CLOSED or UNLISTED."""

    item: CollectionItem
    post: Post | None = None
    person: Person | None = None
    missing: str = ""


@dataclass(frozen=True)
class Pinned:
    """What a network has pinned up: a post or a collection. Neither: the reader, who looks after it, may not see it."""

    pin: NetworkPin
    post: Post | None
    collection: Collection | None


def shown(actor: Actor) -> ColumnElement[bool]:
    """The condition under which the actor may see a collection: it is published and for them, or they look after it."""
    if actor.is_moderator:
        return true()
    published = Collection.published_at.is_not(None)
    if not actor.is_member:
        return and_(published, Collection.audience == rules.EVERYONE)
    for_all = Collection.audience.in_((rules.EVERYONE, rules.MEMBERS))
    here = and_(published, or_(for_all, Collection.network_id.in_(sorted(actor.network_ids))))
    return or_(here, Collection.network_id.in_(sorted(actor.coordinated_ids))) if actor.coordinated_ids else here


def listed(actor: Actor, number: int = 1) -> Page[Collection]:
    """Give a page of the published collections the actor may see, the last changed first."""
    condition = and_(shown(actor), Collection.published_at.is_not(None))
    rows = select(Collection).where(condition).options(joinedload(Collection.network))
    rows = rows.order_by(Collection.edited_at.desc(), Collection.id.desc()).limit(SIZE).offset((number - 1) * SIZE)
    total = session.scalar(select(func.count()).select_from(Collection).where(condition)) or 0
    return Page(list(session.scalars(rows)), number, SIZE, total)


def of_network(actor: Actor, network_id: int) -> list[Collection]:
    """Give a network's collections and those shared with it that the actor may see, by title; one statement."""
    lent = select(CollectionShare.collection_id).where(CollectionShare.network_id == network_id)
    theirs = or_(Collection.network_id == network_id, and_(Collection.id.in_(lent), _lent()))
    rows = select(Collection).where(theirs, shown(actor)).options(joinedload(Collection.network))
    return list(session.scalars(rows.order_by(Collection.title, Collection.id)))


def _lent() -> ColumnElement[bool]:
    """What another network may show (`rules.may_lend`)."""
    return and_(Collection.audience != rules.NETWORK, Collection.published_at.is_not(None))


def collection(actor: Actor, collection_id: int) -> Collection:
    """Give a collection with its network; raises NotFound when the actor may not know of it."""
    wanted = select(Collection).where(Collection.id == collection_id, shown(actor))
    found = session.scalar(wanted.options(joinedload(Collection.network)))
    if found is None:
        raise NotFound
    return found


def to_edit(actor: Actor, collection_id: int) -> Collection:
    """Give a collection the actor looks after; raises NotFound and NotAllowed."""
    found = collection(actor, collection_id)
    if not rules.may_edit(actor, found):
        raise NotAllowed
    return found


def by_ids(actor: Actor, ids: Iterable[int]) -> dict[int, Collection]:
    """Give those of the collections the actor may see."""
    wanted = select(Collection).where(Collection.id.in_(list(ids)), shown(actor))
    return {found.id: found for found in session.scalars(wanted.options(joinedload(Collection.network)))}


def origin(actor: Actor, copied: Collection) -> Collection | None:
    """Give the collection another began as, if the actor may see it."""
    return by_ids(actor, [copied.copied_from_id]).get(copied.copied_from_id) if copied.copied_from_id else None


def items(actor: Actor, collection: Collection, *, editing: bool = False) -> list[Shown]:
    """Give what stands in a collection in its order: what the actor may see, or for its editors all, marked.

    At most seven statements, however many items.
    """
    rows = select(CollectionItem).where(CollectionItem.collection_id == collection.id)
    every = list(session.scalars(rows.order_by(CollectionItem.position, CollectionItem.id)))
    post_ids = [item.post_id for item in every if item.post_id]
    person_ids = [item.person_id for item in every if item.person_id]
    seen = posts.by_ids(actor, post_ids) if post_ids else {}
    known = people.by_ids(person_ids) if person_ids else {}
    found = [_with_thing(item, seen, known) for item in every]
    return found if editing else [one for one in found if not one.missing]


def _with_thing(item: CollectionItem, seen: dict[int, Post], known: dict[int, Person]) -> Shown:
    if item.post_id is not None:
        post = seen.get(item.post_id)
        if post is None:
            return Shown(item, missing=CLOSED)
        return Shown(item, post, missing=GONE if post.is_gone else "")
    if item.person_id is not None:
        person = known.get(item.person_id)
        is_shown = person is not None and is_in_directory(person)
        return Shown(item, person=person) if is_shown else Shown(item, missing=UNLISTED)
    return Shown(item)


def is_in_directory(person: Person) -> bool:
    """Whether somebody is listed for all to see."""
    return person.listed and bool(person.name) and person.left_at is None and not person.is_former


def item(collection: Collection, item_id: int) -> CollectionItem:
    """Give an item of a collection; raises NotFound."""
    found = session.get(CollectionItem, item_id)
    if found is None or found.collection_id != collection.id:
        raise NotFound
    return found


def looked_after(actor: Actor) -> list[Collection]:
    """Give the collections of the networks one coordinates, by title: those one may put things in."""
    rows = select(Collection).where(Collection.network_id.in_(sorted(actor.coordinated_ids)))
    return list(session.scalars(rows.options(joinedload(Collection.network)).order_by(Collection.title)))


def networks_of(actor: Actor) -> list[Network]:
    """Give the networks one coordinates, by name."""
    if not actor.coordinated_ids:
        return []
    rows = select(Network).where(Network.id.in_(sorted(actor.coordinated_ids))).order_by(Network.name)
    return list(session.scalars(rows))


def shared_with(collection: Collection) -> list[Network]:
    """Give the other networks that show a collection, by name."""
    lent = select(CollectionShare.network_id).where(CollectionShare.collection_id == collection.id)
    return list(session.scalars(select(Network).where(Network.id.in_(lent)).order_by(Network.name)))


def pins(actor: Actor, network_id: int, *, editing: bool = False) -> list[Pinned]:
    """Give what a network has pinned up and the actor may see, in order; its editors all of it. One statement."""
    standing = and_(Post.id == NetworkPin.post_id, posts.visible(actor), posts.stands(Post))
    rows = (
        select(NetworkPin, Post, Collection)
        .select_from(NetworkPin)
        .outerjoin(Post, standing)
        .outerjoin(Collection, and_(Collection.id == NetworkPin.collection_id, shown(actor)))
        .where(NetworkPin.network_id == network_id)
        .order_by(NetworkPin.position, NetworkPin.id)
    )
    found = [Pinned(pin, post, collection) for pin, post, collection in session.execute(rows)]
    return found if editing else [one for one in found if one.post or _is_out(one.collection)]


def _is_out(collection: Collection | None) -> bool:
    return collection is not None and collection.published_at is not None
