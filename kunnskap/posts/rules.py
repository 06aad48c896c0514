"""Who may do what with a post. Pure: no database, no request."""

from kunnskap.actor import Actor
from kunnskap.posts.models import Comment, Post


def audience_tokens(post: Post) -> frozenset[str]:
    """Say who may see the post; a reader with one of these tokens (`Actor.tokens`) may. `queries.visible_to` is its twin."""
    if post.is_gone:
        return frozenset({"moderators", f"person:{post.author_id}"})
    return frozenset({post.audience})


def may_see(actor: Actor, post: Post) -> bool:
    """Whoever belongs to the audience; what is gone is for its author and moderators."""
    return not actor.tokens.isdisjoint(audience_tokens(post))


def may_edit(actor: Actor, post: Post) -> bool:
    """The author, and moderators; nobody edits what a moderator has hidden but moderators."""
    return actor.is_moderator or (_is_author(actor, post) and post.hidden_at is None)


def may_withdraw(actor: Actor, post: Post) -> bool:
    """The author may take a post back and put it up again; so may a moderator."""
    return may_edit(actor, post)


def may_vote(actor: Actor, post: Post) -> bool:
    """Members, on what others wrote and still stands."""
    return actor.is_member and not _is_author(actor, post) and not post.is_gone


def may_reply(actor: Actor, post: Post) -> bool:
    """Members, on what still stands."""
    return actor.is_member and not post.is_gone


def may_withdraw_comment(actor: Actor, comment: Comment) -> bool:
    """The one who wrote it, and moderators."""
    return actor.is_moderator or (actor.is_member and actor.person_id == comment.author_id)


def _is_author(actor: Actor, post: Post) -> bool:
    return actor.is_member and actor.person_id == post.author_id
