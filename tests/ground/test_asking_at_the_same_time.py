"""Questions that come at the same minute, and replies at the same moment: nobody is asked more than they want."""

import threading
from contextlib import suppress

from kunnskap import clock, db
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import Invalid
from kunnskap.events import Outbox
from kunnskap.people.models import PersonTheme
from kunnskap.posts.models import Post
from kunnskap.routing import actions
from kunnskap.routing.models import Ladder, Offer
from tests import factories
from tests.ground.test_at_the_same_time import both

__all__ = ["both"]
QUESTIONS = 3


def experts(count, theme, **facts):
    """Make people who can guide on a theme; gives who they are."""
    numbers = [factories.account(f"Ekspert {n}", **facts).person_id for n in range(count)]
    for number in numbers:
        factories.keep(PersonTheme(person_id=number, theme_id=theme.id, level="guide"))
    return numbers


def questions(theme, count=QUESTIONS):
    return [factories.question(themes=[theme]).id for _ in range(count)]


def all_at_once(doings):
    """Do things in threads that begin together and commit when they like."""
    problems, ready = [], threading.Barrier(len(doings))

    def run(doing):
        try:
            ready.wait(5)
            db.expect_writes()
            doing()
            session.commit()
        except BaseException as problem:
            problems.append(problem)
        finally:
            session.remove()

    threads = [threading.Thread(target=run, args=(doing,)) for doing in doings]
    session.remove()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert problems == []


def test_three_questions_at_the_same_minute_ask_the_same_expert_twice_only(both):
    theme = factories.theme()
    [expert] = experts(1, theme, asks_a_week=2)
    numbers = questions(theme)
    all_at_once([lambda number=number: actions.settle(number) for number in numbers])
    assert session.query(Offer).filter_by(person_id=expert).count() == 2
    assert session.query(Ladder).count() == QUESTIONS


def test_many_questions_at_once_among_a_few_experts_keep_every_cap_and_wait_in_no_circle(both):
    theme = factories.theme()
    people = experts(7, theme, asks_a_week=2)
    numbers = questions(theme, 8)
    all_at_once([lambda number=number: actions.settle(number) for number in numbers])
    loads = [session.query(Offer).filter_by(person_id=number).count() for number in people]
    assert max(loads) == 2
    assert sum(loads) == 14


def test_two_questions_that_overlap_count_each_others_offers(both):
    theme = factories.theme()
    [expert] = experts(1, theme, asks_a_week=1)
    first, second = questions(theme, 2)
    both(lambda: actions.settle(first), lambda: actions.settle(second))
    assert session.query(Offer).filter_by(person_id=expert).count() == 1


def test_two_workers_that_hear_of_the_same_question_ask_once(both):
    theme = factories.theme()
    experts(6, theme)
    [number] = questions(theme, 1)
    both(lambda: actions.settle(number), lambda: actions.settle(number))
    assert session.query(Offer).count() == 4


def test_two_workers_take_the_same_step_once(both):
    theme = factories.theme()
    experts(9, theme)
    [number] = questions(theme, 1)
    actions.settle(number)
    session.get_one(Ladder, number).due_on = clock.today()
    session.commit()
    both(lambda: actions.climb(number, "first"), lambda: actions.climb(number, "first"))
    assert session.get_one(Ladder, number).step == "wider"
    assert session.query(Offer).filter_by(step="wider").count() == 5


def test_two_workers_write_about_an_offer_once(both):
    theme = factories.theme()
    experts(1, theme)
    [number] = questions(theme, 1)
    actions.settle(number)
    session.commit()
    offer_id, taken = session.query(Offer).one().id, []
    both(*[lambda: taken.append(actions.take_to_tell(offer_id) is not None)] * 2)
    assert sorted(taken) == [False, True]


def test_the_asker_chooses_somebody_who_is_being_asked_something_else(both):
    theme, other = factories.theme(), factories.theme("annet", "Annet")
    [expert] = experts(1, theme, asks_a_week=1)
    [number] = questions(theme, 1)
    mine = factories.question(themes=[other])
    author, own = mine.author_id, mine.id

    def choose():
        with suppress(Invalid):
            actions.choose(Actor(author, "member"), session.get_one(Post, own), [expert])

    both(lambda: actions.settle(number), choose)
    assert session.query(Offer).filter_by(person_id=expert).count() == 1


def test_a_double_click_on_no_brings_one_other_only(both):
    theme = factories.theme()
    experts(6, theme)
    [number] = questions(theme, 1)
    actions.settle(number)
    session.commit()
    offer = session.query(Offer).order_by(Offer.id).first()
    who, offer_id = Actor(offer.person_id, "member"), offer.id
    both(*[lambda: actions.reply(who, offer_id, "not-now")] * 2)
    assert session.query(Outbox).filter_by(name="OfferDeclined").count() == 1
    both(*[lambda: actions.fill(offer_id)] * 2)
    assert session.query(Offer).count() == 5
