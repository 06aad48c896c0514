"""Reading posts. Visibility is decided here, once, for every kind."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select, true, union_all
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption
from sqlalchemy.orm.util import AliasedClass

from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import NotFound
from kunnskap.following.models import Follow
from kunnskap.paging import Page
from kunnskap.places.models import Place
from kunnskap.posts.kinds import ANSWER, KINDS, Kind
from kunnskap.posts.models import Attachment, Comment, Draft, Post, PostPlace, PostTheme, Revision, Vote
from kunnskap.posts.nearness import sorted_by_likeness
from kunnskap.posts.rules import may_see_revision
from kunnskap.remembering import remembered
from kunnskap.themes.models import Theme

Columns = TypeVarTuple("Columns")
SIZE = 20
CARD: tuple[ORMOption, ...] = (
    joinedload(Post.author),
    joinedload(Post.place).joinedload(Place.county),
    selectinload(Post.themes),
    selectinload(Post.places).joinedload(Place.county),
)
"""What `posts/parts.html` needs of a post; three statements however many posts."""
_about = aliased(Place)
_county_about = aliased(Place)
REPLY: tuple[ORMOption, ...] = (joinedload(Post.author), joinedload(Post.place))


@lru_cache(maxsize=1_000)
def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition under which the actor may see a post (the twin of `rules.audience_tokens`)."""
    if actor.is_moderator:
        return true()
    root = aliased(Post)
    hung_on_seen = exists().where(root.id == Post.parent_id, seen(actor, root)).correlate(Post)
    return and_(seen(actor, Post), or_(Post.parent_id.is_(None), hung_on_seen))


def seen(actor: Actor, post: type[Post] | AliasedClass[Post]) -> ColumnElement[bool]:
    """The condition under which a post itself may be seen, whatever it hangs on."""
    here = and_(stands(post), meant_for(actor, post))
    return or_(here, post.author_id == actor.person_id) if actor.is_member else here


def stands(post: type[Post] | AliasedClass[Post]) -> ColumnElement[bool]:
    """The condition under which a post is neither hidden, withdrawn nor held (`not post.is_gone`)."""
    return and_(post.hidden_at.is_(None), post.withdrawn_at.is_(None), post.held_at.is_(None))


def meant_for(actor: Actor, post: type[Post] | AliasedClass[Post]) -> ColumnElement[bool]:
    """The condition under which the actor belongs to the audience of what stands."""
    if not actor.is_member:
        return post.audience == "everyone"
    if actor.is_moderator:
        return true()
    circles = [post.audience.in_(("everyone", "members"))]
    if actor.network_ids:
        circles.append(and_(post.audience == "network", post.for_network_id.in_(sorted(actor.network_ids))))
    if actor.proven_place_id is not None:
        circles.append(and_(post.audience == "place", post.for_place_id == actor.proven_place_id))
    return or_(*circles)


def names_author(actor: Actor) -> ColumnElement[bool]:
    """The condition under which the actor may know who wrote a post (the twin of `rules.may_see_author`).

    What many are shown alike is asked for on behalf of `actor.at_large`: there, one's own is without a name too.
    """
    if actor.is_moderator:
        return true()
    named = Post.hides_author.is_(False)
    return or_(named, Post.author_id == actor.person_id) if actor.is_member else named


def visible_to(actor: Actor) -> Select[Post]:
    """Every post the actor may see."""
    return select(Post).where(visible(actor))


def post(actor: Actor, post_id: int, kind: Kind | None = None, options: Collection[ORMOption] = CARD) -> Post:
    """Give the post with what a card needs; raises NotFound when the actor may not know of it."""
    wanted = visible_to(actor).where(Post.id == post_id).options(*options)
    if kind is not None:
        wanted = wanted.where(Post.kind_key == kind.key)
    found = session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


def whole(rows: Select[*Columns]) -> Select[*Columns]:
    """Have rows of posts bring along what a card needs, in the same statement; for one post, which has few themes.

    The joins are laid out flat, since SQLite reads whole tables for the nested ones of `joinedload`. Ask `unique()`.
    """
    rows = rows.outerjoin(PostTheme, PostTheme.post_id == Post.id).outerjoin(Theme, Theme.id == PostTheme.theme_id)
    rows = rows.outerjoin(PostPlace, PostPlace.post_id == Post.id).outerjoin(_about, _about.id == PostPlace.place_id)
    rows = rows.outerjoin(_county_about, _county_about.id == _about.county_id)
    return rows.order_by(Theme.position, PostPlace.position, _about.name).options(
        joinedload(Post.author),
        joinedload(Post.place).joinedload(Place.county),
        contains_eager(Post.themes),
        contains_eager(Post.places.of_type(_about)).contains_eager(_about.county.of_type(_county_about)),
    )


def elsewhere(actor: Actor, post_id: int) -> Post | None:
    """Find what an address that is no longer right leads to: what a post was merged into, or the post as another kind."""
    today = select(func.coalesce(Post.merged_into_id, Post.id)).where(Post.id == post_id).scalar_subquery()
    return session.scalar(visible_to(actor).where(Post.id == today))


def by_ids(actor: Actor, ids: Iterable[int]) -> dict[int, Post]:
    """Give those of the posts the actor may see, with what cards need."""
    wanted = visible_to(actor).where(Post.id.in_(list(ids))).options(*CARD)
    return {found.id: found for found in session.scalars(wanted)}


def by_submission(actor: Actor, key: str | None) -> Post | None:
    """Find what this form has already made, when it is sent a second time."""
    if not key or not key.isprintable() or not actor.is_member:
        return None  # a NUL character cannot even be asked for
    return session.scalar(select(Post).where(Post.author_id == actor.person_id, Post.submission_key == key))


def replies(actor: Actor, parent: Post) -> list[Post]:
    """Give the answers to a post, most useful first."""
    wanted = visible_to(actor).where(Post.parent_id == parent.id).options(*REPLY)
    return list(session.scalars(wanted.order_by(Post.score.desc(), Post.id)))


@dataclass(frozen=True)
class Filter:
    """What a list shows. `themes` are ids (a theme with its subthemes); `place` is who wrote or what it is about.

    `author_ids` widen `place_ids`: what these people wrote, or what those places have to do with. `also` are
    conditions of a kind's own, on `Post`. `like` is a municipality of today's; what is most alike it comes first.
    """

    kinds: tuple[Kind, ...] = ()
    status: str | None = None
    themes: tuple[int, ...] = ()
    place_ids: tuple[int, ...] = ()
    county_id: int | None = None
    author_id: int | None = None
    author_ids: tuple[int, ...] = ()
    standing_only: bool = True
    by_activity: bool = False
    like: int | None = None
    also: tuple[ColumnElement[bool], ...] = ()

    @property
    def tells_author(self) -> bool:
        """Whether it is narrowed by what may tell who wrote something."""
        narrowed = (self.author_id, self.author_ids, self.place_ids, self.county_id)
        return any(one not in {None, ()} for one in narrowed)


def only_for(network_id: int) -> Filter:
    """What is for those in one network alone: its own area."""
    return Filter(also=(Post.audience == "network", Post.for_network_id == network_id))


def page(actor: Actor, wanted: Filter, number: int = 1, size: int = SIZE) -> Page[Post]:
    """Give one page of the posts that pass the filter, newest first unless it says otherwise."""
    condition = passing(actor, wanted)
    counted = select(func.count()).select_from(Post).where(condition)
    found = _page(condition, wanted, size, (number - 1) * size)
    if number == 1 and len(found) < size:
        return Page(found, number, size, len(found))
    total = _count(actor, replace(wanted, like=None), lambda: session.scalar(counted) or 0)
    return Page(found, number, size, total)


def _page(condition: ColumnElement[bool], wanted: Filter, size: int, before: int) -> list[Post]:
    order = (Post.active_at if wanted.by_activity else Post.published_at).desc(), Post.id.desc()
    if wanted.like is None:
        rows = select(Post).where(condition).options(*CARD).order_by(*order)
        return list(session.scalars(rows.limit(size).offset(before)))
    # Sorting whole posts would carry all their texts along.
    numbers: Sequence[int] = ()
    for ids in sorted_by_likeness(select(Post.id).where(condition), wanted.like, order, before + size):
        numbers = session.scalars(ids.limit(size).offset(before)).all()
        if len(numbers) == size:
            break
    posts = {post.id: post for post in session.scalars(select(Post).where(Post.id.in_(numbers)).options(*CARD))}
    return [posts[number] for number in numbers]


def _count(actor: Actor, wanted: Filter, count: Callable[[], int]) -> int:
    """Count, once for all who see the same of what stands: those who belong to the same audiences."""
    if not wanted.standing_only or wanted.also or wanted.tells_author:
        return count()
    return remembered(("count of posts", actor.circles, wanted), count)


def passing(actor: Actor, wanted: Filter) -> ColumnElement[bool]:
    """The condition for what the filter lets through of what the actor may see; only answers hang on something that may be hidden."""
    if actor.is_moderator or ANSWER in wanted.kinds:
        return and_(visible(actor), *_conditions(actor, wanted))
    shown = meant_for(actor, Post) if wanted.standing_only else seen(actor, Post)
    return and_(shown, *_conditions(actor, wanted))


def latest(actor: Actor, wanted: Filter, size: int = 5, options: Collection[ORMOption] = CARD) -> list[Post]:
    """Give the newest posts that pass the filter, without counting them all."""
    rows = select(Post).where(passing(actor, wanted)).options(*options)
    return list(session.scalars(rows.order_by(Post.published_at.desc(), Post.id.desc()).limit(size)))


def _conditions(actor: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    kinds = wanted.kinds or tuple(kind for kind in KINDS.values() if kind is not ANSWER)
    found: list[ColumnElement[bool]] = [Post.kind_key.in_([kind.key for kind in kinds]), *wanted.also]
    if wanted.standing_only:
        found.append(stands(Post))
    if wanted.status:
        found.append(Post.status == wanted.status)
    if wanted.author_id is not None:
        found += [Post.author_id == wanted.author_id, names_author(actor)]
    if wanted.themes:
        found.append(Post.id.in_(select(PostTheme.post_id).where(PostTheme.theme_id.in_(wanted.themes))))
    if wanted.place_ids or wanted.author_ids:
        by_them = and_(Post.author_id.in_(wanted.author_ids), names_author(actor.at_large))
        found.append(or_(by_them, _written_from_or_about(actor, Place.id.in_(wanted.place_ids))))
    if wanted.county_id is not None:
        inside = or_(Place.id == wanted.county_id, Place.county_id == wanted.county_id)
        found.append(_written_from_or_about(actor, inside))
    return found


def _written_from_or_about(actor: Actor, which: ColumnElement[bool]) -> ColumnElement[bool]:
    places = select(Place.id).where(which)
    about = select(PostPlace.post_id).where(PostPlace.place_id.in_(places))
    return or_(and_(Post.place_id.in_(places), names_author(actor.at_large)), Post.id.in_(about))


def answers_by(actor: Actor, person_id: int, size: int = 10) -> list[tuple[Post, Post]]:
    """Give a person's newest answers, each with the post it answers; one statement."""
    asked = aliased(Post)
    rows = (
        select(Post, asked)
        .join(asked, asked.id == Post.parent_id)
        .where(visible(actor), Post.author_id == person_id, stands(Post), names_author(actor))
        .order_by(Post.id.desc())
        .limit(size)
    )
    return list(session.execute(rows))


def comments(actor: Actor, posts: Iterable[Post]) -> dict[int, list[Comment]]:
    """Give the comments on posts the caller was given by this module, by post, oldest first; one statement."""
    found: defaultdict[int, list[Comment]] = defaultdict(list)
    ids = [post.id for post in posts if post.comment_count]
    if ids:
        rows = select(Comment).join(Post, Post.id == Comment.post_id).where(Post.id.in_(ids), _comment_shown(actor))
        for comment in session.scalars(rows.options(joinedload(Comment.author)).order_by(Comment.id)):
            found[comment.post_id].append(comment)
    return dict(found)


def _comment_shown(actor: Actor) -> ColumnElement[bool]:
    """The condition under which a comment on a post one sees is shown; others' only to those whom the post is for."""
    there = Comment.withdrawn_at.is_(None)
    if actor.is_moderator:
        return there
    standing = and_(Comment.hidden_at.is_(None), Comment.held_at.is_(None), meant_for(actor, Post))
    return and_(there, or_(standing, Comment.author_id == actor.person_id) if actor.is_member else standing)


def comment(actor: Actor, comment_id: int) -> tuple[Comment, Post]:
    """Give a comment and its post; raises NotFound when the actor may not see the comment or its post."""
    wanted = select(Comment).join(Post, Post.id == Comment.post_id).where(Comment.id == comment_id)
    found = session.scalar(wanted.where(_comment_shown(actor)))
    if found is None:
        raise NotFound
    return found, post(actor, found.post_id, options=())


def attachments(actor: Actor, posts: Iterable[Post]) -> dict[int, list[Attachment]]:
    """Give the files the actor may see of posts the caller was given by this module, by post; one statement."""
    found: defaultdict[int, list[Attachment]] = defaultdict(list)
    ids = [post.id for post in posts if post.attachment_count]
    if ids:
        rows = select(Attachment).join(Post, Post.id == Attachment.post_id).where(Post.id.in_(ids), _given(actor))
        for one in session.scalars(rows.options(joinedload(Attachment.file)).order_by(Attachment.id)):
            found[one.post_id].append(one)
    return dict(found)


def _given(actor: Actor) -> ColumnElement[bool]:
    """The condition under which a file that hangs on a post one sees is given: held ones to its author and moderators."""
    if actor.is_moderator:
        return true()
    free = Attachment.held_for.is_(None)
    return or_(free, Post.author_id == actor.person_id) if actor.is_member else free


def attachment(actor: Actor, attachment_id: int) -> Attachment:
    """Give an attachment; raises NotFound when the actor may not see its post, or it is held for others than they."""
    wanted = select(Attachment).join(Post, Post.id == Attachment.post_id).where(visible(actor), _given(actor))
    wanted = wanted.where(Attachment.id == attachment_id).options(joinedload(Attachment.file))
    found = session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class Mine:
    """What the reader has done with the posts on a page: ids of those voted for and those followed."""

    voted: frozenset[int] = frozenset()
    followed: frozenset[int] = frozenset()


def mine(actor: Actor, posts: Iterable[Post]) -> Mine:
    """Tell which of these posts the actor has voted for and follows; one statement, none for visitors."""
    ids = [post.id for post in posts]
    if not actor.is_member or not ids:
        return Mine()
    votes = select(literal("vote"), Vote.post_id).where(Vote.voter_id == actor.person_id, Vote.post_id.in_(ids))
    follows = select(literal("follow"), Follow.target_id).where(
        Follow.person_id == actor.person_id, Follow.target_kind == "post", Follow.target_id.in_(ids)
    )
    rows = session.execute(union_all(votes, follows)).all()
    return Mine(
        frozenset(number for what, number in rows if what == "vote"),
        frozenset(number for what, number in rows if what == "follow"),
    )


def revisions(actor: Actor, post: Post) -> list[Revision]:
    """Give the revisions the actor may see of a post the caller was given by this module, newest first."""
    rows = select(Revision).where(Revision.post_id == post.id).options(joinedload(Revision.editor))
    found = session.scalars(rows.order_by(Revision.id.desc()))
    return [one for one in found if may_see_revision(actor, post, one)]


def revision(post: Post, revision_id: int) -> Revision:
    """Give one revision of a post; raises NotFound when it is another post's."""
    found = session.get(Revision, revision_id)
    if found is None or found.post_id != post.id:
        raise NotFound
    return found


def draft(actor: Actor, form: str) -> Draft | None:
    """Give what the actor has begun to write in this form."""
    return session.get(Draft, (actor.person_id, form)) if actor.is_member else None


def drafts(actor: Actor) -> list[Draft]:
    """Give everything the actor has begun to write, newest first."""
    return list(
        session.scalars(select(Draft).where(Draft.person_id == actor.person_id).order_by(Draft.saved_at.desc()))
    )


def has_gone(actor: Actor) -> bool:
    """Say whether the actor wrote anything that others who may see the same do not: it is gone, or for a circle one left."""
    shared = and_(stands(Post), meant_for(actor, Post))
    return bool(session.scalar(select(exists().where(Post.author_id == actor.person_id, ~shared))))
