"""What is for the people of a municipality follows it when it becomes part of another."""

from sqlalchemy import select

from kunnskap.accounts.models import Account, KnownDomain
from kunnskap.db import session
from kunnskap.places import queries as places
from kunnskap.posts import actions as posts
from kunnskap.posts.models import Post
from kunnskap.tables import Loaded


def follow() -> Loaded:
    """Move accounts, known domains and what is for one's own municipality from former places to those that took over.

    What a place was split into is several, and nobody knows which of them is meant: then all stays as it is.
    """
    now = places.sole_successors()
    accounts = session.scalars(select(Account).where(Account.place_id.in_(now))).all()
    domains = session.scalars(select(KnownDomain).where(KnownDomain.place_id.in_(now))).all()
    closed = session.scalars(select(Post).where(Post.for_place_id.in_(now))).all()
    kept = session.scalars(select(Post).where(Post.keeper_place_id.in_(now))).all()
    for account in accounts:
        account.place_id = now[account.place_id or 0]
    for domain in domains:
        domain.place_id = now[domain.place_id or 0]
    for post in closed:
        post.for_place_id = now[post.for_place_id or 0]
        posts.changed(post)
    for post in kept:
        post.keeper_place_id = now[post.keeper_place_id or 0]
    session.flush()
    moved = {"accounts moved": len(accounts), "posts moved": len([post for post in closed if post.parent_id is None])}
    return Loaded(
        {what: count for what, count in moved.items() if count}, len(accounts) + len(domains) + len(closed) + len(kept)
    )
