"""Silence climbs a ladder, counted in Norwegian working days, and stops where it should."""

from datetime import date, datetime, timedelta

import pytest

from kunnskap import clock, working_days
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.events import Outbox
from kunnskap.networks.models import NetworkMember, NetworkPlace, NetworkTheme
from kunnskap.people.models import PersonTheme
from kunnskap.places.models import PlaceSuccession
from kunnskap.posts.actions import changed
from kunnskap.posts.models import Post
from kunnskap.questions.models import QuestionDetails
from kunnskap.routing import actions, queries
from kunnskap.routing.models import Ladder, Offer
from tests import factories
from tests.browsing import tell


@pytest.fixture
def theme(database):
    return factories.theme("overvann", "Overvann")


@pytest.fixture
def expert(member, theme):
    def make(name="Ekspert Testesen", about=None, **facts):
        account = member(name, **facts)
        factories.keep(PersonTheme(person_id=account.person_id, theme_id=(about or theme).id, level="guide"))
        return account

    return make


@pytest.fixture
def county(database):
    return factories.county()


@pytest.fixture
def home(county):
    """The municipality the question comes from."""
    return factories.place("Bamble", "4012", county_id=county.id)


@pytest.fixture
def asker(member, home):
    return member("Spørre Testesen", place=home)


@pytest.fixture
def ask(theme, asker, home):
    def make(**facts):
        facts = {"themes": [theme], "place_id": home.id, "published_at": clock.now(), "title": "Åpne en bekk?"} | facts
        asked = factories.question(asker, **facts)
        tell()
        return asked

    return make


@pytest.fixture
def network(home):
    made = factories.network()
    factories.keep(NetworkPlace(network_id=made.id, place_id=home.id))
    return made


@pytest.fixture
def coordinator(member, network):
    made = member("Koordinator Testesen")
    factories.keep(NetworkMember(network_id=network.id, person_id=made.person_id, role="coordinator"))
    return made


@pytest.fixture
def at_county(member, county):
    return member("Fylke Testesen", place=county, workplace_kind="county")


@pytest.fixture
def it_is(monkeypatch):
    """Let it be noon of a day in Norway, and let the worker look."""

    def move(day):
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=clock.HERE)
        monkeypatch.setattr(clock, "now", lambda: noon)
        look()

    return move


@pytest.fixture
def days_pass(it_is):
    def let(count):
        for _ in range(count):
            it_is(working_days.after(clock.today(), 1))

    return let


def look():
    actions.find_due()
    session.commit()
    tell()


def asked(question, step=None):
    session.rollback()
    rows = session.query(Offer).filter_by(question_id=question.id)
    return {one.person_id for one in rows if step in {None, one.step}}


def ladder(question):
    session.rollback()
    return session.get_one(Ladder, question.id)


def say_changed(question):
    changed(session.get_one(Post, question.id))
    session.commit()
    tell()


def test_after_two_days_a_wider_circle_then_the_coordinator_then_the_county(
    ask, theme, expert, coordinator, at_county, asker, days_pass, sent
):
    near = factories.theme("bekker", "Bekker", parent_id=theme.id)
    sibling = factories.theme("flom", "Flom", parent_id=theme.id)
    neighbour = expert("Nabo Testesen", about=sibling)
    question = ask(themes=[near])
    days_pass(1)
    assert asked(question, "wider") == set()
    days_pass(1)
    assert asked(question) == {neighbour.person_id}
    assert ladder(question).step == "wider"
    days_pass(2)
    assert asked(question, "coordinator") == {coordinator.person_id}
    assert "du er koordinator for et nettverk" in sent[-1].text
    days_pass(2)
    assert asked(question, "county") == set()
    days_pass(1)
    assert asked(question, "county") == {at_county.person_id}
    days_pass(3)
    assert sent[-1].to == asker.email
    assert "Ingen har svart" in sent[-1].subject
    assert ladder(question).stopped_at is not None
    before = len(sent)
    days_pass(20)
    assert len(sent) == before


def test_easter_and_weekends_do_not_count(ask, it_is):
    it_is(date(2027, 3, 24))  # the Wednesday before Maundy Thursday
    question = ask()
    assert ladder(question).due_on == date(2027, 3, 31)  # Easter Monday is the 29th
    it_is(date(2027, 3, 30))
    assert ladder(question).step == "first"
    it_is(date(2027, 3, 31))
    assert ladder(question).step == "wider"
    assert ladder(question).due_on == date(2027, 4, 2)


def test_a_site_that_stood_still_goes_on_one_step_at_a_time(ask, it_is, coordinator, at_county):
    it_is(date(2027, 1, 11))
    question = ask()
    it_is(date(2027, 2, 8))
    for _ in range(3):
        look()
    assert ladder(question).step == "wider"
    assert ladder(question).due_on == date(2027, 2, 10)
    it_is(date(2027, 2, 10))
    assert ladder(question).step == "coordinator"
    assert asked(question, "county") == set()


def test_a_step_that_two_workers_take_is_taken_once(ask, it_is, coordinator, sent):
    it_is(date(2027, 1, 11))
    question = ask()
    it_is(date(2027, 1, 13))
    before = len(sent)
    for _ in range(2):
        assert actions.climb(question.id, "first") is False
        session.commit()
    tell()
    assert ladder(question).step == "wider"
    assert len(sent) == before


def test_what_is_due_is_said_once_however_often_one_looks(ask, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 1, 11, 12, tzinfo=clock.HERE))
    question = ask()
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 1, 13, 12, tzinfo=clock.HERE))
    for _ in range(3):
        actions.find_due()
        session.commit()
    assert session.query(Outbox).filter_by(name="StepDue").count() == 1
    assert ladder(question).step == "first"


@pytest.mark.parametrize(
    "state",
    [{"locked_at": clock.now()}, {"withdrawn_at": clock.now()}, {"hidden_at": clock.now()}, {"answer_count": 1}],
)
def test_the_ladder_stops_and_nobody_more_is_asked(ask, coordinator, days_pass, state):
    question = ask()
    row = session.get_one(Post, question.id)
    for name, value in state.items():
        setattr(row, name, value)
    session.commit()
    say_changed(question)
    assert ladder(question).stopped_at is not None
    days_pass(8)
    assert asked(question) == set()


def test_a_duplicate_stops_it_and_taking_that_back_lets_it_go_on(ask, days_pass):
    question, first = ask(), factories.question()
    session.get_one(QuestionDetails, question.id).duplicate_of_id = first.id
    session.commit()
    say_changed(question)
    assert ladder(question).stopped_at is not None
    session.get_one(QuestionDetails, question.id).duplicate_of_id = None
    session.commit()
    say_changed(question)
    assert ladder(question).stopped_at is None


def test_a_question_that_waits_for_a_moderator_begins_when_it_is_let_out(ask, expert):
    one = expert()
    question = ask(held_at=clock.now(), held_for="review")
    assert asked(question) == set()
    session.get_one(Post, question.id).held_at = None
    session.commit()
    say_changed(question)
    assert asked(question) == {one.person_id}


def test_a_municipality_that_merges_meanwhile_counts_as_what_it_has_become(
    ask, home, member, days_pass, coordinator, network
):
    question = ask()
    days_pass(2)
    other = factories.county("Vestfold", "39")
    new = factories.place("Nye Bamble", "3999", county_id=other.id)
    session.get_one(type(home), home.id).valid_to = clock.today()
    session.delete(session.get_one(NetworkPlace, (network.id, home.id)))
    session.add(PlaceSuccession(old_id=home.id, new_id=new.id, happened_on=clock.today(), change="sammenslåing"))
    session.add(NetworkPlace(network_id=network.id, place_id=new.id))
    session.commit()
    there = member("Fylke Nyesen", place=other, workplace_kind="county")
    days_pass(5)
    assert asked(question, "coordinator") == {coordinator.person_id}
    assert asked(question, "county") == {there.person_id}


def test_a_network_the_municipality_has_left_is_not_asked(ask, coordinator, network, home, days_pass):
    session.get_one(NetworkPlace, (network.id, home.id)).until = clock.today() - timedelta(days=1)
    session.commit()
    question = ask()
    days_pass(4)
    assert asked(question) == set()


def test_the_askers_own_network_is_asked_too(ask, member, asker, days_pass):
    own = factories.network("eget", "Eget nettverk")
    leader = member("Leder Testesen")
    factories.keep(NetworkMember(network_id=own.id, person_id=leader.person_id, role="coordinator"))
    factories.keep(NetworkMember(network_id=own.id, person_id=asker.person_id))
    question = ask()
    days_pass(4)
    assert asked(question, "coordinator") == {leader.person_id}


def test_whom_we_ask_does_not_tell_who_asked_without_a_name(
    ask, coordinator, at_county, theme, member, expert, days_pass
):
    """Those near the asker are not asked for being near: the networks and counties that know the theme are."""
    elsewhere = factories.network("temanett", "Temanettverk")
    factories.keep(NetworkTheme(network_id=elsewhere.id, theme_id=theme.id))
    leader = member("Leder Testesen")
    factories.keep(NetworkMember(network_id=elsewhere.id, person_id=leader.person_id, role="coordinator"))
    question = ask(hides_author=True)
    far = expert("Fjern Testesen", place=factories.county("Troms", "55"), workplace_kind="county", asks_a_week=9)
    days_pass(7)
    assert asked(question, "coordinator") == {leader.person_id}
    assert coordinator.person_id not in asked(question)
    assert at_county.person_id not in asked(question)
    assert far.person_id in asked(question)


def test_the_coordinators_cap_holds_too(ask, member, coordinator, days_pass):
    for _ in range(2):
        factories.keep(Offer(question_id=factories.question().id, person_id=coordinator.person_id, step="first"))
    question = ask()
    days_pass(4)
    assert asked(question) == set()


def test_the_desk_shows_what_waits_with_days_step_and_who_could_answer(
    ask, network, coordinator, expert, days_pass, member, count_sql
):
    helper = expert()
    question = ask()
    for facts in ({"hides_author": True}, {"answer_count": 1}):
        ask(**facts)
    factories.question(member())
    days_pass(3)
    reader = Actor(coordinator.person_id, "member", network_ids=frozenset({network.id}))
    with count_sql() as statements:
        found = queries.unanswered(reader, network.id)
    assert [one.post.id for one in found] == [question.id]
    assert found[0].days == 3
    assert found[0].ladder is not None
    assert found[0].ladder.step == "wider"
    assert [one.id for one in found[0].helpers] == [helper.person_id]
    assert len(statements) <= 9, str(statements)


def test_the_desk_shows_a_nameless_question_only_where_it_was_asked(ask, network, coordinator):
    inside = ask(hides_author=True, audience="network", for_network_id=network.id)
    member = Actor(coordinator.person_id, "member", network_ids=frozenset({network.id}))
    assert [one.post.id for one in queries.unanswered(member, network.id)] == [inside.id]
    assert queries.unanswered(Actor(0, "member"), network.id) == []
