"""Reporting to moderators, and the queue where they see to it."""

import re
from datetime import timedelta

import pytest

from kunnskap import clock
from kunnskap.audit import AuditEntry
from kunnskap.db import session
from kunnskap.files import StoredFile
from kunnskap.moderation import queries
from kunnskap.moderation.models import Decision, Report
from kunnskap.posts.models import Attachment, Post
from kunnskap.privacy import erasing
from tests import factories
from tests.moderating import WORDS, appeal_link, comment, decide, only, only_reporter_email, report, the


@pytest.fixture
def author(member):
    return member("Skrive Testesen")


@pytest.fixture
def moderator(member):
    return member("Moder Testesen", role="moderator")


@pytest.fixture
def desk(browser, moderator):
    return browser(moderator)


@pytest.fixture
def reader(browser, member):
    return browser(member("Lese Testesen"))


def test_a_reader_reports_and_hears_when_it_is_seen_to(reader, desk, author, sent):
    question = factories.question(author, title="Kjøp billige klimakvoter hos oss")
    page = reader.get(f"/meld/innlegg/{question.id}")
    assert "Kjøp billige klimakvoter" in page.text
    assert report(reader, f"innlegg/{question.id}", words="Dette er jo reklame").status_code == 303
    assert "En moderator ser på det" in reader.get(f"/sporsmal/{question.slug}").text
    queue = desk.get("/moderering").text
    assert f"/moderering/innlegg/{question.id}" in queue
    case = desk.get(f"/moderering/innlegg/{question.id}").text
    assert "Dette er jo reklame" in case
    assert "Dette gjelder saken" in case
    form = desk.get(f"/moderering/innlegg/{question.id}/avgjor?act=hide&reason=reklame").text
    assert "Dette leses som reklame" in form
    assert decide(desk, f"innlegg/{question.id}", "hide").status_code == 303
    told = {letter.to: letter for letter in sent}
    assert set(told) == {author.email, only_reporter_email()}
    assert WORDS in told[author.email].text
    assert "Lese" not in told[author.email].text
    assert "Vi har gjort noe med det" in told[only_reporter_email()].text
    assert WORDS not in told[only_reporter_email()].text
    assert "Ingenting venter" in desk.get("/moderering").text


def test_the_same_person_reports_the_same_thing_once(reader, author):
    question = factories.question(author)
    for _again in range(2):
        assert report(reader, f"innlegg/{question.id}").status_code == 303
    assert "meldt fra om dette før" in reader.get("/").text
    assert session.query(Report).count() == 1


def test_what_moderators_let_stand_can_be_reported_anew_once_it_is_changed(reader, desk, author):
    question = factories.question(author)
    report(reader, f"innlegg/{question.id}")
    desk.post(f"/moderering/innlegg/{question.id}/la-sta")
    report(reader, f"innlegg/{question.id}")
    assert session.query(Report).count() == 1
    the(Post, question.id).edited_at = clock.now()
    session.commit()
    report(reader, f"innlegg/{question.id}")
    assert session.query(Report).count() == 2


def test_letting_something_stand_tells_the_reporter_and_changes_nothing(reader, desk, author, sent):
    question = factories.question(author)
    report(reader, f"innlegg/{question.id}")
    desk.post(f"/moderering/innlegg/{question.id}/la-sta")
    assert [letter.to for letter in sent] == [only_reporter_email()]
    assert "kan stå som det er" in sent[0].text
    assert session.query(Decision).count() == 0
    desk.post(f"/moderering/innlegg/{question.id}/la-sta")
    assert len(sent) == 1
    assert session.query(AuditEntry).filter_by(act="moderation.dismiss").count() == 1


@pytest.mark.parametrize(
    ("reason", "words", "says"),
    [("", "", "Velg hva som er galt"), ("tull", "", "Velg en av"), ("annet", " ", "Skriv hva som er galt")],
)
def test_a_report_says_what_is_wrong(reader, author, reason, words, says):
    question = factories.question(author)
    answer = report(reader, f"innlegg/{question.id}", reason, words)
    assert answer.status_code == 422
    assert says in answer.text
    assert session.query(Report).count() == 0


def test_a_report_that_is_too_long_keeps_what_was_typed(reader, author):
    question = factories.question(author)
    answer = report(reader, f"innlegg/{question.id}", "annet", "Mye å si. " * 400)
    assert answer.status_code == 422
    assert "Mye å si." in answer.text


def test_one_reports_only_what_one_may_see(reader, author, browser):
    hidden = factories.question(author, hidden_at=clock.now())
    closed = factories.question(author, audience="network", for_network_id=factories.network().id)
    remark = comment(factories.question(author), author, hidden_at=clock.now())
    for address in (f"innlegg/{hidden.id}", f"innlegg/{closed.id}", f"kommentar/{remark.id}", "innlegg/999999",
                    "person/999999", "tull/1"):  # fmt: skip
        assert reader.get(f"/meld/{address}").status_code == 404, address
        assert report(reader, address).status_code == 404, address
    assert browser().get(f"/meld/innlegg/{hidden.id}").status_code == 302
    assert session.query(Report).count() == 0


def test_nobody_reports_what_is_their_own(browser, author):
    mine = browser(author)
    question = factories.question(author)
    for address in (f"innlegg/{question.id}", f"person/{author.person_id}"):
        assert mine.get(f"/meld/{address}").status_code == 403
        assert report(mine, address).status_code == 403


def test_comments_and_people_can_be_reported_where_they_are_read(reader, desk, author):
    question = factories.question(author)
    remark = comment(question, author, "Dette var en stygg kommentar")
    page = reader.get(f"/sporsmal/{question.slug}").text
    assert f"/meld/innlegg/{question.id}" in page
    assert f"/meld/kommentar/{remark.id}" in page
    assert f"/meld/person/{author.person_id}" in reader.get(f"/folk/{author.person.slug}").text
    report(reader, f"kommentar/{remark.id}", "upassende")
    report(reader, f"person/{author.person_id}", "upassende", "Skriver stygt overalt")
    queue = desk.get("/moderering?vis=meldinger").text
    assert f"/moderering/kommentar/{remark.id}" in queue
    assert f"/moderering/person/{author.person_id}" in queue
    assert "Dette var en stygg kommentar" in desk.get(f"/moderering/kommentar/{remark.id}").text
    assert "Skriver stygt overalt" in desk.get(f"/moderering/person/{author.person_id}").text


def test_a_moderator_never_sees_who_reported_what_is_the_moderators_own(reader, desk, moderator, browser, member):
    question = factories.question(moderator)
    report(reader, f"innlegg/{question.id}", words="Hemmelig melding")
    report(reader, f"person/{moderator.person_id}", "upassende")
    assert "Ingenting venter" in desk.get("/moderering").text
    for address in (f"innlegg/{question.id}", f"person/{moderator.person_id}"):
        assert desk.get(f"/moderering/{address}").status_code == 403
        assert desk.get(f"/moderering/{address}/avgjor?act=hide&reason=annet").status_code == 403
        assert decide(desk, address, "hide").status_code == 403
        assert desk.post(f"/moderering/{address}/la-sta").status_code == 403
    other = browser(member("Annen Testesen", role="moderator"))
    assert f"/moderering/innlegg/{question.id}" in other.get("/moderering").text
    assert queries.open_count() == 2


def test_the_desk_is_for_moderators(reader, author, browser):
    question = factories.question(author)
    for path in ("/moderering", f"/moderering/innlegg/{question.id}", "/moderering/avgjorelse/1",
                 f"/moderering/innlegg/{question.id}/avgjor"):  # fmt: skip
        assert reader.get(path).status_code == 403
        assert browser().get(path).status_code == 302
    assert decide(reader, f"innlegg/{question.id}", "hide").status_code == 403
    assert the(Post, question.id).hidden_at is None


def test_the_queue_shows_the_oldest_first_in_pages_with_few_statements(desk, author, reader, count_sql):
    now = clock.now()
    for number in range(25):
        post = factories.question(author, title=f"Meldt spørsmål nummer {number}")
        factories.keep(Report(post_id=post.id, reason="annet", made_at=now - timedelta(hours=number)))
    remark = comment(post, author)
    factories.keep(Report(comment_id=remark.id, reason="annet"))
    factories.keep(Report(person_id=author.person_id, reason="annet"))
    factories.question(author, held_at=now, held_for="review")
    desk.get("/moderering")
    with count_sql() as statements:
        page = desk.get("/moderering").text
    assert len(statements) <= 8, statements
    assert page.index("nummer 24") < page.index("nummer 10")
    assert "nummer 0<" not in page
    assert "nummer 0<" in desk.get("/moderering?side=2").text
    assert desk.get("/moderering?vis=tull&side=99").status_code == 200


def test_the_form_begins_with_what_was_reported_and_names_what_it_does(desk, author, reader):
    question = factories.question(author)
    report(reader, f"innlegg/{question.id}", "rettighet")
    page = desk.get(f"/moderering/innlegg/{question.id}").text
    assert re.search(r'<option selected value="rettighet">', page)
    assert "Gjør om til en erfaring" in page
    experience = factories.experience(author)
    assert "Gjør om til et spørsmål" in desk.get(f"/moderering/innlegg/{experience.id}").text
    assert "Gjør om" in desk.get(f"/moderering/innlegg/{experience.id}/avgjor?act=move&reason=feil-sted").text


def test_files_that_are_held_back_wait_for_moderators(desk, author):
    question = factories.question(author, title="Et spørsmål med fil", attachment_count=1)
    factories.keep(StoredFile(sha256="a" * 64, size=1, media_type="application/pdf"))
    factories.keep(Attachment(post_id=question.id, sha256="a" * 64, filename="liste.pdf", held_for="numbers"))
    assert "Et spørsmål med fil" in desk.get("/moderering?vis=venter").text
    assert "En fil er holdt tilbake" in desk.get(f"/moderering/innlegg/{question.id}").text
    assert queries.open_count() == 1


def test_nobody_writes_identity_numbers_to_moderators_or_gets_them_sent(reader, desk, author, browser):
    question, number = factories.question(author), "05109703232"
    answer = report(reader, f"innlegg/{question.id}", words=f"Her står {number}")
    assert answer.status_code == 422
    assert session.query(Report).count() == 0
    assert decide(desk, f"innlegg/{question.id}", "hide", words=f"Du skrev {number}").status_code == 422
    decide(desk, f"innlegg/{question.id}", "hide")
    decision = only(Decision)
    appeal = browser(author).post(f"/moderering/klage/{decision.id}", data={"words": f"Jeg er {number}"})
    assert appeal.status_code == 422
    assert the(Decision, decision.id).appealed_at is None


def test_what_its_author_took_back_waits_for_nobody(reader, desk, author, browser):
    remark = comment(factories.question(), author)
    report(reader, f"kommentar/{remark.id}", "upassende")
    browser(author).post(f"/innlegg/kommentar/{remark.id}/trekk")
    assert "Ingenting venter" in desk.get("/moderering").text


def test_a_moved_answer_does_not_tell_its_author_of_a_question_they_may_not_read(desk, author, browser, sent, member):
    closed = {"audience": "network", "for_network_id": factories.network().id}
    target = factories.question(member(), title="Fortrolig tittel i nettverket", **closed)
    answer = factories.answer(factories.question(member()), author, body="Svaret om varme")
    assert decide(desk, f"innlegg/{answer.id}", "rehome", target=target.id).status_code == 303
    assert sent[-1].to == author.email
    assert "Fortrolig" not in sent[-1].subject + sent[-1].text
    number = only(Decision).id
    for page in ("/moderering/mine", f"/moderering/klage/{number}"):
        seen = browser(author).get(page).text
        assert "Fortrolig" not in seen
        assert "Svaret om varme" in seen


def test_who_has_left_appeals_nothing_by_an_old_link(desk, author, browser, sent):
    question = factories.question(author)
    decide(desk, f"innlegg/{question.id}", "hide")
    link = appeal_link(sent[-1])
    session.rollback()
    assert erasing.erase(None, author.id)
    session.commit()
    assert browser().post(link, data={"words": "Hilsen meg, likevel"}).status_code == 422
    assert only(Decision).appeal == ""
