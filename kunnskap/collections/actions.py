"""Making and changing collections and what stands in them, lending them, and pinning things up.

Whoever changes what stands in a collection holds it first, so that two editors never lose each other's work; what an
editor writes anew is kept only while it still says what the editor read.
"""

from datetime import timedelta

from sqlalchemy import delete, func, select

from kunnskap import audit, clock, text
from kunnskap.actor import Actor
from kunnskap.collections import queries, rules
from kunnskap.collections.models import Collection, CollectionItem, CollectionShare
from kunnskap.collections.rules import Reference, Told
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed, NotFound
from kunnskap.i18n import mark, say
from kunnskap.networks.models import Network
from kunnskap.people import queries as people
from kunnskap.posts import queries as posts

SENT_TWICE = timedelta(minutes=5)
"""A form that makes the same thing again within this time was sent twice."""
CHANGED = mark(
    "Noen andre har endret dette mens du skrev. Se hva som står nå, ta med deg det du vil beholde, og lagre en gang til."
)


def make(actor: Actor, network: Network, told: Told) -> Collection:
    """Begin a collection that readers do not see yet; sent twice it is made once. Raises NotAllowed and Invalid."""
    if not rules.may_make(actor, network.id):
        raise NotAllowed
    kept = rules.checked(told)
    hold(network)
    earlier = _made_lately(actor, network, kept.title)
    return earlier or _made(actor, network, kept)


def _made_lately(actor: Actor, network: Network, title: str, origin_id: int | None = None) -> Collection | None:
    mine = select(Collection).where(Collection.network_id == network.id, Collection.made_by_id == actor.person_id)
    mine = mine.where(Collection.title == title, Collection.made_at > clock.now() - SENT_TWICE)
    mine = mine.where(Collection.copied_from_id == origin_id if origin_id else Collection.copied_from_id.is_(None))
    return session.scalar(mine.where(Collection.published_at.is_(None)).limit(1))


def _made(actor: Actor, network: Network, told: Told, origin_id: int | None = None) -> Collection:
    made = Collection(network_id=network.id, made_by_id=actor.person_id, copied_from_id=origin_id, title=told.title)
    _write(made, told)
    made.network = network
    session.add(made)
    session.flush()
    return made


def _write(collection: Collection, told: Told) -> None:
    collection.title, collection.audience = told.title, told.audience
    collection.introduction, collection.introduction_html = told.introduction, text.to_html(told.introduction)


def edit(actor: Actor, collection: Collection, told: Told, read: str) -> None:
    """Change what a collection says of itself; `read` is the fingerprint of what the editor began with.

    Raises Invalid(form=CHANGED) when another editor has written meanwhile, so that nothing is lost.
    """
    _begin(actor, collection)
    kept = rules.checked(told)
    if kept == Told(collection.title, collection.introduction, collection.audience):
        return
    if read != rules.fingerprint_of(collection):
        raise Invalid(form=CHANGED)
    _write(collection, kept)
    _changed(actor, collection, "collection edited")


def add(actor: Actor, collection: Collection, what: Reference, title: str = "", note: str = "") -> CollectionItem:
    """Put a post, a person or a link last; what stands there already stands once. Raises Invalid and NotAllowed."""
    _begin(actor, collection)
    named, said = rules.checked_words(title, note, is_link=bool(what.url))
    there = _same(collection, what)
    if there is not None:
        return there
    _expect(actor, what)
    count, last = session.execute(
        select(func.count(), func.max(CollectionItem.position)).where(CollectionItem.collection_id == collection.id)
    ).one()
    if count >= rules.MOST_ITEMS:
        raise Invalid(
            what=say("Samlingen er full. Den kan ha høyst %(most)s ting. Lag gjerne en til.", most=rules.MOST_ITEMS)
        )
    made = CollectionItem(
        collection_id=collection.id,
        position=(last or 0) + 1,
        post_id=what.post_id,
        person_id=what.person_id,
        url=what.url,
        title=named,
        note=said,
    )
    session.add(made)
    _changed(actor, collection)
    session.flush()
    return made


def _same(collection: Collection, what: Reference) -> CollectionItem | None:
    alike = CollectionItem.url == what.url, CollectionItem.post_id.is_not_distinct_from(what.post_id)
    rows = select(CollectionItem).where(CollectionItem.collection_id == collection.id, *alike)
    return session.scalar(rows.where(CollectionItem.person_id.is_not_distinct_from(what.person_id)).limit(1))


def _expect(actor: Actor, what: Reference) -> None:
    if what.collection_id is not None:
        raise Invalid(
            what=mark("En samling kan ikke stå i en annen samling. Velg et innlegg, en person eller en lenke.")
        )
    if what.post_id is not None:
        try:
            found = posts.post(actor, what.post_id, options=())
        except NotFound:
            raise Invalid(what=rules.NO_SUCH_POST) from None
        if found.is_gone:
            raise Invalid(what=rules.NO_SUCH_POST)
    if what.person_id is not None:
        person = people.by_ids([what.person_id]).get(what.person_id)
        if person is None or not queries.is_in_directory(person):
            raise Invalid(what=rules.NO_SUCH_PERSON)


def rewrite(actor: Actor, item: CollectionItem, title: str, note: str, read: str) -> None:
    """Change the title and note of an item; `read` is the fingerprint of what the editor began with. Raises as `edit`."""
    collection = session.get_one(Collection, item.collection_id)
    _begin(actor, collection)
    hold(item)
    kept = rules.checked_words(title, note, is_link=bool(item.url))
    if kept == (item.title, item.note):
        return
    if read != rules.fingerprint((item.title, item.note)):
        raise Invalid(form=CHANGED)
    item.title, item.note = kept
    _changed(actor, collection)


def move(actor: Actor, collection: Collection, item_id: int, to: str) -> None:
    """Move an item: `to` is "opp", "ned" or the place it gets, from 1. Raises NotFound when it stands there no more."""
    _begin(actor, collection)
    rows = select(CollectionItem).where(CollectionItem.collection_id == collection.id)
    standing = {one.id: one for one in session.scalars(rows.order_by(CollectionItem.position, CollectionItem.id))}
    if item_id not in standing:
        raise NotFound
    for position, number in enumerate(rules.moved(list(standing), item_id, to), start=1):
        standing[number].position = position
    _changed(actor, collection)


def take_out(actor: Actor, collection: Collection, item_id: int) -> None:
    """Take an item out; taking it out twice is taking it out once."""
    _begin(actor, collection)
    mine = CollectionItem.collection_id == collection.id, CollectionItem.id == item_id
    session.execute(delete(CollectionItem).where(*mine))
    _changed(actor, collection)


def publish(actor: Actor, collection: Collection, *, is_out: bool) -> None:
    """Let readers see a collection, or no longer. Raises Invalid while there is nothing in it."""
    _begin(actor, collection)
    if is_out == (collection.published_at is not None):
        return
    mine = select(CollectionItem.id).where(CollectionItem.collection_id == collection.id)
    if is_out and session.scalar(mine.limit(1)) is None:
        raise Invalid(form=mark("Samlingen er tom. Legg noe i den før du legger den ut."))
    collection.published_at = clock.now() if is_out else None
    _changed(actor, collection, "collection published" if is_out else "collection taken down")


def remove(actor: Actor, collection: Collection) -> None:
    """Remove a collection that readers do not see, with all that is said in it. Raises Invalid while they do."""
    _begin(actor, collection)
    if collection.published_at is not None:
        raise Invalid(form=mark("Ta samlingen ned først, så kan du fjerne den."))
    _note(actor, collection, "collection removed")
    session.execute(delete(CollectionItem).where(CollectionItem.collection_id == collection.id))
    session.execute(delete(Collection).where(Collection.id == collection.id))
    session.expunge(collection)


def share(actor: Actor, collection: Collection, network: Network, *, is_shared: bool) -> None:
    """Have another network show a collection among its own, or no longer; once and for all who do it twice.

    Those who look after the other network, or the collection itself when it ends, may do so. Raises NotAllowed, Invalid.
    """
    may_end = not is_shared and rules.may_edit(actor, collection)
    if not (rules.may_make(actor, network.id) or may_end):
        raise NotAllowed
    hold(collection)
    there = session.get(CollectionShare, (collection.id, network.id))
    if is_shared and there is None:
        if not rules.may_lend(collection, network.id) or collection.network_id == network.id:
            raise Invalid(form=mark("Samlingen er bare for sitt eget nettverk. Be koordinatoren der om å åpne den."))
        session.add(CollectionShare(collection_id=collection.id, network_id=network.id))
        _note(actor, collection, "collection shared", network.id)
    elif not is_shared and there is not None:
        session.delete(there)
        _note(actor, collection, "collection share ended", network.id)


def copy(actor: Actor, collection: Collection, network: Network) -> Collection:
    """Begin a collection of one's own with what the actor may see of another. Raises NotAllowed and Invalid."""
    if not rules.may_make(actor, network.id):
        raise NotAllowed
    if not rules.may_lend(collection, network.id):
        raise Invalid(form=mark("Samlingen er bare for sitt eget nettverk. Be koordinatoren der om å åpne den."))
    hold(network)
    earlier = _made_lately(actor, network, collection.title, collection.id)
    if earlier is not None:
        return earlier
    told = Told(collection.title, collection.introduction, collection.audience)
    made = _made(actor, network, told, collection.id)
    # Also an editor takes along only what readers see: the rest was not meant for others.
    seen = queries.items(actor, collection)
    for position, one in enumerate(seen, start=1):
        item = one.item
        thing = {"post_id": item.post_id, "person_id": item.person_id, "url": item.url}
        words = {"title": item.title, "note": item.note}
        session.add(CollectionItem(collection_id=made.id, position=position, **thing, **words))
    session.flush()
    return made


def _begin(actor: Actor, collection: Collection) -> None:
    if not rules.may_edit(actor, collection):
        raise NotAllowed
    hold(collection)


def _changed(actor: Actor, collection: Collection, act: str = "") -> None:
    collection.edited_at = clock.now()
    session.flush()
    if act:
        _note(actor, collection, act)


def _note(actor: Actor, collection: Collection, act: str, network_id: int | None = None) -> None:
    audit.note(actor, act, f"collection:{collection.id}", {"network": network_id or collection.network_id})
