"""What moderators and others do to the same thing at the very same moment."""

from contextlib import suppress

from kunnskap.accounts.models import Account
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import Invalid, NotAllowed
from kunnskap.moderation import actions, appealing, reporting
from kunnskap.moderation.deciding import Wish
from kunnskap.moderation.models import Decision, Report
from kunnskap.moderation.rules import Thing
from kunnskap.people.models import Person
from kunnskap.posts import comments
from kunnskap.posts.actions import Content
from kunnskap.posts.models import Comment, Post
from kunnskap.questions import actions as questions
from kunnskap.questions.models import QuestionDetails
from tests import factories
from tests.ground.test_at_the_same_time import both, somebody, the

__all__ = ["both"]
WORDS = "Her er det ryddet litt."


def moderator():
    return Actor(factories.account(role="moderator").person_id, "moderator")


def decisions():
    return session.query(Decision).count()


def test_two_moderators_who_hide_the_same_decide_once(both):
    one, other, number = moderator(), moderator(), factories.question().id
    wish = Wish("hide", "reklame", WORDS)
    both(*(lambda who=who: actions.decide(who, Thing(post=the(number)), wish) for who in (one, other)))
    assert decisions() == 1
    assert the(number).hidden_at is not None


def test_the_same_report_sent_twice_is_one(both):
    who, number = somebody(), factories.question().id
    both(*[lambda: reporting.report(who, Thing(post=the(number)), "reklame", "")] * 2)
    assert session.query(Report).count() == 1


def test_an_appeal_sent_twice_is_one(both):
    author = factories.account()
    decision = Decision(person_id=author.person_id, act="warn", reason="annet", words=WORDS)
    number = factories.keep(decision).id

    def appeal(words):
        with suppress(Invalid):
            appealing.appeal(session.get_one(Decision, number), words)

    both(lambda: appeal("Den første"), lambda: appeal("Den andre"))
    assert session.get_one(Decision, number).appeal == "Den første"


def test_an_answer_written_while_its_question_is_merged_is_not_lost_under_it(both):
    actor, source, target = moderator(), factories.question().id, factories.question().id
    who = somebody()

    def answer():
        with suppress(NotAllowed):
            questions.answer(who, the(source), Content("Et svar"))

    both(lambda: merge(actor, source, target), answer)
    assert session.query(Post).filter(Post.parent_id == source).count() == 0
    assert the(source).merged_into_id == target


def test_an_answer_that_came_just_before_a_merge_comes_along(both):
    actor, source, target = moderator(), factories.question().id, factories.question().id
    who = somebody()
    both(lambda: questions.answer(who, the(source), Content("Et svar")), lambda: merge(actor, source, target))
    assert session.query(Post).filter(Post.parent_id == source).count() == 0
    assert (the(target).answer_count, the(source).answer_count) == (1, 0)


def test_a_comment_written_while_its_question_is_locked_or_merged_is_refused(both):
    actor, locked, source, target = moderator(), *(factories.question().id for _each in range(3))
    who = somebody()

    def comment(number):
        with suppress(NotAllowed):
            comments.add(who, the(number), "En kommentar")

    both(lambda: actions.decide(actor, Thing(post=the(locked)), Wish("lock", "annet", WORDS)), lambda: comment(locked))
    both(lambda: merge(actor, source, target), lambda: comment(source))
    assert session.query(Comment).count() == 0


def test_two_merges_of_the_same_question_are_one(both):
    actors = [moderator(), moderator()]
    source, first, second = (factories.question().id for _each in range(3))
    factories.answer(the(source))
    both(lambda: merge(actors[0], source, first), lambda: merge(actors[1], source, second))
    assert the(source).merged_into_id == first
    assert (the(first).answer_count, the(second).answer_count) == (1, 0)
    assert decisions() == 1


def test_two_questions_merged_into_each_other_are_not_both_gone(both):
    actors, one, other = [moderator(), moderator()], factories.question().id, factories.question().id

    def second():
        with suppress(Invalid):
            merge(actors[1], other, one)

    both(lambda: merge(actors[0], one, other), second)
    assert [the(number).merged_into_id for number in (one, other)] == [other, None]


def test_an_answer_accepted_while_it_becomes_a_question_is_no_answer_any_more(both):
    actor, asker = moderator(), factories.account()
    question = factories.question(asker).id
    answer = factories.answer(the(question)).id
    me = Actor(asker.person_id, "member")

    def accept():
        with suppress(NotAllowed):
            questions.accept(me, the(question), the(answer), accepted=True)

    both(lambda: split(actor, answer), accept)
    assert session.get_one(QuestionDetails, question).accepted_answer_id is None
    assert (the(question).answer_count, the(question).status) == (0, "ubesvart")


def test_a_warning_sent_twice_is_one(both):
    actor, account = moderator(), factories.account()
    number, person_id = account.id, account.person_id

    def warn():
        thing = Thing(person=session.get_one(Person, person_id), account=session.get_one(Account, number))
        actions.decide(actor, thing, Wish("warn", "annet", WORDS))

    both(warn, warn)
    assert decisions() == 1


def merge(actor, source, target):
    wish = Wish("merge", "feil-sted", WORDS, target=the(target))
    return actions.decide(actor, Thing(post=the(source)), wish)


def split(actor, answer):
    wish = Wish("split", "feil-sted", WORDS, title="Et spørsmål for seg selv")
    return actions.decide(actor, Thing(post=the(answer)), wish)
