"""Attachments are looked through before others see them; those with identity or account numbers are withheld."""

import io

import pytest
from sqlalchemy import select

from kunnskap import db
from kunnskap.actor import Actor
from kunnskap.audit import AuditEntry
from kunnskap.errors import NotAllowed
from kunnskap.posts import attaching
from kunnskap.posts.models import Attachment
from tests import factories, papers

CLEAN = papers.pdf("Klimaplan for Testdal", "Sykkelveier og buss")
LEAKY = papers.pdf("Klimaplan for Testdal", "Ring 051097 03232")


@pytest.fixture
def author(member, database):
    factories.theme()
    return member("Prøve Person", place=factories.place())


def ask(browser, author, content, name="vedlegg.pdf"):
    fields = {"title": "Hvordan ble planen?", "body": "Se vedlegget, og si gjerne hva dere tror.", "form_key": "nøkkel"}
    more = {"themes": "klimabudsjett", "language": "nb", "audience": "everyone"}
    answer = browser(author).post("/sporsmal/nytt", data=fields | more | {"attachments": (io.BytesIO(content), name)})
    assert answer.status_code in {302, 303}
    return db.session.scalars(select(Attachment)).one()


def gets(reader, attachment):
    """Whether somebody sees an attachment named on its post and can fetch it."""
    address = f"/innlegg/vedlegg/{attachment.id}/{attachment.filename}"
    shown = reader.get(f"/innlegg/{attachment.post_id}", follow_redirects=True).text
    fetched = reader.get(address, buffered=True).status_code == 200
    assert (attachment.filename in shown) == fetched
    return fetched


def test_an_attachment_is_given_to_others_once_it_is_looked_through(browser, author, member, unread):
    attachment = ask(browser, author, CLEAN)
    assert attachment.held_for == "reading"
    assert gets(browser(author), attachment)
    assert gets(browser(member(role="moderator")), attachment)
    assert not gets(browser(), attachment)
    assert not gets(browser(member()), attachment)
    unread()
    assert gets(browser(), attachment)


def test_an_attachment_with_numbers_is_withheld_and_the_post_stands(browser, author, member, mailbox):
    attachment = ask(browser, author, LEAKY)
    assert db.session.get_one(Attachment, attachment.id).held_for == "numbers"
    assert not gets(browser(), attachment)
    assert not gets(browser(member()), attachment)
    page = browser(author).get(f"/innlegg/{attachment.post_id}", follow_redirects=True).text
    assert "Vedlegget ser ut til å inneholde fødselsnummer eller kontonummer." in page
    assert "Vis vedlegget for alle" not in page
    letter = mailbox()[-1]
    assert (letter["To"], letter["Subject"]) == (author.email, "Se over vedlegget ditt hos Kunnskap")
    assert "«vedlegg.pdf»" in letter.get_content()


def test_a_moderator_lets_an_attachment_out_and_that_is_noted(browser, author, member):
    attachment = ask(browser, author, LEAKY)
    address = f"/innlegg/vedlegg/{attachment.id}/slipp-fram"
    assert browser(author).post(address).status_code == 403
    assert browser(member(role="moderator")).post(address).status_code == 302
    assert gets(browser(), attachment)
    note = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "posts.let_out_attachment")).one()
    assert note.facts == {"attachment": attachment.id}


def test_nobody_lets_out_an_attachment_of_their_own(browser, member, database):
    factories.theme()
    moderator = member(role="moderator")
    attachment = ask(browser, moderator, LEAKY)
    assert browser(moderator).post(f"/innlegg/vedlegg/{attachment.id}/slipp-fram").status_code == 403
    with pytest.raises(NotAllowed):
        attaching.let_out(Actor(moderator.person_id, "moderator"), attachment)


def test_hearing_twice_of_an_attachment_changes_nothing(browser, author, member, mailbox):
    attachment = ask(browser, author, LEAKY)
    browser(member(role="moderator")).post(f"/innlegg/vedlegg/{attachment.id}/slipp-fram")
    attaching.settle(attachment.id, has_numbers=True)
    assert db.session.get_one(Attachment, attachment.id).held_for is None
    assert attaching.settle(attachment.id + 1, has_numbers=True) is None
    assert len(mailbox()) == 1


def test_an_attachment_taken_off_before_it_is_looked_through_is_no_trouble(browser, author, unread, mailbox):
    attachment = ask(browser, author, LEAKY)
    browser(author).post(f"/innlegg/vedlegg/{attachment.id}/fjern")
    unread()
    assert db.session.scalar(select(Attachment.id)) is None
    assert mailbox() == []
