"""Asking, answering and settling questions.

A question's state, its count of answers and its accepted answer always agree with the answers that stand.
"""

from dataclasses import replace

from sqlalchemy import case, func, literal, select, update

from kunnskap import clock
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed
from kunnskap.following import actions as following
from kunnskap.i18n import mark
from kunnskap.posts import actions as posts
from kunnskap.posts import queries
from kunnskap.posts.actions import Content
from kunnskap.posts.kinds import ANSWER, QUESTION, UNANSWERED
from kunnskap.posts.models import Post
from kunnskap.posts.queries import stands
from kunnskap.questions import rules
from kunnskap.questions.models import QuestionDetails, Wonder
from kunnskap.targets import Target


def ask(actor: Actor, content: Content, submission_key: str | None = None) -> Post:
    """Publish a question and follow it; a form sent twice gives back the first one. Raises Invalid by field."""
    first = queries.by_submission(actor, submission_key)
    if first is not None:
        return first
    _refuse(rules.question_problems(content))
    question = posts.publish(actor, QUESTION, replace(content, status=UNANSWERED), submission_key=submission_key)
    session.add(QuestionDetails(post_id=question.id))
    following.follow(actor, Target("post", question.id))
    return question


def edit(actor: Actor, question: Post, content: Content) -> None:
    """Change a question; its answers are for the same readers. Raises Invalid by field."""
    _refuse(rules.question_problems(content))
    posts.edit(actor, question, content)
    _bring_answers_along(question)


def answer(actor: Actor, question: Post, content: Content, submission_key: str | None = None) -> Post:
    """Answer a question and follow it; a form sent twice gives back the first answer. Raises Invalid on `body`."""
    first = queries.by_submission(actor, submission_key)
    if first is not None:
        return first
    _refuse(rules.body_problems(content.body, rules.NO_ANSWER))
    content = replace(content, hides_author=_tells_who_asked(actor.person_id, question))
    hold(question)  # it may be merged or locked at this moment
    made = posts.publish(actor, ANSWER, content, parent=question, submission_key=submission_key)
    keep_in_step(question)
    question.active_at = made.published_at
    following.follow(actor, Target("post", question.id))
    return made


def edit_answer(actor: Actor, made: Post, content: Content) -> None:
    """Change an answer. Raises Invalid on `body`."""
    _refuse(rules.body_problems(content.body, rules.NO_ANSWER))
    posts.edit(actor, made, replace(content, audience=made.audience, hides_author=made.hides_author))
    session.get_one(Post, made.parent_id).active_at = clock.now()


def accept(actor: Actor, question: Post, made: Post, *, accepted: bool) -> None:
    """Say which answer solved the question, or take that back; a question has one such answer at most."""
    if made.parent_id != question.id or made.is_gone or not rules.may_accept(actor, question):
        raise NotAllowed
    details = session.get_one(QuestionDetails, question.id)
    if accepted == (details.accepted_answer_id == made.id):
        return
    details.accepted_answer_id = made.id if accepted else None
    question.active_at = clock.now()
    keep_in_step(question)
    posts.changed(question)


def wonder(actor: Actor, question: Post, *, wonders: bool) -> None:
    """Say that one has the same question, which follows it too, or take that back; the same twice is once."""
    if not rules.may_wonder(actor, question):
        raise NotAllowed
    hold(question)
    row = session.get(Wonder, (question.id, actor.person_id))
    details = session.get_one(QuestionDetails, question.id)
    if wonders and row is None:
        session.add(Wonder(post_id=question.id, person_id=actor.person_id))
        details.wonder_count = QuestionDetails.wonder_count + 1
        following.follow(actor, Target("post", question.id))
    elif not wonders and row is not None:
        session.delete(row)
        details.wonder_count = QuestionDetails.wonder_count - 1
    session.flush()


def mark_duplicate(actor: Actor, question: Post, original: Post) -> None:
    """Lead from a question to one asked before; always to the first of them, so that nobody is led in steps or circles."""
    if not rules.may_mark_duplicate(actor, question):
        raise NotAllowed
    above = session.get(QuestionDetails, original.id)
    if above is None or original.is_gone:
        raise Invalid(original=mark("Velg et spørsmål som finnes."))
    root = above.duplicate_of_id or original.id
    if root == question.id:
        raise Invalid(original=mark("Et spørsmål kan ikke være duplikat av seg selv."))
    session.get_one(QuestionDetails, question.id).duplicate_of_id = root
    led_here = QuestionDetails.duplicate_of_id == question.id
    session.execute(update(QuestionDetails).where(led_here).values(duplicate_of_id=root))
    posts.changed(question)


def unmark_duplicate(actor: Actor, question: Post) -> None:
    """Undo `mark_duplicate`."""
    if not rules.may_mark_duplicate(actor, question):
        raise NotAllowed
    session.get_one(QuestionDetails, question.id).duplicate_of_id = None
    posts.changed(question)


def _tells_who_asked(person_id: int | None, question: Post) -> bool:
    return question.hides_author and person_id == question.author_id


def _bring_answers_along(question: Post) -> None:
    """Answers are for the same readers; those of the one who asked would tell the name that the question keeps."""
    session.flush()
    hides = case((Post.author_id == question.author_id, literal(question.hides_author)), else_=Post.hides_author)
    answers = update(Post).where(Post.parent_id == question.id)
    same = {"audience": question.audience, "for_network_id": question.for_network_id}
    session.execute(answers.values(**same, for_place_id=question.for_place_id, hides_author=hides))


def _refuse(problems: rules.Problems) -> None:
    if problems:
        raise Invalid(**problems)


def keep_in_step(question: Post) -> None:
    """Count the answers that stand, let go of an accepted one that is gone, and set the state from both."""
    session.flush()
    hold(question)
    standing = (Post.parent_id == question.id, stands(Post))
    question.answer_count = session.scalar(select(func.count()).select_from(Post).where(*standing)) or 0
    details = session.get_one(QuestionDetails, question.id)
    hold(details)
    accepted = select(Post.id).where(*standing, Post.id == details.accepted_answer_id)
    if details.accepted_answer_id is not None and session.scalar(accepted) is None:
        details.accepted_answer_id = None
    question.status = rules.state(question.answer_count, is_solved=details.accepted_answer_id is not None)
    session.flush()


def _answer_came_or_went(made: Post) -> None:
    asked = session.get_one(Post, made.parent_id)
    if asked.kind is QUESTION:  # moderators may have made an experience of it
        keep_in_step(asked)


posts.keeps_in_step(ANSWER, _answer_came_or_went)
