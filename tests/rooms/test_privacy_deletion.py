"""Deleting an account: the person is gone everywhere, and what they shared stays with their workplace."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from kunnskap import clock
from kunnskap.accounts.models import Account, AccountSession
from kunnskap.audit import AuditEntry, broken_at
from kunnskap.db import session
from kunnskap.documents.models import DocumentDetails
from kunnskap.experiences.models import ExperienceDetails
from kunnskap.files import StoredFile
from kunnskap.messages.models import Conversation, ConversationSide, Message, Talk
from kunnskap.moderation.models import Decision
from kunnskap.people.models import Person
from kunnskap.posts.kinds import DOCUMENT
from kunnskap.posts.models import Attachment, Comment, Post, Revision, Vote
from kunnskap.questions.models import QuestionDetails, Wonder
from tests import factories
from tests.browsing import tell

PAGE = "/konto/slett"
NAME, ADDRESS = "Zebulon Prøvesen", "zebulon.provesen@skien.kommune.no"


@pytest.fixture
def me(member, skien):
    return member(NAME, place=skien, email=ADDRESS, organisation="Skien kommune", phone="35 58 10 00")


@pytest.fixture
def other(member):
    return member("Ingen Annen")


def leave(client, typed=ADDRESS):
    return client.post(PAGE, data={"email": typed})


def anew(model, number):
    return session.get(model, number, populate_existing=True)


def test_a_member_reads_what_happens_and_deletes_the_account(browser, me, sent):
    client = browser(me)
    page = client.get(PAGE).text
    assert "Dette blir stående uten navnet ditt" in page
    assert ADDRESS in page
    answer = leave(client, f"  {ADDRESS.upper()} ")
    assert answer.location == "/"
    assert "Kontoen din er slettet" in client.get("/").text
    assert client.get("/konto").status_code == 302
    assert anew(Account, me.id) is None
    assert anew(Person, me.person_id) is None
    assert [(letter.to, letter.subject) for letter in sent] == [(ADDRESS, "Kontoen din hos Kunnskap er slettet")]


def test_the_address_must_be_typed_right(browser, me):
    for typed, words in (("", "Skriv e-postadressen din"), ("test@skien.kommune.no", "Dette er ikke adressen")):
        answer = leave(browser(me), typed)
        assert answer.status_code == 422
        assert words in answer.text
    assert anew(Account, me.id) is not None


def test_one_must_have_shown_who_one_is_lately(browser, me):
    client = browser(me)
    session.query(AccountSession).update({"fresh_at": clock.now() - timedelta(hours=1)})
    session.commit()
    assert client.get(PAGE).location.startswith("/bekreft-deg")
    assert leave(client).location.startswith("/bekreft-deg")
    assert anew(Account, me.id) is not None


def test_posts_stay_with_the_workplace_each_was_written_from(browser, me, skien):
    elsewhere = factories.place("Porsgrunn", "4001")
    here = factories.question(me, title="Fra Skien", place_id=skien.id, workplace="Skien kommune", submission_key="a")
    before = factories.question(me, title="Fra Porsgrunn", place_id=elsewhere.id, workplace="Porsgrunn kommune")
    nowhere = factories.question(me, title="Fra direktoratet", workplace="Prøvedirektoratet")
    leave(browser(me))
    authors = {post.title: anew(Person, post.author_id) for post in session.scalars(select(Post))}
    assert {author.name for author in authors.values()} == {""}
    assert not any(author.listed for author in authors.values())
    assert authors["Fra Skien"].organisation == "Skien kommune"
    assert authors["Fra Porsgrunn"].place_id == elsewhere.id
    assert authors["Fra direktoratet"].organisation == "Prøvedirektoratet"
    assert anew(Post, here.id).submission_key is None
    for post in (here, before, nowhere):
        page = browser().get(f"/sporsmal/{post.slug}")
        assert "Tidligere medlem" in page.text
        assert f"/folk/{anew(Post, post.id).author_id}" not in page.text
    assert browser().get(f"/folk/{authors['Fra Skien'].slug}").status_code == 404


def test_all_who_leave_a_workplace_become_the_same(browser, member, me, skien):
    second = member("Prøve Person", place=skien)
    for one in (me, second):
        factories.question(one, place_id=skien.id)
        leave(browser(one), one.email)
    (heir,) = session.query(Post.author_id).distinct().one()
    assert browser(member(role="moderator")).get(f"/folk/{heir}/rediger").status_code == 403


def test_a_workplace_that_is_named_after_the_person_is_not_told(browser, me):
    post = factories.question(me, workplace=f"{NAME} Rådgivning")
    leave(browser(me))
    assert anew(Post, post.id).workplace == ""


def test_comments_and_revisions_stay_and_answers_are_still_accepted(browser, me, other):
    asked = factories.question(other)
    mine = factories.answer(asked, me, accepted=True)
    factories.keep(Comment(post_id=asked.id, author_id=me.person_id, body="Min", body_html="<p>Min</p>"))
    session.get_one(Post, asked.id).comment_count = 1
    session.commit()
    leave(browser(me))
    page = browser().get(f"/sporsmal/{asked.slug}").text
    assert "<p>Min</p>" in page
    assert "Tidligere medlem" in page
    assert anew(QuestionDetails, asked.id).accepted_answer_id == mine.id
    assert browser(other).get(f"/innlegg/{mine.id}/historikk").status_code in {200, 404}


def test_counters_follow_what_is_taken_back(browser, me, other):
    theirs = factories.question(other, score=3)
    session.get_one(QuestionDetails, theirs.id).wonder_count = 2
    session.add_all([Vote(post_id=theirs.id, voter_id=me.person_id), Wonder(post_id=theirs.id, person_id=me.person_id)])
    session.commit()
    leave(browser(me))
    assert anew(Post, theirs.id).score == 2
    assert anew(QuestionDetails, theirs.id).wonder_count == 1


def test_what_nobody_else_sees_is_deleted(browser, me, other, app):
    now, shelf = clock.now(), app.extensions["kunnskap.shelf"]
    kept, shared = (shelf.store(io.BytesIO(text), "file") for text in (b"bare mitt", b"delt av flere"))
    session.commit()
    withdrawn = factories.post(DOCUMENT, me, title="Trukket", withdrawn_at=now)
    held = factories.question(me, title="Holdt", held_at=now)
    standing = factories.post(DOCUMENT, other, title="Står")
    own = factories.answer(held, me)
    comments = [
        Comment(post_id=standing.id, author_id=me.person_id, body="Holdt", body_html="", held_at=now),
        Comment(post_id=standing.id, author_id=me.person_id, body="Trukket", body_html="", withdrawn_at=now),
    ]
    files = [
        DocumentDetails(post_id=withdrawn.id, sha256=kept.sha256, filename="mitt.txt"),
        Attachment(post_id=held.id, sha256=shared.sha256, filename="delt.txt"),
        DocumentDetails(post_id=standing.id, sha256=shared.sha256, filename="delt.txt"),
    ]
    session.get_one(Post, standing.id).comment_count = 1
    session.get_one(Post, standing.id).merged_into_id = held.id
    session.add_all([*comments, *files])
    session.commit()
    leave(browser(me))
    tell()
    assert {post.id for post in session.scalars(select(Post))} == {standing.id}
    assert own.id != standing.id
    assert session.query(Comment).count() == 0
    assert anew(Post, standing.id).comment_count == 0
    assert [file.sha256 for file in session.scalars(select(StoredFile))] == [shared.sha256]
    assert not shelf.path(kept.sha256).exists()
    assert shelf.path(shared.sha256).exists()


def test_a_withdrawn_question_that_others_have_answered_is_emptied(browser, me, other):
    asked = factories.question(me, title="Trukket", body="Hemmelig", withdrawn_at=clock.now())
    factories.keep(ExperienceDetails(post_id=asked.id, advice="Fra den gang det var en erfaring"))
    theirs = factories.answer(asked, other, body="Deres svar")
    leave(browser(me))
    emptied = anew(Post, asked.id)
    assert (emptied.title, emptied.body, emptied.body_html, emptied.excerpt) == ("", "", "", "")
    assert emptied.withdrawn_at is not None
    assert anew(Post, theirs.id).body == "Deres svar"
    assert session.query(Revision).filter_by(post_id=asked.id).count() == 0
    assert session.query(ExperienceDetails).count() == 0


def test_what_a_moderator_has_hidden_stays_hidden_with_the_decision(browser, me, other):
    post = factories.question(me, hidden_at=clock.now())
    factories.keep(
        Decision(post_id=post.id, person_id=me.person_id, act="hide", reason="spam", words=f"Hei {NAME}", appeal="Nei")
    )
    factories.keep(Decision(person_id=me.person_id, act="warn", reason="spam", words="Til deg"))
    leave(browser(me))
    assert anew(Post, post.id).hidden_at is not None
    (kept,) = session.scalars(select(Decision))
    assert (kept.act, kept.words, kept.appeal, kept.person_id) == ("hide", "", "", None)


def test_a_question_without_a_name_stays_without_one(browser, me, other):
    post = factories.question(me, hides_author=True)
    leave(browser(me))
    assert anew(Post, post.id).hides_author
    assert NAME not in browser(other).get(f"/sporsmal/{post.slug}").text


def test_a_contact_is_gone_from_experiences_and_from_their_history(browser, me, other):
    details = {"contact_id": me.person_id, "contact_mailbox": ADDRESS}
    theirs = factories.experience(other, details)
    remembered = {"contact_id": f"{me.person_id} {NAME}", "contact_mailbox": ADDRESS, "problem": "Flom"}
    session.query(Revision).filter_by(post_id=theirs.id).update({"details": remembered})
    session.commit()
    leave(browser(me))
    kept = anew(ExperienceDetails, theirs.id)
    assert kept.contact_mailbox == ""
    assert anew(Person, kept.contact_id).is_former
    assert session.query(Revision.details).filter_by(post_id=theirs.id).scalar() == {
        "contact_id": str(kept.contact_id),
        "problem": "Flom",
    }
    page = browser().get(f"/erfaringer/{theirs.slug}")
    assert "Tidligere medlem" in page.text
    assert browser(other).get(f"/erfaringer/{theirs.id}/rediger").status_code == 200


def test_what_one_wrote_to_others_stays_with_them_and_goes_when_they_leave_too(browser, me, other):
    said = factories.keep(Conversation(subject="Flom"))
    session.add_all(ConversationSide(conversation_id=said.id, person_id=one.person_id) for one in (me, other))
    factories.keep(Message(conversation_id=said.id, sender_id=me.person_id, body="Hei", body_html="<p>Hei</p>"))
    leave(browser(me))
    (kept,) = session.scalars(select(Message))
    assert kept.body == "Hei"
    assert anew(Person, kept.sender_id).is_former
    leave(browser(other), other.email)
    assert session.query(Conversation).count() == session.query(Message).count() == 0


def test_talks_to_come_are_called_off_when_one_of_the_two_leaves(browser, me, other):
    said = factories.keep(Conversation(subject="Flom"))
    session.add_all(ConversationSide(conversation_id=said.id, person_id=one.person_id) for one in (me, other))
    soon, before = clock.now() + timedelta(days=1), clock.now() - timedelta(days=1)
    for sender, when in ((me, soon), (other, soon), (other, before)):
        sent = Message(conversation_id=said.id, sender_id=sender.person_id, body="Hei", body_html="<p>Hei</p>")
        factories.keep(sent)
        factories.keep(
            Talk(message_id=sent.id, where="35 58 10 00", times=[], chosen_at=when, uid=f"samtale-{sent.id}")
        )
    leave(browser(me))
    kept = session.execute(select(Talk.where, Talk.cancelled_at.is_not(None), Talk.sequence).order_by(Talk.uid)).all()
    assert [tuple(row) for row in kept] == [("", True, 1), ("35 58 10 00", True, 1), ("35 58 10 00", False, 0)]


def test_the_last_administrator_stays_until_there_is_another(browser, member):
    last = member(role="administrator")
    answer = leave(browser(last), last.email)
    assert answer.status_code == 422
    assert "minst én administrator" in answer.text
    assert anew(Account, last.id) is not None
    member(role="administrator")
    assert leave(browser(last), last.email).location == "/"


def test_two_tabs_that_delete_at_once_delete_once(browser, me):
    first, second = browser(me), browser(me)
    assert leave(first).location == "/"
    assert leave(second).location.startswith("/logg-inn")
    assert session.query(AuditEntry).filter_by(act="account deleted").count() == 1


def test_the_audit_log_says_by_number_who_left_and_is_whole(browser, me):
    leave(browser(me))
    entry = session.query(AuditEntry).filter_by(act="account deleted").one()
    assert (entry.target, entry.person_id, entry.facts) == (f"account:{me.id}", me.person_id, {"person": me.person_id})
    assert broken_at() is None


def test_the_same_address_may_sign_up_again_as_somebody_new(browser, me, sent):
    leave(browser(me))
    stranger = browser()
    stranger.post("/registrer", data={"name": "Ny Person", "email": ADDRESS})
    assert session.query(Person).filter_by(email=ADDRESS).one().id != me.person_id
