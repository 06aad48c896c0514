"""Asking, answering, settling: the room of questions through its pages."""

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from kunnskap.db import session
from kunnskap.following.models import Follow
from kunnskap.posts.kinds import ANSWER, QUESTION
from kunnskap.posts.models import Draft, Post
from kunnskap.questions.models import QuestionDetails
from tests import factories

TITLE = "Hvordan lager en liten kommune klimabudsjett?"
BODY = "Vi er **to** personer i administrasjonen."


@pytest.fixture
def theme():
    return factories.theme()


def asked(theme, **changes):
    return {"title": TITLE, "body": BODY, "themes": theme.slug, "audience": "everyone", "language": "nb"} | changes


def page_of(answer):
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


def posts_of(kind):
    return list(session.scalars(select(Post).where(Post.kind_key == kind.key).order_by(Post.id)))


def the(model, key):
    session.expire_all()
    return session.get(model, key)


def test_a_member_asks_gets_an_answer_and_accepts_it(browser, member, theme):
    asker, helper = browser(member("Test Spørsen")), browser(member("Prøve Svarsen"))
    sent = asker.post("/sporsmal/nytt", data=asked(theme))
    assert sent.status_code == 302
    question = posts_of(QUESTION)[0]
    assert sent.location == f"/sporsmal/{question.slug}"
    assert question.status == "ubesvart"

    sent = helper.post(f"/sporsmal/{question.id}/svar", data={"body": "Begynn med SSB sine tall.", "language": "nb"})
    answer = posts_of(ANSWER)[0]
    assert sent.location == f"/sporsmal/{question.slug}#innlegg-{answer.id}"
    question = the(Post, question.id)
    assert (question.status, question.answer_count) == ("besvart", 1)

    asker.post(f"/sporsmal/svar/{answer.id}/godta", data={"godta": "1"})
    assert the(Post, question.id).status == "lost"
    page = browser().get(f"/sporsmal/{question.slug}").get_data(as_text=True)
    assert "Dette løste det" in page
    assert "Begynn med SSB sine tall." in page
    assert "<strong>to</strong>" in page


def test_who_asks_and_who_answers_follow_the_question(browser, member, theme):
    asker, helper = member("Test Spørsen"), member("Prøve Svarsen")
    browser(asker).post("/sporsmal/nytt", data=asked(theme))
    question = posts_of(QUESTION)[0]
    browser(helper).post(f"/sporsmal/{question.id}/svar", data={"body": "Slik gjør vi det."})
    followers = session.scalars(select(Follow.person_id).where(Follow.target_id == question.id)).all()
    assert set(followers) == {asker.person_id, helper.person_id}
