"""Files are looked through before others see them; those with identity or account numbers in them are held back."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from kunnskap import clock, db, events
from kunnskap.audit import AuditEntry
from kunnskap.documents import actions, listeners
from kunnskap.documents.events import FileArrived
from kunnskap.documents.models import DocumentDetails
from kunnskap.documents.reading import Number, Reading, understand
from kunnskap.errors import Invalid
from kunnskap.posts import actions as posts
from kunnskap.posts.actions import Content
from kunnskap.posts.models import Post
from kunnskap.privacy import erasing
from kunnskap.saved import queries as saved
from kunnskap.saved.models import SavedSearch
from tests import factories, papers
from tests.browsing import tell

BORN = "05109703232"
CLEAN = papers.pdf("Klimaplan for Testdal", "Sykkelveier og buss")
LEAKY = papers.pdf("Klimaplan for Testdal", f"Ring 051097 {BORN[6:]}", "Betal til 1234.56.78903")
SEEN = "Klimaplan 2030"


@pytest.fixture
def author(member, database):
    factories.theme()
    return member("Prøve Person", place=factories.place())


def sheet(content=CLEAN, name="plan.pdf", **fields):
    filled = {"status": "plan", "themes": "klimabudsjett", "language": "nb", "audience": "everyone", "title": SEEN}
    file = {"file": (io.BytesIO(content), name)} if content is not None else {}
    return {"form_key": "nøkkel", **filled, **fields, **file}


def share(browser, author, *args, **fields):
    answer = browser(author).post("/dokumenter/nytt", data=sheet(*args, **fields))
    assert answer.status_code == 302, answer.text
    return the_document()


def the_document():
    return db.session.scalars(select(Post).where(Post.kind_key == "document")).one()


def the_details():
    return db.session.scalars(select(DocumentDetails)).one()


def sees(reader, post):
    """Whether somebody comes across a document: page, file, words, list and search."""
    shown = {
        reader.get(f"/dokumenter/{post.slug}").status_code == 200,
        reader.get(f"/dokumenter/{post.id}/fil", buffered=True).status_code == 200,
        SEEN in reader.get("/dokumenter").text,
        f"/dokumenter/{post.id}" in reader.get("/sok?q=Testdal").text,
    }
    assert len(shown) == 1, "seen in some places, not in others"
    return shown.pop()


def test_nobody_but_the_author_and_moderators_sees_a_document_before_it_is_read(browser, author, member, unread):
    post = share(browser, author)
    assert (post.held_for, post.is_gone) == ("reading", True)
    page = browser(author).get(f"/dokumenter/{post.slug}").text
    assert "Filen leses og kontrolleres. Dokumentet blir synlig for andre om et øyeblikk." in page
    assert browser(member(role="moderator")).get(f"/dokumenter/{post.slug}").status_code == 200
    for reader in (browser(), browser(member())):
        assert reader.get(f"/dokumenter/{post.slug}").status_code == 404
        assert reader.get(f"/dokumenter/{post.id}/fil").status_code == 404
        assert SEEN not in reader.get("/dokumenter").text
    unread()
    assert sees(browser(), post)
    assert db.session.get_one(Post, post.id).held_at is None


def test_a_document_is_new_when_it_is_let_out_so_that_saved_searches_tell_of_it(
    browser, author, member, unread, monkeypatch
):
    reader = member()
    post = share(browser, author)
    later = clock.now() + timedelta(hours=2)
    search = factories.keep(
        SavedSearch(person_id=reader.person_id, query="q=testdal", name="Testdal", told_at=later, seen_at=later)
    )
    monkeypatch.setattr(clock, "now", lambda: later + timedelta(minutes=1))
    unread()
    assert db.session.get_one(Post, post.id).published_at > later
    assert saved.news(reader.actor, {search.id: later})[search.id].total == 1


def test_a_document_with_numbers_is_held_back_and_the_author_told_where(browser, author, member, mailbox):
    post = share(browser, author, LEAKY)
    assert the_document().held_for == "numbers"
    assert not sees(browser(), post)
    assert not sees(browser(member()), post)
    page = browser(author).get(f"/dokumenter/{post.slug}").text
    assert "Side 2" in page
    assert "051097 *****" in page
    assert "Side 3" in page
    assert "1234.**.*****" in page
    assert BORN[6:] not in page
    letter = mailbox()[-1]
    assert letter["To"] == author.email
    assert letter["Subject"] == "Se over dokumentet ditt hos Kunnskap"
    assert f"http://localhost/innlegg/{post.id}" in letter.get_content()
    assert "051097" not in letter.get_content()


def test_a_new_file_without_numbers_lets_the_document_out(browser, author):
    post = share(browser, author, LEAKY)
    browser(author).post(f"/dokumenter/{post.id}/rediger", data=sheet(CLEAN))
    assert sees(browser(), post)
    assert the_details().numbers == []


def test_a_new_file_with_numbers_takes_a_document_away_until_it_is_put_right(browser, author, mailbox):
    post = share(browser, author)
    began = the_document().published_at
    browser(author).post(f"/dokumenter/{post.id}/rediger", data=sheet(LEAKY))
    assert not sees(browser(), post)
    assert len(mailbox()) == 1
    browser(author).post(f"/dokumenter/{post.id}/rediger", data=sheet(CLEAN))
    assert sees(browser(), post)
    assert the_document().published_at == began, "what was published before keeps its day"


def test_an_earlier_file_that_is_put_back_is_read_anew(browser, author):
    post = share(browser, author, LEAKY)
    mine = browser(author)
    mine.post(f"/dokumenter/{post.id}/rediger", data=sheet(CLEAN))
    page = mine.get(f"/innlegg/{post.id}/historikk").text
    first = min(int(part.split("/")[0]) for part in page.split(f"/innlegg/{post.id}/historikk/")[1:])
    mine.post(f"/innlegg/{post.id}/historikk/{first}/gjenopprett")
    assert the_document().held_for == "numbers"
    assert not sees(browser(), post)


def test_changing_only_the_words_lets_nothing_out(browser, author):
    post = share(browser, author, LEAKY)
    browser(author).post(f"/dokumenter/{post.id}/rediger", data=sheet(None, body="Ny beskrivelse"))
    browser(author).post(f"/dokumenter/{post.id}/rediger", data=sheet(LEAKY))
    assert the_document().held_for == "numbers"
    assert not sees(browser(), post)


def test_the_author_takes_it_back_and_putting_it_up_again_lets_nothing_out(browser, author):
    post, mine = share(browser, author, LEAKY), browser(author)
    mine.post(f"/innlegg/{post.id}/trekk")
    mine.post(f"/innlegg/{post.id}/legg-ut-igjen")
    assert not sees(browser(), post)


def test_the_author_says_what_the_numbers_are_and_a_moderator_lets_the_document_out(browser, author, member):
    post = share(browser, author, LEAKY)
    answer = browser(author).post(f"/dokumenter/{post.id}/ikke-personnumre", data={"reason": "Dette er målernumre."})
    assert answer.status_code == 302
    assert the_document().held_for == "review"
    note = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "documents.explain_numbers")).one()
    assert (note.target, note.facts) == (f"post:{post.id}", {"numbers": 2})
    moderator = browser(member(role="moderator"))
    page = moderator.get(f"/dokumenter/{post.slug}").text
    assert "«Dette er målernumre.»" in page
    assert "051097 *****" in page
    assert not sees(browser(), post)
    posts.release(the_document())
    db.session.commit()
    tell()
    assert sees(browser(), post)


def test_what_the_author_said_of_the_numbers_goes_with_the_author(browser, author):
    post = share(browser, author, LEAKY)
    the_details().numbers_reason = "Numrene er mine egne prøver, hilsen Prøve Person"
    post.held_at = post.held_for = None
    db.session.commit()
    assert erasing.erase(None, author.id)
    db.session.commit()
    assert the_details().numbers_reason == ""


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        (" ", "Skriv hva tallene er."),
        ("a" * 1001, "Teksten er for lang."),
        (f"Bare {BORN}", "ser ut til å være et fødselsnummer"),
    ],
)
def test_an_explanation_that_cannot_be_used_is_told_at_its_field(browser, author, reason, message):
    post = share(browser, author, LEAKY)
    answer = browser(author).post(f"/dokumenter/{post.id}/ikke-personnumre", data={"reason": reason})
    assert answer.status_code == 422
    assert message in answer.text
    assert reason.strip() in answer.text
    assert the_document().held_for == "numbers"


def test_the_domain_too_asks_for_an_explanation(browser, author):
    share(browser, author, LEAKY)
    for reason in ("", "a" * 1001):
        with pytest.raises(Invalid):
            actions.explain(author.actor, the_document(), reason)


def test_only_the_author_and_moderators_explain_and_only_what_was_found(browser, author, member):
    post = share(browser, author, LEAKY)
    sent = {"reason": "Dette er målernumre."}
    assert browser(member()).post(f"/dokumenter/{post.id}/ikke-personnumre", data=sent).status_code == 404
    assert browser().post(f"/dokumenter/{post.id}/ikke-personnumre", data=sent).status_code in {302, 303}
    browser(author).post(f"/dokumenter/{post.id}/rediger", data=sheet(CLEAN))
    assert browser(author).post(f"/dokumenter/{post.id}/ikke-personnumre", data=sent).status_code == 403


def test_a_moderator_lets_out_neither_what_is_unread_nor_what_nobody_explained(browser, author, unread):
    share(browser, author, LEAKY)
    posts.release(the_document())
    db.session.commit()
    assert the_document().held_for == "reading"
    unread()
    posts.release(the_document())
    db.session.commit()
    assert the_document().held_for == "numbers"


def test_what_a_newcomer_shares_is_read_first_and_then_waits_for_a_moderator(browser, member, author, unread):
    newcomer = member("Ny Person", trusted_at=None)
    post = share(browser, newcomer)
    assert the_document().held_for == "reading"
    unread()
    assert the_document().held_for == "review"
    assert not sees(browser(), post)
    posts.release(the_document())
    db.session.commit()
    tell()
    assert sees(browser(), post)


def test_a_file_that_cannot_be_read_is_shown_and_said_to_be_unchecked(browser, author):
    post = share(browser, author, papers.PNG, "kart.png")
    page = browser().get(f"/dokumenter/{post.slug}").text
    assert "ikke kunnet kontrollere om det står fødselsnummer" in page
    assert the_document().held_at is None


def test_a_document_that_can_be_read_is_not_said_to_be_unchecked(browser, author):
    post = share(browser, author)
    assert "ikke kunnet kontrollere" not in browser().get(f"/dokumenter/{post.slug}").text


def test_the_name_of_the_file_may_hold_no_number(browser, author):
    answer = browser(author).post("/dokumenter/nytt", data=sheet(CLEAN, f"{BORN}.pdf", body="Det jeg skrev"))
    assert answer.status_code == 422
    assert "fødselsnummer: 051097 *****" in answer.text
    assert "Det jeg skrev" in answer.text


def test_a_workbook_is_looked_through_sheet_by_sheet(browser, author):
    book = papers.xlsx(Tiltak=[["Buss", 12]], Ansatte=[["Fnr"], [int("25" + "0" * 9)], ["13019912349"], [BORN]])
    post = share(browser, author, book, "ansatte.xlsx")
    assert {number["page"] for number in the_details().numbers} == {2}
    assert "Ark 2" in browser(author).get(f"/dokumenter/{post.slug}").text


def test_numbers_far_beyond_what_is_kept_of_a_file_are_found(monkeypatch):
    monkeypatch.setattr("kunnskap.documents.reading.MOST_LETTERS", 10)
    monkeypatch.setattr("kunnskap.documents.reading.MOST_PAGES", 1)
    told = b'{"state": "read", "pages": ["Bare ord her", "Nr 051097 03232"]}'
    assert understand(0, told, b"") == Reading("read", ["Bare ord h"], [Number(2, "identity", "051097 *****")])


def test_hearing_twice_of_a_file_tells_the_author_once(browser, author, mailbox):
    share(browser, author, LEAKY)
    events.emit(FileArrived(the_document().id))
    db.session.commit()
    tell()
    assert len(mailbox()) == 1


def test_an_author_without_an_account_is_not_written_to(app, browser, author, mailbox):
    share(browser, author, LEAKY)
    first = len(mailbox())
    details = the_details()
    details.reading = "waiting"
    the_document().author_id = factories.person("Ute Utlånt").id
    events.emit(FileArrived(details.post_id))
    db.session.commit()
    tell()
    assert the_document().held_for == "numbers"
    assert len(mailbox()) == first


def test_a_file_that_is_replaced_while_it_is_read_stays_held_until_the_new_one_is_read(
    browser, author, unread, monkeypatch
):
    post = share(browser, author)
    real = listeners.read

    def replaced(*asked):
        monkeypatch.setattr(listeners, "read", real)
        content = Content("", SEEN, status="plan", themes=["klimabudsjett"])
        handed = actions.Handed(shelf(), "ny.pdf", io.BytesIO(LEAKY))
        actions.edit(author.actor, the_document(), content, dates=actions.UNDATED, handed=handed)
        db.session.commit()
        return real(*asked)

    def shelf():
        return browser().application.extensions["kunnskap.shelf"]

    monkeypatch.setattr(listeners, "read", replaced)
    unread()
    assert (the_details().filename, the_details().reading) == ("ny.pdf", "read")
    assert the_document().held_for == "numbers"
    assert not sees(browser(), post)
