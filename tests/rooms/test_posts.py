"""The kernel's doors and actions that no kind of post has alone."""

import io

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from kunnskap import events
from kunnskap.actor import ANYONE, Actor
from kunnskap.db import session
from kunnskap.errors import AlreadyPosted, Invalid, NotAllowed
from kunnskap.files import Shelf
from kunnskap.posts import actions, attaching, comments, queries
from kunnskap.posts.actions import Content
from kunnskap.posts.events import PostChanged, PostPublished
from kunnskap.posts.kinds import ANSWER, EXPERIENCE, QUESTION
from kunnskap.posts.models import Comment, Draft, Post, Revision
from tests import factories

HERE = {"Accept": "text/html", "Referer": "http://localhost/erfaringer/ny"}


@pytest.fixture
def me(member):
    account = member("Prøve Person", place=factories.place())
    return Actor(account.person_id, "member", account.person.place_id, "Skien kommune")


def told():
    return [(row.name, row.facts) for row in session.scalars(select(events.Outbox).order_by(events.Outbox.id))]


def page_of(answer):
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


def test_a_post_keeps_the_workplace_it_was_written_from(me):
    post = actions.publish(me, QUESTION, Content("Tekst", title="  Tittel   med  rom "))
    assert (post.place_id, post.workplace, post.title) == (me.place_id, "Skien kommune", "Tittel med rom")


def test_a_visitor_publishes_nothing():
    with pytest.raises(NotAllowed):
        actions.publish(ANYONE, QUESTION, Content("Tekst", title="Tittel"))


def test_an_answer_needs_a_question_and_a_question_needs_none(me):
    with pytest.raises(Invalid) as alone:
        actions.publish(me, ANSWER, Content("Tekst"))
    question = actions.publish(me, QUESTION, Content("Tekst", title="Tittel"))
    with pytest.raises(Invalid):
        actions.publish(me, EXPERIENCE, Content("Tekst", title="Tittel"), parent=question)
    assert set(alone.value.problems) == {"parent"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"audience": "ingen"}, "audience"),
        ({"language": "tlh"}, "language"),
        ({"status": "tull"}, "status"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"themes": "abcde"}, "themes"),
        ({"themes": ["finnes-ikke"]}, "themes"),
        ({"places": [999_999]}, "places"),
    ],
)
def test_what_may_not_be_said_is_refused_by_field(me, changes, field):
    with pytest.raises(Invalid) as refused:
        actions.publish(me, QUESTION, Content(**({"body": "Tekst", "title": "Tittel"} | changes)))
    assert set(refused.value.problems) == {field}


def test_two_forms_with_one_key_at_the_same_moment_make_one_post(me):
    first = actions.publish(me, QUESTION, Content("Tekst", title="Tittel"), submission_key="samme")
    with pytest.raises(AlreadyPosted) as twice:
        actions.publish(me, QUESTION, Content("Tekst", title="Tittel"), submission_key="samme")
    assert twice.value.post_id == first.id
    assert len(session.scalars(select(Post)).all()) == 1


def test_who_lost_that_race_is_led_to_the_first_post(browser, member, monkeypatch):
    theme = factories.theme()
    client = browser(member())
    sent = {"title": "Hvordan lager vi klimabudsjett?", "body": "Tekst", "themes": theme.slug, "audience": "everyone"}
    sent |= {"language": "nb", "form_key": "samme", "sett_lignende": "1"}
    client.post("/sporsmal/nytt", data=sent)
    first = session.scalars(select(Post)).one()
    monkeypatch.setattr(queries, "by_submission", lambda *_: None)
    again = client.post("/sporsmal/nytt", data=sent)
    assert (again.status_code, again.location) == (302, f"/innlegg/{first.id}")
    assert len(session.scalars(select(Post)).all()) == 1


def test_the_same_key_is_another_persons_own(me, member):
    actions.publish(me, QUESTION, Content("Tekst", title="Tittel"), submission_key="samme")
    other = Actor(member().person_id, "member")
    actions.publish(other, QUESTION, Content("Tekst", title="Tittel"), submission_key="samme")
    assert len(session.scalars(select(Post)).all()) == 2


def test_what_happens_is_told_with_the_page_it_shows_on(me):
    question = factories.question()
    answer = actions.publish(me, ANSWER, Content("Svar"), parent=session.get(Post, question.id))
    actions.withdraw(me, answer)
    session.flush()
    assert [name for name, _facts in told()][-2:] == [PostPublished.__name__, PostChanged.__name__]
    assert f'"root_id": {question.id}' in told()[-1][1]


def test_a_comment_on_an_answer_makes_the_question_active(me):
    question = factories.question()
    answer = factories.answer(question)
    before = session.get(Post, question.id).active_at
    comments.add(me, session.get(Post, answer.id), "Takk!")
    session.commit()
    assert session.get(Post, question.id).active_at > before


def test_a_comment_is_changed_and_taken_away_by_whoever_wrote_it(browser, member):
    question = factories.question()
    writer, other = browser(member("Kommenter Testesen")), browser(member())
    writer.post(f"/innlegg/{question.id}/kommentar", data={"body": "Frst"})
    comment = session.scalars(select(Comment)).one()
    path = f"/innlegg/kommentar/{comment.id}"
    assert page_of(writer.get(f"{path}/rediger")).find("textarea").get_text(strip=True) == "Frst"
    assert other.post(f"{path}/rediger", data={"body": "Hærverk"}).status_code == 403
    assert other.post(f"{path}/trekk").status_code == 403
    assert writer.post(f"{path}/rediger", data={"body": ""}).status_code == 422
    assert writer.post(f"{path}/rediger", data={"body": "Først"}).status_code == 302
    assert "Først" in writer.get(f"/sporsmal/{question.slug}").get_data(as_text=True)
    assert writer.post(f"{path}/trekk").status_code == 302
    session.expire_all()
    assert session.get(Post, question.id).comment_count == 0
    assert "Først" not in writer.get(f"/sporsmal/{question.slug}").get_data(as_text=True)
    assert writer.get(f"{path}/rediger").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "999/nyttig",
        "999/folg",
        "999/kommentar",
        "999/trekk",
        "999/stemmer-fortsatt",
        "999/historikk/1/gjenopprett",
        "kommentar/999/rediger",
        "kommentar/999/trekk",
        "vedlegg/999/fjern",
        "-1/nyttig",
    ],
)
def test_unknown_numbers_are_not_found(browser, member, path):
    assert browser(member()).post(f"/innlegg/{path}", data={"body": "Hei"}).status_code == 404


def test_nobody_but_a_moderator_changes_what_is_hidden(me, member):
    post = session.get(Post, factories.question(session.get(factories.Person, me.person_id)).id)
    post.hidden_at = post.published_at
    with pytest.raises(NotAllowed):
        actions.edit(me, post, Content("Nytt", title="Tittel"))
    with pytest.raises(NotAllowed):
        actions.put_up_again(me, post)
    actions.edit(Actor(member().person_id, "moderator"), post, Content("Nytt", title="Tittel"))
    assert post.body == "Nytt"


def test_a_list_shows_each_reader_what_is_for_them(me):
    factories.question(title="For alle")
    factories.question(title="For innloggede", audience="members")
    factories.question(title="Trukket", withdrawn_at=factories.clock.now())

    def titles(actor, **changes):
        wanted = queries.Filter(kinds=(QUESTION,), **changes)
        return {post.title for post in queries.page(actor, wanted).items}

    assert titles(ANYONE) == {"For alle"}
    assert titles(me) == {"For alle", "For innloggede"}
    assert titles(Actor(None, "moderator"), standing_only=False) == {"For alle", "For innloggede", "Trukket"}


def test_preview_shows_safe_html_to_members(browser, member):
    sent = {"body": "**fet** <script>alert(1)</script> [lenke](javascript:x)"}
    shown = browser(member()).post("/innlegg/forhandsvis", data=sent).get_data(as_text=True)
    assert "<strong>fet</strong>" in shown
    assert "<script" not in shown
    assert "href" not in shown
    assert browser().post("/innlegg/forhandsvis", data=sent).status_code == 302


def test_a_draft_is_kept_for_its_writer_and_the_last_one_counts(browser, member):
    writer = member()
    client = browser(writer)
    for title in ("Først", "Så\x00"):
        answer = client.post("/innlegg/utkast", data={"form": "erfaring", "title": title, "themes": ["a", "b"]})
        assert "Utkastet er lagret." in answer.get_data(as_text=True)
    session.expire_all()
    draft = session.scalars(select(Draft)).one()
    assert draft.fields == {"title": ["Så"], "themes": ["a", "b"]}
    browser(member()).post("/innlegg/utkast/forkast", data={"form": "erfaring"})
    assert session.scalars(select(Draft)).all() != []
    client.post("/innlegg/utkast/forkast", data={"form": "erfaring"})
    assert session.scalars(select(Draft)).all() == []


@pytest.mark.parametrize("form", ["", "Æ", "x" * 21, "svar:", "svar:abc", "svar:1:2", "../svar", "svar:1234567890123"])
def test_a_draft_needs_a_form_that_can_be(browser, member, form):
    assert browser(member()).post("/innlegg/utkast", data={"form": form, "body": "x"}).status_code == 422
    assert session.scalars(select(Draft)).all() == []


def test_without_scripts_one_comes_back_to_the_form(browser, member):
    client = browser(member())
    for path in ("/innlegg/utkast", "/innlegg/utkast/forkast"):
        assert client.post(path, data={"form": "erfaring"}, headers=HERE).location == "/erfaringer/ny"
    elsewhere = HERE | {"Referer": "https://ond.example/x", "Origin": "http://localhost"}
    assert client.post("/innlegg/utkast", data={"form": "erfaring"}, headers=elsewhere).location == "/min-side"


def test_a_file_with_a_name_that_is_a_path_loses_the_path(me, tmp_path):
    post = actions.publish(me, QUESTION, Content("Tekst", title="Tittel"))
    files = [("../../etc/passwd\x00.txt", io.BytesIO(b"bare tekst\n"))]
    hung = attaching.attach(me, post, Shelf(tmp_path, 1000), files)
    assert [one.filename for one in hung] == ["passwd .txt"] or "/" not in hung[0].filename


def test_too_many_too_large_or_dangerous_files_are_refused(me, tmp_path):
    post = actions.publish(me, QUESTION, Content("Tekst", title="Tittel"))
    shelf = Shelf(tmp_path, 1000)
    many = [(f"{number}.txt", io.BytesIO(b"tekst\n")) for number in range(attaching.MOST + 1)]
    for files in (many, [("stor.txt", io.BytesIO(b"x" * 1001))], [("program.txt", io.BytesIO(b"MZ\x00\x00"))]):
        with pytest.raises(Invalid) as refused:
            attaching.attach(me, post, shelf, files)
        assert set(refused.value.problems) == {"attachments"}
    assert post.attachment_count == 0


def test_a_revision_remembers_what_only_its_kind_has(me):
    post = actions.publish(me, EXPERIENCE, Content("Tekst", title="Tittel", details={"worked": "Alt", "advice": ""}))
    revision = session.scalars(select(Revision).where(Revision.post_id == post.id)).one()
    assert revision.details == {"worked": "Alt"}


def test_lists_in_lists_without_end_are_shown_to_their_writer(browser, member):
    writer = browser(member())
    asked = factories.question()
    assert writer.post("/innlegg/forhandsvis", data={"body": "1. " * 5_000}).status_code == 200
    assert writer.post(f"/innlegg/{asked.id}/kommentar", data={"body": "1. " * 490}).status_code == 302
    assert writer.get(f"/sporsmal/{asked.slug}").status_code == 200
