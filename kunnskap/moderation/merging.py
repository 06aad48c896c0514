"""Merging two questions that ask the same: everything that hangs on one comes to the other, and its address leads there."""

from typing import Any

from sqlalchemy import CursorResult, delete, select, update

from kunnskap import clock
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.following.models import Follow
from kunnskap.moderation import deciding, moving, rules
from kunnskap.moderation.deciding import Wish
from kunnskap.moderation.models import Decision
from kunnskap.moderation.rules import Thing
from kunnskap.posts import actions as posts
from kunnskap.posts.models import Comment, Draft, Post, Vote
from kunnskap.questions import actions as questions
from kunnskap.questions.models import QuestionDetails, Wonder
from kunnskap.questions.queries import ANSWER_FORM


def merge(actor: Actor, thing: Thing, wish: Wish) -> Decision | None:
    """Merge a question into `wish.target`; None when somebody has done something to it meanwhile.

    Its own text stays in the database, for moderators. Raises Invalid where more would read what is moved.
    """
    deciding.check(actor, thing, wish)
    target = moving.question_to_join(wish, thing)
    if thing.post is None:
        return None
    source = thing.post
    for one in sorted((source, target), key=lambda post: post.id):
        hold(one)
    if not deciding.is_still_possible(thing, rules.MERGE):
        return None
    moving.refuse_target(actor, source, target)
    _move_what_hangs_on(source, target)
    source.hidden_at, source.merged_into_id = clock.now(), target.id
    session.flush()
    for question in (source, target):
        questions.keep_in_step(question)
        posts.changed(question)
    return deciding.write(actor, thing, wish)


def _move_what_hangs_on(source: Post, target: Post) -> None:
    answers = session.scalars(select(Post).where(Post.parent_id == source.id).order_by(Post.id)).all()
    moving.keep_unnamed(source, [source.id, *(answer.id for answer in answers)])
    for answer in answers:
        moving.hang_under(answer, target)
    session.flush()
    for answer in answers:
        posts.changed(answer)
    _move_comments(source, target)
    _move_followers(source, target)
    _move_votes(source, target)
    _move_details(source, target)
    session.execute(update(Post).where(Post.merged_into_id == source.id).values(merged_into_id=target.id))
    target.active_at = max(source.active_at, target.active_at)


def _move_comments(source: Post, target: Post) -> None:
    session.execute(update(Comment).where(Comment.post_id == source.id).values(post_id=target.id))
    target.comment_count, source.comment_count = target.comment_count + source.comment_count, 0
    session.flush()


def _move_followers(source: Post, target: Post) -> None:
    """Who followed both follows once; what somebody had begun to answer comes along too."""
    of_source = (Follow.target_kind == "post", Follow.target_id == source.id)
    there = select(Follow.person_id).where(Follow.target_kind == "post", Follow.target_id == target.id)
    _changed(update(Follow).where(*of_source, Follow.person_id.not_in(there)).values(target_id=target.id))
    _changed(delete(Follow).where(*of_source))
    old, new = f"{ANSWER_FORM}:{source.id}", f"{ANSWER_FORM}:{target.id}"
    begun = select(Draft.person_id).where(Draft.form == new)
    _changed(update(Draft).where(Draft.form == old, Draft.person_id.not_in(begun)).values(form=new))


def _move_votes(source: Post, target: Post) -> None:
    """Who found both useful counts once, and nobody finds their own question useful."""
    of_source = Vote.post_id == source.id
    there = select(Vote.voter_id).where(Vote.post_id == target.id)
    others = (Vote.voter_id.not_in(there), Vote.voter_id != target.author_id)
    moved = _changed(update(Vote).where(of_source, *others).values(post_id=target.id))
    dropped = _changed(delete(Vote).where(of_source))
    target.score, source.score = target.score + moved, source.score - moved - dropped
    session.flush()


def _move_details(source: Post, target: Post) -> None:
    """Those who wonder, the accepted answer where the other has none, and what leads to the question as its duplicate."""
    old, new = (session.get_one(QuestionDetails, number) for number in (source.id, target.id))
    for one in sorted((old, new), key=lambda details: details.post_id):
        hold(one)
    there = select(Wonder.person_id).where(Wonder.post_id == target.id)
    others = (Wonder.person_id.not_in(there), Wonder.person_id != target.author_id)
    moved = _changed(update(Wonder).where(Wonder.post_id == source.id, *others).values(post_id=target.id))
    _changed(delete(Wonder).where(Wonder.post_id == source.id))
    new.wonder_count, old.wonder_count = new.wonder_count + moved, 0
    accepted, old.accepted_answer_id, old.duplicate_of_id = old.accepted_answer_id, None, None
    if new.duplicate_of_id == source.id:
        new.duplicate_of_id = None
    session.flush()
    new.accepted_answer_id = new.accepted_answer_id or accepted
    first = new.duplicate_of_id or target.id
    session.execute(
        update(QuestionDetails).where(QuestionDetails.duplicate_of_id == source.id).values(duplicate_of_id=first)
    )
    session.flush()


def _changed(statement: Any) -> int:
    """Run a statement that changes rows nobody has read here; gives how many."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return result.rowcount if isinstance(result, CursorResult) else 0
