"""The site itself looks for signs of spam in what is new, and asks moderators to look."""

from datetime import timedelta

import pytest

from kunnskap import clock
from kunnskap.db import session
from kunnskap.events import Outbox, emit
from kunnskap.moderation.models import Report
from kunnskap.posts.events import PostPublished
from kunnskap.posts.models import Comment, Post
from tests import factories
from tests.browsing import tell

ADVERT = "Best prices on credits! https://bit.ly/3xyz https://billige-kvoter.example/kjop https://cheap.example/buy now"
LONG = "Vi har testet elektriske gravemaskiner i to år, og det har gått bedre enn vi trodde da vi begynte med dette."


@pytest.fixture
def spammer(member):
    return member("Reklame Testesen")


@pytest.fixture
def desk(browser, member):
    return browser(member("Moder Testesen", role="moderator"))


def reports():
    tell()
    session.rollback()
    return session.query(Report).order_by(Report.id).all()


def the(table, number):
    tell()
    session.rollback()
    return session.get(table, number, populate_existing=True)


def grown(account):
    account.created_at = clock.now() - timedelta(days=400)
    session.commit()
    return account


def test_an_advert_by_a_young_account_waits_for_a_moderator(spammer, desk, browser):
    question = factories.question(spammer, title="Billige kvoter til alle", body=ADVERT)
    assert the(Post, question.id).held_for == "review"
    assert browser().get(f"/sporsmal/{question.slug}").status_code == 404
    assert "Billige kvoter" not in browser().get("/sok?q=kvoter").text
    [report] = reports()
    assert (report.reason, report.reporter_id) == ("reklame", None)
    case = desk.get(f"/moderering/innlegg/{question.id}").text
    assert "Teksten har mange lenker og få ord." in case
    assert "siden selv" in case
    sent = {"act": "approve", "reason": "annet", "words": "Helt i orden."}
    desk.post(f"/moderering/innlegg/{question.id}/avgjor", data=sent)
    assert browser().get(f"/sporsmal/{question.slug}").status_code == 200
    assert reports()[0].settled_at is not None


def test_an_answer_that_waits_is_not_counted(spammer):
    question = factories.question()
    answer = factories.answer(question, spammer, body=ADVERT)
    assert the(Post, answer.id).held_at is not None
    assert (session.get(Post, question.id).answer_count, session.get(Post, question.id).status) == (0, "ubesvart")


def test_what_an_old_account_writes_is_reported_and_stays(spammer):
    question = factories.question(grown(spammer), body=ADVERT)
    assert the(Post, question.id).held_at is None
    assert len(reports()) == 1


def test_the_same_is_not_reported_twice_when_heard_twice(spammer):
    question = factories.question(spammer, body=ADVERT)
    reports()
    emit(PostPublished(question.id, question.id))
    session.commit()
    assert len(reports()) == 1


def test_what_was_let_out_is_not_held_again_when_heard_again(spammer):
    question = factories.question(spammer, body=ADVERT)
    the(Post, question.id).held_at = None
    emit(PostPublished(question.id, question.id))
    session.commit()
    assert the(Post, question.id).held_at is None


def test_a_text_posted_again_by_the_same_or_by_another_is_seen(spammer, member):
    other = grown(member("Annen Testesen"))
    factories.question(grown(spammer), title="Et spørsmål", body=LONG)
    assert reports() == []
    factories.question(spammer, title="Et annet spørsmål", body=LONG.upper())
    assert [report.words for report in reports()] == ["Den samme har lagt ut den samme teksten før."]
    factories.question(other, title="Et tredje spørsmål", body=LONG)
    assert "Andre har lagt ut den samme teksten" in reports()[1].words


def test_comments_are_looked_at_too(spammer, browser, desk):
    question = factories.question()
    browser(spammer).post(f"/innlegg/{question.id}/kommentar", data={"body": ADVERT})
    tell()
    comment = session.query(Comment).one()
    assert comment.held_at is not None
    assert f"/moderering/kommentar/{comment.id}" in desk.get("/moderering?vis=venter").text
    assert "Best prices" not in browser().get(f"/sporsmal/{question.slug}").text


def test_a_new_account_that_floods_is_seen(spammer):
    for number in range(7):
        factories.question(spammer, title=f"Spørsmål nummer {number}")
    assert [report.words for report in reports()] == ["En ny konto legger ut mye på kort tid."]


def test_moderators_people_without_accounts_and_what_is_brought_in_are_left_alone(member):
    factories.question(member("Moder Testesen", role="moderator"), body=ADVERT)
    factories.question(factories.person("Uten Konto"), body=ADVERT)
    factories.question(member(), body=ADVERT, external_id="old:1")
    assert reports() == []
    assert session.query(Outbox).filter(Outbox.set_aside_at.is_not(None)).count() == 0
