"""Identity numbers and account numbers are stopped before anything is published, and what was typed is kept."""

import io

import pytest
from sqlalchemy import func, select

from kunnskap import db
from kunnskap.people.models import Person
from kunnskap.posts.models import Attachment, Comment, Draft, Post, Revision
from tests import factories

BORN = "05109703232"
WORDS = f"Ring Prøve Person, født 051097 {BORN[6:]}."
ACCOUNT = "Betal til 1234.56.78903."


@pytest.fixture
def author(member, database):
    factories.theme()
    return member("Prøve Person", place=factories.place())


def question(**fields):
    filled = {"title": "Hvordan ble ladeplanen?", "body": "Fortell gjerne hva som virket.", "themes": "klimabudsjett"}
    return {"form_key": "nøkkel", "language": "nb", "audience": "everyone", **filled, **fields}


def experience(**fields):
    filled = {"title": "Sykkelbyen", "summary": "Vi bygde sykkelveier.", "status": "gjennomfort", "place": "Skien"}
    rest = {"themes": "klimabudsjett", "contact": "meg", "language": "nb", "audience": "everyone"}
    return {"form_key": "nøkkel", **filled, **rest, **fields}


def count(table):
    return db.session.scalar(select(func.count()).select_from(table))


@pytest.mark.parametrize("field", ["title", "body"])
def test_a_question_with_an_identity_number_is_not_asked_and_keeps_what_was_typed(browser, author, field):
    answer = browser(author).post("/sporsmal/nytt", data=question(**{field: WORDS}))
    assert answer.status_code == 422
    assert "ser ut til å være et fødselsnummer: 051097 *****" in answer.text
    assert WORDS in answer.text
    assert count(Post) == 0


@pytest.mark.parametrize("field", ["title", "summary", "problem", "actions", "worked", "barriers", "advice"])
def test_an_experience_with_an_account_number_is_told_at_its_field(browser, author, field):
    answer = browser(author).post("/erfaringer/ny", data=experience(**{field: ACCOUNT}))
    assert answer.status_code == 422
    assert "ser ut til å være et kontonummer: 1234.**.*****" in answer.text
    assert ACCOUNT in answer.text
    assert count(Post) == 0


def test_an_answer_and_a_change_of_it_are_stopped(browser, author):
    asked = factories.question()
    mine = browser(author)
    sent = {"body": WORDS, "language": "nb", "form_key": "nøkkel"}
    stopped = mine.post(f"/sporsmal/{asked.id}/svar", data=sent)
    assert stopped.status_code == 422
    assert "fødselsnummer: 051097 *****" in stopped.text
    assert WORDS in stopped.text
    made = factories.answer(asked, author)
    assert mine.post(f"/sporsmal/svar/{made.id}/rediger", data=sent).status_code == 422
    assert db.session.get_one(Post, made.id).body == "Prøvetekst"


def test_a_comment_and_a_change_of_it_are_stopped(browser, author):
    asked, mine = factories.question(), browser(author)
    stopped = mine.post(f"/innlegg/{asked.id}/kommentar", data={"body": WORDS, "form_key": "nøkkel"})
    assert stopped.status_code == 422
    assert WORDS in stopped.text
    mine.post(f"/innlegg/{asked.id}/kommentar", data={"body": "Takk", "form_key": "nøkkel"})
    number = db.session.scalar(select(Comment.id))
    assert mine.post(f"/innlegg/kommentar/{number}/rediger", data={"body": ACCOUNT}).status_code == 422
    assert db.session.get_one(Comment, number).body == "Takk"


def test_a_change_of_a_question_is_stopped_and_nothing_of_it_is_remembered(browser, author):
    asked = factories.question(author)
    answer = browser(author).post(f"/sporsmal/{asked.id}/rediger", data=question(body=WORDS))
    assert answer.status_code == 422
    assert count(Revision) == 1


def test_an_earlier_version_with_a_number_is_not_put_back(browser, author):
    asked = factories.question(author)
    old = factories.keep(Revision(post_id=asked.id, editor_id=author.person_id, title="Før", body=WORDS))
    answer = browser(author).post(f"/innlegg/{asked.id}/historikk/{old.id}/gjenopprett")
    assert answer.status_code == 422
    assert "fødselsnummer: 051097 *****" in answer.text
    assert db.session.get_one(Post, asked.id).body == "Prøvetekst"


def test_what_one_tells_of_oneself_is_stopped_too(browser, author):
    profile = {"name": "Prøve Person", "workplace_kind": "other", "organisation": "Testetaten", "about": WORDS}
    answer = browser(author).post(f"/folk/{author.person_id}/rediger", data=profile)
    assert answer.status_code == 422
    assert "fødselsnummer: 051097 *****" in answer.text
    assert WORDS in answer.text
    assert db.session.get_one(Person, author.person_id).about == ""


@pytest.mark.parametrize("field", ["name", "role", "organisation"])
def test_nobody_signs_up_with_a_number(browser, database, field):
    told = {"name": "Prøve Person", "email": "prove.person@firma.example", "password": "en lang setning jeg husker"}
    told |= {"role": "Rådgiver", "workplace_kind": "other", "organisation": "Firma"}
    answer = browser().post("/registrer", data=told | {field: BORN})
    assert answer.status_code == 422
    assert "ser ut til å være et fødselsnummer" in answer.text
    assert count(Person) == 0


def test_a_network_says_no_numbers_of_itself(browser, member):
    network = factories.network()
    answer = browser(member(role="moderator")).post(
        f"/nettverk/{network.slug}/rediger", data={"description": ACCOUNT, "topics": "", "is_open": "y"}
    )
    assert answer.status_code == 422
    assert "kontonummer: 1234.**.*****" in answer.text


def test_the_name_of_an_attached_file_may_hold_no_number(browser, author):
    files = (io.BytesIO(b"Ord"), f"skjema_{BORN}.txt")
    answer = browser(author).post("/sporsmal/nytt", data=question(attachments=files))
    assert answer.status_code == 422
    assert "fødselsnummer: 051097 *****" in answer.text
    assert count(Attachment) == count(Post) == 0


def test_a_draft_with_a_number_is_kept_so_that_nothing_is_lost(browser, author):
    browser(author).post("/innlegg/utkast", data={"form": "sporsmal", "body": WORDS})
    assert db.session.scalars(select(Draft)).one().fields["body"] == [WORDS]


def test_other_long_numbers_are_published(browser, author):
    words = "Sak 2024/01019012345, org.nr. 938 759 839, tlf. 35 58 10 00, https://example.no/05109703232"
    assert browser(author).post("/sporsmal/nytt", data=question(body=words)).status_code == 302


def test_the_preview_warns_before_anything_is_sent(browser, author):
    page = browser(author).post("/innlegg/forhandsvis", data={"body": WORDS})
    assert "fødselsnummer: 051097 *****" in page.text
