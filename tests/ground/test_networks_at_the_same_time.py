"""What coordinators do to each other, to networks and to collections at the very same moment."""

from contextlib import suppress

from kunnskap.actor import Actor
from kunnskap.collections import actions as collections
from kunnskap.collections import pinning
from kunnskap.collections.models import Collection, CollectionItem, NetworkPin
from kunnskap.collections.rules import Reference, Told, fingerprint_of
from kunnskap.db import session
from kunnskap.errors import Invalid, NotAllowed, NotFound
from kunnskap.events import Outbox
from kunnskap.networks import actions as networks
from kunnskap.networks import rules
from kunnskap.networks.models import COORDINATOR, MEMBER, Network, NetworkMember
from kunnskap.networks.rules import LastCoordinator
from kunnskap.people.models import Person
from tests import factories
from tests.ground import test_at_the_same_time as at_the_same_time

both = at_the_same_time.both
ABOUT = rules.Told("Vi prøver sammen.")


def coordinators(count=2):
    network = factories.network()
    people = [factories.account().person_id for _ in range(count)]
    for person_id in people:
        factories.keep(NetworkMember(network_id=network.id, person_id=person_id, role=COORDINATOR))
    ids = frozenset({network.id})
    return network.id, [Actor(one, "member", network_ids=ids, coordinated_ids=ids) for one in people]


def the(number):
    return session.get_one(Network, number)


def roles(number):
    session.expire_all()
    return sorted(row.role for row in session.query(NetworkMember).filter_by(network_id=number))


def trying(doing, refused):
    def tried():
        with suppress(Invalid, NotAllowed, NotFound):
            doing()
            return
        refused.append(doing)

    return tried


def test_of_two_coordinators_who_take_each_other_out_exactly_one_does(both):
    number, (one, other) = coordinators()
    refused = []
    both(
        trying(lambda: networks.remove(one, the(number), other.person_id), refused),
        trying(lambda: networks.remove(other, the(number), one.person_id), refused),
    )
    assert roles(number) == [COORDINATOR]
    assert len(refused) == 1


def test_of_two_coordinators_who_make_each_other_members_exactly_one_does(both):
    number, (one, other) = coordinators()
    refused = []
    both(
        trying(lambda: networks.set_role(one, the(number), other.person_id, MEMBER), refused),
        trying(lambda: networks.set_role(other, the(number), one.person_id, MEMBER), refused),
    )
    assert roles(number) == [COORDINATOR, MEMBER]
    assert len(refused) == 1


def test_the_two_last_coordinators_do_not_both_leave(both):
    number, (one, other) = coordinators()
    left = []

    def leave(who):
        def leaving():
            with suppress(LastCoordinator):
                networks.leave(who, the(number))
                left.append(who)

        return leaving

    both(leave(one), leave(other))
    assert roles(number) == [COORDINATOR]
    assert len(left) == 1


def test_one_leaves_while_the_other_is_taken_out(both):
    number, (one, other) = coordinators()
    refused = []
    both(
        trying(lambda: networks.leave(one, the(number)), refused),
        trying(lambda: networks.remove(one, the(number), other.person_id), refused),
    )
    assert roles(number) == [COORDINATOR]


def test_one_who_is_taken_in_twice_is_told_once(both):
    number, (one, other) = coordinators()
    guest = factories.account().person_id

    def take_in(who):
        return lambda: networks.add(who, the(number), session.get_one(Person, guest))

    both(take_in(one), take_in(other))
    assert roles(number) == [COORDINATOR, COORDINATOR, MEMBER]
    assert session.query(Outbox).filter_by(name="MemberAdded").count() == 1


def test_a_network_made_twice_is_made_once(both):
    moderator, guest = Actor(factories.account(role="moderator").person_id, "moderator"), factories.person().id

    def make():
        networks.make(moderator, "Prøvenettverket", ABOUT, session.get_one(Person, guest))

    both(make, make)
    assert session.query(Network).count() == 1
    assert session.query(NetworkMember).count() == 1


def collection(number):
    return factories.keep(Collection(network_id=number, title="Samling")).id


def that(number):
    return session.get_one(Collection, number)


def test_two_who_put_things_in_at_once_get_both_in_and_the_same_thing_once(both):
    number, (one, other) = coordinators()
    made, same = collection(number), Reference(url="https://example.org/")
    both(*[lambda who=who: collections.add(who, that(made), same, "Lenke") for who in (one, other)])
    both(
        lambda: collections.add(one, that(made), Reference(url="https://example.org/a"), "A"),
        lambda: collections.add(other, that(made), Reference(url="https://example.org/b"), "B"),
    )
    rows = session.query(CollectionItem).order_by(CollectionItem.position).all()
    assert [row.title for row in rows] == ["Lenke", "A", "B"]
    assert [row.position for row in rows] == [1, 2, 3]


def test_the_second_of_two_editors_at_once_is_told_and_overwrites_nothing(both):
    number, (one, other) = coordinators()
    made = collection(number)
    read, refused = fingerprint_of(that(made)), []
    both(
        trying(lambda: collections.edit(one, that(made), Told("Den førstes"), read), refused),
        trying(lambda: collections.edit(other, that(made), Told("Den andres"), read), refused),
    )
    session.expire_all()
    assert that(made).title == "Den førstes"
    assert len(refused) == 1


def test_a_collection_made_or_copied_twice_is_made_once(both):
    number, (one, _other) = coordinators()
    both(*[lambda: collections.make(one, the(number), Told("Ny"))] * 2)
    made = session.query(Collection).one().id
    both(*[lambda: collections.copy(one, that(made), the(number))] * 2)
    assert session.query(Collection).count() == 2


def test_the_same_thing_pinned_twice_is_pinned_once(both):
    number, (one, other) = coordinators()
    post = factories.question().id
    both(*[lambda who=who: pinning.pin(who, the(number), Reference(post_id=post)) for who in (one, other)])
    assert session.query(NetworkPin).count() == 1
