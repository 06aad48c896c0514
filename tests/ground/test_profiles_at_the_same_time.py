"""What happens to one profile at the very same moment."""

from datetime import timedelta

import pytest

from kunnskap import clock
from kunnskap.accounts import queries as accounts
from kunnskap.actor import Actor
from kunnskap.audit import AuditEntry
from kunnskap.db import session
from kunnskap.errors import Invalid
from kunnskap.events import Outbox
from kunnskap.mail import MailWanted
from kunnskap.people import actions, reporting, rules
from kunnskap.people.listeners import Reminders
from kunnskap.people.models import LEFT, Person, Position, ProfileReport
from kunnskap.people.rules import Former, Profile
from tests import factories
from tests.ground.test_at_the_same_time import both

__all__ = ["both"]
THEIRS = frozenset({1})


@pytest.fixture
def person(both):
    return factories.person("Test Testesen", role="Rådgiver", organisation="Prøveverket").id


def the(number):
    return session.get_one(Person, number)


def test_a_report_sent_twice_is_one(both, person):
    colleague = Actor(factories.person("Prøve Person").id, "member")
    both(*[lambda: reporting.report(colleague, the(person), LEFT)] * 2)
    assert session.query(ProfileReport).count() == 1


def test_two_coordinators_settle_a_report_once(both, person):
    one, other = (Actor(factories.person(name).id, "member", coordinated_ids=THEIRS) for name in ("En", "To"))
    number = factories.keep(ProfileReport(person_id=person, what=LEFT)).id

    def settle(actor, verdict):
        return lambda: reporting.settle(actor, session.get_one(ProfileReport, number), verdict, THEIRS)

    both(settle(one, rules.AGREE), settle(other, rules.DISMISS))
    assert session.get_one(ProfileReport, number).settled_by_id == one.person_id
    assert the(person).left_at is not None
    assert session.query(AuditEntry).count() == 1


def test_new_work_saved_twice_leaves_one_former_position(both, person):
    told = Profile(name="Test Testesen", role="Leder", organisation="Prøveverket")
    both(*[lambda: actions.edit(Actor(person, "member"), the(person), told)] * 2)
    assert [one.role for one in session.query(Position)] == ["Rådgiver"]


def test_no_more_positions_than_there_may_be(both, person):
    for _number in range(rules.MOST_POSITIONS - 1):
        factories.keep(Position(person_id=person, role="Rådgiver"))
    former = Former(role="Planlegger", organisation="Prøveverket")

    def add():
        try:
            actions.add_position(Actor(person, "member"), the(person), former)
        except Invalid:
            session.rollback()

    both(add, add)
    assert session.query(Position).count() == rules.MOST_POSITIONS


def test_two_workers_ask_somebody_once(both):
    account = factories.account()
    the(account.person_id).confirmed_at = clock.now() - timedelta(days=400)
    session.commit()
    reminders = Reminders("http://localhost", "test", accounts.can_sign_in)
    both(reminders.remind, reminders.remind)
    assert session.query(Outbox).filter_by(name=MailWanted.__name__).count() == 1
    assert the(account.person_id).reminders == 1
