"""What holds for posts of every kind there is: a new kind is tested here as soon as it can be made."""

import io

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.documents.models import DocumentDetails
from kunnskap.files import StoredFile
from kunnskap.following.models import Follow
from kunnskap.posts import actions
from kunnskap.posts.actions import Content
from kunnskap.posts.kinds import ANSWER, DOCUMENT, EXPERIENCE, KINDS, QUESTION
from kunnskap.posts.models import Attachment, Comment, Post, Revision, Vote
from tests import factories

SCRIPT = "<script>alert(1)</script>"


def _question(author, **facts):
    return factories.question(author, **facts)


def _answer(author, **facts):
    return factories.answer(factories.question(title="Spørsmålet som besvares"), author, **facts)


def _experience(author, **facts):
    return factories.experience(author, **facts)


def _document(author, **facts):
    made = factories.post(DOCUMENT, author, **({"status": "plan"} | facts))
    sha256 = f"{made.id:064x}"
    factories.keep(StoredFile(sha256=sha256, media_type="application/pdf", size=1))
    factories.keep(DocumentDetails(post_id=made.id, sha256=sha256, filename="plan.pdf"))
    return made


MAKERS = {QUESTION.key: _question, ANSWER.key: _answer, EXPERIENCE.key: _experience, DOCUMENT.key: _document}


@pytest.fixture(params=list(KINDS))
def kind(request):
    return KINDS[request.param]


@pytest.fixture
def make(kind):
    return MAKERS[kind.key]


@pytest.fixture
def author(member):
    return member("Prøve Forfatter")


@pytest.fixture
def post(make, author):
    return make(author, body="Første ord")


def the(model, key):
    session.expire_all()
    return session.get(model, key)


def shown_at(client, post):
    """Open the page a post is shown on, from its own address and on."""
    return client.get(f"/innlegg/{post.id}", follow_redirects=True)


def words(answer):
    return " ".join(BeautifulSoup(answer.get_data(as_text=True), "html.parser").get_text().split())


def test_it_is_read_by_anyone_and_tells_who_wrote_it(browser, post):
    answer = shown_at(browser(), post)
    assert answer.status_code == 200
    assert "Første ord" in words(answer)
    assert "Prøve Forfatter" in words(answer)


def test_html_in_it_is_shown_as_words(browser, make, author, kind):
    title = {"title": f"Tittel {SCRIPT}"} if kind.has_title else {}
    post = make(author, body=f"Tekst {SCRIPT}", **title)
    html = shown_at(browser(), post).get_data(as_text=True)
    assert SCRIPT not in html
    assert "&lt;script&gt;" in html


def test_it_is_read_when_its_author_has_no_name_any_more(browser, make):
    post = make(factories.person(""), body="Første ord")
    assert "Tidligere medlem" in words(shown_at(browser(), post))


def test_a_vote_counts_once_and_can_be_taken_back(browser, member, post):
    voter = member()
    client = browser(voter)
    for _ in range(2):
        assert client.post(f"/innlegg/{post.id}/nyttig", data={"nyttig": "1"}).status_code == 302
    assert the(Post, post.id).score == 1
    assert the(Vote, (post.id, voter.person_id)) is not None
    assert "Nyttig (1)" in words(shown_at(client, post))
    for _ in range(2):
        client.post(f"/innlegg/{post.id}/nyttig", data={"nyttig": "0"})
    assert the(Post, post.id).score == 0


def test_a_vote_by_htmx_gives_back_the_button(browser, member, post):
    answer = browser(member()).post(f"/innlegg/{post.id}/nyttig", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert words(answer) == "Nyttig (1)"


def test_nobody_votes_for_their_own(browser, author, post):
    assert browser(author).post(f"/innlegg/{post.id}/nyttig").status_code == 403
    assert the(Post, post.id).score == 0


def test_it_is_commented_once_however_often_the_form_is_sent(browser, member, post):
    client = browser(member("Kommenter Testesen"))
    for _ in range(2):
        sent = client.post(f"/innlegg/{post.id}/kommentar", data={"body": "Gjelder det *alle*?", "form_key": "samme"})
        assert sent.status_code == 302
    comment = session.scalars(select(Comment)).one()
    assert sent.location.endswith(f"#kommentar-{comment.id}")
    assert the(Post, post.id).comment_count == 1
    page = shown_at(browser(), post).get_data(as_text=True)
    assert "Gjelder det <em>alle</em>?" in page
    assert "Kommenter Testesen" in page


@pytest.mark.parametrize("body", ["", "   ", "x" * 1501, "Med \x00 i"])
def test_a_comment_that_cannot_be_taken_is_shown_again(browser, member, post, body):
    answer = browser(member()).post(f"/innlegg/{post.id}/kommentar", data={"body": body})
    assert answer.status_code == 422
    kept = BeautifulSoup(answer.get_data(as_text=True), "html.parser").find("textarea")
    assert kept.get_text(strip=True) == body.replace("\x00", "").strip()
    assert session.scalars(select(Comment)).all() == []


def test_it_is_followed_and_let_go(browser, member, post):
    me = member()
    client = browser(me)
    for _ in range(2):
        assert client.post(f"/innlegg/{post.id}/folg", data={"folg": "1"}).status_code == 302
    assert the(Follow, (me.person_id, "post", post.id)) is not None
    part = client.post(f"/innlegg/{post.id}/folg", data={"folg": "0"}, headers={"HX-Request": "true"})
    assert words(part) == "Følg"
    assert the(Follow, (me.person_id, "post", post.id)) is None


def test_its_history_shows_what_changed_and_it_is_put_back(browser, author, post, kind):
    me = Actor(author.person_id, "member")
    found = session.get(Post, post.id)
    title = "Ny tittel" if kind.has_title else ""
    actions.edit(me, found, Content("Andre ord", title=title))
    session.commit()
    client = browser(author)
    history = BeautifulSoup(client.get(f"/innlegg/{post.id}/historikk").get_data(as_text=True), "html.parser")
    assert "Andre" in [tag.get_text().strip() for tag in history.select("article ins")]
    assert "Første" in [tag.get_text().strip() for tag in history.select("article del")]
    first = session.scalars(select(Revision).where(Revision.post_id == post.id).order_by(Revision.id)).first()
    assert client.post(f"/innlegg/{post.id}/historikk/{first.id}/gjenopprett").status_code == 302
    back = the(Post, post.id)
    assert (back.body, back.title) == ("Første ord", "Prøvetittel" if kind.has_title else "")
    assert "Første ord" in back.body_html
    assert len(session.scalars(select(Revision).where(Revision.post_id == post.id)).all()) == 3
    assert "Gjenopprettet en tidligere versjon" in words(client.get(f"/innlegg/{post.id}/historikk"))


def test_only_its_author_and_moderators_put_it_back(browser, member, post):
    first = session.scalars(select(Revision).where(Revision.post_id == post.id)).one()
    path = f"/innlegg/{post.id}/historikk/{first.id}/gjenopprett"
    assert browser(member()).post(path).status_code == 403
    assert browser(member("Mod Eratoren", role="moderator")).post(path).status_code == 302


def test_another_posts_revision_is_not_put_back(browser, author, post, make):
    other = make(author)
    foreign = session.scalars(select(Revision).where(Revision.post_id == other.id)).one()
    assert browser(author).post(f"/innlegg/{post.id}/historikk/{foreign.id}/gjenopprett").status_code == 404


def test_what_is_taken_back_is_for_its_author_and_moderators(browser, member, author, post):
    assert browser(author).post(f"/innlegg/{post.id}/trekk", follow_redirects=True).status_code == 200
    assert the(Post, post.id).withdrawn_at is not None
    for stranger in (browser(), browser(member())):
        assert stranger.get(f"/innlegg/{post.id}").status_code == 404
        assert stranger.get(f"/innlegg/{post.id}/historikk").status_code == 404
    for insider in (browser(author), browser(member("Mod Eratoren", role="moderator"))):
        assert "Innlegget er trukket tilbake" in words(shown_at(insider, post))
    assert browser(author).post(f"/innlegg/{post.id}/kommentar", data={"body": "Hei"}).status_code == 403
    browser(author).post(f"/innlegg/{post.id}/legg-ut-igjen")
    assert shown_at(browser(), post).status_code == 200


def test_only_its_author_and_moderators_take_it_back(browser, member, post):
    assert browser(member()).post(f"/innlegg/{post.id}/trekk").status_code == 403
    assert the(Post, post.id).withdrawn_at is None


def test_what_is_for_members_is_hidden_from_visitors(browser, member, make, author, kind):
    post = make(author, audience="members")
    assert browser().get(f"/innlegg/{post.id}").status_code == 404
    assert shown_at(browser(member()), post).status_code == 200


def test_anybody_signed_in_says_that_it_still_holds(browser, member, post):
    before = post.confirmed_at
    assert browser(member()).post(f"/innlegg/{post.id}/stemmer-fortsatt").status_code == 302
    assert the(Post, post.id).confirmed_at > before


def test_a_file_hangs_on_it_is_fetched_and_taken_off(browser, member, author, post, app):
    shelf = app.extensions["kunnskap.shelf"]
    kept = shelf.store(io.BytesIO(b"Tall og tekst\n"))
    session.get(Post, post.id).attachment_count = 1
    hung = factories.keep(Attachment(post_id=post.id, sha256=kept.sha256, filename="tall.txt"))
    assert "tall.txt" in words(shown_at(browser(), post))
    file = browser().get(f"/innlegg/vedlegg/{hung.id}/tall.txt")
    assert (file.status_code, file.data) == (200, b"Tall og tekst\n")
    file.close()
    assert "sandbox" in file.headers["Content-Security-Policy"]
    assert browser().get(f"/innlegg/vedlegg/{hung.id}/annet.txt").status_code == 404
    assert browser(member()).post(f"/innlegg/vedlegg/{hung.id}/fjern").status_code == 403
    assert browser(author).post(f"/innlegg/vedlegg/{hung.id}/fjern").status_code == 302
    assert the(Post, post.id).attachment_count == 0
    assert browser().get(f"/innlegg/vedlegg/{hung.id}/tall.txt").status_code == 404


def test_visitors_are_led_to_sign_in_before_they_change_anything(browser, post):
    paths = ("nyttig", "folg", "kommentar", "trekk", "legg-ut-igjen", "stemmer-fortsatt")
    for path in paths:
        answer = browser().post(f"/innlegg/{post.id}/{path}", data={"body": "Hei"})
        assert answer.status_code == 302
        assert answer.location.startswith("/logg-inn")
    assert (the(Post, post.id).score, the(Post, post.id).comment_count) == (0, 0)


def test_its_author_opens_the_form_that_changes_it(browser, member, author, post, kind, app):
    with app.test_request_context():
        path = app.url_map.bind("localhost").build(kind.edit_endpoint, {"post_id": post.id})
    assert browser(author).get(path).status_code == 200
    assert browser(member()).get(path).status_code == 403
