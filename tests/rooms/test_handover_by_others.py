"""Handing over after somebody who has left: what a coordinator may decide for another, and what not."""

from datetime import timedelta

import pytest

from kunnskap import clock
from kunnskap.db import session
from kunnskap.handover.models import Handover
from kunnskap.messages.models import Block
from kunnskap.networks.models import NetworkMember
from kunnskap.people.models import Person
from kunnskap.posts.models import Post
from kunnskap.web.limits import limiter
from tests import factories

KINDS = ["questions", "experiences", "documents", "contacts", "follows", "stand_in", "networks", "nameless"]


@pytest.fixture
def leaver(member, skien):
    return member("Test Slutter", place=skien, organisation="Skien kommune", left_at=clock.now() - timedelta(days=1))


@pytest.fixture
def heir(member, skien):
    return member("Test Tarover", place=skien, organisation="Skien kommune")


def belongs(network, account, role="member"):
    factories.keep(NetworkMember(network_id=network.id, person_id=account.person_id, role=role))


def hand_over(client, leaver, **fields):
    sent = {
        "leaves_on": clock.today().isoformat(),
        "to": "person",
        "successor": "Test Tarover, Skien",
        "kinds": KINDS[:-1],
    }
    return client.post(f"/overtakelse/for/{leaver.person_id}", data=sent | {"bekreft": "1"} | fields)


def role_in(network, account):
    found = session.get(NetworkMember, (network.id, account.person_id), populate_existing=True)
    return found.role if found else None


@pytest.fixture
def two(leaver, member):
    """A network with a coordinator who hands over, and one in which the leaver alone coordinated."""
    near, far = factories.network("naert", "Nært"), factories.network("fjernt", "Fjernt")
    coordinator = member("Test Koordinator")
    belongs(near, coordinator, "coordinator")
    belongs(near, leaver, "coordinator")
    belongs(far, leaver, "coordinator")
    return near, far, coordinator


def test_a_coordinator_gives_away_no_network_but_their_own(browser, leaver, heir, two):
    near, far, coordinator = two
    assert hand_over(browser(coordinator), leaver).status_code == 302
    assert role_in(near, heir) == "coordinator"
    assert role_in(far, heir) is None


def test_a_coordinator_chooses_no_coordinator_for_a_network_of_others(browser, leaver, heir, two, member):
    _near, far, coordinator = two
    friend = member("Test Venn")
    belongs(far, friend)
    answer = hand_over(browser(coordinator), leaver, **{f"coordinator-{far.id}": str(friend.person_id)})
    assert answer.status_code == 302
    assert role_in(far, friend) == "member"


def test_moderators_are_told_of_the_network_that_is_left_without_a_coordinator(
    browser, leaver, heir, two, member, sent
):
    _near, far, coordinator = two
    moderator = member("Test Moderator", role="moderator")
    hand_over(browser(coordinator), leaver)
    assert any(letter.to == moderator.email and far.name in letter.text for letter in sent)


def test_a_moderator_gives_away_every_network(browser, leaver, heir, two, member):
    _near, far, _coordinator = two
    assert hand_over(browser(member(role="moderator")), leaver).status_code == 302
    assert role_in(far, heir) == "coordinator"


def test_nobody_else_is_told_that_somebody_asked_without_a_name_or_decides_over_it(browser, leaver, heir, two, skien):
    _near, _far, coordinator = two
    asked = factories.question(leaver, hides_author=True, place_id=skien.id, workplace="Skien kommune")
    client = browser(coordinator)
    page = client.get(f"/overtakelse/for/{leaver.person_id}").text
    assert "uten navn" not in page
    assert hand_over(client, leaver, kinds=KINDS).status_code == 422
    assert hand_over(client, leaver).status_code == 302
    assert session.get(Post, asked.id, populate_existing=True).keeper_place_id is None


@pytest.mark.parametrize("role", ["member", "moderator"])
def test_the_same_form_sent_twice_hands_over_once(browser, member, skien, heir, sent, role):
    leaver = member("Test Slutter", place=skien, organisation="Skien kommune")
    page = "/overtakelse"
    client = browser(leaver)
    if role == "moderator":
        session.query(Person).filter_by(id=leaver.person_id).update({"left_at": clock.now()})
        session.commit()
        client, page = browser(member(role=role)), f"/overtakelse/for/{leaver.person_id}"
    form = {"leaves_on": clock.today().isoformat(), "to": "person", "successor": "Test Tarover, Skien", "bekreft": "1"}
    form["kinds"] = ["questions", "networks"]
    first, second = (client.post(page, data=form) for _time in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.location == second.location
    assert session.query(Handover).count() == 1
    assert len([letter for letter in sent if letter.to == heir.email]) == 1


FORM = {"leaves_on": clock.today().isoformat(), "to": "person", "successor": "Test Tarover, Skien", "bekreft": "1"}


def test_whoever_is_not_wanted_writes_no_words_by_handing_over(browser, member, skien, heir, sent):
    unwanted = member("Test Slutter", place=skien)
    factories.keep(Block(blocker_id=heir.person_id, blocked_id=unwanted.person_id))
    answer = browser(unwanted).post("/overtakelse", data=FORM | {"words": "Hallo igjen", "moves": "1"})
    assert answer.status_code == 422
    assert "Vi finner ingen med konto" in answer.text
    assert not sent


def test_whoever_hands_over_again_and_again_is_asked_to_wait(browser, member, skien, heir, sent, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    client = browser(member("Test Slutter", place=skien))
    codes = [
        client.post("/overtakelse", data=FORM | {"words": f"Brev {number}", "moves": "1"}).status_code
        for number in range(6)
    ]
    limiter.reset()
    assert codes == [302] * 5 + [429]
    assert len(sent) == 5
