"""What coordinators, speakers and those who come do to the same meeting at the very same moment."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from kunnskap import clock
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.events import Outbox
from kunnskap.meetings import actions, minuting, queries, rules
from kunnskap.meetings.minuting import Wish
from kunnskap.meetings.models import AgendaItem, Meeting, MeetingSignUp, MinutesPart
from kunnskap.meetings.rules import Plan
from kunnskap.networks.models import COORDINATOR, Network
from kunnskap.posts.models import Post
from tests import factories
from tests.ground import test_at_the_same_time as at_the_same_time
from tests.meeting import enrol, meeting_of

both = at_the_same_time.both


def coordinator(network):
    account = enrol(network, factories.account(), COORDINATOR)
    numbers = frozenset({network.id})
    return Actor(account.person_id, "member", network_ids=numbers, coordinated_ids=numbers)


def count(what):
    session.expire_all()
    return session.scalar(select(func.count()).select_from(what))


def the(number):
    """The meeting as somebody finds it who begins now."""
    found = queries.by_id(number)
    assert found is not None
    return found


def test_the_same_form_sent_twice_at_once_makes_one_meeting(both):
    network = factories.network()
    actor, number, starts_at = coordinator(network), network.id, clock.now() + timedelta(days=1)
    plan = Plan("Prøvemøte", starts_at, starts_at + timedelta(hours=1), location="Rådhuset")
    both(*[lambda: actions.make(actor, session.get_one(Network, number), plan, "a" * 32)] * 2)
    assert count(Meeting) == 1


def test_of_two_who_write_minutes_at_once_one_is_told_of_the_other(both):
    network = factories.network()
    actor, number, kept = coordinator(network), meeting_of(network).id, []
    seen = rules.digest("")
    both(*[lambda words=words: kept.append(minuting.write(actor, the(number), words, seen)) for words in ("En", "To")])
    assert sorted(kept) == [False, True]
    assert the(number).minutes in {"En", "To"}


def test_two_who_write_points_at_once_get_both_in_places_of_their_own(both):
    network = factories.network()
    actor, number = coordinator(network), meeting_of(network).id
    both(*[lambda title=title: actions.add_point(actor, the(number), title, "") for title in ("En", "To")])
    assert sorted(session.scalars(select(AgendaItem.position))) == [0, 1]


def test_one_who_signs_up_twice_at_once_comes_once(both):
    network = factories.network()
    actor, number = coordinator(network), meeting_of(network).id
    both(*[lambda: actions.sign_up(actor, the(number), is_coming=True)] * 2)
    assert count(MeetingSignUp) == 1


def test_one_who_approves_twice_at_once_posts_once(both):
    network = factories.network()
    actor, question = coordinator(network), factories.question()
    meeting = meeting_of(network, minutes="## Grøft\n\nVi gravde.")
    factories.keep(AgendaItem(meeting_id=meeting.id, position=0, title="", post_id=question.id))
    wish = Wish(1, actor.person_id, rules.ANSWER, question.id)
    both(*[lambda: minuting.propose(actor, the(meeting.id), wish, rules.digest(meeting.minutes))] * 2)
    assert count(MinutesPart) == 1
    (part,) = session.scalars(select(MinutesPart.id)).all()
    both(*[lambda: minuting.approve_answer(actor, queries.part(part), "Vi gravde.", "nb")] * 2)
    assert session.scalar(select(func.count()).select_from(Post).where(Post.author_id == actor.person_id)) == 1


def test_two_workers_remind_of_a_meeting_once(both, monkeypatch):
    network = factories.network()
    meeting = meeting_of(network, starts_at=datetime(2026, 12, 1, 9, 0, tzinfo=UTC))
    factories.keep(
        MeetingSignUp(
            meeting_id=meeting.id, person_id=coordinator(network).person_id, signed_at=datetime(2026, 11, 1, tzinfo=UTC)
        )
    )
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 30, 12, 0, tzinfo=UTC))
    both(*[actions.find_due] * 2)
    assert session.scalar(select(func.count()).select_from(Outbox).where(Outbox.name == "ReminderDue")) == 1
