"""Who may do what with a post. Pure: no database, no request."""

from kunnskap.actor import Actor
from kunnskap.i18n import mark
from kunnskap.places.rules import Sized, size_class
from kunnskap.posts.models import Comment, Post, Revision

COLLEAGUES = {
    "under-5000": mark("En rådgiver i en kommune med under 5 000 innbyggere"),
    "5000-20000": mark("En rådgiver i en kommune med 5 000–20 000 innbyggere"),
    "20000-50000": mark("En rådgiver i en kommune med 20 000–50 000 innbyggere"),
    "over-50000": mark("En rådgiver i en kommune med over 50 000 innbyggere"),
}
"""What those are called who are not named, by the class of size of where they work."""

READERS = "_readers"
"""What a revision's details call the circle it was written for, when the post is for more by now."""
Circle = tuple[str, int | None, int | None]
"""Whom something is for: the audience, its network and its place."""


def audience_tokens(post: Post) -> frozenset[str]:
    """Say who may see the post; a reader with one of these tokens (`Actor.tokens`) may. `queries.visible` is its twin."""
    always = {"moderators", f"person:{post.author_id}"}
    if post.is_gone:
        return frozenset(always)
    token = circle_token(post)
    return frozenset({token}) if token == post.audience else frozenset(always | {token})


def circle_token(post: Post) -> str:
    """Name whom a post is for as readers' `Actor.circles` do, whether it stands or not."""
    if post.audience == "network":
        return f"network:{post.for_network_id}"
    return f"place:{post.for_place_id}" if post.audience == "place" else post.audience


def may_see(actor: Actor, post: Post) -> bool:
    """Whoever belongs to the audience; what is gone or held is for its author and moderators."""
    return not actor.tokens.isdisjoint(audience_tokens(post))


def may_see_author(actor: Actor, post: Post) -> bool:
    """Everyone, unless the author asked not to be named: then moderators, and the author."""
    return not post.hides_author or _is_author(actor, post) or actor.may("see who asked without a name")


def colleague(place: Sized | None) -> str:
    """Say who wrote something from a place, without the name or the place; a marked sentence."""
    if place is not None and place.is_county:
        return mark("En rådgiver i en fylkeskommune")
    return COLLEAGUES.get(size_class(place.population if place else None) or "", mark("En kollega"))


def may_see_revision(actor: Actor, post: Post, revision: Revision) -> bool:
    """Whoever it was written for, of those who may see the post; its author and moderators."""
    readers = revision.details.get(READERS)
    return readers is None or readers in actor.circles or actor.is_moderator or _is_author(actor, post)


def keeps(actor: Actor, post: Post) -> bool:
    """Whether a post that stands was handed over to the actor, or to all who are proven to work where they do.

    Who keeps it does what its author may do, but does not take it back, let more or fewer read it, or learn who wrote it
    without a name: those are promises given to the author. Newcomers keep nothing until somebody trusts them.
    """
    if not actor.is_member or actor.is_newcomer or post.is_gone:
        return False
    is_place = post.keeper_place_id is not None and post.keeper_place_id == actor.proven_place_id
    return is_place or post.keeper_id == actor.person_id


def may_edit(actor: Actor, post: Post) -> bool:
    """The author, who keeps it, and moderators; nobody edits what a moderator has hidden but moderators."""
    return actor.is_moderator or (_is_author(actor, post) and post.hidden_at is None) or keeps(actor, post)


def may_restore(actor: Actor, post: Post, revision: Revision) -> bool:
    """Whoever may edit it; what was written for fewer readers, its author alone."""
    is_for_fewer = READERS in revision.details
    return may_edit(actor, post) and revision.post_id == post.id and (_is_author(actor, post) or not is_for_fewer)


def may_withdraw(actor: Actor, post: Post) -> bool:
    """The author may take a post back and put it up again; so may a moderator."""
    return actor.is_moderator or (_is_author(actor, post) and post.hidden_at is None)


def may_address_anew(actor: Actor, post: Post) -> bool:
    """The author says who may read it; so may a moderator. Who keeps it leaves that as it is."""
    return may_withdraw(actor, post)


def may_vote(actor: Actor, post: Post) -> bool:
    """Members, on what others wrote and still stands."""
    return actor.is_member and not _is_author(actor, post) and not post.is_gone


def may_reply(actor: Actor, post: Post) -> bool:
    """Members, on what still stands and is not locked."""
    return actor.is_member and not post.is_gone and post.locked_at is None


def may_edit_comment(actor: Actor, comment: Comment) -> bool:
    """The one who wrote it, unless a moderator has hidden it; nobody puts words into another's mouth."""
    return actor.is_member and actor.person_id == comment.author_id and comment.hidden_at is None


def may_withdraw_comment(actor: Actor, comment: Comment) -> bool:
    """The one who wrote it, and moderators."""
    return actor.is_moderator or (actor.is_member and actor.person_id == comment.author_id)


def may_address(actor: Actor, audience: str, network_id: int | None) -> bool:
    """Whether the actor may write for this audience: only for networks one is in, and the place one is proven to work at."""
    if audience == "network":
        return network_id in actor.network_ids
    return audience != "place" or actor.proven_place_id is not None


def circle(post: Post) -> Circle:
    """Say whom a post is for."""
    return post.audience, post.for_network_id, post.for_place_id


def is_no_wider(narrow: Circle, wide: Circle) -> bool:
    """Whether everyone who `narrow` is for is among those `wide` is for, so that words may move from `wide` to `narrow`."""
    if wide[0] == "everyone" or (wide[0] == "members" and narrow[0] != "everyone"):
        return True
    return narrow == wide


def _is_author(actor: Actor, post: Post) -> bool:
    return actor.is_member and actor.person_id == post.author_id
