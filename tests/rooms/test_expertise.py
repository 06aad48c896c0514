"""Who can help: what people have shown, counted from what they wrote and everybody may see."""

import threading

import pytest
from sqlalchemy import select, update

from kunnskap import clock
from kunnskap.db import session
from kunnskap.expertise import actions
from kunnskap.expertise.listeners import Counter
from kunnskap.expertise.models import TrackRecord
from kunnskap.posts.events import PostChanged
from kunnskap.posts.models import PostTheme
from tests import factories
from tests.browsing import tell
from tests.moderating import decide


@pytest.fixture
def drainage(database):
    return factories.theme("overvann", "Overvann")


@pytest.fixture
def kari(member):
    return member("Kari Testesen")


def shown(account):
    """What is counted of somebody: by theme, answers, accepted, experiences and documents."""
    session.rollback()
    rows = select(TrackRecord).where(TrackRecord.person_id == account.person_id).order_by(TrackRecord.theme_id)
    found = session.scalars(rows.execution_options(populate_existing=True))
    return {one.theme_id: (one.answers, one.accepted, one.experiences, one.documents) for one in found}


def test_answers_and_experiences_are_counted_on_their_themes(kari, drainage):
    other = factories.theme("naturfare", "Naturfare")
    asked = factories.question(themes=[drainage, other])
    factories.answer(asked, kari)
    factories.answer(factories.question(themes=[drainage]), kari, accepted=True)
    latest = factories.experience(kari, themes=[drainage]).published_at
    tell()
    assert shown(kari) == {drainage.id: (2, 1, 1, 0), other.id: (1, 0, 0, 0)}
    record = session.get_one(TrackRecord, (kari.person_id, drainage.id))
    assert record.latest_at == latest


def test_hearing_the_same_twice_counts_once(kari, drainage):
    asked = factories.question(themes=[drainage])
    answer = factories.answer(asked, kari)
    tell()
    for _time in range(2):
        Counter().hear([PostChanged(answer.id, asked.id)])
        session.commit()
    assert shown(kari) == {drainage.id: (1, 0, 0, 0)}
    assert actions.recount([kari.person_id]) == 0


def test_questions_count_for_nobody(kari, drainage):
    factories.question(kari, themes=[drainage])
    tell()
    assert shown(kari) == {}


@pytest.mark.parametrize(
    "kept_from_some",
    [
        {"audience": "members"},
        {"hides_author": True},
        {"hidden_at": clock.now()},
        {"withdrawn_at": clock.now()},
        {"held_at": clock.now(), "held_for": "review"},
    ],
    ids=lambda facts: next(iter(facts)),
)
def test_what_not_everybody_may_see_with_its_name_never_counts(kari, drainage, kept_from_some):
    factories.experience(kari, themes=[drainage], **kept_from_some)
    factories.answer(factories.question(themes=[drainage]), kari, **kept_from_some)
    tell()
    assert shown(kari) == {}
    assert actions.out_of_step() == set()


@pytest.mark.parametrize(
    "kept_from_some",
    [{"audience": "members"}, {"hidden_at": clock.now()}, {"withdrawn_at": clock.now()}],
    ids=lambda facts: next(iter(facts)),
)
def test_an_answer_never_counts_when_not_everybody_may_see_its_question(kari, drainage, kept_from_some):
    factories.answer(factories.question(themes=[drainage], **kept_from_some), kari)
    tell()
    assert shown(kari) == {}


def test_posts_for_a_network_or_a_place_never_count(kari, drainage):
    network, place = factories.network(), factories.place()
    factories.experience(kari, themes=[drainage], audience="network", for_network_id=network.id)
    factories.experience(kari, themes=[drainage], audience="place", for_place_id=place.id)
    tell()
    assert shown(kari) == {}


def test_those_who_stand_for_former_members_show_nothing(drainage):
    former = factories.person("", listed=False, external_id="former:1")
    factories.experience(former, themes=[drainage])
    tell()
    assert session.scalars(select(TrackRecord)).all() == []


def test_what_a_moderator_hides_is_taken_away_and_counts_again_when_it_is_put_back(kari, member, browser, drainage):
    asked = factories.question(themes=[drainage])
    factories.answer(asked, kari)
    tell()
    assert shown(kari) == {drainage.id: (1, 0, 0, 0)}
    desk = browser(member("Mods Testesen", role="moderator"))
    assert decide(desk, f"innlegg/{asked.id}", "hide").status_code == 303
    tell()
    assert shown(kari) == {}
    assert decide(desk, f"innlegg/{asked.id}", "restore").status_code == 303
    tell()
    assert shown(kari) == {drainage.id: (1, 0, 0, 0)}


def test_an_accepted_answer_counts_as_accepted_until_that_is_taken_back(kari, member, browser, drainage):
    asker = member("Spør Testesen")
    asked = factories.question(asker, themes=[drainage])
    answer = factories.answer(asked, kari)
    client = browser(asker)
    for accepted in (1, 0):
        client.post(f"/sporsmal/svar/{answer.id}/godta", data={"godta": accepted})
        tell()
        assert shown(kari) == {drainage.id: (1, accepted, 0, 0)}


def test_another_theme_moves_the_count(kari, drainage):
    other = factories.theme("naturfare", "Naturfare")
    made = factories.experience(kari, themes=[drainage])
    tell()
    session.execute(update(PostTheme).where(PostTheme.post_id == made.id).values(theme_id=other.id))
    session.commit()
    Counter().hear([PostChanged(made.id, made.id)])
    session.commit()
    assert shown(kari) == {other.id: (0, 0, 1, 0)}


def test_what_nobody_told_of_is_found_when_everybody_is_looked_through(kari, drainage):
    factories.experience(kari, themes=[drainage])
    factories.keep(TrackRecord(person_id=factories.person().id, theme_id=drainage.id, answers=9, latest_at=clock.now()))
    Counter().look_through(threading.Event())
    assert shown(kari) == {drainage.id: (0, 0, 1, 0)}
    assert len(session.scalars(select(TrackRecord)).all()) == 1
