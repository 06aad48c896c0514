"""What two people do to one conversation at the very same moment."""

import pytest
from sqlalchemy import select

from kunnskap import clock
from kunnskap.db import session
from kunnskap.errors import Invalid
from kunnskap.messages import actions, talking
from kunnskap.messages.models import Conversation, Message, Talk
from kunnskap.people.models import Person
from kunnskap.year_wheel import actions as year_wheel
from kunnskap.year_wheel.models import YearEvent, YearEventTold
from tests import factories
from tests.ground.test_at_the_same_time import both

__all__ = ["both"]


@pytest.fixture
def two(both):
    """Kari and Ola, as actors."""
    return [factories.account(name).actor for name in ("Kari Testesen", "Ola Testesen")]


def start(kari, ola, key="k"):
    return actions.start(kari, session.get_one(Person, ola.person_id), "Klima", "Hei", key=key)


def the_conversation():
    return session.scalars(select(Conversation)).one()


def test_a_form_sent_twice_begins_one_conversation(two, both):
    kari, ola = two
    both(lambda: start(kari, ola), lambda: start(kari, ola))
    assert len(session.scalars(select(Conversation)).all()) == 1
    assert len(session.scalars(select(Message)).all()) == 1


def test_nothing_comes_from_one_who_is_no_longer_wanted(two, both):
    kari, ola = two
    start(kari, ola)
    session.commit()
    refused = []

    def write():
        try:
            actions.answer(kari, the_conversation(), "En til")
        except Invalid as problem:
            refused.append(problem)

    both(lambda: actions.block(ola, kari.person_id), write)
    assert len(refused) == 1
    assert len(session.scalars(select(Message)).all()) == 1


def test_a_talk_is_not_chosen_and_called_off_at_once(two, both):
    kari, ola = two
    start(kari, ola)
    day = clock.today().replace(day=1, month=1, year=clock.today().year + 1)
    times = [f"{day}T{hour}:00" for hour in (10, 11, 12)]
    sent = talking.suggest(kari, the_conversation(), times, "Teams", "")
    session.commit()
    chosen = session.get_one(Talk, sent.id).times[0]
    refused = []

    def choose():
        try:
            talking.choose(ola, the_conversation(), sent.id, chosen)
        except Invalid as problem:
            refused.append(problem)

    both(lambda: talking.cancel(kari, the_conversation(), sent.id), choose)
    talk = session.get_one(Talk, sent.id, populate_existing=True)
    assert talk.cancelled_at is not None
    assert talk.chosen_at is None
    assert len(refused) == 1


def test_two_letters_tell_of_an_event_once(two, both):
    today = clock.today()
    factories.keep(YearEvent(slug="frist", title="Frist", month=today.month, day=today.day))
    told = []

    def tell():
        told.append(year_wheel.take_to_tell(two[0], today))

    both(tell, tell)
    assert sorted(len(one) for one in told) == [0, 1]
    assert len(session.scalars(select(YearEventTold)).all()) == 1
