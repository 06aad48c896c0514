"""Who may do what with a post."""

from datetime import UTC, datetime

import pytest

from kunnskap.actor import ANYONE, Actor
from kunnskap.posts import rules
from kunnskap.posts.models import Comment, Post
from kunnskap.questions import rules as questions

THEN = datetime(2026, 1, 2, tzinfo=UTC)
AUTHOR = Actor(1, "member")
MEMBER = Actor(2, "member")
MODERATOR = Actor(3, "moderator")
ADMINISTRATOR = Actor(4, "administrator")
EVERYBODY = (ANYONE, MEMBER, AUTHOR, MODERATOR, ADMINISTRATOR)


def post(**facts):
    return Post(**({"author_id": 1, "kind_key": "question", "audience": "everyone"} | facts))


STANDING = post()
FOR_MEMBERS = post(audience="members")
WITHDRAWN = post(withdrawn_at=THEN)
HIDDEN = post(hidden_at=THEN)


def allowed(rule, thing):
    return [who for who in EVERYBODY if rule(who, thing)]


@pytest.mark.parametrize(
    ("one", "readers"),
    [
        (STANDING, [ANYONE, MEMBER, AUTHOR, MODERATOR, ADMINISTRATOR]),
        (FOR_MEMBERS, [MEMBER, AUTHOR, MODERATOR, ADMINISTRATOR]),
        (WITHDRAWN, [AUTHOR, MODERATOR, ADMINISTRATOR]),
        (HIDDEN, [AUTHOR, MODERATOR, ADMINISTRATOR]),
    ],
)
def test_who_may_see(one, readers):
    assert allowed(rules.may_see, one) == readers


@pytest.mark.parametrize(
    ("one", "editors"),
    [
        (STANDING, [AUTHOR, MODERATOR, ADMINISTRATOR]),
        (WITHDRAWN, [AUTHOR, MODERATOR, ADMINISTRATOR]),
        (HIDDEN, [MODERATOR, ADMINISTRATOR]),
    ],
)
def test_who_may_change_and_take_back(one, editors):
    assert allowed(rules.may_edit, one) == editors
    assert allowed(rules.may_withdraw, one) == editors


def test_members_vote_for_what_others_wrote_and_still_stands():
    assert allowed(rules.may_vote, STANDING) == [MEMBER, MODERATOR, ADMINISTRATOR]
    assert allowed(rules.may_vote, WITHDRAWN) == []
    assert allowed(rules.may_vote, HIDDEN) == []


def test_members_reply_to_what_stands():
    assert allowed(rules.may_reply, STANDING) == [MEMBER, AUTHOR, MODERATOR, ADMINISTRATOR]
    assert allowed(rules.may_reply, WITHDRAWN) == []


def test_a_comment_is_taken_away_by_its_writer_and_moderators():
    assert allowed(rules.may_withdraw_comment, Comment(author_id=1)) == [AUTHOR, MODERATOR, ADMINISTRATOR]


def test_a_visitor_is_never_the_author_of_a_post_without_one():
    assert not rules.may_edit(ANYONE, post(author_id=None))


def test_whoever_asked_and_moderators_settle_a_question_that_stands():
    assert allowed(questions.may_accept, STANDING) == [AUTHOR, MODERATOR, ADMINISTRATOR]
    assert allowed(questions.may_accept, WITHDRAWN) == []
    assert allowed(questions.may_mark_duplicate, HIDDEN) == [MODERATOR, ADMINISTRATOR]


def test_members_wonder_about_what_others_asked():
    assert allowed(questions.may_wonder, STANDING) == [MEMBER, MODERATOR, ADMINISTRATOR]
    assert allowed(questions.may_wonder, HIDDEN) == []


@pytest.mark.parametrize(
    ("answers", "is_solved", "state"), [(0, False, "ubesvart"), (2, False, "besvart"), (1, True, "lost")]
)
def test_a_question_is_in_the_state_its_answers_say(answers, is_solved, state):
    assert questions.state(answers, is_solved=is_solved) == state
