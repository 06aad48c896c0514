"""Saying that a post was useful, whatever its kind."""

from kunnskap import events
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import NotAllowed
from kunnskap.posts import rules
from kunnskap.posts.events import PostChanged
from kunnskap.posts.models import Post, Vote


def cast(actor: Actor, post: Post, *, useful: bool) -> None:
    """Set or take back the actor's vote; the same vote twice is one. Raises NotAllowed on one's own posts."""
    if not rules.may_vote(actor, post):
        raise NotAllowed
    hold(post)
    vote = session.get(Vote, (post.id, actor.person_id))
    if useful == (vote is not None):
        return
    if vote is None:
        session.add(Vote(post_id=post.id, voter_id=actor.person_id))
        post.score = Post.score + 1
    else:
        session.delete(vote)
        post.score = Post.score - 1
    session.flush()
    events.emit(PostChanged(post.id, post.parent_id or post.id))
