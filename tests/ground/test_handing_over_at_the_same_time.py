"""What happens when somebody's last day comes to several workers, or to two coordinators, at the very same moment."""

from kunnskap import clock
from kunnskap.db import session
from kunnskap.events import Outbox
from kunnskap.following.models import Follow
from kunnskap.handover import actions
from kunnskap.handover.models import Handover
from kunnskap.networks.models import COORDINATOR, NetworkMember
from kunnskap.people.models import Person
from kunnskap.posts.models import Post
from tests import factories
from tests.ground import test_at_the_same_time as at_the_same_time

both = at_the_same_time.both


def handover(person, successor, kinds, place=None):
    made = Handover(
        person_id=person.person_id,
        successor_id=successor.person_id if successor else None,
        place_id=place.id if place else None,
        leaves_on=clock.today(),
        what={"kinds": kinds, "moves": False, "coordinators": {}},
    )
    return factories.keep(made).id


def test_two_workers_hand_over_once(both):
    leaver, heir, theme = factories.account("Test Slutter"), factories.account("Test Tarover"), factories.theme()
    asked = factories.question(leaver).id
    factories.keep(Follow(person_id=leaver.person_id, target_kind="theme", target_id=theme.id))
    number = handover(leaver, heir, ["questions", "follows"])
    both(*[lambda: actions.carry_out(None, number)] * 2)
    assert session.get_one(Post, asked).keeper_id == heir.person_id
    assert session.query(Follow).filter_by(person_id=heir.person_id).count() == 2
    assert session.query(Outbox).filter_by(name="HandedOver").count() == 1


def test_two_who_leave_to_each_other_do_not_wait_for_ever(both):
    one, other = factories.account("Test En"), factories.account("Test To")
    first, second = handover(one, other, ["questions"]), handover(other, one, ["questions"])
    both(lambda: actions.carry_out(None, first), lambda: actions.carry_out(None, second))
    assert session.query(Person).filter(Person.left_at.is_not(None)).count() == 2
    assert session.query(Handover).filter(Handover.done_at.is_(None)).count() == 0


def test_when_both_coordinators_leave_at_once_moderators_are_told(both):
    place, network = factories.place(), factories.network()
    people = [factories.account(), factories.account()]
    for one in people:
        factories.keep(NetworkMember(network_id=network.id, person_id=one.person_id, role=COORDINATOR))
    numbers = [handover(one, None, [], place) for one in people]
    network_id = network.id
    both(*[lambda number=number: actions.carry_out(None, number) for number in numbers])
    told = [session.get_one(Handover, number).what["without_coordinator"] for number in numbers]
    assert told == [[], [network_id]]
