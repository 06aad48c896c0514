"""Questions are offered to those who can answer: few, the right ones, and nobody more than they want."""

from datetime import datetime, timedelta

import pytest

from kunnskap import clock, working_days
from kunnskap.db import session
from kunnskap.events import emit
from kunnskap.expertise.models import TrackRecord
from kunnskap.messages.models import Block
from kunnskap.networks.models import NetworkMember
from kunnskap.people.models import Person, PersonTheme
from kunnskap.places.models import Likeness
from kunnskap.posts.models import Post
from kunnskap.routing import actions
from kunnskap.routing.events import OfferMade
from kunnskap.routing.models import Ladder, Offer
from tests import factories
from tests.browsing import tell


@pytest.fixture
def theme(database):
    return factories.theme("overvann", "Overvann")


@pytest.fixture
def expert(member, theme):
    """Make somebody who says that they can help with the theme (or another)."""

    def make(name="Ekspert Testesen", level="guide", about=None, **facts):
        account = member(name, **facts)
        factories.keep(PersonTheme(person_id=account.person_id, theme_id=(about or theme).id, level=level))
        return account

    return make


@pytest.fixture
def ask(theme, member):
    """Ask a question, and let the worker hear of it."""

    def make(author=None, **facts):
        asked = factories.question(author or member("Spørre Testesen"), **({"themes": [theme]} | facts))
        tell()
        return asked

    return make


@pytest.fixture
def days_pass(monkeypatch):
    """Let so many working days pass, one after the other, and let the worker look each day."""

    def let(count):
        for _ in range(count):
            now = clock.now()
            day = working_days.after(clock.today(), 1)
            later = datetime.combine(day, now.astimezone(clock.HERE).time(), clock.HERE)
            monkeypatch.setattr(clock, "now", lambda later=later: later)
            look()

    return let


def look():
    actions.find_due()
    session.commit()
    tell()


def offers(question=None):
    session.rollback()
    rows = session.query(Offer).order_by(Offer.id)
    return list(rows.filter_by(question_id=question.id) if question else rows)


def asked(question):
    return {one.person_id for one in offers(question)}


def the_ladder(question):
    session.rollback()
    return session.get_one(Ladder, question.id)


def test_a_new_question_is_offered_to_four_who_can_answer_and_each_gets_one_letter(ask, expert, sent):
    experts = {expert(f"Ekspert {n}").person_id for n in range(6)}
    question = ask(title="Hvordan åpner vi en bekk?")
    assert len(asked(question)) == 4
    assert asked(question) <= experts
    letters = [one for one in sent if "Hvordan åpner vi en bekk?" in one.subject]
    assert len(letters) == len({one.to for one in letters}) == 4


def test_the_letter_says_why_and_has_three_ways_and_a_way_to_stop(ask, expert, sent):
    expert()
    ask()
    letter = sent[-1]
    assert "Du har sagt at du kan hjelpe med Overvann." in letter.text
    assert "Spørre Testesen" in letter.text
    for way in ("kan-svare", "ikke-na", "spor-heller"):
        assert f"/{way}" in letter.text
    assert letter.stop.startswith("http://localhost/spurt/stopp/")
    assert letter.stop in letter.text


def test_nobody_is_asked_more_than_they_want_in_a_week(ask, expert, monkeypatch):
    one = expert(asks_a_week=2)
    for _ in range(3):
        ask()
    assert len(offers()) == 2
    later = clock.now() + timedelta(days=7, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    ask()
    assert len(offers()) == 3
    assert {offer.person_id for offer in offers()} == {one.person_id}


@pytest.mark.parametrize(
    "facts",
    [
        {"asks_a_week": 0},
        {"listed": False},
        {"left_at": datetime(2026, 1, 1, tzinfo=clock.HERE)},
        {"person_confirmed": None},
        {"suspended_until": datetime(2100, 1, 1, tzinfo=clock.HERE)},
        {"closed_at": datetime(2026, 1, 1, tzinfo=clock.HERE)},
        {"confirmed_at": None},
        {"approved_at": None},
        {"away_from": datetime(2020, 1, 1, tzinfo=clock.HERE).date()},
    ],
)
def test_whoever_cannot_be_asked_is_not_asked(ask, expert, facts):
    is_doubtful = "person_confirmed" in facts
    one = expert(**({} if is_doubtful else facts))
    if is_doubtful:
        session.get_one(Person, one.person_id).confirmed_at = clock.now() - timedelta(days=15 * 31)
        session.commit()
    assert asked(ask()) == set()


def test_neither_the_asker_nor_those_who_block_each_other_are_asked(ask, expert):
    asker, blocking, blocked = expert("Spør Selv"), expert("Vil Ikke"), expert("Vil Ikkeha")
    factories.keep(Block(blocker_id=blocking.person_id, blocked_id=asker.person_id))
    factories.keep(Block(blocker_id=asker.person_id, blocked_id=blocked.person_id))
    assert asked(ask(asker)) == set()


def test_somebody_without_an_account_is_not_asked(ask, theme):
    person = factories.person("Uten Konto")
    factories.keep(PersonTheme(person_id=person.id, theme_id=theme.id, level="guide"))
    assert asked(ask()) == set()


def test_only_those_inside_are_asked_what_is_for_a_network(ask, expert, member):
    network = factories.network()
    inside, _outside = expert("Innen For"), expert("Uten For")
    asker = member()
    for one in (inside, asker):
        factories.keep(NetworkMember(network_id=network.id, person_id=one.person_id))
    question = ask(asker, audience="network", for_network_id=network.id)
    assert asked(question) == {inside.person_id}


def test_only_those_proven_to_work_there_are_asked_what_is_for_a_municipality(ask, expert, member, skien):
    inside = expert("Innen For", place=skien)
    impostor = expert("Uten For")
    session.get_one(Person, impostor.person_id).place_id = skien.id
    session.commit()
    question = ask(member(place=skien), audience="place", for_place_id=skien.id)
    assert asked(question) == {inside.person_id}


def test_whoever_is_away_has_their_stand_in_asked(ask, expert, member, sent):
    instead = member("Vikar Testesen")
    expert("Borte Testesen", away_from=clock.today(), stand_in_id=instead.person_id)
    assert asked(ask()) == {instead.person_id}
    assert "Du er stedfortreder for Borte Testesen, som er borte nå." in sent[-1].text


def test_a_stand_in_who_may_not_see_the_question_is_not_asked(ask, expert, member):
    network, asker = factories.network(), member()
    away = expert("Borte Testesen", away_from=clock.today(), stand_in_id=member("Vikar Testesen").person_id)
    for one in (away, asker):
        factories.keep(NetworkMember(network_id=network.id, person_id=one.person_id))
    assert asked(ask(asker, audience="network", for_network_id=network.id)) == set()


def test_a_question_without_a_name_tells_it_in_no_letter(ask, expert, sent, skien, member):
    expert(place=skien)
    ask(member("Hemmelig Testesen", place=skien), hides_author=True, place_id=skien.id, workplace="Skien kommune")
    text = sent[-1].text + sent[-1].subject
    assert "Hemmelig" not in text
    assert "Skien" not in text
    assert "ligner" not in text


@pytest.mark.parametrize(
    "facts",
    [{"held_at": clock.now()}, {"hidden_at": clock.now()}, {"withdrawn_at": clock.now()}, {"locked_at": clock.now()},
     {"answer_count": 1}, {"external_id": "import:1"}, {"published_at": clock.now() - timedelta(days=30)}],
)  # fmt: skip
def test_what_waits_for_no_answer_is_asked_of_nobody(ask, expert, facts):
    expert()
    assert asked(ask(**facts)) == set()


def test_a_question_heard_of_twice_is_asked_once(ask, expert, sent):
    expert()
    question = ask()
    before = len(sent)
    for _ in range(2):
        actions.settle(question.id)
        session.commit()
        tell()
    assert len(offers(question)) == 1
    assert actions.take_to_tell(offers(question)[0].id) is None
    assert len(sent) == before


def test_no_letter_is_written_once_there_is_an_answer(ask, expert, sent):
    expert()
    question = ask()
    offer = offers(question)[0]
    offer.told_at = None
    session.get_one(Post, question.id).answer_count = 1
    emit(OfferMade(offer.id))
    session.commit()
    before = len(sent)
    tell()
    assert len(sent) == before


def test_the_best_known_and_most_alike_are_asked_first(ask, expert, theme, database):
    here, like, unlike = (factories.place(name, number) for name, number in (("A", "1"), ("B", "2"), ("C", "3")))
    for other, score in ((like, 0.9), (unlike, 0.1)):
        factories.keep(Likeness(place_id=here.id, other_id=other.id, score=score))
    near = [expert(f"Lik {n}", place=like) for n in range(3)]
    for n in range(4):
        expert(f"Ulik {n}", place=unlike)
    shown = expert("Har Svart", place=unlike)
    record = {"answers": 9, "accepted": 3, "latest_at": clock.now()}
    factories.keep(TrackRecord(person_id=shown.person_id, theme_id=theme.id, **record))
    question = ask(place_id=here.id)
    assert asked(question) == {shown.person_id, *(one.person_id for one in near)}


def test_those_who_were_asked_lately_come_after_the_rested(ask, expert):
    people = [expert(f"Ekspert {n}", asks_a_week=5) for n in range(8)]
    first, second = asked(ask()), asked(ask())
    assert first | second == {one.person_id for one in people}


def test_the_letter_tells_of_answers_and_of_likeness(ask, expert, theme, sent):
    here, like = factories.place("Her", "0001"), factories.place("Der", "0002")
    for one, other in ((here, like), (like, here)):
        factories.keep(Likeness(place_id=one.id, other_id=other.id, score=0.9))
    one = expert(place=like)
    factories.keep(TrackRecord(person_id=one.person_id, theme_id=theme.id, answers=3, latest_at=clock.now()))
    ask(place_id=here.id)
    assert "Du har svart på eller delt 3 om Overvann." in sent[-1].text
    assert "Du jobber i en kommune som ligner" in sent[-1].text


def test_an_answer_stops_the_ladder_and_a_withdrawn_one_lets_it_go_on(ask, expert, member, browser, days_pass):
    helper = expert()
    question = ask()
    client = browser(helper)
    client.post(f"/sporsmal/{question.id}/svar", data={"body": "Vi gjorde slik."})
    assert the_ladder(question).stopped_at is not None
    days_pass(3)
    assert the_ladder(question).step == "first"
    answer = session.query(type(question)).filter_by(parent_id=question.id).one()
    client.post(f"/innlegg/{answer.id}/trekk")
    ladder = the_ladder(question)
    assert ladder.stopped_at is None
    assert ladder.due_on == working_days.after(clock.today(), 2)
    days_pass(2)
    assert the_ladder(question).step == "wider"
